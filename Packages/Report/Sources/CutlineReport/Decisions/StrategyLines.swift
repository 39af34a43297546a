internal import CutlineCore
internal import CutlineCredit

/// `strategies.csv`: a line for today and for each scenario.
struct StrategyLines {
  private let rows: [[String]]

  private static let columns = [
    ColumnNote(
      "strategy", unit: "text", "actual (overrides included), in force (its rule without overrides), or a scenario."),
    ColumnNote("limit_pct", unit: "percent", "Its risk limit; empty for actual."),
    ColumnNote("status", unit: "text", "optimal, infeasible, unproven or fixed; empty for actual."),
    ColumnNote("constraints", unit: "text", "What the search was held to besides, as TOML; empty for nothing."),
    ColumnNote(
      "changed_cells", unit: "cells", "Decided otherwise than by the strategy in force; empty where it is not known."),
    ColumnNote("opened_cells", unit: "cells", "Of these, accepted now."),
    ColumnNote("accepted_cells", unit: "cells", "Accepted."),
    ColumnNote("changed_with_applications", unit: "cells", "Changed, with applications in the main period."),
    ColumnNote("keep", unit: "applications", basis: "of the period", "Booked, and accepted."),
    ColumnNote("swap_in", unit: "applications", basis: "of the period", "Rejected by score, and accepted."),
    ColumnNote("swap_out", unit: "applications", basis: "of the period", "Booked, and rejected."),
    ColumnNote("rejected", unit: "applications", basis: "of the period", "Rejected by score, and rejected."),
    ColumnNote(
      "acceptance_pct", unit: "percent",
      "Accepted of all that the scores decide, those outside the grid with the decision that they have."),
    ColumnNote("production", unit: "currency", basis: "annualised", "In the grid."),
    ColumnNote("risk_pct", unit: "percent", "In the grid."),
    ColumnNote(
      "production_with_outside", unit: "currency", basis: "annualised",
      "With the booked outside the grid that keep their decision (own-bin); what codes and missing scores drop is in row_waterfall."
    ),
    ColumnNote("risk_with_outside_pct", unit: "percent", "With the same."),
    ColumnNote(
      "keeps_limit", unit: "text", "yes, or no: its risk is above limit_pct, which a stated strategy's may be."),
    ColumnNote(
      "chosen_within_pct", unit: "percent",
      "The limit that it is the optimum of, where risk_confidence asks for another than limit_pct."),
    ColumnNote("risk_confidence", unit: "share", "With which probability the true risk had to keep limit_pct."),
  ]

  init(_ input: Decisions.Input, _ people: CellPeople) throws {
    let (cells, grid) = (input.cells, input.cells.grid)
    let outside = try input.cube.outsideLines().map(\.booked)
    let constraints = (input.frontier.constraints ?? []).map { $0.replacing("\n", with: ", ") }.joined(separator: "; ")
    let inGrid = (people.booked.reduce(0, +), people.rejected.reduce(0, +))
    let all = inGrid.0 + inGrid.1 + people.outside.booked + people.outside.rejected
    func figures(_ sums: CellSums, accepted: Int64, risk: Double?) -> [String] {
      let whole = Self.whole(sums, outside)
      return [
        NumberText.shortest(all > 0 ? 100 * Double(accepted + people.outside.booked) / Double(all) : nil),
        NumberForm.annualised(sums.production, cells), NumberText.shortest(risk),
        whole.map { NumberForm.annualised($0.production, cells) } ?? "",
        NumberText.shortest(whole.flatMap { cells.measure.percent($0) }),
      ]
    }
    let actual = cells.booked.reduce(.zero, +)
    var rows = [
      ["actual", "", "", "", "", "", "", "", String(inGrid.0), "0", "0", String(inGrid.1)]
        + figures(actual, accepted: inGrid.0, risk: cells.measure.percent(actual)) + ["", "", ""]
    ]
    if let force = input.force {
      // Applied to the cells without overrides: what the rule alone would have brought.
      let (counts, accepted) = Self.people(force.strategy, grid, people)
      let sums = cells.totals(of: force.strategy).optimum
      rows.append(
        ["in force", "", "", "", "0", "0", String(accepted), "0"] + counts.map { String($0) }
          + figures(sums, accepted: counts[0] + counts[1], risk: cells.measure.strategyPercent(sums)) + ["", "", ""])
    }
    for scenario in input.scenarios.scenarios {
      let head = [scenario.name, "\(scenario.limit)", scenario.status.rawValue, constraints]
      guard let strategy = scenario.strategy else {
        rows.append(head + Array(repeating: "", count: Self.columns.count - head.count))
        continue
      }
      let changes = input.force.map { strategy.changes(from: $0.strategy, in: grid) }
      let (counts, accepted) = Self.people(strategy, grid, people)
      let peopled = input.force.map { force in
        (0..<grid.cellCount).count { cell in
          people.booked[cell] + people.rejected[cell] > 0
            && strategy.accepts(cell, in: grid) != force.strategy.accepts(cell, in: grid)
        }
      }
      let optimum = cells.totals(of: strategy).optimum
      rows.append(
        head + [changes.map { String($0.cells) } ?? "", changes.map { String($0.opened) } ?? "", String(accepted)]
          + [peopled.map { String($0) } ?? ""]
          + counts.map { String($0) }
          + figures(optimum, accepted: counts[0] + counts[1], risk: cells.measure.strategyPercent(optimum)) + [
            try cells.measure.fits(optimum, limit: scenario.limit) ? "yes" : "no",
            scenario.chosenAt.map { "\($0)" } ?? "", NumberText.shortest(scenario.riskConfidence),
          ])
    }
    self.rows = rows
  }

  /// Applications kept, swapped in, swapped out, rejected; and the cells that are accepted.
  private static func people(
    _ strategy: Strategy, _ grid: CellGrid, _ people: CellPeople
  ) -> (counts: [Int64], accepted: Int) {
    var counts: [Int64] = [0, 0, 0, 0]
    var accepted = 0
    for cell in 0..<grid.cellCount {
      let isAccepted = strategy.accepts(cell, in: grid)
      if isAccepted { accepted += 1 }
      counts[isAccepted ? 0 : 2] += people.booked[cell]
      counts[isAccepted ? 1 : 3] += people.rejected[cell]
    }
    return (counts, accepted)
  }

  /// Nil where that is too large to add up.
  private static func whole(_ sums: CellSums, _ outside: [CellSums]) -> CellSums? {
    let all = [sums] + outside
    let limit = Int64.max / Int64(all.count)
    return all.allSatisfy { part in part.values.allSatisfy { abs($0) < limit } } ? all.reduce(.zero, +) : nil
  }

  func file(_ path: String) -> ResultFile { ResultFile(path: path, columns: Self.columns, rows: rows) }
}
