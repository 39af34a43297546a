internal import CutlineCompute
internal import CutlineCredit

/// Sums of one group of applications by hash class, so that what all of one application (or customer) does stands together.
struct BucketSums: Sendable {
  /// Per bucket.
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

/// Whether the risk of one group differs from that of another by more than noise.
///
/// With Rₐ and Rᵦ the two ratios m Σ n / Σ d, θ = ln Rᵦ − ln Rₐ; its variance is that of leaving out one of the B hash
/// classes of the applications in both groups at once (delete-a-group jackknife), so that amounts count with their weight,
/// and what a customer does in both with its correlation. θ / SE is compared with Student's t with B − 1 degrees of freedom.
///
/// Source: P. S. Kott, *The delete-a-group jackknife*, Journal of Official Statistics 17 (2001).
struct RiskComparison: Sendable {
  /// Rᵦ / Rₐ and its interval.
  let ratio, low, high: Double
  /// Two-sided.
  let p: Double
  /// Intervals of either risk, as factors on it.
  let first, second: (low: Double, high: Double)?

  /// The fewest hash classes that hold anything for which a variance is given.
  static let fewestBuckets = 10

  /// - Parameter level: 1 − the confidence of the intervals.
  /// - Returns: nil where a ratio is not defined, with or without one hash class.
  init?(_ a: BucketSums, _ b: BucketSums, level: Double) {
    guard let whole = Self.logs(a, b, without: nil), let one = Self.left(a, b) else { return nil }
    let degrees = one.count - 1
    let t = StudentT.quantile(1 - level / 2, degrees: degrees)
    let error = Jackknife.variance(one.map { $0.b - $0.a }).squareRoot()
    let gap = whole.b - whole.a
    ratio = Link.log.mean(of: gap)
    (low, high) = (Link.log.mean(of: gap - t * error), Link.log.mean(of: gap + t * error))
    p = error > 0 ? 2 * (1 - StudentT.probability(abs(gap) / error, degrees: degrees)) : (gap == 0 ? 1 : 0)
    func factors(_ values: [Double]) -> (low: Double, high: Double) {
      let error = Jackknife.variance(values).squareRoot()
      return (Link.log.mean(of: -t * error), Link.log.mean(of: t * error))
    }
    first = factors(one.map(\.a))
    second = factors(one.map(\.b))
  }

  private static func left(_ a: BucketSums, _ b: BucketSums) -> [(a: Double, b: Double)]? {
    let used = a.denominator.indices.filter {
      a.denominator[$0] != 0 || b.denominator[$0] != 0 || a.numerator[$0] != 0 || b.numerator[$0] != 0
    }
    guard used.count >= fewestBuckets else { return nil }
    let left = used.compactMap { logs(a, b, without: $0) }
    return left.count == used.count ? left : nil
  }

  private static func logs(_ a: BucketSums, _ b: BucketSums, without bucket: Int?) -> (a: Double, b: Double)? {
    guard let first = log(a, without: bucket), let second = log(b, without: bucket) else { return nil }
    return (first, second)
  }

  private static func log(_ sums: BucketSums, without bucket: Int?) -> Double? {
    let (numerator, denominator) = sums.totals
    let (n, d) =
      bucket.map { (numerator - Double(sums.numerator[$0]), denominator - Double(sums.denominator[$0])) }
      ?? (numerator, denominator)
    return n > 0 && d > 0 ? Link.log.sum(of: n / d) : nil
  }
}
