internal import CutlineCore
internal import CutlineCredit

/// Sums over segments, exact: each segment's whole numbers times a whole weight that brings its months and its decimals to
/// those of all.
///
/// Volumes of a year are Σ_s (12 / months_s) · V_s / 10^decimals_s. With L the least common multiple of the months and d the
/// most decimals, that is (12 / L) / 10^d · Σ_s w_s · V_s with whole w_s = (L / months_s) · 10^(d − decimals_s), and risk is
/// m · Σ w_s · N_s / Σ w_s · D_s. Segments of equal periods and scales have weight 1, so that nothing is rounded and a single
/// one has the figures of its run to the last digit.
struct JointSums {
  let months: Int
  let decimals: Int
  /// Per part.
  let weights: [Int128]

  /// - Throws: `Faults` (data) for months that have no common multiple with which exact sums stay within 128 bits.
  init(_ parts: [ConsolidatedRun.Part]) throws {
    var common = 1
    for part in parts {
      let (next, isLarge) = (common / Self.divisor(common, part.months)).multipliedReportingOverflow(by: part.months)
      guard part.months > 0, !isLarge else {
        throw Faults.data(
          "consolidation", "the months of the segments (\(part.months) among them) have no common multiple",
          "Give the segments periods of similar length.")
      }
      common = next
    }
    let most = parts.map(\.scale.decimals).max() ?? 0
    months = common
    decimals = most
    weights = parts.map { part in
      (0..<(most - part.scale.decimals)).reduce(Int128(common / part.months)) { weight, _ in weight * 10 }
    }
    // Times sums below 2^53, of up to 2^13 segments.
    guard weights.allSatisfy({ $0 < 1 << 60 }) else {
      throw Faults.data(
        "consolidation", "the months and decimals of the segments are too far apart to add up exactly",
        "Give the segments periods of similar length.")
    }
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b > 0 { (a, b) = (b, a % b) }
    return max(1, a)
  }

  /// Production, numerator and denominator.
  struct Sums {
    var production: Int128 = 0, numerator: Int128 = 0, denominator: Int128 = 0

    static func - (a: Sums, b: Sums) -> Sums {
      Sums(
        production: a.production - b.production, numerator: a.numerator - b.numerator,
        denominator: a.denominator - b.denominator)
    }

    /// Percent, unrounded; nil where it is undefined.
    func percent(_ measure: RiskMeasure) -> Double? {
      denominator > 0 ? 100 * measure.multiplier * Double(numerator) / Double(denominator) : nil
    }

    /// The same of a strategy, as a run prints it.
    func strategyPercent(_ measure: RiskMeasure) -> Double? {
      guard let own = Int64(exactly: numerator), let base = Int64(exactly: denominator) else { return percent(measure) }
      return measure.strategyPercent(CellSums(numerator: own, denominator: base))
    }
  }

  /// - Parameter values: per part.
  func sum(_ values: [CellSums]) -> Sums {
    zip(weights, values).reduce(into: Sums()) { sums, own in
      sums.production += own.0 * Int128(own.1.production)
      sums.numerator += own.0 * Int128(own.1.numerator)
      sums.denominator += own.0 * Int128(own.1.denominator)
    }
  }

  /// A volume of a year in units of currency.
  func annual(_ sum: Int128) -> Double { annual(Double(sum)) }

  func annual(_ sum: Double) -> Double { sum * (12 / Double(months)) / AmountScale(decimals).perUnit }
}
