internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

/// The best strategy of at most k changes to the one in force, for every k.
struct PriceOfChange {
  struct Line {
    let most: Int
    let answer: ChangeSearch.Answer
    let strategy: Strategy?
  }

  let scenario: ScenarioSet.Scenario
  let limit: DecimalNumber
  let force: StrategyInForce
  let cells: CellTable
  let lines: [Line]

  private func changedWithApplications(_ strategy: Strategy) -> Int {
    (0..<cells.grid.cellCount).count { cell in
      force.booked[cell] + force.rejected[cell] > 0
        && strategy.accepts(cell, in: cells.grid) != force.strategy.accepts(cell, in: cells.grid)
    }
  }

  private var own: CellSums { cells.totals(of: force.strategy).optimum }

  /// How few changes bring most of the gain.
  var remark: Remark? {
    let before = own.production
    guard let last = lines.last, let best = last.answer.point?.production, best > before else { return nil }
    let enough = lines.first {
      guard let production = $0.answer.point?.production else { return false }
      return 100 * (production - before) >= 95 * (best - before)
    }
    guard let enough else { return nil }
    return
      "\(word: scenario.name): \(enough.most) changed cells bring 95 % of what the best \(last.most) bring over the strategy in force"
  }

  func file(in folder: String) -> ResultFile {
    let grid = cells.grid
    let outer = CellGrid(axes: Array(grid.axes.dropLast()))
    let names = (0..<outer.cellCount).map { outer.bins($0).map { String($0 + 1) }.joined(separator: "_") }
    let columns =
      [
        ColumnNote(
          "changes_at_most", unit: "cells", "Cells that may be decided otherwise than by the strategy in force."),
        ColumnNote("status", unit: "text", "optimal, infeasible (no such strategy keeps the limit) or unproven."),
        LimitColumn.note, ColumnNote("changes", unit: "cells", "Cells that are."),
        ColumnNote("changes_with_applications", unit: "cells", "Of these, with applications in the main period."),
        ColumnNote("production", unit: "currency", basis: "annualised", "Greatest production within the limit."),
        ColumnNote(
          "gain", unit: "currency", basis: "annualised",
          "Over the strategy in force, applied to the same cells without overrides."),
        ColumnNote(
          "gain_over_actual", unit: "currency", basis: "annualised",
          "Over what was booked, overrides included: Actual of the summary."),
        ColumnNote(
          "gain_share", unit: "percent", "Of what the scenario's strategy gains; empty where it gains nothing."),
        ColumnNote("risk_pct", unit: "percent", "Risk of the strategy."),
      ]
      + names.map {
        ColumnNote(
          $0.isEmpty ? "cutoff" : "cutoff_\($0)", unit: "bin",
          "Riskiest bin of \(grid.axes.last?.name ?? "") accepted; empty where none is.")
      }
    let before = own.production
    let actual = cells.booked.reduce(.zero, +).production
    let best = (scenario.totals?.optimum.production ?? before) - before
    let rows = lines.map { line -> [String] in
      let status =
        switch line.answer.status {
        case .optimal: "optimal"
        case .infeasible: "infeasible"
        case .limitReached: "unproven"
        }
      guard let strategy = line.strategy, let point = line.answer.point else {
        return [String(line.most), status, "\(limit)"] + Array(repeating: "", count: columns.count - 3)
      }
      let gain = point.production - before
      let totals = cells.totals(of: strategy).optimum
      return [
        String(line.most), status, "\(limit)", line.answer.changes.map { String($0) } ?? "",
        String(changedWithApplications(strategy)),
        NumberText.annualised(point.production, cells), NumberText.annualised(gain, cells),
        NumberText.annualised(point.production - actual, cells),
        best > 0 ? NumberText.shortest(100 * Double(gain) / Double(best)) : "",
        NumberText.shortest(cells.measure.strategyPercent(totals)),
      ] + names.indices.map { strategy.cutoff($0, in: grid).map { String($0) } ?? "" }
    }
    return ResultFile(path: "\(folder)/price_of_change_\(scenario.name).csv", columns: columns, rows: rows)
  }
}
