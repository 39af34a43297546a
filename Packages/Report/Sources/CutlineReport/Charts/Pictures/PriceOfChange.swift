internal import CutlineCore

/// What production is reached when at most so many cells are decided otherwise than by the strategy in force.
enum PriceOfChange {
  private static let share = 95.0

  static func charts(of tables: RunTables) throws -> [Chart] {
    try tables.names("price_of_change_", ".csv").compactMap { scenario in
      try tables.named("price_of_change_\(scenario).csv").flatMap { chart(of: $0, scenario, tables) }
    }
  }

  private static func chart(of table: StoredTable, _ scenario: String, _ tables: RunTables) -> Chart? {
    let solved = table.rows.indices.filter { table.number("production", $0) != nil }
    guard let last = solved.last, let first = solved.first else { return nil }
    let currency = tables.currency()
    let all = Int(table.text("changes_at_most", last)) ?? 0
    let enough = solved.first { (table.number("gain_share", $0) ?? 0) >= share }
    var finding = "No change brings more than the strategy in force"
    if let enough, let gain = table.number("gain", last), gain > 0 {
      let few = Int(table.text("changes_at_most", enough)) ?? 0
      finding =
        "\(few) of \(Say.number(all, "change")) \(few == 1 ? "brings" : "bring") \(Say.percent(table.number("gain_share", enough))) of the gain of "
        + Say.amount(gain, currency) + " over the strategy in force"
    } else if let gain = table.number("gain", last), gain > 0 {
      finding =
        "\(Say.number(all, "change")) \(all == 1 ? "brings" : "bring") \(Say.amount(gain, currency)) more than the strategy in force"
    }
    let infeasible = table.rows.indices.count { table.text("status", $0) == "infeasible" }
    if infeasible > 0 {
      let least = Int(table.text("changes_at_most", first)) ?? 0
      finding += "; the limit needs \(Say.number(least, "change")) at least"
    }
    let values = solved.map { row -> [String: Specification] in
      ["changes": table.value("changes_at_most", row), "production": table.value("production", row)]
    }
    var layers: [Specification] = [
      ["mark": ["type": "line", "interpolate": "step-after", "color": .text(ChartTheme.blue)]]
    ]
    if let enough {
      // What is said of a point stands on the side that has room.
      let isRight = 2 * (table.number("changes_at_most", enough) ?? 0) > Double(all)
      layers.append([
        "data": .values([
          [
            "changes": table.value("changes_at_most", enough), "production": table.value("production", enough),
            "text": .text(
              "\(table.text("changes_at_most", enough)) cells: \(Say.percent(table.number("gain_share", enough))) of the gain"
            ),
          ]
        ]),
        "layer": [
          [
            "mark": ["type": "point", "filled": true, "size": 110, "color": .text(ChartTheme.vermillion), "opacity": 1]
          ],
          [
            "mark": [
              "type": "text", "align": isRight ? "right" : "left", "baseline": "top", "dx": isRight ? -6 : 6,
              "dy": isRight ? 28 : 8,
            ],
            "encoding": ["text": ["field": "text"]],
          ],
        ],
      ])
    }
    return Chart(
      name: "price_of_change_\(scenario)", finding: finding,
      basis:
        "Greatest production within \(Say.percent(table.number("limit_pct", last))) risk when at most so many cells change; "
        + "annualised, in the grid",
      summary: finding + ".", sources: [table.path],
      specification: [
        "data": .values(values), "width": .number(Double(ChartTheme.width)), "height": 220, "layer": .list(layers),
        "encoding": [
          "x": Draw.number(
            "changes", "Cells that may be decided otherwise than by the strategy in force", "d",
            more: ["axis": ["tickMinStep": 1]]),
          "y": Draw.amount("production", "Production a year\(currency.isEmpty ? "" : ", \(currency)")"),
        ],
      ],
      table: ChartTable(
        columns: ["Changes at most", "Status", "Production", "Gain", "Share of the gain", "Risk"],
        rows: table.shown(
          [
            ("changes_at_most", nil), ("status", nil), ("production", .amount), ("gain", .amount),
            ("gain_share", .percent), ("risk_pct", .percent),
          ], rows: Array(table.rows.indices))))
  }
}
