internal import CutlineCompute
internal import CutlineCore

/// `Enumeration` of many rows at once, where rows and background share few values, as the cells of a grid do.
///
/// v(S) of a row depends on its features of S alone, and on the background's others: what is the same in two rows, or in two
/// rows of the background, is evaluated once. O(Σ over S of distinct rows on S × distinct background off S) evaluations: of a
/// grid of m × n cells 4 m n, and not 4 (m n)².
struct DistinctEnumeration: Sendable {
  /// The most features whose subsets are looked at.
  static let limit = 6

  private let game: Enumeration
  /// By subset.
  private let coalitions: [Coalition]

  private struct Coalition: Sendable {
    /// Per row: which of `known` it has.
    let place: [Int]
    /// A row for each combination of the known features.
    let known: [[Double]]
    /// A row for each combination of the others, and its weight.
    let others: WeightedRows
  }

  /// Nil where that takes more than half as many evaluations as there are pairs of a row with one of the background, which
  /// is what other ways take at the least.
  init?(_ game: Enumeration, rows: [[Double]], background: WeightedRows) {
    guard (1...Self.limit).contains(game.features.count) else { return nil }
    self.game = game
    let most = rows.count * background.count / 2
    var (coalitions, evaluations) = ([Coalition](), 0)
    for subset in 0..<1 << game.features.count {
      func isKnown(_ bit: Int) -> Bool { subset >> bit & 1 == 1 }
      let bits = game.features.indices
      let known = Self.distinct(rows, bits.filter(isKnown).map { game.features[$0] })
      let others = Self.distinct(background.rows, bits.filter { !isKnown($0) }.map { game.features[$0] })
      evaluations += known.first.count * others.first.count
      guard evaluations <= most else { return nil }
      var weights = [Double](repeating: 0, count: others.first.count)
      for (place, weight) in zip(others.place, background.weights) { weights[place] += weight }
      coalitions.append(
        Coalition(
          place: known.place, known: known.first.map { rows[$0] },
          others: WeightedRows(rows: others.first.map { background.rows[$0] }, weights: weights)))
    }
    self.coalitions = coalitions
  }

  /// The first row of each combination of `features`, and which of them each row has.
  private static func distinct(_ rows: [[Double]], _ features: [Int]) -> (first: [Int], place: [Int]) {
    var (places, first) = ([[UInt64]: Int](), [Int]())
    let place = rows.enumerated().map { index, row in
      let key = features.map { row[$0].bitPattern }
      if let known = places[key] { return known }
      places[key] = first.count
      first.append(index)
      return first.count - 1
    }
    return (first, place)
  }

  /// Adds `weight` × the values of each row to `values`, by feature of the model and row.
  func add(weight: Double, to values: inout [[Double]], in context: RunContext) async throws {
    let subsets = coalitions.indices
    let means = try await context.concurrently(Array(subsets)) { subset in
      let coalition = coalitions[subset]
      return try coalition.known.map { row in
        try Task.checkCancellation()
        return try game.mean(of: row, knowing: subset, coalition.others)
      }
    }
    for row in coalitions[0].place.indices {
      let own = subsets.map { means[$0][coalitions[$0].place[row]] }
      game.add(means: own, weight: weight) { values[$0][row] += $1 }
    }
  }
}
