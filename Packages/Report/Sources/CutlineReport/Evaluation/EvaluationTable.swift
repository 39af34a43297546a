internal import CutlineCore
internal import CutlineCredit

/// `evaluation.csv`: one row a stated strategy, against today and against the frontier of its run.
struct EvaluationTable {
  private let cells: CellTable
  private let today: CellSums
  private let columns: [ColumnNote]
  private var rows: [[String]] = []

  init(_ cells: CellTable, currency: Currency) {
    self.cells = cells
    today = cells.booked.reduce(.zero, +)
    columns = [
      ColumnNote("strategy", unit: "text", "As it is called."),
      ColumnNote("file_name", unit: "text", "What it is called in names of files."),
      ColumnNote("risk_pct", unit: "percent", "Its risk; empty where undefined."),
      ColumnNote("production", unit: "currency", basis: "annualised", "Its production, in \(currency.sign)."),
      ColumnNote("risk_today_pct", unit: "percent", "Risk of what is booked."),
      ColumnNote("production_today", unit: "currency", basis: "annualised", "Production of what is booked."),
      ColumnNote("production_against_today_pct", unit: "percent", "Its production relative to that."),
      ColumnNote(
        "most_production_at_its_risk", unit: "currency", basis: "annualised",
        "The greatest production on the frontier at no more risk; empty where nothing is known."),
      ColumnNote(
        "production_missed", unit: "currency", basis: "annualised",
        "What it misses of that; negative: it lies beyond the frontier, as it is not monotone or keeps no constraint."),
      ColumnNote(
        "least_risk_at_its_production_pct", unit: "percent",
        "The least risk on the frontier at no less production; empty where nothing is known or reaches it."),
      ColumnNote("risk_excess_points", unit: "percentage points", "Its risk less that."),
      ColumnNote(
        "frontier", unit: "text",
        "complete; constrained: of strategies that keep the run's constraints; incomplete: at least so much is missed; unknown."
      ),
    ]
  }

  mutating func add(_ name: String, file: String, _ totals: StrategyTotals, _ distance: FrontierDistance) {
    let own = totals.optimum
    let risk = cells.measure.strategyPercent(own)
    let share = today.production > 0 ? 100 * Double(own.production) / Double(today.production) : nil
    let least = distance.leastRisk.flatMap(cells.measure.strategyPercent)
    let excess: Double? = if let risk, let least { risk - least } else { nil }
    func annual(_ sum: Int64?) -> String { sum.map { NumberForm.annualised($0, cells) } ?? "" }
    rows.append([
      name, file, NumberText.shortest(risk), annual(own.production), NumberText.shortest(cells.measure.percent(today)),
      annual(today.production), NumberText.shortest(share), annual(distance.mostProduction),
      annual(distance.mostProduction.map { $0 - own.production }), NumberText.shortest(least),
      NumberText.shortest(excess), distance.knowledge.rawValue,
    ])
  }

  func file(in folder: String) -> ResultFile {
    var table = ResultTable(path: "\(folder)/evaluation.csv", columns: columns)
    for row in rows { table.add(row) }
    return table.file
  }
}
