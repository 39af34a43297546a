internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace
internal import Foundation

/// A run's strategies under higher risks.
struct StressCommand: Command {
  static let name = "stress"
  static let group = CommandGroup.strategies
  static let summary = "Says whether the strategies of a run hold in a bad vintage, and which cells break first."
  static let operands = ["RUN"]
  static let options: [Option] = [
    .value("vintage", "FROM..TO", "Risks as of these months of booking: 2022-03..2022-08."),
    .value("risk-factor", "F", "All risks times F, instead of a vintage."), StatedStrategies.option,
    .flag("json", "Print as JSON."),
    Plugins.option,
  ]
  static let details = """
    RUN is the folder of a finished run; it is verified first. The factor of a vintage is its observed risk over that of the main
    period, at the mix of the main period: docs/methods/sensitivity.md. Every risk, of booked applications and swap-ins, is
    multiplied by it.

    Printed are the risk of each strategy then, the factor at which it reaches its limit, the cells that bring most of the risk
    above the limit, and the best strategy that would keep the limit. Exit code 4 where a strategy does not hold.

    Examples:
      cutline stress output/all --vintage 2022-03..2022-08
      cutline stress output/all --risk-factor 1.5
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let run = try StatedStrategies.added(to: VerifiedRun(arguments.operands[0]), arguments)
    let stressed = try stress(run, arguments)
    guard !stressed.lines.isEmpty else {
      throw Faults(
        Fault(
          .infeasible, run.folder.place, "has no scenario with a strategy: there is nothing to hold or break",
          "Raise the risk limits, and run again."))
    }
    // Cutline's own search with the limits of the run: what the run's search had besides is said by the run.
    let registry = try Plugins.registry(arguments, config: nil)
    let search = try registry.stage(kind: "search", name: "threshold", at: .default).instance([], registry: registry)
    let context = RunContext(
      stageID: "search", seed: run.manifest.seed, workers: ProcessInfo.processInfo.activeProcessorCount)
    // By the limits that are printed, also where risk_confidence chose within lower ones.
    let limits = ScenarioSet(
      scenarios: run.scenarios.scenarios.map { scenario in
        var scenario = scenario
        scenario.chosenAt = nil
        return scenario
      }, nested: run.scenarios.nested)
    let found = try await search.run(["cells": stressed.cells, "scenarios": limits], in: context) as? Frontier
    let own = try run.loadIfAny(Frontier.self, kind: "search")
    let report = try Report(run, stressed, found, constraints: own?.constraints)
    Console.out(
      arguments.has("json")
        ? String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n"
        : text(report, run.cells.grid))
    return report.scenarios.allSatisfy(\.holds) ? .ok : .gate
  }

  private static func stress(_ run: VerifiedRun, _ arguments: Arguments) throws -> StressedRun {
    switch (arguments["vintage"], arguments["risk-factor"]) {
    case (let text?, nil):
      let ends = text.components(separatedBy: "..").map { Month(iso: $0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
        throw Faults.usage(
          "--vintage", "\"\(text)\" is no stretch of months", "Write it like 2022-03..2022-08, or 2022-03.")
      }
      return try StressedRun(run, vintage: first...last)
    case (nil, let text?):
      guard let factor = Double(text), factor > 0, factor <= 1000 else {
        throw Faults.usage("--risk-factor", "\"\(text)\" is no factor above 0, up to 1000", "Give one, such as 1.5.")
      }
      return try StressedRun(run, factor: factor)
    default:
      throw Faults.usage(
        "cutline stress", "needs --vintage or --risk-factor, and not both", "Give one: --vintage 2022-03..2022-08.")
    }
  }

  private struct Report: Encodable {
    struct Cell: Encodable {
      let bins: [Int]
      let intervals: [String]
      let riskPct, excessPoints: Double
      /// Whether the best strategy under the factor rejects it.
      let closed: Bool?
    }
    struct Scenario: Encodable {
      let name, limitPct: String
      let riskPct, stressedRiskPct: Double?
      let holds: Bool
      let breaksAtFactor: Double?
      /// Of the best strategy under the factor against the run's.
      let bestStatus: String?
      let bestProductionShare: Double?
      let closedCells, openedCells: Int?
      let breaking: [Cell]
    }
    let factor: Double
    /// Of the run's search, which the best strategy here is not held to; null where it had none.
    let constraintsLeftOut: [String]?
    /// Scenarios without a strategy.
    let withoutStrategy: [String]
    let vintage: String?
    let vintageRows, vintageBadRows: Int64?
    let coveredShare: Double?
    let scenarios: [Scenario]

    init(
      _ run: VerifiedRun, _ stressed: StressedRun, _ frontier: Frontier?, constraints: [String]?
    ) throws {
      factor = stressed.factor
      constraintsLeftOut = constraints
      withoutStrategy = run.scenarios.scenarios.filter { $0.strategy == nil }.map(\.name)
      vintage = stressed.vintage.map { "\($0.first.iso) to \($0.last.iso)" }
      (vintageRows, vintageBadRows) = (stressed.vintage?.rows, stressed.vintage?.badRows)
      coveredShare = stressed.vintage?.covered
      let grid = run.cells.grid
      scenarios = try stressed.lines.map { line in
        let answer = try frontier?.answer(to: line.scenario.limit, measure: run.cells.measure)
        let best = answer?.point.flatMap { frontier?.points[$0].strategy }
        let changes = best.flatMap { best in line.scenario.strategy.map { best.changes(from: $0, in: grid) } }
        let own = line.scenario.totals?.optimum.production ?? 0
        return Scenario(
          name: line.scenario.name, limitPct: "\(line.scenario.limit)", riskPct: line.riskPct,
          stressedRiskPct: line.stressedPct, holds: line.holds, breaksAtFactor: line.breaksAt,
          bestStatus: answer?.status.rawValue,
          bestProductionShare: best.flatMap {
            own > 0 ? Double(stressed.cells.totals(of: $0).optimum.production) / Double(own) : nil
          }, closedCells: changes.map { $0.cells - $0.opened }, openedCells: changes?.opened,
          breaking: stressed.breaking(line).map { cell in
            let bins = grid.bins(cell.cell)
            return Cell(
              bins: bins.map { $0 + 1 }, intervals: zip(grid.axes, bins).map { $0.interval(ofBin: $1) },
              riskPct: cell.riskPct, excessPoints: cell.points,
              closed: best.map { !$0.accepts(cell.cell, in: grid) })
          })
      }
    }
  }

  private static let shown = 8

  private static func text(_ report: Report, _ grid: CellGrid) -> String {
    func percent(_ value: Double?) -> String { value.map { TextTable.fixed($0, 2) + " %" } ?? "undefined" }
    var text = ""
    if let vintage = report.vintage {
      text +=
        "\nBooked \(vintage): \(report.vintageRows ?? 0) applications with an outcome, \(report.vintageBadRows ?? 0) bad; \(TextTable.fixed(report.factor, 4)) times the risk of the main period at its mix (known to some \(TextTable.fixed(100 / Double(max(1, report.vintageBadRows ?? 1)).squareRoot(), 1)) %), over \(TextTable.fixed(100 * (report.coveredShare ?? 0), 1)) % of its exposure\n"
    } else {
      text += "\nAll risks times \(NumberText.shortest(report.factor))\n"
    }
    if let constraints = report.constraintsLeftOut {
      text +=
        "The best strategies below are not held to the constraints of the run's search (\(constraints.map { $0.replacing("\n", with: ", ") }.joined(separator: "; ")))\n"
    }
    for name in report.withoutStrategy { text += "\n\(name): the run has no strategy for it\n" }
    for scenario in report.scenarios {
      text +=
        "\n\(scenario.name) (risk ≤ \(scenario.limitPct) %): \(percent(scenario.riskPct)) becomes \(percent(scenario.stressedRiskPct)): \(scenario.holds ? "holds" : "does NOT hold")\(scenario.breaksAtFactor.map { "; it breaks at \(TextTable.fixed($0, 3)) times the risk" } ?? "")\n"
      guard !scenario.holds else { continue }
      if let share = scenario.bestProductionShare {
        text +=
          "  the best strategy then has \(TextTable.fixed(100 * share, 1)) % of its production, closes \(scenario.closedCells ?? 0) cells and opens \(scenario.openedCells ?? 0)\n"
      } else if let status = scenario.bestStatus {
        text += "  no other strategy is known to keep the limit then (\(status))\n"
      }
      guard !scenario.breaking.isEmpty else { continue }
      var table = TextTable(
        grid.axes.map(\.source) + ["risk %", "points above the limit", "the best then"], textColumns: grid.axes.count)
      for cell in scenario.breaking.prefix(shown) {
        table.add(
          cell.intervals + [
            TextTable.fixed(cell.riskPct, 2), TextTable.fixed(cell.excessPoints, 4),
            cell.closed.map { $0 ? "closes it" : "keeps it" } ?? "—",
          ])
      }
      text += "\(table.text)"
      if scenario.breaking.count > shown { text += "  and \(scenario.breaking.count - shown) more: --json\n" }
    }
    return text
  }
}
