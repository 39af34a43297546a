/// How far the distribution of a variable has moved: PSI, CSI and what of it is noise.
///
/// With shares e_k of n expected and a_k of m actual applications over the same B bins,
///
///     PSI = Σ (a_k − e_k) ln(a_k / e_k)
///
/// Where nothing has moved, PSI / (1/n + 1/m) is χ² with B − 1 degrees of freedom in the limit, so that PSI alone says little:
/// with 100 applications in 10 bins every second comparison is "moderate" by the usual bands.
///
/// Source: B. Yurdakul, *Statistical Properties of Population Stability Index*, Western Michigan University, 2018.
public struct PopulationStability: Sendable, Hashable {
  /// What stands for a share of 0.
  public enum Smoothing: Sendable, Hashable {
    /// Shares below it are raised to it, the others stay: the original's rule, with 0.0001.
    case floor(Double)
    /// Half an application is added to each bin of both, before shares are taken.
    case halfCount
  }

  public let index: Double
  /// Per bin: its term of the sum; 0 where both are empty, nil where its rows are pooled.
  public let terms: [Double?]
  /// Bins that hold any application of either, those that are pooled counted once; less 1 they are the degrees of freedom.
  public let bins: Int
  public let expectedRows, actualRows: Int64

  /// - Parameters:
  ///   - expected: applications per bin of the time that is compared with; not negative.
  ///   - actual: the same of the time that is looked at.
  ///   - pooling: bins of which fewer than this are expected in the smaller of the two are taken as one, as the χ² of many
  ///     rare bins is none; 0 = none are.
  /// - Returns: nil where either holds nothing, or lengths differ.
  /// - Complexity: O(bins).
  public init?(expected: [Int64], actual: [Int64], smoothing: Smoothing, pooling: Double = 0) {
    let (n, m) = (expected.reduce(0, +), actual.reduce(0, +))
    guard expected.count == actual.count, n > 0, m > 0, (expected + actual).allSatisfy({ $0 >= 0 }) else { return nil }
    let smaller = Double(min(n, m)) / (Double(n) + Double(m))
    let isPooled = zip(expected, actual).map { e, a in e + a > 0 && (Double(e) + Double(a)) * smaller < pooling }
    // One rare bin alone is what it is.
    let pools = isPooled.count { $0 } > 1
    let kept = expected.indices.filter { expected[$0] + actual[$0] > 0 && !(pools && isPooled[$0]) }
    func counts(_ all: [Int64]) -> [Int64] {
      kept.map { all[$0] } + (pools ? [zip(all, isPooled).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }] : [])
    }
    let (ownExpected, ownActual) = (counts(expected), counts(actual))
    bins = ownExpected.count
    func shares(_ counts: [Int64], of total: Int64) -> [Double] {
      counts.map { value in
        switch smoothing {
        case .floor(let least): max(least, Double(value) / Double(total))
        case .halfCount: (Double(value) + 0.5) / (Double(total) + 0.5 * Double(counts.count))
        }
      }
    }
    let own = zip(shares(ownExpected, of: n), shares(ownActual, of: m)).map { e, a in
      e == a ? 0 : (a - e) * Link.log.sum(of: a / e)
    }
    var terms: [Double?] = expected.map { _ in 0 }
    for (place, bin) in kept.enumerated() { terms[bin] = own[place] }
    if pools { for bin in isPooled.indices where isPooled[bin] { terms[bin] = nil } }
    self.terms = terms
    index = own.reduce(0, +)
    (expectedRows, actualRows) = (n, m)
  }

  /// 1/n + 1/m: what noise alone makes of each degree of freedom.
  public var noise: Double { 1 / Double(expectedRows) + 1 / Double(actualRows) }

  /// What PSI stays below with probability `confidence` where nothing has moved; 0 with a single bin.
  public func bound(confidence: Double) -> Double {
    bins > 1 ? noise * ChiSquared.quantile(confidence, degrees: Double(bins - 1)) : 0
  }

  /// P(PSI ≥ index) where nothing has moved; 1 with a single bin.
  public var p: Double { bins > 1 ? ChiSquared.upper(index / noise, degrees: Double(bins - 1)) : 1 }

  /// Σ (a_k − e_k) · points_k: by how many points the mean of a characteristic has moved.
  /// - Returns: nil where either holds nothing, or lengths differ.
  public static func shift(expected: [Int64], actual: [Int64], points: [Double]) -> Double? {
    let (n, m) = (expected.reduce(0, +), actual.reduce(0, +))
    guard expected.count == actual.count, points.count == actual.count, n > 0, m > 0 else { return nil }
    return points.indices.reduce(0) { sum, bin in
      let moved = Double(actual[bin]) / Double(m) - Double(expected[bin]) / Double(n)
      return sum + moved * points[bin]
    }
  }

  /// Pearson's χ² of the two rows of counts, with bins − 1 degrees of freedom.
  /// - Returns: nil where either holds nothing or a single bin is used.
  public static func homogeneity(_ expected: [Int64], _ actual: [Int64]) -> (
    statistic: Double, degrees: Int, p: Double
  )? {
    let (n, m) = (Double(expected.reduce(0, +)), Double(actual.reduce(0, +)))
    let used = zip(expected, actual).filter { $0 + $1 > 0 }
    guard n > 0, m > 0, used.count > 1, expected.count == actual.count else { return nil }
    var statistic = 0.0
    for (first, second) in used {
      let whole = Double(first) + Double(second)
      for (count, rows) in [(Double(first), n), (Double(second), m)] {
        let expected = whole * rows / (n + m)
        statistic += (count - expected) * (count - expected) / expected
      }
    }
    return (statistic, used.count - 1, ChiSquared.upper(statistic, degrees: Double(used.count - 1)))
  }
}
