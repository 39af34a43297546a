internal import CutlineCore

/// The curves of one score: tables for people and for pictures.
struct ScoreCurveFiles {
  let score: ScoreColumn
  let counts: ScoreCounts
  let costs: CostCurve
  /// `{segment}_{period}_{Score}`.
  let name: String
  /// What weights are measured in.
  let unit: String

  /// Values have the file's sign; those that may be of one application are rounded (`ScoreCounts.shown`).
  private func text(_ value: Double?) -> String {
    NumberText.shortest(value.map { score.isHigherRiskier ? $0 : 0 - $0 })
  }

  func files(in folder: String) -> [ResultFile] {
    [lift(folder), cap(folder), cost(folder)] + rates(folder)
  }

  // MARK: - Lift

  /// Tenths of all, riskiest first; those of a value that an edge splits count by the share that lies inside.
  private func lift(_ folder: String) -> ResultFile {
    let ends = counts.cumulative((0...10).map { Int64($0) }, of: 10)
    let (bads, total) = (Double(counts.bads), Double(counts.total))
    let rate = bads / total
    let rows = (1...10).map { bin -> [String] in
      let own = ends[bin].minus(ends[bin - 1])
      let until = ends[bin].value
      let upper = bin == 1 ? counts.shown.first : counts.value(at: Int64(bin - 1), of: 10)
      return [String(bin), text(upper), text(counts.value(at: Int64(bin), of: 10))]
        + [
          total / 10, own, own / (total / 10), 10, 100 * own / bads, 100 * until / bads, Double(bin * 10),
          own / (total / 10) / rate, until / (total * Double(bin) / 10) / rate,
        ].map { NumberText.shortest($0) }
    }
    return ResultFile(
      path: "\(folder)/lift_tables/\(name).csv",
      columns: [
        ColumnNote("bin", unit: "tenth", "From 1, the riskiest tenth."),
        ColumnNote("score_from", unit: "score", "At its risky end."),
        ColumnNote("score_to", unit: "score", "At its safe end."),
        ColumnNote("n_records", unit: unit, "A tenth of all."),
        ColumnNote("n_bads", unit: unit, "Bad ones; of tied ones on an edge the share that lies inside."),
        ColumnNote("bad_rate", unit: "fraction", "n_bads / n_records."),
        ColumnNote("pct_population", unit: "percent", "Of all."),
        ColumnNote("pct_bads", unit: "percent", "Of the bad ones."),
        ColumnNote("cumulative_pct_bads", unit: "percent", "From the riskiest tenth to this one."),
        ColumnNote("cumulative_pct_population", unit: "percent", "The same of all."),
        ColumnNote("lift", unit: "ratio", "bad_rate over that of all."),
        ColumnNote("cumulative_lift", unit: "ratio", "The same from the riskiest tenth to this one."),
      ], rows: rows)
  }

  // MARK: - Curves

  /// Cumulative counts at every value, from none on.
  private var steps: [(value: Double?, bad: Int64, good: Int64)] {
    var (b, g) = (Int64(0), Int64(0))
    return [(nil, 0, 0)]
      + counts.values.indices.map { place in
        (b, g) = (b + counts.bad[place], g + counts.good[place])
        return (counts.shown[place], b, g)
      }
  }

  /// Without points that lie on the line between their neighbours: every area stays what it is.
  private var corners: [(value: Double?, bad: Int64, good: Int64)] {
    var kept: [(value: Double?, bad: Int64, good: Int64)] = []
    for next in steps {
      while let last = kept.last, kept.count > 1 {
        let before = kept[kept.count - 2]
        let turn =
          Int128(last.bad - before.bad) * Int128(next.good - last.good)
          - Int128(next.bad - last.bad) * Int128(last.good - before.good)
        guard turn == 0 else { break }
        kept.removeLast()
      }
      kept.append(next)
    }
    return kept
  }

  /// ROC and precision-recall.
  private func rates(_ folder: String) -> [ResultFile] {
    let (bads, goods) = (Double(counts.bads), Double(counts.goods))
    let value = ColumnNote("score", unit: "score", "The last value that is found; empty where none is.")
    let found = ColumnNote("tpr", unit: "fraction", "Of the bad ones, found.")
    let roc = ResultFile(
      path: "\(folder)/roc/\(name).csv",
      columns: [value, ColumnNote("fpr", unit: "fraction", "Of the good ones, found."), found],
      rows: corners.map {
        [text($0.value), NumberText.shortest(Double($0.good) / goods), NumberText.shortest(Double($0.bad) / bads)]
      })
    var before: Int64 = 0
    let precision = ResultFile(
      path: "\(folder)/pr/\(name).csv",
      columns: [
        value, ColumnNote("recall", unit: "fraction", "Of the bad ones, found."),
        ColumnNote("precision", unit: "fraction", "Bad ones among those found."),
      ],
      // Where no further bad one is found the average precision does not change.
      rows: steps.dropFirst().filter { step in
        defer { before = step.bad }
        return step.bad > before
      }.map {
        [
          text($0.value), NumberText.shortest(Double($0.bad) / bads),
          NumberText.shortest(Double($0.bad) / Double($0.bad + $0.good)),
        ]
      })
    return [roc, precision]
  }

  private func cap(_ folder: String) -> ResultFile {
    ResultFile(
      path: "\(folder)/cap/\(name).csv",
      columns: [
        ColumnNote("score", unit: "score", "The last value that is found; empty where none is."),
        ColumnNote("population", unit: "fraction", "Of all, found."),
        ColumnNote("captured", unit: "fraction", "Of the bad ones, found."),
        ColumnNote("perfect", unit: "fraction", "What a score without a fault would have found."),
      ],
      rows: corners.map {
        let found = Double($0.bad + $0.good)
        return [text($0.value)]
          + [
            found / Double(counts.total), Double($0.bad) / Double(counts.bads), min(1, found / Double(counts.bads)),
          ].map { NumberText.shortest($0) }
      })
  }

  private func cost(_ folder: String) -> ResultFile {
    ResultFile(
      path: "\(folder)/expected_cost/\(name).csv",
      columns: [
        ColumnNote("good_cost_share", unit: "fraction", "c: refusing a good one costs c, accepting a bad one 1 − c."),
        ColumnNote("expected_cost", unit: "cost an application", "The least, at the best cutoff."),
        ColumnNote("trivial_cost", unit: "cost an application", "The cheaper of refusing all and none."),
        ColumnNote("refused", unit: "fraction", "Of all, at the best cutoff."),
        ColumnNote("score", unit: "score", "The last value refused there; empty where nothing is."),
      ],
      rows: costs.points(steps: 100).map { point in
        [
          point.goodCost, point.cost, point.trivial,
          Double(point.corner.bad + point.corner.good) / Double(counts.total),
        ].map { NumberText.shortest($0) } + [text(point.corner.value)]
      })
  }
}
