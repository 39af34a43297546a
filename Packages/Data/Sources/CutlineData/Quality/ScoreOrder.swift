internal import CutlineCore
internal import CutlineCredit

/// Whether the scores of the grid say different things.
struct ScoreOrder {
  private let scores: [SpecialCodes.Score]

  init(_ table: Table, _ config: QualityConfig) { scores = SpecialCodes.scores(table, config) }

  var check: QualityReport.Check {
    let name = "order of the scores"
    guard scores.count == 2 else { return .init(name, .skipped, "there are no two scores to compare") }
    let (a, b) = (scores[0], scores[1])
    let rows = a.values.indices.filter { row in
      !a.values[row].isNaN && !b.values[row].isNaN && !a.isSpecial(a.values[row]) && !b.isSpecial(b.values[row])
    }
    .sorted { (a.values[$0], b.values[$0]) < (a.values[$1], b.values[$1]) }
    guard let first = rows.first, let last = rows.last, a.values[first] < a.values[last] else {
      return .init(name, .skipped, "no rows have different values of \(a.bins.source) beside \(b.bins.source)")
    }
    let steps = zip(rows, rows.dropFirst()).filter { a.values[$0] != a.values[$1] }
    let isSame =
      steps.allSatisfy { b.values[$0] < b.values[$1] } || steps.allSatisfy { b.values[$0] > b.values[$1] }
    return isSame
      ? .init(
        name, .warning,
        "\(a.bins.source) and \(b.bins.source) put all \(rows.count) applications into one order: a grid of both says no more than either"
      )
      : .init(name, .passed, "\(a.bins.source) and \(b.bins.source) order the applications differently")
  }
}
