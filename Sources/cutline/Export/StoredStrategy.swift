internal import CutlineCore
internal import CutlineCredit
internal import CutlineFormats
internal import CutlineRun
internal import Foundation

/// One strategy of a finished run, as rules in raw scores.
struct StoredStrategy {
  let cells: CellTable
  let strategy: Strategy
  let rules: StrategyRules
  /// What lies outside the grid; empty where the run has no cube.
  let outside: [OutsideLine]

  /// - Parameters:
  ///   - columns: what the columns of the run are called elsewhere.
  /// - Throws: `Faults` (integrity) for a folder that is not what its run wrote, `Faults` (usage) for a scenario that the run does
  ///   not have, `Faults` (infeasible) for one without a strategy.
  init(_ folder: String, scenario name: String, name title: String?, columns: [String: String]) throws {
    let (manifest, problems) = try RunVerification.problems(in: folder)
    guard problems.isEmpty else {
      throw Faults.integrity(
        folder, "\(problems.count) of its files are not what the run wrote: \(problems[0])",
        "Restore them or run again; cutline verify lists all.")
    }
    func stage(_ kind: String) throws -> String {
      guard let record = manifest.stages.first(where: { $0.kind == kind }) else {
        throw Faults.usage(folder, "its run has no stage of kind \(kind)", "Name a run of the portfolio plan.")
      }
      return record.id
    }
    cells = try RunArtifact.load(CellTable.self, stage: stage("cells"), from: folder)
    let set = try RunArtifact.load(ScenarioSet.self, stage: stage("scenarios"), from: folder)
    let names = set.scenarios.map(\.name)
    guard let scenario = set.scenarios.first(where: { $0.name == name }) else {
      throw Faults.usage(
        "--scenario", "\(name) is no scenario of the run\(DidYouMean.phrase(for: name, among: names))",
        "It has \(names.joined(separator: ", ")).")
    }
    guard let strategy = scenario.strategy else {
      throw Faults(
        Fault(
          .infeasible, "\(folder), scenario \(name)".place,
          "is \(scenario.status.rawValue): \(scenario.reason ?? "there is no strategy to export")",
          "Raise its risk limit, or name another --scenario."))
    }
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
        name: title ?? name, scenario: name, status: scenario.status.rawValue, limitPct: "\(scenario.limit)",
        segment: cells.basis?.segment ?? "", periodStart: cells.basis?.periodStart ?? "",
        periodEnd: cells.basis?.periodEnd ?? "", run: manifest.resultsDigest, version: manifest.version),
      columns: columns)
    let hasCube = manifest.stages.contains { $0.kind == "cube" }
    outside = hasCube ? try RunArtifact.load(Cube.self, stage: stage("cube"), from: folder).outsideLines() : []
  }
}
