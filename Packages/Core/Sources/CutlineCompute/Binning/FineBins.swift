/// The finest bins of a variable in ascending order, of which a grouping joins neighbours.
///
/// `over` / `under` is the rate of a bin: bad rows of all rows where the outcome is 0 or 1, numerator of denominator where it
/// is a ratio. Weighted counts are whole numbers of a fixed unit. Sums are kept as prefixes, so that those of any run of
/// bins take two look-ups.
public struct FineBins: Sendable {
  public let count: Int
  private let prefixes: [[Int64]]

  /// - Returns: nil where lengths differ, a count is negative, or a sum is not an Int64.
  public init?(good: [Int64], bad: [Int64], over: [Int64], under: [Int64]) {
    count = good.count
    guard [bad, over, under].allSatisfy({ $0.count == good.count }), (good + bad).allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    var prefixes: [[Int64]] = []
    for column in [good, bad, over, under] {
      var sums: [Int64] = [0]
      for value in column {
        let (sum, overflows) = sums[sums.count - 1].addingReportingOverflow(value)
        guard !overflows else { return nil }
        sums.append(sum)
      }
      prefixes.append(sums)
    }
    self.prefixes = prefixes
  }

  /// Of outcomes 0 and 1: the rate is bad / (good + bad).
  public init?(good: [Int64], bad: [Int64]) {
    guard good.count == bad.count else { return nil }
    self.init(good: good, bad: bad, over: bad, under: zip(good, bad).map { $0 &+ $1 })
  }

  /// The sums of the fine bins `first...last`, from 0.
  public func totals(_ first: Int, _ last: Int) -> BinTotals {
    func sum(_ column: Int) -> Int64 { prefixes[column][last + 1] - prefixes[column][first] }
    return BinTotals(good: sum(0), bad: sum(1), over: sum(2), under: sum(3))
  }
}

/// The sums of one bin.
public struct BinTotals: Sendable, Hashable {
  public let good, bad, over, under: Int64

  public init(good: Int64, bad: Int64, over: Int64, under: Int64) {
    (self.good, self.bad, self.over, self.under) = (good, bad, over, under)
  }

  /// `den · (rate of next − rate of self) ≥ num`, exactly: products have 126 bits, with the difference 256.
  func rises(to next: BinTotals, by least: (num: Int64, den: Int64)) -> Bool {
    let step = Int128(next.over) * Int128(under) - Int128(over) * Int128(next.under)
    guard least.num > 0, step > 0 else { return least.num <= 0 && step >= 0 }
    let (left, right) = (UInt128(step), UInt128(under.magnitude) * UInt128(next.under.magnitude))
    let (a, b) = (
      left.multipliedFullWidth(by: UInt128(least.den.magnitude)),
      right.multipliedFullWidth(by: UInt128(least.num.magnitude))
    )
    return (a.high, a.low) >= (b.high, b.low)
  }
}

/// What a bin adds to the value of a grouping, given the totals of all rows, special and missing ones included.
public struct BinObjective: Sendable {
  let value: @Sendable (BinTotals) -> Double
  /// What the totals lack for it to be defined.
  let lack: OptimalBinning.Shortfall?

  /// Any other one.
  public init(value: @escaping @Sendable (BinTotals) -> Double) { (self.value, lack) = (value, nil) }

  private init(lack: OptimalBinning.Shortfall?, value: @escaping @Sendable (BinTotals) -> Double) {
    (self.value, self.lack) = (value, lack)
  }

  public func callAsFunction(_ bin: BinTotals) -> Double { value(bin) }

  /// Information value: (g/G − b/B) ln((g/G) / (b/B)), unsmoothed; bins need both classes.
  public static func informationValue(_ all: BinTotals) -> BinObjective {
    let (good, bad) = (Double(all.good), Double(all.bad))
    return BinObjective(lack: all.good <= 0 ? .noGood : all.bad <= 0 ? .noBad : nil) { bin in
      let (g, b) = (Double(bin.good) / good, Double(bin.bad) / bad)
      return g == b ? 0 : (g - b) * Link.log.sum(of: g / b)
    }
  }

  /// Deviance of a ratio: t ln(t/p) − t + p with t = over/Σ over, p = under/Σ under; p where t = 0.
  ///
  /// Σ over all bins is D / 2T, with D = 2 Σ [T_b ln(T_b / (r P_b)) − (T_b − r P_b)], r = T/P: by how much the rates of the bins
  /// lower the quasi-Poisson deviance of the numerators T_b under the exposures P_b against the one rate r. It has no unit; the dispersion
  /// divides all of it and changes no choice.
  ///
  /// Source: McCullagh, Nelder, *Generalized Linear Models*, 2nd ed., §§ 2.3, 9.2.
  public static func deviance(_ all: BinTotals) -> BinObjective {
    let (over, under) = (Double(all.over), Double(all.under))
    return BinObjective(lack: all.under <= 0 ? .noExposure : all.over <= 0 ? .noBad : nil) { bin in
      let (t, p) = (Double(bin.over) / over, Double(bin.under) / under)
      return t == 0 ? p : t * Link.log.sum(of: t / p) - t + p
    }
  }
}
