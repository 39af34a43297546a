internal import CutlineCore
internal import CutlineCredit

/// Whether the scores of the grid say different things.
struct ScoreOrder {
  private let scores: [SpecialCodes.Score]

  init(_ table: Table, _ config: QualityConfig) { scores = SpecialCodes.scores(table, config) }

  /// - Complexity: O(rows) where the scores order the applications differently, which some of them show; else O(n log n).
  var check: QualityReport.Check {
    let name = "order of the scores"
    guard scores.count == 2 else { return .init(name, .skipped, "there are no two scores to compare") }
    let (a, b) = (scores[0], scores[1])
    let rows = a.values.indices.filter { row in
      !a.values[row].isNaN && !b.values[row].isNaN && !a.isSpecial(a.values[row]) && !b.isSpecial(b.values[row])
    }
    guard let first = rows.first, rows.contains(where: { a.values[$0] != a.values[first] }) else {
      return .init(name, .skipped, "no rows have different values of \(a.bins.source) beside \(b.bins.source)")
    }
    // What some rows contradict, all do.
    return isOneOrder(rows.prefix(4096)) && isOneOrder(rows[...])
      ? .init(
        name, .warning,
        "\(a.bins.source) and \(b.bins.source) put all \(rows.count) applications into one order: a grid of both says no more than either"
      )
      : .init(name, .passed, "\(a.bins.source) and \(b.bins.source) order the applications differently")
  }

  /// Whether of any two rows that differ in one score, the other is greater in one and the same of them, or smaller in all.
  private func isOneOrder(_ rows: ArraySlice<Int>) -> Bool {
    let (a, b) = (scores[0].values, scores[1].values)
    func isOne(_ sign: Double) -> Bool {
      let sorted = rows.map { (a[$0], sign * b[$0]) }.sorted { $0 < $1 }
      return zip(sorted, sorted.dropFirst()).allSatisfy { $0.0 == $1.0 || $0.1 < $1.1 }
    }
    return isOne(1) || isOne(-1)
  }
}
