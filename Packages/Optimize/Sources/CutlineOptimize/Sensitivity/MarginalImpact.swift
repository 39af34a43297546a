internal import CutlineCore
internal import CutlineCredit

/// What each cell brings or costs when its decision is turned.
struct MarginalImpact {
  private let cells: CellTable
  private let strategy: Strategy
  private let scenario: ScenarioSet.Scenario
  private let total: CellSums
  private let accepts: [Bool]

  init(_ cells: CellTable, _ strategy: Strategy, _ scenario: ScenarioSet.Scenario) throws {
    (self.cells, self.strategy, self.scenario) = (cells, strategy, scenario)
    accepts = (0..<cells.grid.cellCount).map { strategy.accepts($0, in: cells.grid) }
    total = cells.totals(of: strategy).optimum
  }

  /// Whether a cell is at least as safe as another in every score.
  private func isSafer(_ a: Int, than b: Int, _ places: [Int], _ count: Int) -> Bool {
    var axis = 0
    while axis < count {
      if places[a * count + axis] > places[b * count + axis] { return false }
      axis += 1
    }
    return true
  }

  /// Per score how far from its safe end.
  private func positions(_ cell: Int) -> [Int] {
    zip(cells.grid.axes, cells.grid.bins(cell)).map { $0.safestIsLast ? $0.binCount - 1 - $1 : $1 }
  }

  func file(in folder: String) throws -> ResultFile {
    let (grid, measure) = (cells.grid, cells.measure)
    let (places, axes) = (accepts.indices.flatMap(positions), grid.axes.count)
    let before = measure.strategyPercent(total)
    let limit = scenario.chosenAt ?? scenario.limit
    let isMonotone = strategy.firstViolation(in: grid) == nil
    let rows = try accepts.indices.map { cell -> [String] in
      let isAccepted = accepts[cell]
      // Accepting a cell accepts all that is as safe; rejecting it rejects all that is as risky.
      var together: [Int] = []
      for other in 0..<accepts.count where accepts[other] == isAccepted {
        let (safer, riskier) = isAccepted ? (cell, other) : (other, cell)
        if isSafer(safer, than: riskier, places, axes) { together.append(other) }
      }
      func after(_ turned: [Int]) -> CellSums {
        turned.reduce(total) { isAccepted ? $0 - cells.total($1) : $0 + cells.total($1) }
      }
      func fields(_ turned: [Int]) throws -> [String] {
        let sums = after(turned)
        let risk = measure.strategyPercent(sums)
        let change: Double? = if let risk, let before { risk - before } else { nil }
        return [
          NumberText.annualised(sums.production - total.production, cells), NumberText.shortest(change),
          NumberText.shortest(risk), try measure.fits(sums, limit: limit) ? "yes" : "no",
        ]
      }
      let own = cells.total(cell)
      return zip(grid.axes, grid.bins(cell)).flatMap { [String($1 + 1), $0.interval(ofBin: $1)] }
        + [
          isAccepted ? "accept" : "reject", NumberText.annualised(own.production, cells),
          NumberText.shortest(measure.percent(own)),
          "\(limit)",
        ] + (try fields([cell]))
        // Of a stated strategy that is not monotone no change keeps it so.
        + (isMonotone
          ? [together.count == 1 ? "yes" : "no", String(together.count)] + (try fields(together))
          : ["no", "", "", "", "", ""])
    }
    return ResultFile(
      path: "\(folder)/cell_marginal_impact_\(scenario.name).csv", columns: Self.columns(grid), rows: rows)
  }

  private static func columns(_ grid: CellGrid) -> [ColumnNote] {
    func turned(_ prefix: String, _ what: String) -> [ColumnNote] {
      [
        ColumnNote(
          "\(prefix)delta_production", unit: "currency", basis: "annualised", "Production gained, of \(what)."),
        ColumnNote("\(prefix)delta_risk", unit: "percentage points", "Risk gained; empty where undefined."),
        ColumnNote("\(prefix)risk_pct", unit: "percent", "Risk of the strategy then."),
        ColumnNote("\(prefix)keeps_limit", unit: "text", "Whether it then keeps the limit: yes or no."),
      ]
    }
    return grid.axes.flatMap { axis in
      [
        ColumnNote(axis.name, unit: "bin", "Bin of \(axis.source)."),
        ColumnNote("\(axis.name)_interval", unit: "text", "Its values of \(axis.source)."),
      ]
    } + [
      ColumnNote("decision", unit: "text", "Of the strategy: accept or reject."),
      ColumnNote("cell_production", unit: "currency", basis: "annualised", "Of the cell when it is accepted."),
      ColumnNote("cell_risk_pct", unit: "percent", "Of the cell when it is accepted; empty where undefined."),
      LimitColumn.note,
    ] + turned("", "the decision turned in this cell alone") + [
      ColumnNote("is_monotone", unit: "text", "Whether the strategy then is still monotone: yes or no."),
      ColumnNote(
        "with_cells", unit: "cells", "Cells in the smallest change that turns this one and keeps it monotone."),
    ] + turned("with_", "all of them turned")
  }
}

extension NumberText {
  /// A sum of the period as units of a year.
  static func annualised(_ sum: Int64, _ cells: CellTable) -> String {
    shortest(Double(sum) * cells.annualCoefficient / cells.scale.perUnit)
  }
}

/// Which limit figures are held against.
enum LimitColumn {
  static let note = ColumnNote(
    "limit_pct", unit: "percent",
    "The limit that is meant: the scenario's, or under risk_confidence the lower one within which its strategy was chosen."
  )
}
