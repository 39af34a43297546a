internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The scores of a file: columns whose name says so, then those that rank bad outcomes best.
struct ScoreGuess {
  struct Score {
    let column: String
    let direction: Direction
    /// Of a bad before a good one, ties counting half; 0.5 where nothing is known.
    let auc: Double
    let edges: [Double]
    let special: [Double]
    let missing: Int
  }

  /// The two best.
  let scores: [Score]
  /// Those that rank so well that they may know the outcome.
  let doubtful: [Score]

  private static let requirement: Set<String> = ["score_rf", "risk_score_rf"]
  private static let mostCredible = 0.3

  /// - Parameters:
  ///   - isBad: per row; nil where the outcome is not known.
  ///   - isDecided: rows that were booked or rejected, whose quantiles make the bins.
  ///   - taken: columns that mean something else.
  init(_ table: Table, isBad: [Bool?], isDecided: [Bool], isTaken: (String) -> Bool) {
    let candidates = table.columns.compactMap { column -> (Score, isNamed: Bool)? in
      guard case .number(let values) = column.values, !isTaken(column.name) else { return nil }
      let special = SpecialCodes.codes(values.filter { !$0.isNaN }).map(\.value)
      let decided = values.indices.filter { isDecided[$0] && !values[$0].isNaN && !special.contains(values[$0]) }
      guard Set(decided.prefix(10_000).map { values[$0] }).count >= 8 else { return nil }
      // What nobody knows of those who were never booked came after the decision.
      let others = isDecided.indices.filter { isDecided[$0] && isBad[$0] == nil }
      let known = isBad.indices.filter { isBad[$0] != nil }
      let isOutcome =
        !others.isEmpty && others.count { !values[$0].isNaN } * 20 < others.count
        && known.count { !values[$0].isNaN } * 2 > known.count
      guard !isOutcome else { return nil }
      let auc = Self.auc(decided.compactMap { row in isBad[row].map { (values[row], $0) } })
      let edges = Self.edges(decided.map { values[$0] })
      guard edges.count > 4 else { return nil }
      let isNamed = ColumnGuess.words(of: column).contains { word in
        ["score", "scorecard", "fico", "bureau", "rating", "pd"].contains { word.hasPrefix($0) }
      }
      let score = Score(
        column: column.name, direction: auc > 0.5 ? .higherIsRiskier : .higherIsSafer, auc: auc, edges: edges,
        special: special, missing: values.count { $0.isNaN })
      return (score, isNamed)
    }
    // What ranks too well was most likely not known when the application came.
    func rank(_ candidate: (Score, isNamed: Bool)) -> (Int, Double) {
      let strength = abs(candidate.0.auc - 0.5)
      let isOurs = Self.requirement.contains(candidate.0.column)
      let group = isOurs ? 0 : strength > Self.mostCredible ? 3 : candidate.isNamed ? 1 : 2
      return (group, -strength)
    }
    let ordered = candidates.sorted { rank($0) < rank($1) }
    scores = ordered.prefix(2).map(\.0)
    doubtful = candidates.map(\.0).filter { abs($0.auc - 0.5) > Self.mostCredible }
  }

  /// Of the rows with known outcomes. O(n log n).
  static func auc(_ rows: [(value: Double, isBad: Bool)]) -> Double {
    let bads = rows.count { $0.isBad }
    guard bads > 0, bads < rows.count else { return 0.5 }
    let sorted = rows.sorted { $0.value < $1.value }
    var (rank, sum, at) = (1, 0.0, 0)
    while at < sorted.count {
      var end = at
      var badHere = 0
      while end < sorted.count, sorted[end].value == sorted[at].value {
        if sorted[end].isBad { badHere += 1 }
        end += 1
      }
      sum += Double(badHere) * (Double(rank) + Double(end - at - 1) / 2)
      rank += end - at
      at = end
    }
    let (b, g) = (Double(bads), Double(rows.count - bads))
    return (sum - b * (b + 1) / 2) / (b * g)
  }

  /// Deciles, written with as few decimals as keep them apart, open at both ends.
  static func edges(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return [] }
    let cuts = (1..<10).map { sorted[min(sorted.count - 1, sorted.count * $0 / 10)] }.filter { $0 > first && $0 < last }
    var distinct: [Double] = []
    for cut in cuts where cut != distinct.last { distinct.append(cut) }
    for decimals in 0...6 {
      let power = pow(10, Double(decimals))
      let rounded = distinct.map { ($0 * power).rounded() / power }
      guard zip(rounded, rounded.dropFirst()).allSatisfy({ $0 < $1 }) else { continue }
      let spread = (sorted[sorted.count * 9 / 10] - sorted[sorted.count / 10]) / 10
      if decimals < 6, let worst = zip(rounded, distinct).map({ abs($0 - $1) }).max(), worst > spread / 20 { continue }
      return [-.infinity] + rounded + [.infinity]
    }
    return [-.infinity] + distinct + [.infinity]
  }
}
