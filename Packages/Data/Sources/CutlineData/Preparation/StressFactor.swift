internal import CutlineCore
internal import CutlineCredit

/// How much riskier the worst booked applications are than all of them.
///
/// `factor = (ΣN/ΣD over the worst) / (ΣN/ΣD over all)`, over mature booked rows. The worst are the `⌈share · n⌉` rows
/// with the riskiest score; equal scores are taken by the application's key, so that ties neither enlarge the group nor
/// depend on the order of the file.
enum StressFactor {
  static let fewestBadRows = 10

  /// - Parameters:
  ///   - score: raw score per mature booked row.
  ///   - numerator, denominator: hundredths, per row.
  /// - Complexity: O(n log n).
  static func compute(
    score: [Double], key: [UInt64], direction: Direction, numerator: [Int64], denominator: [Int64], share: Double,
    in context: RunContext
  ) -> Stress {
    let count = Int((share * Double(score.count)).rounded(.up))
    let order = score.indices.sorted { a, b in
      if score[a] != score[b] { return (score[a] < score[b]) == (direction == .higherIsSafer) }
      return key[a] != key[b] ? key[a] < key[b] : a < b
    }
    let worst = order.prefix(count)
    func undefined(_ why: String) -> Stress {
      context.warn("the stress factor is undefined (\(word: why)); 1 is used")
      return Stress(factor: 1, mode: "undefined: \(why)", worstRows: worst.count, worstBadRows: 0)
    }
    // In 128 bits, which no number of rows leaves.
    let totalNumerator = numerator.reduce(Int128(0)) { $0 + Int128($1) }
    let totalDenominator = denominator.reduce(Int128(0)) { $0 + Int128($1) }
    let worstNumerator = worst.reduce(Int128(0)) { $0 + Int128(numerator[$1]) }
    let worstDenominator = worst.reduce(Int128(0)) { $0 + Int128(denominator[$1]) }
    guard totalDenominator > 0, worstDenominator > 0 else { return undefined("no exposure") }
    guard totalNumerator > 0 else { return undefined("no booked application went bad") }
    guard worstNumerator > 0 else { return undefined("none of the worst went bad") }
    let bad = worst.count { numerator[$0] > 0 }
    if bad < fewestBadRows {
      context.warn(
        "the stress factor rests on \(bad) bad applications among the worst \(worst.count); fewer than \(fewestBadRows) say little"
      )
    }
    let factor =
      (Double(worstNumerator) / Double(worstDenominator)) / (Double(totalNumerator) / Double(totalDenominator))
    return Stress(factor: factor, mode: StressMode.global.rawValue, worstRows: worst.count, worstBadRows: bad)
  }
}
