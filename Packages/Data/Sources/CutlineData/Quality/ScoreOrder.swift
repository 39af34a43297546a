internal import CutlineCore
internal import CutlineCredit

/// Whether the scores of the grid say different things.
struct ScoreOrder {
  private let scores: [SpecialCodes.Score]

  init(_ table: Table, _ config: QualityConfig) { scores = SpecialCodes.scores(table, config) }

  /// - Complexity: O(rows) where the scores order the applications differently, which some of them show; else O(n log n).
  var check: QualityReport.Check {
    let name = "order of the scores"
    guard scores.count > 1 else { return .init(name, .skipped, "there are no two scores to compare") }
    let pairs = scores.indices.flatMap { a in scores.indices[(a + 1)...].map { (scores[a], scores[$0]) } }
    var (same, empty): ([String], [String]) = ([], [])
    for (a, b) in pairs {
      switch Self.order(a, b) {
      case nil: empty.append("no rows have different values of \(a.bins.source) beside \(b.bins.source)")
      case .same(let rows)?:
        same.append(
          "\(a.bins.source) and \(b.bins.source) put all \(rows) applications into one order: a grid of both says no more than either"
        )
      case .different?: continue
      }
    }
    if !same.isEmpty { return .init(name, .warning, same.joined(separator: "; ")) }
    if empty.count == pairs.count { return .init(name, .skipped, empty.joined(separator: "; ")) }
    let sources = scores.map(\.bins.source)
    let others = sources.dropLast().joined(separator: ", ")
    let said = "\(others) and \(sources[sources.count - 1]) order the applications differently"
    return .init(name, .passed, ([said] + empty).joined(separator: "; "))
  }

  private enum Order { case same(rows: Int), different }

  /// Whether two scores say the same; nil where no rows could tell.
  private static func order(_ a: SpecialCodes.Score, _ b: SpecialCodes.Score) -> Order? {
    let rows = a.values.indices.filter { row in
      !a.values[row].isNaN && !b.values[row].isNaN && !a.isSpecial(a.values[row]) && !b.isSpecial(b.values[row])
    }
    guard let first = rows.first, rows.contains(where: { a.values[$0] != a.values[first] }) else { return nil }
    // What some rows contradict, all do.
    return isOneOrder(rows.prefix(4096), a.values, b.values) && isOneOrder(rows[...], a.values, b.values)
      ? .same(rows: rows.count) : .different
  }

  /// Whether of any two rows that differ in one score, the other is greater in one and the same of them, or smaller in all.
  private static func isOneOrder(_ rows: ArraySlice<Int>, _ a: [Double], _ b: [Double]) -> Bool {
    func isOne(_ sign: Double) -> Bool {
      let sorted = rows.map { (a[$0], sign * b[$0]) }.sorted { $0 < $1 }
      return zip(sorted, sorted.dropFirst()).allSatisfy { $0.0 == $1.0 || $0.1 < $1.1 }
    }
    return isOne(1) || isOne(-1)
  }
}
