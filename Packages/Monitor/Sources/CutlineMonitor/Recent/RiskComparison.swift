internal import CutlineCompute

/// Sums of one group of applications by classes that are independent of each other: hash classes of the applications, so that
/// what all of one application (or customer) does stands together, or months.
struct BucketSums: Sendable {
  /// Per class.
  var numerator, denominator: [Int64]
  var rows: Int64 = 0
  var bad: Int64 = 0

  init(buckets: Int) {
    numerator = [Int64](repeating: 0, count: buckets)
    denominator = numerator
  }

  var totals: (numerator: Double, denominator: Double) {
    (Double(numerator.reduce(0, +)), Double(denominator.reduce(0, +)))
  }
}

/// The logarithm of the ratio Σ n / Σ d of a group, and what it becomes without each of its classes.
struct LogRisk: Sendable {
  let log: Double
  /// Per class; `log` itself for a class that holds nothing.
  let without: [Double]
  /// Classes that hold something.
  let used: [Bool]

  /// The fewest classes that hold anything for which a variance is given.
  static let fewestClasses = 10

  /// - Returns: nil where a ratio is not positive, with or without one class, or fewer than ten classes hold anything.
  init?(_ sums: BucketSums) {
    let (numerator, denominator) = sums.totals
    guard numerator > 0, denominator > 0 else { return nil }
    let whole = Link.log.sum(of: numerator / denominator)
    used = sums.denominator.indices.map { sums.denominator[$0] != 0 || sums.numerator[$0] != 0 }
    guard used.count(where: { $0 }) >= Self.fewestClasses else { return nil }
    var without: [Double] = []
    for bucket in used.indices {
      let (n, d) = (numerator - Double(sums.numerator[bucket]), denominator - Double(sums.denominator[bucket]))
      guard n > 0, d > 0 else { return nil }
      without.append(used[bucket] ? Link.log.sum(of: n / d) : whole)
    }
    (log, self.without) = (whole, without)
  }

  /// Of leaving out one class at a time.
  var variance: Double { Jackknife.variance(used.indices.filter { used[$0] }.map { without[$0] }) }
  var degrees: Int { used.count { $0 } - 1 }

  /// The interval at 1 − level, as factors on the ratio.
  func factors(level: Double) -> (low: Double, high: Double) {
    let half = StudentT.quantile(1 - level / 2, degrees: degrees) * variance.squareRoot()
    return (Link.log.mean(of: -half), Link.log.mean(of: half))
  }
}

/// Whether the risk of one group differs from that of another by more than noise.
///
/// With Rₐ and Rᵦ the two ratios m Σ n / Σ d, θ = ln Rᵦ − ln Rₐ. Where both have the same hash classes its variance is that of
/// leaving out one of the B classes in both at once (delete-a-group jackknife), so that amounts count with their weight, and
/// what a customer does in both with its correlation; θ / SE is compared with Student's t with B − 1 degrees of freedom.
/// Where their classes are others, the variances add, and the degrees of freedom are the fewer.
///
/// Source: P. S. Kott, *The delete-a-group jackknife*, Journal of Official Statistics 17 (2001).
struct RiskComparison: Sendable {
  /// Rᵦ / Rₐ and its interval.
  let ratio, low, high: Double
  /// Two-sided.
  let p: Double

  /// - Parameters:
  ///   - level: 1 − the confidence of the interval.
  ///   - isPaired: whether equal places are equal classes.
  ///   - shift: `ratio · shift` is tested against 1, and is the ratio that is given; where a is only the noisy part of what b
  ///     is compared with, its risk over that of the whole.
  init(_ a: LogRisk, _ b: LogRisk, level: Double, isPaired: Bool, shift: Double = 1) {
    let variance: Double
    let degrees: Int
    if isPaired, a.used.count == b.used.count {
      let used = a.used.indices.filter { a.used[$0] || b.used[$0] }
      variance = Jackknife.variance(used.map { b.without[$0] - a.without[$0] })
      degrees = used.count - 1
    } else {
      variance = a.variance + b.variance
      degrees = min(a.degrees, b.degrees)
    }
    self.init(gap: b.log - a.log + Link.log.sum(of: shift), variance: variance, degrees: degrees, level: level)
  }

  private init(gap: Double, variance: Double, degrees: Int, level: Double) {
    let error = variance.squareRoot()
    let half = StudentT.quantile(1 - level / 2, degrees: degrees) * error
    ratio = Link.log.mean(of: gap)
    (low, high) = (Link.log.mean(of: gap - half), Link.log.mean(of: gap + half))
    p = error > 0 ? 2 * (1 - StudentT.probability(abs(gap) / error, degrees: degrees)) : (gap == 0 ? 1 : 0)
  }

  func verdict(level: Double) -> BackTest.Verdict { p >= level ? .withinNoise : ratio > 1 ? .deteriorated : .improved }
}
