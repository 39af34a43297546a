internal import CutlineCore
internal import CutlineCredit
internal import CutlineFormats
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// One strategy of a finished run, as rules in raw scores.
struct StoredStrategy {
  let cells: CellTable
  let strategy: Strategy
  let rules: StrategyRules
  /// What lies outside the grid; empty where the run has no cube.
  let outside: [OutsideLine]
  /// Per cell of the grid and beyond; empty where the run has no cube.
  let bookedRows: [Int64]

  /// - Parameters:
  ///   - columns: what the columns of the run are called elsewhere.
  /// - Throws: `Faults` (integrity) for a folder that is not what its run wrote, `Faults` (usage) for a scenario that the run does
  ///   not have, `Faults` (infeasible) for one without a strategy.
  init(_ run: VerifiedRun, scenario name: String, name title: String?, columns: [String: String]) throws {
    let (scenario, strategy) = try Self.strategy(name, of: run)
    let (manifest, folder) = (run.manifest, run.folder)
    cells = run.cells
    self.strategy = strategy
    let known = cells.grid.axes.map(\.source)
    if let column = columns.keys.sorted().first(where: { !known.contains($0) }) {
      throw Faults.usage(
        "--column", "\(column) is no score of the run\(DidYouMean.phrase(for: column, among: known))",
        "Its scores are \(known.joined(separator: ", ")).")
    }
    let settings = manifest.stages.first { $0.kind == "prepare" }?.settings ?? []
    let bins = settings.first { $0.key == "bins" && $0.value != "unset" }?.value
    if bins == nil {
      Console.error(
        "  warning: the run does not say what its preparation does with missing values and codes: they are outside")
    }
    let policies = try ScorePolicy.policies(of: cells.grid, bins: bins, place: "\(folder)/\(Manifest.fileName)")
    rules = try StrategyRules(
      strategy, on: cells.grid, policies: policies,
      header: StrategyHeader(
        name: title ?? name, scenario: name, status: scenario?.status.rawValue ?? "in force",
        limitPct: scenario.map { "\($0.limit)" } ?? "",
        riskPct: cells.measure.strategyPercent(cells.totals(of: strategy).optimum).map { NumberText.fixed($0, 4) },
        remark: Self.remark(scenario, cells, strategy),
        segment: cells.basis?.segment ?? "", periodStart: cells.basis?.periodStart ?? "",
        periodEnd: cells.basis?.periodEnd ?? "", run: manifest.resultsDigest, version: manifest.version),
      columns: columns)
    let cube = try run.loadIfAny(Cube.self, kind: "cube")
    outside = try cube?.outsideLines() ?? []
    bookedRows = try cube?.sums(of: .rows, ApplicationState.booked) ?? []
  }
  /// A scenario, or what is in force.
  private static func strategy(_ name: String, of run: VerifiedRun) throws -> (ScenarioSet.Scenario?, Strategy) {
    guard name == "force", !run.scenarios.scenarios.contains(where: { $0.name == name }) else {
      return try run.strategy(of: name)
    }
    return (nil, try run.force().strategy)
  }

  /// What nobody who receives the rules should miss.
  private static func remark(
    _ scenario: ScenarioSet.Scenario?, _ cells: CellTable, _ strategy: Strategy
  ) throws -> String? {
    guard let scenario else { return "what was decided until now, as the run knows it" }
    let sums = cells.totals(of: strategy).optimum
    if try !cells.measure.fits(sums, limit: scenario.limit) { return "it BREAKS the limit of \(scenario.limit) %" }
    guard let chosen = scenario.chosenAt else { return nil }
    let confidence = scenario.riskConfidence.map { " with probability \(NumberText.shortest($0))" } ?? ""
    return "chosen within \(chosen) %, so that the true risk keeps the limit\(confidence)"
  }
}
