@_spi(Run) internal import CutlineCore

/// How the good and the bad lie over the values of a score.
enum ScoreDistributions {
  private static let classes = 20
  private static let partLimit = 4
  private static let scoreLimit = 3
  private static let names = ["good", "bad"]

  static func chart(_ tables: RunTables, _ table: StoredTable, _ parts: [ScoreDiscriminance.Part]) throws -> Chart? {
    let scores = ScoreDiscriminance.scores(table, parts)
    var lines: [Specification] = []
    var drawn = 0
    for part in parts.prefix(partLimit) {
      let panels = try part.rows.prefix(scoreLimit).compactMap { row -> Specification? in
        let score = table.text("score", row)
        guard let curve = try tables.named("\(part.stem)_\(SegmentName.file(score)).csv", in: "roc") else { return nil }
        return panel(shares(curve), "\(part.name): \(score)", score)
      }
      guard !panels.isEmpty else { continue }
      drawn += 1
      lines.append(["hconcat": .list(panels), "bounds": "flush", "spacing": 64])
    }
    guard !lines.isEmpty else { return nil }
    let best = ScoreDiscriminance.best("ks", table, parts)
    let finding = ScoreDiscriminance.finding(
      "ks", table, best, try tables.named("delong_comparisons.csv"))
    let what =
      "Shares of the good and of the bad in \(classes) equal classes of a score, what lies beyond in the outer ones"
      + (scores.count > scoreLimit ? "; the first \(scoreLimit) of \(scores.count) scores" : "")
    return Chart(
      name: "score_discriminance_distributions", finding: finding,
      basis: ScoreDiscriminance.basis(what, table, parts, drawn), summary: finding + ".",
      sources: [table.path, "roc/*.csv"], specification: ["vconcat": .list(lines), "spacing": 16],
      table: ChartTable(
        columns: ["Name", "Score", "Good and bad", "Bad", "KS", "At the score"],
        rows: table.shown(
          [
            ("name", nil), ("score", nil), ("n_records", .count), ("n_bads", .count), ("ks", .ratio), ("ks_score", nil),
          ], rows: parts.flatMap(\.rows))))
  }

  /// The points of a ROC curve are the cumulative shares of good and bad at each value: what a class adds is its share.
  private static func shares(_ curve: StoredTable) -> [[String: Specification]] {
    let points = curve.rows.indices.compactMap { row -> (score: Double, shares: [Double])? in
      guard let score = curve.number("score", row), let good = curve.number("fpr", row),
        let bad = curve.number("tpr", row)
      else { return nil }
      return (score, [good, bad])
    }
    // A few far values must not press all others into one class.
    guard let low = points.first(where: { $0.shares[0] >= 0.005 })?.score,
      let high = points.last(where: { $0.shares[0] <= 0.995 })?.score, low != high
    else { return [] }
    let (start, end) = (min(low, high), max(low, high))
    var sums = Array(repeating: [0.0, 0.0], count: classes)
    var before = [0.0, 0.0]
    for point in points {
      let place = Int(
        ((point.score - start) / (end - start) * Double(classes)).rounded(.down).clamped(0, Double(classes - 1)))
      for kind in 0..<2 { sums[place][kind] += point.shares[kind] - before[kind] }
      before = point.shares
    }
    return sums.indices.flatMap { place in
      names.indices.map { kind in
        [
          "score": .number(start + (Double(place) + 0.5) * (end - start) / Double(classes)),
          "share": .number(100 * sums[place][kind]), "what": .text(names[kind]),
        ]
      }
    }
  }

  private static func panel(_ values: [[String: Specification]], _ title: String, _ score: String) -> Specification {
    [
      "data": .values(values), "width": 165, "height": 100,
      "title": [
        "text": .text(title), "fontSize": 11, "fontWeight": "normal", "anchor": "start", "frame": "group", "offset": 6,
        "limit": 200,
      ],
      "mark": ["type": "line", "interpolate": "step", "strokeWidth": 1.8],
      "encoding": [
        "x": Draw.number("score", score, more: ["axis": ["tickCount": 4]]),
        "y": Draw.number("share", "share, %", fromZero: true, more: ["axis": ["tickCount": 4]]),
        "color": Draw.colour("what", names, [ChartTheme.blue, ChartTheme.vermillion]),
      ],
    ]
  }
}

extension Double {
  fileprivate func clamped(_ low: Double, _ high: Double) -> Double { Swift.min(Swift.max(self, low), high) }
}
