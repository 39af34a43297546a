internal import CutlineCore

/// Each metric by month with the limits that its past leaves and the months that leave them.
enum MetricTrends {
  private static let metricLimit = 12

  static func charts(of tables: RunTables) throws -> [Chart] {
    try tables.names("trend_anomalies_", ".csv").compactMap { segment in
      guard let table = try tables.named("trend_anomalies_\(segment).csv") else { return nil }
      return chart(of: table, segment, try tables.named("metric_trends_\(segment).csv"))
    }
  }

  private static func chart(of table: StoredTable, _ segment: String, _ trends: StoredTable?) -> Chart? {
    guard !table.rows.isEmpty else { return nil }
    var metrics: [String] = []
    for metric in table.column("metric") where !metrics.contains(metric) { metrics.append(metric) }
    let flagged = table.rows.indices.filter { table.text("status", $0) == "anomaly" }
    let counts = metrics.map { metric in (metric, flagged.count { table.text("metric", $0) == metric }) }
      .filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
    let looked = table.rows.indices.count { ["anomaly", "in control"].contains(table.text("status", $0)) }
    let finding =
      looked == 0
      ? "No month has a past that is long enough to be judged by"
      : counts.isEmpty
        ? "All \(Say.number(looked, "value")) stay within the limits of their past"
        : "\(flagged.count) of \(Say.number(looked, "value")) leave the limits of their past: "
          + counts.prefix(3).map { "\(words($0.0)) (\($0.1))" }.joined(separator: ", ")
    let shown = Array(metrics.prefix(metricLimit))
    let left = shown.count < metrics.count ? "; the first \(shown.count) of \(metrics.count) metrics" : ""
    let parts = shown.map { part($0, table) }
    var lines: [Specification] = []
    for start in stride(from: 0, to: parts.count, by: 3) {
      lines.append([
        "hconcat": .list(Array(parts[start..<min(start + 3, parts.count)])), "bounds": "flush", "spacing": 54,
      ])
    }
    return Chart(
      name: "metric_trends_\(segment)", finding: finding,
      basis: "By month of application; band: limits from the months before it; "
        + "red: outside it\(left)",
      summary: finding + ".", sources: [table.path] + [trends?.path].compactMap { $0 },
      specification: ["vconcat": .list(lines), "spacing": 14],
      table: ChartTable(
        columns: ["Metric", "Month", "Value", "Low", "High", "Status"],
        rows: table.shown(
          [
            ("metric", nil), ("month", nil), ("value", .ratio), ("low", .ratio), ("high", .ratio), ("status", nil),
          ], rows: Array(table.rows.indices))))
  }

  /// A metric's name for people; the name of a column stays what it is.
  private static func words(_ metric: String) -> String {
    metric.hasPrefix("mean_") ? "mean " + metric.dropFirst(5) : metric.replacing("_", with: " ")
  }

  private static func part(_ metric: String, _ table: StoredTable) -> Specification {
    let rows = table.rows.indices.filter { table.text("metric", $0) == metric }
    let values = rows.map { row -> [String: Specification] in
      [
        "month": Draw.day(table.text("month", row)), "value": table.value("value", row), "low": table.value("low", row),
        "high": table.value("high", row), "flag": .flag(table.text("status", row) == "anomaly"),
      ]
    }
    let hasBand = rows.contains { table.number("low", $0) != nil }
    let hasFlag = rows.contains { table.text("status", $0) == "anomaly" }
    let x = Draw.month("month", ["axis": ["tickCount": 3, "format": "%Y"]])
    let isShare = metric.hasSuffix("_rate") && rows.allSatisfy { (table.number("value", $0) ?? 0) <= 1 }
    let y =
      isShare
      ? Draw.number("value", nil, ".1~%", more: ["axis": ["tickCount": 4], "scale": ["zero": false]])
      : Draw.amount("value", nil, more: ["axis": ["tickCount": 4], "scale": ["zero": false]])
    return [
      "data": .values(values), "width": 172, "height": 84,
      "title": [
        "text": .text(words(metric)), "fontSize": 11, "fontWeight": "normal", "anchor": "start", "frame": "group",
        "offset": 6,
        "limit": 180,
      ],
      // A layer without a value has no extent that a scale could be made of.
      "layer": .list(
        (hasBand
          ? [
            [
              "transform": [["filter": "isValid(datum.low)"]],
              "mark": ["type": "area", "color": .text(ChartTheme.sky), "opacity": 0.22],
              "encoding": ["x": x, "y": ["field": "low", "type": "quantitative"], "y2": ["field": "high"]],
            ]
          ] : []) + [
            [
              "mark": ["type": "line", "color": .text(ChartTheme.blue), "strokeWidth": 1.5],
              "encoding": ["x": x, "y": y],
            ]
          ]
          + (hasFlag
            ? [
              [
                "transform": [["filter": "datum.flag"]],
                "mark": [
                  "type": "point", "filled": true, "size": 34, "opacity": 1, "color": .text(ChartTheme.vermillion),
                ],
                "encoding": ["x": x, "y": y],
              ]
            ] : [])),
    ]
  }
}
