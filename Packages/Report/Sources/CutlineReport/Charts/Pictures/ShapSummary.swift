internal import CutlineCore

/// What each feature adds to the risk that the model gives: how much on average, and in every cell.
enum ShapSummary {
  private static let featureLimit = 15
  private static let pointLimit = 300

  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let summary = try tables.named("shap_summary.csv"), !summary.rows.isEmpty else { return [] }
    let features = Array(summary.column("feature").prefix(featureLimit))
    let rows = Array(summary.rows.indices.prefix(featureLimit))
    let sort: Specification = .texts(features)
    let y: Specification = [
      "field": "feature", "type": "nominal", "sort": sort, "axis": ["title": nil, "labelLimit": 130],
    ]
    let bars: Specification = [
      "data": .values(
        rows.map {
          [
            "feature": .text(summary.text("feature", $0)), "mean": summary.value("mean_abs_shap", $0),
            "label": .text(Say.percent(summary.number("share", $0).map { 100 * $0 })),
          ]
        }),
      "width": 200, "height": .number(Double(max(rows.count, 2)) * 44),
      "layer": [
        [
          "mark": ["type": "bar", "size": 20, "color": .text(ChartTheme.blue)],
          "encoding": [
            "x": Draw.number(
              "mean", "Mean size of the Shapley value", fromZero: true,
              more: [
                "axis": ["tickCount": 4],
                "scale": [
                  "domainMax": .number(1.3 * (rows.compactMap { summary.number("mean_abs_shap", $0) }.max() ?? 1))
                ],
              ]), "y": y,
          ],
        ],
        [
          "mark": ["type": "text", "align": "left", "dx": 4, "fontSize": 10],
          "encoding": ["x": ["field": "mean", "type": "quantitative"], "y": y, "text": ["field": "label"]],
        ],
      ],
    ]
    var parts = [bars]
    var sources = [summary.path]
    var left = ""
    if let values = try tables.named("shap_values.csv"), !values.rows.isEmpty {
      let (points, drawn) = points(values, features)
      parts.append(strips(points, sort, rows.count))
      sources.append(values.path)
      left =
        "; points: \(drawn) of \(Say.number(values.rows.count, "row")) that were explained, shaded by the feature's value"
    }
    let first = summary.text("feature", 0)
    let share = summary.number("share", 0).map { 100 * $0 }
    let finding = "\(first) carries \(Say.percent(share)) of what the model explains"
    return [
      Chart(
        name: "shap_summary", finding: finding,
        basis: "Exact Shapley values of the risk model before its link; share of the mean sizes beside the bars\(left)",
        summary: finding + ", of \(Say.number(summary.rows.count, "feature")).", sources: sources,
        specification: ["hconcat": .list(parts), "spacing": 20, "resolve": Draw.apart],
        table: ChartTable(
          columns: ["Feature", "Mean size", "Share", "Least", "Greatest", "Permutation importance"],
          rows: summary.rows.indices.map { row in
            [
              summary.text("feature", row), Say.ratio(summary.number("mean_abs_shap", row)),
              Say.percent(summary.number("share", row).map { 100 * $0 }), Say.ratio(summary.number("min_shap", row)),
              Say.ratio(summary.number("max_shap", row)),
              NumberText.shortest(summary.number("permutation_importance", row)),
            ]
          }))
    ]
  }

  /// A point a row and feature; the value's rank from 0 to 1 shades it.
  private static func points(
    _ table: StoredTable, _ features: [String]
  ) -> (points: [[String: Specification]], rows: Int) {
    let most = max(1, pointLimit / max(features.count, 1))
    let count = min(table.rows.count, most)
    let rows = (0..<count).map { count == 1 ? 0 : $0 * (table.rows.count - 1) / (count - 1) }
    let points = features.flatMap { feature -> [[String: Specification]] in
      let values = rows.compactMap { table.number("value_\(feature)", $0) }.sorted()
      return rows.compactMap { row in
        guard let shap = table.number("shap_\(feature)", row) else { return nil }
        let value = table.number("value_\(feature)", row)
        let rank = value.flatMap { own in values.firstIndex(of: own) }.map {
          Double($0) / Double(max(values.count - 1, 1))
        }
        return [
          "feature": .text(feature), "shap": .number(shap), "rank": Specification(rank),
          // Spread over the height of the strip, the same in every run.
          "spread": .number(Double((row * 37) % 61) / 60 - 0.5),
        ]
      }
    }
    return (points, count)
  }

  private static func strips(_ points: [[String: Specification]], _ sort: Specification, _ count: Int) -> Specification
  {
    [
      "data": .values(points), "width": 270, "height": .number(Double(max(count, 2)) * 44),
      "layer": [
        [
          "data": .values([["zero": 0]]), "mark": ["type": "rule"],
          "encoding": ["x": ["datum": 0, "type": "quantitative"]],
        ],
        [
          "mark": ["type": "circle", "size": 22, "opacity": 0.8],
          "encoding": [
            "x": Draw.number("shap", "Shapley value: lowers the risk ← → raises it", more: ["axis": ["tickCount": 6]]),
            "y": ["field": "feature", "type": "nominal", "sort": sort, "axis": nil],
            "yOffset": ["field": "spread", "type": "quantitative", "scale": ["domain": [-1, 1]]],
            "color": [
              "field": "rank", "type": "quantitative",
              "scale": [
                "domain": [0, 1], "range": ["#e69f00", "#9a9a9a", .text(ChartTheme.blue)], "interpolate": "rgb",
              ],
              "legend": [
                "title": "value of the feature", "gradientLength": 120, "gradientThickness": 8,
                "values": [0, 1], "labelExpr": "datum.value < 0.5 ? 'low' : 'high'",
              ],
            ],
          ],
        ],
      ],
    ]
  }
}
