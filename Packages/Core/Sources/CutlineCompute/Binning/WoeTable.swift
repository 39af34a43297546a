/// Weight of evidence and information value of the bins of a variable, special and missing ones included.
///
/// With s added to each count (smoothing) and k bins: share of good (g + s)/(G + s k), of bad (b + s)/(B + s k);
/// WoE = ln(good share / bad share), IV = (good share − bad share) · WoE. A bin without rows has WoE 0 and IV 0 and is unseen.
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., chapter 10.
public struct WoeTable: Sendable, Hashable {
  public let woe, informationValues: [Double]
  /// Bins without rows.
  public let isUnseen: [Bool]

  /// - Parameters:
  ///   - good: per bin, not negative; `bad` the same.
  ///   - smoothing: s, not negative.
  /// - Returns: nil where lengths differ, a class is empty, or without smoothing a bin with rows lacks one class
  ///   (`pureBin`). O(bins).
  public init?(good: [Int64], bad: [Int64], smoothing: Double = 0.5) {
    let (allGood, allBad) = (good.reduce(0.0) { $0 + Double($1) }, bad.reduce(0.0) { $0 + Double($1) })
    guard good.count == bad.count, allGood > 0, allBad > 0, smoothing >= 0,
      smoothing > 0 || Self.pureBin(good: good, bad: bad) == nil
    else { return nil }
    let added = smoothing * Double(good.count)
    let unseen = zip(good, bad).map { $0 == 0 && $1 == 0 }
    let shares = zip(good, bad).map { g, b in
      ((Double(g) + smoothing) / (allGood + added), (Double(b) + smoothing) / (allBad + added))
    }
    let woe = zip(shares, unseen).map { $1 || $0.0 == $0.1 ? 0 : Link.log.sum(of: $0.0 / $0.1) }
    (self.woe, isUnseen) = (woe, unseen)
    informationValues = zip(shares, woe).map { ($0.0 - $0.1) * $1 }
  }

  /// IV of the variable.
  public var informationValue: Double { informationValues.reduce(0, +) }

  /// The first bin with rows of one class only, which has no WoE without smoothing.
  public static func pureBin(good: [Int64], bad: [Int64]) -> Int? {
    zip(good, bad).enumerated().first { ($1.0 == 0) != ($1.1 == 0) }?.offset
  }
}
