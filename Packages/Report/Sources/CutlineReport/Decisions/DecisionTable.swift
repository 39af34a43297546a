internal import CutlineCore
internal import CutlineCredit

/// The decisions of one strategy.
struct DecisionTable {
  let cells: CellTable
  let strategy: Strategy
  let people: CellPeople
  let intervals: CellIntervals?
  let force: StrategyInForce?

  private func word(_ isAccepted: Bool) -> String { isAccepted ? "accept" : "reject" }

  func file(_ path: String) -> ResultFile {
    let grid = cells.grid
    let columns =
      grid.axes.flatMap { axis in
        [
          ColumnNote(axis.name, unit: "bin", "Bin of \(axis.source)."),
          ColumnNote("\(axis.name)_interval", unit: "text", "Its values of \(axis.source)."),
        ]
      } + [
        ColumnNote("decision", unit: "text", "accept or reject."),
        ColumnNote("in_force", unit: "text", "What the strategy in force decides; empty where it is not known."),
        ColumnNote("change", unit: "text", "opened, closed, or empty where nothing changes or is known."),
        ColumnNote("keep", unit: "applications", basis: "of the period", "Booked, and accepted."),
        ColumnNote("swap_in", unit: "applications", basis: "of the period", "Rejected by score, and accepted."),
        ColumnNote("swap_out", unit: "applications", basis: "of the period", "Booked, and rejected."),
        ColumnNote("rejected", unit: "applications", basis: "of the period", "Rejected by score, and rejected."),
        ColumnNote("acceptance_today", unit: "percent", "Booked of both; empty without applications."),
        ColumnNote("production", unit: "currency", basis: "annualised", "Of the cell when it is accepted."),
        ColumnNote("risk_pct", unit: "percent", "Of the cell when it is accepted; empty where undefined."),
        ColumnNote("risk_ci_lower", unit: "percent", "Whole-estimator, by percentiles of the resamples."),
        ColumnNote("risk_ci_upper", unit: "percent", "Upper end."),
      ]
    let rows = (0..<grid.cellCount).map { cell -> [String] in
      let isAccepted = strategy.accepts(cell, in: grid)
      let before = force?.strategy.accepts(cell, in: grid)
      let (booked, rejected) = (people.booked[cell], people.rejected[cell])
      let all = booked + rejected
      let total = cells.total(cell)
      let ends = intervals?.ends[cell]
      let bins = zip(grid.axes, grid.bins(cell)).flatMap { [String($1 + 1), $0.interval(ofBin: $1)] }
      let change = before.map { $0 == isAccepted ? "" : isAccepted ? "opened" : "closed" } ?? ""
      let counts = (isAccepted ? [booked, rejected, 0, 0] : [0, 0, booked, rejected]).map { String($0) }
      let rate = all > 0 ? 100 * Double(booked) / Double(all) : nil
      let figures = [
        NumberText.shortest(rate), NumberForm.annualised(total.production, cells),
        NumberText.shortest(cells.measure.percent(total)), NumberText.shortest(ends?.low),
        NumberText.shortest(ends?.high),
      ]
      return bins + [word(isAccepted), before.map(word) ?? "", change] + counts + figures
    }
    return ResultFile(path: path, columns: columns, rows: rows)
  }

  /// Nil with more than two scores: there is no such matrix.
  func matrix(_ path: String) -> ResultFile? {
    let grid = cells.grid
    guard let last = grid.axes.last, grid.axes.count <= 2 else { return nil }
    let first = grid.axes.count == 2 ? grid.axes[0] : nil
    let head = first.map { "\($0.source) \\ \(last.source)" } ?? last.source
    let columns =
      [ColumnNote(head, unit: "text", "Values of \(first?.source ?? "nothing"), a line each.")]
      + (0..<last.binCount).map {
        ColumnNote(last.interval(ofBin: $0), unit: "text", "accept or reject where \(last.source) lies in it.")
      }
    let rows = (0..<(first?.binCount ?? 1)).map { line in
      [first?.interval(ofBin: line) ?? "all"]
        + (0..<last.binCount).map { word(strategy.accepts(line * last.binCount + $0, in: grid)) }
    }
    return ResultFile(path: path, columns: columns, rows: rows)
  }
}
