internal import CutlineCore

/// What share of the eligible requested amount is booked, by month; a month without demand is a gap, not 0.
enum TransformationRate {
  static func charts(of tables: RunTables) throws -> [Chart] {
    try tables.names("monthly_metrics_", ".csv").prefix(1).compactMap { segment in
      try tables.named("monthly_metrics_\(segment).csv").flatMap { chart(of: $0) }
    }
  }

  private static func chart(of table: StoredTable) -> Chart? {
    let rows = Array(table.rows.indices)
    guard !rows.isEmpty else { return nil }
    let known = rows.filter { table.number("transformation_rate", $0) != nil }
    func percent(_ row: Int) -> Double? { table.number("transformation_rate", row).map { 100 * $0 } }
    var finding = "No month has eligible demand"
    if let first = known.first, let last = known.last {
      finding =
        "\(Say.percent(percent(last))) of the eligible amount was booked in \(table.text("month", last)), "
        + "\(Say.percent(percent(first))) in \(table.text("month", first))"
    }
    if known.count < rows.count, !known.isEmpty {
      finding += "; \(Say.number(rows.count - known.count, "month")) without demand"
    }
    return Chart(
      name: "transformation_rate", finding: finding,
      basis: "Booked over eligible requested amount, by month of application, \(Say.number(rows.count, "month")); "
        + "a month without eligible demand is a gap",
      summary: finding + ".", sources: [table.path],
      specification: [
        "data": .values(rows.map { ["month": Draw.day(table.text("month", $0)), "rate": Specification(percent($0))] }),
        "width": .number(Double(ChartTheme.width)), "height": 200,
        "encoding": ["x": Draw.month(), "y": Draw.number("rate", "Booked of eligible, %", ".0f", fromZero: false)],
        "layer": [
          ["mark": ["type": "line", "color": .text(ChartTheme.blue)]],
          ["mark": ["type": "point", "filled": true, "size": 26, "color": .text(ChartTheme.blue)]],
        ],
      ],
      table: ChartTable(
        columns: ["Month", "Booked of eligible"],
        rows: rows.map { [table.text("month", $0), Say.percent(percent($0))] }))
  }
}
