internal import CutlineCore

/// What is predicted of rejected applications against the outcomes of those that were booked all the same; and of booked ones
/// the risk of the model against the one observed.
enum RejectCheck {
  private static let pointLimit = 2000

  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let table = try tables.named("reject_check.csv"), let stage = table.rows.first?.first else { return [] }
    // Several stages of reject inference may be checked; the first one is the run's own.
    let own = table.rows.indices.filter { table.text("stage", $0) == stage }
    return [check(table, own, try whole(tables)), reliability(table, own)].compactMap { $0 }
  }

  /// What all cells together say; nil where the run does not say it.
  private static func whole(_ tables: RunTables) throws -> StoredRejectCheck? {
    try tables.path(named: "reject_check.json").flatMap { try tables.decoded(StoredRejectCheck.self, at: $0) }
  }

  private static func check(_ table: StoredTable, _ own: [Int], _ whole: StoredRejectCheck?) -> Chart? {
    let rows = Array(
      own.filter { table.text("status", $0) == "compared" && table.number("override_risk_pct", $0) != nil }.prefix(
        pointLimit))
    guard let first = rows.first else { return nil }
    let inside = rows.count { row in
      guard let predicted = table.number("predicted_risk_pct", row),
        let low = table.number("override_risk_low_pct", row),
        let high = table.number("override_risk_high_pct", row)
      else { return false }
      return (low...max(low, high)).contains(predicted)
    }
    let higher = rows.count {
      (table.number("predicted_risk_pct", $0) ?? 0) > (table.number("override_risk_pct", $0) ?? 0)
    }
    // Money decides, not the number of cells: a cell of few overrides has no bad one most of the time.
    let cells =
      "predicted riskier in \(higher) of \(Say.number(rows.count, "cell")), \(inside) within their intervals"
    let finding =
      whole.flatMap { whole in
        whole.ratio.map { ratio in
          let range = whole.ratioInterval.map {
            " (\(NumberText.fixed($0.low, 2)) to \(NumberText.fixed($0.high, 2)))"
          }
          return
            "Overrides have \(NumberText.fixed(ratio, 2)) times the risk predicted for rejects alike\(range ?? ""); \(cells)"
        }
      } ?? "Rejects are \(cells)"
    let values = rows.map { row -> [String: Specification] in
      [
        "predicted": table.value("predicted_risk_pct", row), "observed": table.value("override_risk_pct", row),
        "low": table.value("override_risk_low_pct", row), "high": table.value("override_risk_high_pct", row),
        "n": table.value("overrides", row),
      ]
    }
    let axes = Array(table.columns.dropFirst(2).prefix { $0 != "booked_rows" })
    return Chart(
      name: "reject_check", finding: finding,
      basis:
        "Cells that are mostly rejected, method \(table.text("method", first)); overrides at the scores of the rejects, with "
        + "interval; area of a point: overrides; diagonal: predicted as observed\(edge(values))",
      summary: finding + ".", sources: [table.path],
      specification: scatter(
        values, x: "Predicted risk of rejects, %", y: "Risk of overrides alike, %", size: "overrides"),
      table: ChartTable(
        columns: axes + ["Rejects", "Overrides", "Predicted", "Of overrides", "Low", "High"],
        rows: table.shown(
          axes.map { ($0, nil) } + [
            ("rejected_rows", .count), ("overrides", .count), ("predicted_risk_pct", .percent),
            ("override_risk_pct", .percent), ("override_risk_low_pct", .percent), ("override_risk_high_pct", .percent),
          ], rows: rows)),
      isWide: false)
  }

  /// The prediction for rejects is the model's risk times their multiplier.
  private static func reliability(_ table: StoredTable, _ own: [Int]) -> Chart? {
    let points = own.compactMap { row -> (row: Int, predicted: Double, observed: Double, bookings: Double)? in
      guard let raised = table.number("predicted_risk_pct", row), let multiplier = table.number("multiplier", row),
        multiplier > 0, let observed = table.number("observed_risk_pct", row),
        let bookings = table.number("booked_rows", row), bookings >= FewApplications.least
      else { return nil }
      return (row, raised / multiplier, observed, bookings)
    }.prefix(pointLimit)
    guard !points.isEmpty else { return nil }
    let all = points.reduce(0) { $0 + $1.bookings }
    let error = points.reduce(0) { $0 + $1.bookings * abs($1.predicted - $1.observed) } / all
    let finding =
      "Cells lie \(NumberText.fixed(error, 2)) points around the model's risk on average, the noise of few bad outcomes included"
    let values = points.map { point -> [String: Specification] in
      ["predicted": .number(point.predicted), "observed": .number(point.observed), "n": .number(point.bookings)]
    }
    let axes = Array(table.columns.dropFirst(2).prefix { $0 != "booked_rows" })
    return Chart(
      name: "reliability", finding: finding,
      basis:
        "Booked applications of the main period, a point a cell (\(points.count)); area of a point: bookings; observed cells "
        + "vary with their few bad; diagonal: predicted as observed\(edge(values))",
      summary: finding + ".", sources: [table.path],
      specification: scatter(values, x: "Risk of the model, %", y: "Observed risk, %", size: "bookings"),
      table: ChartTable(
        columns: axes + ["Booked", "Of the model", "Observed"],
        rows: points.map { point in
          axes.map { table.text($0, point.row) } + [
            Say.count(point.bookings), Say.percent(point.predicted), Say.percent(point.observed),
          ]
        }),
      isWide: false)
  }

  /// The end of both scales: all predictions and most of what was observed. A cell of few applications may show anything; it is
  /// drawn at the upper edge.
  private static func top(of values: [[String: Specification]]) -> Double {
    func numbers(_ field: String) -> [Double] {
      values.compactMap { if case .number(let value)? = $0[field] { value } else { nil } }.sorted()
    }
    let observed = numbers("observed")
    let most = observed.isEmpty ? 0 : observed[(observed.count - 1) * 9 / 10]
    return max((max(numbers("predicted").last ?? 0, most) * 1.2 / 5).rounded(.up) * 5, 5)
  }

  private static func edge(_ values: [[String: Specification]]) -> String {
    let top = top(of: values)
    let above = values.count { if case .number(let value)? = $0["observed"] { value > top } else { false } }
    return above > 0 ? "; \(above) at the upper edge lie above it" : ""
  }

  /// Predicted across, observed up, the same scale on both sides.
  private static func scatter(
    _ values: [[String: Specification]], x: String, y: String, size: String
  ) -> Specification {
    let top = top(of: values)
    let domain: Specification = ["scale": ["domain": [0, .number(top)], "clamp": true], "axis": ["tickCount": 6]]
    var layers: [Specification] = [
      [
        "data": .values([["a": 0], ["a": .number(top)]]),
        "mark": ["type": "line", "strokeDash": [5, 3], "strokeWidth": 1.5, "color": .text(ChartTheme.grey)],
        "encoding": ["x": ["field": "a", "type": "quantitative"], "y": ["field": "a", "type": "quantitative"]],
      ]
    ]
    if values.contains(where: { $0["low"] != nil }) {
      layers.append([
        "transform": [["filter": "isValid(datum.low)"]],
        "mark": ["type": "rule", "color": .text(ChartTheme.sky), "opacity": 0.5, "clip": true],
        "encoding": [
          "x": ["field": "predicted", "type": "quantitative"], "y": ["field": "low", "type": "quantitative"],
          "y2": ["field": "high"],
        ],
      ])
    }
    layers.append([
      "mark": ["type": "circle", "color": .text(ChartTheme.blue), "opacity": 0.65, "clip": true],
      "encoding": [
        "x": Draw.number("predicted", x, "d", more: domain), "y": Draw.number("observed", y, "d", more: domain),
        "size": [
          "field": "n", "type": "quantitative", "scale": ["range": [8, 240]],
          "legend": ["title": .text(size), "symbolFillColor": .text(ChartTheme.blue), "tickCount": 3, "format": "~s"],
        ],
      ],
    ])
    return [
      "data": .values(values), "width": .number(Double(ChartTheme.halfWidth)),
      "height": .number(Double(ChartTheme.halfWidth)), "layer": .list(layers),
    ]
  }
}
