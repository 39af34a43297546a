internal import CutlineCore
internal import CutlineCredit

/// The strategies chosen again with other risks of rejects, beside the one that was chosen.
struct RejectRiskTable {
  private let cells: CellTable
  private let strategy: Strategy
  private let scenario: ScenarioSet.Scenario
  private let limit: DecimalNumber
  /// In ascending order; the run itself is level 0.
  private let levels: [Level]

  private struct Level {
    let percent: Double
    let status: String
    let strategy: Strategy?
    /// On the cells of the level.
    let optimum, own: CellSums
  }

  init(
    _ cells: CellTable, _ strategy: Strategy, _ scenario: ScenarioSet.Scenario,
    _ levels: [(percent: Double, cells: CellTable, frontier: Frontier)]
  ) throws {
    (self.cells, self.strategy, self.scenario) = (cells, strategy, scenario)
    let limit = scenario.chosenAt ?? scenario.limit
    self.limit = limit
    let run = Level(
      percent: 0, status: scenario.status.rawValue, strategy: strategy, optimum: cells.totals(of: strategy).optimum,
      own: cells.totals(of: strategy).optimum)
    let others = try levels.map { level in
      let answer = try level.frontier.answer(to: limit, measure: cells.measure)
      let chosen = answer.point.map { level.frontier.points[$0].strategy }
      return Level(
        percent: level.percent, status: answer.status.rawValue, strategy: chosen,
        optimum: chosen.map { level.cells.totals(of: $0).optimum } ?? .zero,
        own: level.cells.totals(of: strategy).optimum)
    }
    self.levels = (others + [run]).sorted { $0.percent < $1.percent }
  }

  func files(in folder: String) throws -> [ResultFile] {
    [
      ResultFile(
        path: "\(folder)/sensitivity_analysis_\(scenario.name).csv", columns: levelColumns, rows: try levels.map(row)),
      ResultFile(
        path: "\(folder)/sensitivity_analysis_cell_detail_\(scenario.name).csv", columns: detailColumns, rows: details),
    ]
  }

  private var combinations: [String] {
    let outer = CellGrid(axes: Array(cells.grid.axes.dropLast()))
    return (0..<outer.cellCount).map { outer.bins($0).map { String($0 + 1) }.joined(separator: "_") }
  }

  private var levelColumns: [ColumnNote] {
    [
      ColumnNote(
        "reject_risk_change", unit: "percent", "Of the predicted risk numerator of every swap-in; 0 is the run."),
      ColumnNote("status", unit: "text", "optimal, infeasible or unproven."),
      ColumnNote("n_flipped", unit: "cells", "Decided otherwise than by the run's strategy; empty without a strategy."),
      ColumnNote("accept_to_reject", unit: "cells", "Of these, rejected now."),
      ColumnNote("reject_to_accept", unit: "cells", "Of these, accepted now."),
      ColumnNote("new_production", unit: "currency", basis: "annualised", "Of the strategy chosen again."),
      ColumnNote("new_risk_pct", unit: "percent", "Its risk at this level."),
      ColumnNote("own_risk_pct", unit: "percent", "Risk of the run's own strategy at this level."),
      LimitColumn.note,
      ColumnNote("own_keeps_limit", unit: "text", "Whether the run's own strategy still keeps the limit: yes or no."),
    ]
      + combinations.map {
        ColumnNote(
          $0.isEmpty ? "cutoff" : "cutoff_\($0)", unit: "bin",
          "Riskiest bin of \(cells.grid.axes.last?.name ?? "") accepted; empty where none is.")
      }
  }

  private func row(_ level: Level) throws -> [String] {
    let flips = level.strategy.map { $0.changes(from: strategy, in: cells.grid) }
    let own = cells.measure.strategyPercent(level.own)
    let chosen = level.strategy.map { _ in level.optimum }
    return [
      NumberText.shortest(level.percent), level.status, flips.map { String($0.cells) } ?? "",
      flips.map { String($0.cells - $0.opened) } ?? "", flips.map { String($0.opened) } ?? "",
      chosen.map { NumberText.annualised($0.production, cells) } ?? "",
      NumberText.shortest(chosen.flatMap { cells.measure.strategyPercent($0) }), NumberText.shortest(own),
      "\(limit)", try cells.measure.fits(level.own, limit: limit) ? "yes" : "no",
    ]
      + combinations.indices.map { index in
        level.strategy.flatMap { $0.cutoff(index, in: cells.grid).map(String.init) } ?? ""
      }
  }

  private var detailColumns: [ColumnNote] {
    cells.grid.axes.map { ColumnNote($0.name, unit: "bin", "Bin of \($0.source).") } + [
      ColumnNote("baseline_status", unit: "text", "Decision of the run's strategy: accept or reject."),
      ColumnNote(
        "flip_threshold_pct", unit: "percent",
        "The level nearest to 0 at which the decision is another; empty where it is the same at all levels."),
      ColumnNote(
        "unchanged_up_to_pct", unit: "percent", "The level before it, towards 0, at which it is still the same."),
      ColumnNote("flip_direction", unit: "text", "accept to reject, or reject to accept."),
    ]
  }

  /// Of two levels as near, the one that lowers the risk comes first.
  private var details: [[String]] {
    let near = levels.filter { $0.percent != 0 && $0.strategy != nil }
      .sorted { (abs($0.percent), $0.percent) < (abs($1.percent), $1.percent) }
    let known = levels.map(\.percent)
    return (0..<cells.grid.cellCount).map { cell in
      let isAccepted = strategy.accepts(cell, in: cells.grid)
      let first = near.first { $0.strategy?.accepts(cell, in: cells.grid) != isAccepted }
      let before = first.flatMap { flip in
        flip.percent > 0
          ? known.last { $0 < flip.percent } : known.first { $0 > flip.percent }
      }
      return cells.grid.bins(cell).map { String($0 + 1) } + [
        isAccepted ? "accept" : "reject", NumberText.shortest(first?.percent), NumberText.shortest(before),
        first == nil ? "" : isAccepted ? "accept to reject" : "reject to accept",
      ]
    }
  }
}
