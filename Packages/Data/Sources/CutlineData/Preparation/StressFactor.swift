internal import CutlineCore
internal import CutlineCredit

/// How much riskier the worst booked applications are than all of them.
///
/// `factor = (ΣN/ΣD over the worst) / (ΣN/ΣD over all)`, over mature booked rows. The worst are the `⌈share · n⌉` rows
/// with the riskiest score; of the rows that share the score at the border each counts in part, so that ties neither
/// enlarge the group nor depend on labels or the order of the file.
enum StressFactor {
  static let fewestBadRows = 10

  /// - Parameters:
  ///   - score: raw score per mature booked row.
  ///   - numerator, denominator: in one scale, per row.
  /// - Complexity: O(n log n).
  static func compute(
    score: [Double], direction: Direction, numerator: [Int64], denominator: [Int64], share: Double,
    in context: RunContext
  ) -> Stress {
    let count = Int((share * Double(score.count)).rounded(.up))
    let order = score.indices.sorted {
      (score[$0] < score[$1]) == (direction == .higherIsSafer) && score[$0] != score[$1]
    }
    func undefined(_ why: String) -> Stress {
      context.warn("the stress factor is undefined (\(word: why)); 1 is used")
      return Stress(factor: 1, mode: "undefined: \(why)", worstRows: count, worstBadRows: 0)
    }
    guard count > 0, let border = order.prefix(count).last.map({ score[$0] }) else { return undefined("no exposure") }
    let worse = order.prefix { score[$0] != border }
    let tied = order[worse.count...].prefix { score[$0] == border }
    /// Of each tied row.
    let part = Double(count - worse.count) / Double(tied.count)
    func sum(_ amounts: [Int64]) -> Double {
      // In 128 bits, which no number of rows leaves.
      let (a, b) = (worse, tied)
      let whole = a.reduce(Int128(0)) { $0 + Int128(amounts[$1]) }
      return Double(whole) + part * Double(b.reduce(Int128(0)) { $0 + Int128(amounts[$1]) })
    }
    // In 128 bits, which no number of rows leaves.
    let totalNumerator = numerator.reduce(Int128(0)) { $0 + Int128($1) }
    let totalDenominator = denominator.reduce(Int128(0)) { $0 + Int128($1) }
    let (worstNumerator, worstDenominator) = (sum(numerator), sum(denominator))
    guard totalDenominator > 0, worstDenominator > 0 else { return undefined("no exposure") }
    guard totalNumerator > 0 else { return undefined("no booked application went bad") }
    guard worstNumerator > 0 else { return undefined("none of the worst went bad") }
    let bad = worse.count { numerator[$0] > 0 } + Int((part * Double(tied.count { numerator[$0] > 0 })).rounded())
    if bad < fewestBadRows {
      context.warn(
        "the stress factor rests on \(bad) bad applications among the worst \(count); fewer than \(fewestBadRows) say little"
      )
    }
    let factor =
      (worstNumerator / worstDenominator) / (Double(totalNumerator) / Double(totalDenominator))
    return Stress(factor: factor, mode: StressMode.global.rawValue, worstRows: count, worstBadRows: bad)
  }
}
