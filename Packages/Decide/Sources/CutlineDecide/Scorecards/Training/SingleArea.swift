internal import CutlineCompute
internal import CutlineCore

/// How well one variable alone tells bad from good: the area under its ROC curve in the direction that is better, as a fraction of
/// whole numbers.
public struct SingleArea: Sendable, Hashable, Codable {
  /// Of all pairs of a bad and a good application, twice those in the right order, ties counted once; and twice all pairs.
  public let twice, twiceAll: Int64

  public var value: Double { Double(twice) / Double(twiceAll) }

  private init?(_ twice: Int128, of twiceAll: Int128) {
    guard let own = Int64(exactly: max(twice, twiceAll - twice)), let all = Int64(exactly: twiceAll), all > 0 else {
      return nil
    }
    (self.twice, self.twiceAll) = (own, all)
  }

  /// Of bins in the order of their bad rates, so that a variable whose middle is bad is told, too.
  ///
  /// - Parameters: per bin.
  /// - Returns: nil without a bad or a good one. O(bins log bins).
  public init?(good: [Int64], bad: [Int64]) {
    let order = good.indices.sorted { BadRate(good[$0], bad[$0]) < BadRate(good[$1], bad[$1]) }
    var (twice, goods, bads) = (Int128(0), Int128(0), Int128(0))
    for bin in order {
      twice += Int128(bad[bin]) * (2 * goods + Int128(good[bin]))
      goods += Int128(good[bin])
      bads += Int128(bad[bin])
    }
    self.init(twice, of: 2 * goods * bads)
  }

  /// Of the values of a column: of numbers that are there in one direction, of words by their bad rates.
  init?(_ column: CardColumn, _ isBad: [Bool]) {
    switch column {
    case .numbers(let numbers):
      let known = numbers.indices.filter { !numbers[$0].isNaN }
      guard let pairs = PairCounts(known.map { numbers[$0] }, isBad: known.map { isBad[$0] }) else { return nil }
      self.init(pairs.twice, of: pairs.twiceAll)
    case .words(let words):
      var (good, bad) = (
        [Int64](repeating: 0, count: words.distinctCount), [Int64](repeating: 0, count: words.distinctCount)
      )
      for (code, isBad) in zip(words.codes, isBad) where code >= 0 {
        if isBad { bad[Int(code)] += 1 } else { good[Int(code)] += 1 }
      }
      self.init(good: good, bad: bad)
    }
  }

  /// value ≥ percent / 100, exactly.
  func isAtLeast(percent: Int) -> Bool { 100 * Int128(twice) >= Int128(percent) * Int128(twiceAll) }
}

/// Bad of all, compared as fractions; of none the least.
struct BadRate: Comparable {
  private let bad, all: Int64
  init(_ good: Int64, _ bad: Int64) { (self.bad, all) = (bad, good + bad) }

  static func == (a: BadRate, b: BadRate) -> Bool { !(a < b) && !(b < a) }
  static func < (a: BadRate, b: BadRate) -> Bool {
    guard a.all > 0, b.all > 0 else { return a.all == 0 && b.all > 0 }
    return Int128(a.bad) * Int128(b.all) < Int128(b.bad) * Int128(a.all)
  }
}
