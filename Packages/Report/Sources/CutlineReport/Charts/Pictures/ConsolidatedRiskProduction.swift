internal import CutlineCore

/// Segments, supersegments and the whole of a batch: production and risk, today and proposed, with intervals.
enum ConsolidatedRiskProduction {
  private static let groupLimit = 40

  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let table = try tables.named("consolidated_risk_production.csv") else { return [] }
    let scenarios = table.column("scenario")
    guard let scenario = scenarios.contains("base") ? "base" : scenarios.first(where: { !$0.isEmpty }) else {
      return []
    }
    let all = table.rows.indices.filter {
      table.text("scenario", $0) == scenario && table.text("period", $0) == "main"
    }
    let rows = all.filter { table.number("optimum_production", $0) != nil }
    guard !rows.isEmpty else { return [] }
    return [chart(table, scenario, all, rows)]
  }

  private static func chart(_ table: StoredTable, _ scenario: String, _ all: [Int], _ rows: [Int]) -> Chart {
    let shown = Array(rows.prefix(groupLimit))
    let names = shown.map { name(table, $0) }
    let total = rows.first { table.text("kind", $0) == "total" }
    var finding = "\(Say.number(rows.count, "group")) have a proposal"
    if let total, let before = table.number("actual_production", total),
      let after = table.number("optimum_production", total)
    {
      finding =
        "Whole portfolio: \(Say.change(from: before, to: after) ?? "") production at \(Say.percent(table.number("optimum_risk_pct", total))) risk, "
        + "today \(Say.percent(table.number("actual_risk_pct", total)))"
    }
    let incomplete = all.count { table.text("status", $0) != "complete" }
    if incomplete > 0 { finding += "; \(incomplete) of \(Say.number(all.count, "group")) incomplete" }
    let values = zip(shown, names).flatMap { row, name -> [[String: Specification]] in
      [
        [
          "group": .text(name), "what": "today", "production": table.value("actual_production", row),
          "risk": table.value("actual_risk_pct", row),
        ],
        [
          "group": .text(name), "what": "proposed", "production": table.value("optimum_production", row),
          "risk": table.value("optimum_risk_pct", row), "pl": table.value("production_ci_lower", row),
          "ph": table.value("production_ci_upper", row), "rl": table.value("risk_ci_lower", row),
          "rh": table.value("risk_ci_upper", row),
        ],
      ]
    }
    let left = shown.count < rows.count ? "; the first \(shown.count) of \(Say.number(rows.count, "group"))" : ""
    return Chart(
      name: "consolidated_risk_production", finding: finding,
      basis:
        "Main period, annualised; scenario \(scenario) of each segment against today; bars: interval of the proposal"
        + (rows.first.map { " (\(table.text("interval_method", $0)))" } ?? "") + left,
      summary: finding + ".", sources: [table.path],
      specification: [
        "data": .values(values), "spacing": 16,
        "hconcat": [
          part("production", "pl", "ph", "Production a year", names, isFirst: true),
          part("risk", "rl", "rh", "Risk, %", names, isFirst: false),
        ],
      ],
      table: ChartTable(
        columns: [
          "Group", "Kind", "Status", "Production today", "Risk today", "Production proposed", "Low", "High",
          "Risk proposed", "Low", "High",
        ],
        rows: table.shown(
          [
            ("group", nil), ("kind", nil), ("status", nil), ("actual_production", .amount),
            ("actual_risk_pct", .percent),
            ("optimum_production", .amount), ("production_ci_lower", .amount), ("production_ci_upper", .amount),
            ("optimum_risk_pct", .percent), ("risk_ci_lower", .percent), ("risk_ci_upper", .percent),
          ], rows: all)))
  }

  private static func name(_ table: StoredTable, _ row: Int) -> String {
    let group = table.text("group", row)
    switch table.text("kind", row) {
    case "total": return "Whole portfolio"
    case "supersegment": return "\(group) (supersegment)"
    default: return table.text("segments", row)
    }
  }

  private static func part(
    _ field: String, _ low: String, _ high: String, _ title: String, _ names: [String], isFirst: Bool
  ) -> Specification {
    let y: Specification = [
      "field": "group", "type": "nominal", "sort": .texts(names),
      "axis": isFirst
        ? ["title": nil, "labelLimit": 190, "grid": true]
        : ["title": nil, "labels": false, "ticks": false, "grid": true],
    ]
    let x =
      field == "risk"
      ? Draw.number(field, title, ".1f", more: ["axis": ["tickCount": 5]])
      : Draw.amount(field, title, fromZero: true, more: ["axis": ["tickCount": 5]])
    let colour = Draw.colour("what", ["today", "proposed"], [ChartTheme.vermillion, ChartTheme.blue])
    return [
      "width": 235, "height": .number(Double(max(names.count, 2)) * 30),
      "layer": [
        [
          "transform": [["filter": .text("isValid(datum.\(low))")]],
          "mark": ["type": "rule", "strokeWidth": 3, "opacity": 0.5, "color": .text(ChartTheme.blue)],
          "encoding": ["x": ["field": .text(low), "type": "quantitative"], "x2": ["field": .text(high)], "y": y],
        ],
        [
          "mark": ["type": "point", "filled": true, "size": 80, "opacity": 1],
          "encoding": [
            "x": x, "y": y, "color": colour,
            "shape": [
              "field": "what", "type": "nominal", "legend": ["title": nil],
              "scale": ["domain": ["today", "proposed"], "range": ["diamond", "circle"]],
            ],
          ],
        ],
      ],
    ]
  }
}
