@_spi(Run) internal import CutlineCore

/// How well scores tell bad applications from good ones: curves and differences, a picture a segment beside each other.
enum ScoreDiscriminance {
  static let kinds = ["ROC", "CAP", "precision_recall", "lift", "distributions", "delong"]
  /// Segments that are drawn, and points of a curve.
  static let partLimit = 9
  private static let pointLimit = 80

  /// One segment or supersegment in one period, with its scores.
  struct Part {
    let name: String
    let stem: String
    let rows: [Int]
  }

  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let table = try tables.named("score_discriminance.csv") else { return [] }
    let parts = parts(of: table)
    guard !parts.isEmpty else { return [] }
    return try kinds.compactMap { kind in
      switch kind {
      case "delong": try delong(tables, table, parts)
      case "distributions": try ScoreDistributions.chart(tables, table, parts)
      default: try curves(kind, tables, table, parts)
      }
    }
  }

  /// The main period of each segment, those with most bad first.
  private static func parts(of table: StoredTable) -> [Part] {
    var order: [String] = []
    var rows: [String: [Int]] = [:]
    for row in table.rows.indices where table.number("auroc", row) != nil && table.text("population", row) == "booked" {
      let level = table.text("level", row)
      let stem =
        (level == "supersegment" ? "SS_" : "") + SegmentName.file(table.text("name", row)) + "_" + period(table, row)
      if rows[stem] == nil { order.append(stem) }
      rows[stem, default: []].append(row)
    }
    let periods = order.compactMap { rows[$0].map { table.text("period", $0[0]) } }
    let period = periods.contains("main") ? "main" : periods.first
    return order.compactMap { stem -> Part? in
      guard let own = rows[stem], table.text("period", own[0]) == period else { return nil }
      let isGroup = table.text("level", own[0]) == "supersegment"
      return Part(name: table.text("name", own[0]) + (isGroup ? " (supersegment)" : ""), stem: stem, rows: own)
    }
  }

  /// As it stands in the names of files.
  private static func period(_ table: StoredTable, _ row: Int) -> String {
    let period = table.text("period", row)
    return period == "recent" ? "mr" : period
  }

  static func scores(_ table: StoredTable, _ parts: [Part]) -> [String] {
    var scores: [String] = []
    for row in parts.flatMap(\.rows) where !scores.contains(table.text("score", row)) {
      scores.append(table.text("score", row))
    }
    return scores
  }

  private struct Curve {
    let folder, x, y: String
    let titles: (x: String, y: String)
    let what: String
    let measure: String
  }

  private static let curves: [String: Curve] = [
    "ROC": Curve(
      folder: "roc", x: "fpr", y: "tpr", titles: ("good rejected", "bad rejected"),
      what: "ROC curve: share of the bad against "
        + "share of the good that a cutoff rejects; diagonal: a score that knows nothing", measure: "auroc"),
    "CAP": Curve(
      folder: "cap", x: "population", y: "captured", titles: ("applications rejected", "bad rejected"),
      what: "CAP curve: share of the bad against share of all that a cutoff rejects; grey: a perfect score",
      measure: "gini"),
    "precision_recall": Curve(
      folder: "pr", x: "recall", y: "precision", titles: ("bad found (recall)", "bad among the found"),
      what: "Precision against recall of the bad; dashes: share of bad among all", measure: "average_precision"),
    "lift": Curve(
      folder: "lift_tables", x: "cumulative_pct_population", y: "cumulative_lift",
      titles: ("riskiest part, %", "lift"),
      what: "Cumulative lift: how many times the share of bad among all the riskiest part holds", measure: "gini"),
  ]

  private static func curves(
    _ kind: String, _ tables: RunTables, _ table: StoredTable, _ parts: [Part]
  ) throws -> Chart? {
    guard let curve = curves[kind] else { return nil }
    let scores = scores(table, parts)
    var drawings: [Specification] = []
    var sources = [table.path]
    for part in parts.prefix(partLimit) {
      var values: [[String: Specification]] = []
      for row in part.rows {
        let score = table.text("score", row)
        guard let own = try tables.named("\(part.stem)_\(SegmentName.file(score)).csv", in: curve.folder) else {
          continue
        }
        sources.append(own.path)
        values += points(own, curve).map { $0.merging(["score": .text(score)]) { $1 } }
      }
      guard !values.isEmpty else { continue }
      drawings.append(drawing(kind, curve, part, values, table, scores))
    }
    guard !drawings.isEmpty else { return nil }
    let finding = finding(
      curve.measure, table, best(curve.measure, table, parts), try tables.named("delong_comparisons.csv"))
    return Chart(
      name: "score_discriminance_\(kind)", finding: finding,
      basis: basis(curve.what, table, parts, drawings.count), summary: finding + ".",
      sources: sources.count > 4 ? [table.path, "\(curve.folder)/*.csv"] : sources, specification: grid(drawings),
      table: ChartTable(
        columns: ["Name", "Score", "Applications", "Bad", "AUC", "Low", "High", "Gini", "KS"],
        rows: table.shown(
          [
            ("name", nil), ("score", nil), ("n_records", .count), ("n_bads", .count), ("auroc", .ratio),
            ("auroc_low", .ratio), ("auroc_high", .ratio), ("gini", .ratio), ("ks", .ratio),
          ], rows: parts.flatMap(\.rows))))
  }

  /// The row of the score that a measure finds best, among those that order outcomes as declared: the distance of two curves is
  /// as large for a score that is upside down. Within the largest part, as measures of other populations do not compare.
  static func best(_ measure: String, _ table: StoredTable, _ parts: [Part]) -> Int? {
    let largest = parts.max { part, other in
      (part.rows.compactMap { table.number("n_bads", $0) }.max() ?? 0)
        < (other.rows.compactMap { table.number("n_bads", $0) }.max() ?? 0)
    }
    return largest?.rows.filter { (table.number("gini", $0) ?? 0) > 0 }.max {
      (table.number(measure, $0) ?? 0) < (table.number(measure, $1) ?? 0)
    }
  }

  /// - Parameter pairs: DeLong's tests; a score is only called best where no other one is as good within noise.
  static func finding(_ measure: String, _ table: StoredTable, _ best: Int?, _ pairs: StoredTable?) -> String {
    guard let best else { return "No score orders outcomes as declared" }
    let name =
      ["auroc": "AUC", "gini": "Gini", "ks": "KS", "average_precision": "average precision"][measure] ?? measure
    let ends =
      table.number("\(measure)_low", best).map {
        " (\(Say.ratio($0)) to \(Say.ratio(table.number("\(measure)_high", best))))"
      } ?? ""
    let (score, place) = (table.text("score", best), ["level", "name", "period"].map { table.text($0, best) })
    let alike =
      pairs.map { pairs in
        pairs.rows.indices.filter { pair in
          ["level", "name", "period"].map { pairs.text($0, pair) } == place
            && (pairs.number("p_holm", pair) ?? pairs.number("p_value", pair) ?? 0) >= 0.05
        }.compactMap { pair -> String? in
          let both = [pairs.text("score_1", pair), pairs.text("score_2", pair)]
          return both.contains(score) ? both.first { $0 != score } : nil
        }
      } ?? []
    guard alike.isEmpty else {
      return
        "\(score) and \(alike.prefix(3).joined(separator: ", ")) separate alike within noise: \(name) \(Say.ratio(table.number(measure, best)))\(ends) of \(score) in \(table.text("name", best))"
    }
    return
      "\(score) separates best: \(name) \(Say.ratio(table.number(measure, best)))\(ends) in \(table.text("name", best))"
  }

  static func basis(_ what: String, _ table: StoredTable, _ parts: [Part], _ drawn: Int) -> String {
    let row = parts[0].rows[0]
    let left = drawn < parts.count ? "; the first \(drawn) of \(Say.number(parts.count, "segment"))" : ""
    return
      "\(what). Booked applications with a known outcome (\(table.text("outcome", row))), period \(table.text("period", row)), "
      + "weighting by \(table.text("weighting", row))\(left)"
  }

  /// Evenly spaced points, both ends kept.
  private static func points(_ table: StoredTable, _ curve: Curve) -> [[String: Specification]] {
    let rows = Array(table.rows.indices)
    let count = min(rows.count, pointLimit)
    let kept = count < 2 ? rows : (0..<count).map { rows[$0 * (rows.count - 1) / (count - 1)] }
    return kept.enumerated().map { place, row in
      ["x": table.value(curve.x, row), "y": table.value(curve.y, row), "order": .number(Double(place))]
    }
  }

  private static func drawing(
    _ kind: String, _ curve: Curve, _ part: Part, _ values: [[String: Specification]], _ table: StoredTable,
    _ scores: [String]
  ) -> Specification {
    let colours = scores.indices.map { ChartTheme.categories[$0 % ChartTheme.categories.count] }
    let share: Specification = ["scale": ["domain": [0, 1]], "axis": ["tickCount": 5, "format": ".1f"]]
    let isShare = kind != "lift"
    var layers: [Specification] = []
    let bad = table.number("bad_rate", part.rows[0])
    switch kind {
    case "ROC", "CAP": layers.append(line([(0, 0), (1, 1)]))
    case "precision_recall": if let bad { layers.append(line([(0, bad), (1, bad)])) }
    default: break
    }
    if kind == "CAP", let bad { layers.append(line([(0, 0), (bad, 1), (1, 1)])) }
    layers.append([
      "mark": ["type": "line", "strokeWidth": 1.8],
      "encoding": [
        "x": Draw.number(
          "x", curve.titles.x,
          more: kind == "lift" ? ["scale": ["domain": [0, 100]], "axis": ["tickCount": 5]] : share),
        "y": Draw.number(
          "y", curve.titles.y, fromZero: true,
          more: isShare && kind != "precision_recall" ? share : ["axis": ["tickCount": 5]]),
        "order": ["field": "order", "type": "quantitative"],
        "color": Draw.colour("score", scores, colours),
      ],
    ])
    return [
      "data": .values(values), "width": 172, "height": 160, "layer": .list(layers),
      "title": [
        "text": .text(part.name), "fontSize": 11, "fontWeight": "normal", "anchor": "start", "frame": "group",
        "offset": 6, "limit": 180,
      ],
    ]
  }

  private static func line(_ points: [(Double, Double)]) -> Specification {
    [
      "data": .values(points.map { ["x": .number($0.0), "y": .number($0.1)] }),
      "mark": ["type": "line", "strokeDash": [4, 3], "strokeWidth": 1, "color": .text(ChartTheme.grey)],
      "encoding": ["x": ["field": "x", "type": "quantitative"], "y": ["field": "y", "type": "quantitative"]],
    ]
  }

  static func grid(_ drawings: [Specification], spacing: Double = 64) -> Specification {
    let lines = stride(from: 0, to: drawings.count, by: 3).map { start -> Specification in
      [
        "hconcat": .list(Array(drawings[start..<min(start + 3, drawings.count)])), "bounds": "flush",
        "spacing": .number(spacing),
      ]
    }
    return ["vconcat": .list(lines), "spacing": 16]
  }

  // MARK: - Differences

  private static func delong(_ tables: RunTables, _ table: StoredTable, _ parts: [Part]) throws -> Chart? {
    guard let pairs = try tables.named("delong_comparisons.csv") else { return nil }
    let scores = scores(table, parts)
    let known = pairs.rows.indices.filter { pairs.number("auc_diff", $0) != nil }
    guard !known.isEmpty else { return nil }
    let top = max(known.compactMap { pairs.number("auc_diff", $0).map(abs) }.max() ?? 0, 0.01)
    var drawings: [Specification] = []
    for part in parts.prefix(partLimit) {
      let row = part.rows[0]
      let own = known.filter { pair in
        ["level", "name", "period"].allSatisfy { pairs.text($0, pair) == table.text($0, row) }
      }
      guard !own.isEmpty else { continue }
      let values = own.flatMap { pair -> [[String: Specification]] in
        let difference = pairs.number("auc_diff", pair) ?? 0
        let p = pairs.number("p_holm", pair) ?? pairs.number("p_value", pair)
        let note = (p.map { $0 < 0.001 ? "p < 0.001" : "p = \(NumberText.fixed($0, 3))" }) ?? ""
        return [(1.0, "score_1", "score_2"), (-1.0, "score_2", "score_1")].map { sign, row, column in
          [
            "row": .text(pairs.text(row, pair)), "column": .text(pairs.text(column, pair)),
            "difference": .number(sign * difference), "note": .text(note),
            "text": .text(
              (sign * difference > 0 ? "+" : "") + NumberText.fixed(sign * difference, 3).replacing("-", with: "−")),
          ]
        }
      }
      drawings.append(matrix(values, part.name, scores, top, own.count == 1))
    }
    let sure = known.count { (pairs.number("p_holm", $0) ?? 1) < 0.05 }
    let finding =
      "\(sure) of \(Say.number(known.count, "difference")) between scores \(sure == 1 ? "is" : "are") beyond noise (5 %, Holm)"
    return Chart(
      name: "score_discriminance_delong", finding: finding,
      basis: basis(
        "DeLong's test: AUC of the score of the line minus that of the column, p by Holm", table, parts, drawings.count),
      summary: finding + ".", sources: [pairs.path, table.path], specification: grid(drawings, spacing: 94),
      table: ChartTable(
        columns: ["Name", "Score", "Against", "AUC", "AUC against", "Difference", "p", "p (Holm)"],
        rows: pairs.shown(
          [
            ("name", nil), ("score_1", nil), ("score_2", nil), ("auc1", .ratio), ("auc2", .ratio), ("auc_diff", .ratio),
            ("p_value", .ratio), ("p_holm", .ratio),
          ], rows: known)))
  }

  private static func matrix(
    _ values: [[String: Specification]], _ name: String, _ scores: [String], _ top: Double, _ isSmall: Bool
  ) -> Specification {
    let (x, y): (Specification, Specification) = (
      [
        "field": "column", "type": "nominal", "sort": .texts(scores),
        "axis": ["title": nil, "labelAngle": -30, "labelLimit": 80, "labelOverlap": false],
      ],
      ["field": "row", "type": "nominal", "sort": .texts(scores), "axis": ["title": nil, "labelLimit": 80]]
    )
    func text(_ field: String, _ shift: Int, _ size: Int) -> Specification {
      [
        "mark": [
          "type": "text", "dy": .number(Double(shift)), "fontSize": .number(Double(size)),
          "color": .text(ChartTheme.onLight),
        ],
        "encoding": ["x": x, "y": y, "text": ["field": .text(field)]],
      ]
    }
    return [
      "data": .values(values), "width": 140, "height": 110,
      "title": [
        "text": .text(name), "fontSize": 11, "fontWeight": "normal", "anchor": "start", "frame": "group", "offset": 6,
        "limit": 180,
      ],
      "layer": [
        [
          "mark": ["type": "rect"],
          "encoding": [
            "x": x, "y": y,
            "color": [
              "field": "difference", "type": "quantitative", "legend": nil,
              "scale": [
                "domain": [.number(-top), .number(top)], "range": ["#f3b37a", "#f1f1ee", "#8fc1e3"],
                "interpolate": "rgb",
              ],
            ],
          ],
        ],
        text("text", -5, 10), text("note", 8, 8),
      ],
    ]
  }
}
