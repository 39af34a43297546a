internal import CutlineCore
internal import CutlineCredit

/// Whether the scores of the grid say different things.
struct ScoreOrder {
  private let scores: [SpecialCodes.Score]

  init(_ table: Table, _ config: QualityConfig) { scores = SpecialCodes.scores(table, config) }

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
    .sorted { (a.values[$0], b.values[$0]) < (a.values[$1], b.values[$1]) }
    guard let first = rows.first, let last = rows.last, a.values[first] < a.values[last] else { return nil }
    let steps = zip(rows, rows.dropFirst()).filter { a.values[$0] != a.values[$1] }
    let isSame =
      steps.allSatisfy { b.values[$0] < b.values[$1] } || steps.allSatisfy { b.values[$0] > b.values[$1] }
    return isSame ? .same(rows: rows.count) : .different
  }
}
