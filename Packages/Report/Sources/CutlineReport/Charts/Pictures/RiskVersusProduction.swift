internal import CutlineCore

/// Risk and production of each month, with the comfort zone: a line that ends where a year has no entry.
enum RiskVersusProduction {
  static func charts(of tables: RunTables) throws -> [Chart] {
    try tables.names("monthly_metrics_", ".csv").prefix(1).compactMap { segment in
      try tables.named("monthly_metrics_\(segment).csv").flatMap { try chart(of: $0, tables) }
    }
  }

  private static func chart(of table: StoredTable, _ tables: RunTables) throws -> Chart? {
    let rows = Array(table.rows.indices)
    guard !rows.isEmpty else { return nil }
    let currency = tables.currency()
    let mature = rows.filter { table.number("risk_rate", $0) != nil }
    let rolling = rows.filter { table.number("risk_rate_trailing_6m", $0) != nil }
    let zone = mature.filter { table.number("comfort_zone", $0) != nil }
    let hasZone = !zone.isEmpty
    let above = zone.filter { row in
      guard let risk = table.number("risk_rate", row), let limit = table.number("comfort_zone", row) else {
        return false
      }
      return risk > limit
    }
    var finding = "No month has a known outcome yet"
    if let first = rolling.dropFirst(5).first ?? rolling.first, let last = rolling.last {
      let (before, after) = (
        table.number("risk_rate_trailing_6m", first), table.number("risk_rate_trailing_6m", last)
      )
      finding =
        "Risk of six months went from \(Say.percent(before)) (\(table.text("month", first))) to \(Say.percent(after)) "
        + "(\(table.text("month", last)))"
      if !zone.isEmpty { finding += "; \(above.count) of \(Say.number(zone.count, "month")) above the comfort zone" }
    }
    let values = rows.map { row -> [String: Specification] in
      [
        "month": Draw.day(table.text("month", row)), "year": .text(String(table.text("month", row).prefix(4))),
        "production": table.value("total_production", row), "risk": table.value("risk_rate", row),
        "rolling": table.value("risk_rate_trailing_6m", row), "zone": table.value("comfort_zone", row),
      ]
    }
    let unit = currency.isEmpty ? "" : ", \(currency)"
    let spec: Specification = [
      "data": .values(values), "spacing": 24, "resolve": Draw.apart,
      "hconcat": [
        scatter(table, mature, unit),
        [
          "spacing": 12, "resolve": Draw.apart,
          "vconcat": [
            [
              "width": 290, "height": 180,
              "encoding": ["x": Draw.month()],
              "layer": .list(
                [series("risk", "month", hasZone, point: true), series("rolling", "six months", hasZone)]
                  + (hasZone ? [series("zone", "comfort zone", hasZone)] : [])),
              "resolve": ["scale": ["color": "shared"]],
            ],
            [
              "width": 290, "height": 70, "mark": ["type": "bar", "color": .text(ChartTheme.sky)],
              "encoding": [
                "x": Draw.month(),
                "y": Draw.amount(
                  "production", "Production\(unit)", fromZero: true,
                  more: [
                    "axis": ["tickCount": 3]
                  ]),
              ],
            ],
          ],
        ],
      ],
    ]
    return Chart(
      name: "risk_vs_production", finding: finding,
      basis:
        "Booked applications by month of application; production of the month\(unit); risk in percent of those with a "
        + "known outcome (\(mature.count) of \(Say.number(rows.count, "month")))"
        + (hasZone ? "; comfort zone as stated per year" : ""),
      summary: finding + ".", sources: [table.path], specification: spec,
      table: ChartTable(
        columns: ["Month", "Production\(unit)", "Risk", "Risk of six months", "Comfort zone"],
        rows: table.shown(
          [
            ("month", nil), ("total_production", .amount), ("risk_rate", .percent),
            ("risk_rate_trailing_6m", .percent), ("comfort_zone", .percent),
          ], rows: rows)))
  }

  /// A line of the months; with points where a month alone would be no line.
  private static func series(_ field: String, _ name: String, _ hasZone: Bool, point: Bool = false) -> Specification {
    [
      "mark": point
        ? ["type": "point", "filled": true, "size": 28, "opacity": 0.55]
        : [
          "type": "line", "interpolate": field == "zone" ? "step" : "linear",
          "strokeDash": field == "zone" ? [5, 3] : [1, 0],
        ],
      "transform": [["calculate": .text("'\(name)'"), "as": "what"]],
      "encoding": [
        "y": Draw.number(field, "Risk, %", ".1f"),
        "color": Draw.colour(
          "what", ["month", "six months"] + (hasZone ? ["comfort zone"] : []),
          [ChartTheme.sky, ChartTheme.blue] + (hasZone ? [ChartTheme.vermillion] : [])),
      ],
    ]
  }

  /// A point a month; the comfort zone of a year as a line across the production of that year.
  private static func scatter(_ table: StoredTable, _ mature: [Int], _ unit: String) -> Specification {
    let years = Array(Set(mature.map { String(table.text("month", $0).prefix(4)) })).sorted()
    let shades = years.indices.map { ChartTheme.categories[$0 % ChartTheme.categories.count] }
    let zones = years.compactMap { year -> [String: Specification]? in
      let own = mature.filter { table.text("month", $0).hasPrefix(year) }
      let production = own.compactMap { table.number("total_production", $0) }
      guard let low = production.min(), let high = production.max(),
        let limit = own.compactMap({ table.number("comfort_zone", $0) }).first
      else { return nil }
      return ["year": .text(year), "low": .number(low), "high": .number(high), "zone": .number(limit)]
    }
    let colour: Specification = [
      "field": "year", "type": "nominal", "scale": ["domain": .texts(years), "range": .texts(shades)],
      "legend": [
        "title": .text("points: months" + (zones.isEmpty ? "" : "; dashes: comfort zone of the year")),
        "symbolType": "circle",
      ],
    ]
    return [
      "width": .number(Double(ChartTheme.halfWidth) - 10), "height": 262,
      // A layer without a value has no extent that a scale could be made of.
      "layer": .list(
        [
          [
            "mark": ["type": "point", "filled": true, "size": 42, "opacity": 0.85],
            "transform": [["filter": "isValid(datum.risk)"]],
            "encoding": [
              "x": Draw.amount("production", "Production of the month\(unit)", more: ["axis": ["tickCount": 4]]),
              "y": Draw.number("risk", "Risk, %", ".1f"), "color": colour,
            ],
          ]
        ]
          + (zones.isEmpty
            ? []
            : [
              [
                "data": .values(zones), "mark": ["type": "rule", "strokeDash": [5, 3], "strokeWidth": 2],
                "encoding": [
                  "x": ["field": "low", "type": "quantitative"], "x2": ["field": "high"],
                  "y": ["field": "zone", "type": "quantitative"], "color": colour,
                ],
              ]
            ])),
    ]
  }
}
