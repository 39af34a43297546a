internal import CutlineCore
internal import CutlineCredit

/// The limit on the risk of all segments as one sum of whole numbers, one for each choice.
///
/// By exposure the slack of a choice with numerator N and denominator D under the limit n/d (multiplier divided out) is
///
///     s = n · D − d · N,   and Σ s ≥ 0 says that the limit is kept.
///
/// By production it is n · P − d · P · N / D, which is no whole number: kept is 2³⁰ times it, rounded up, so that Σ s ≥ 0 where the
/// limit is kept; where 0 ≤ Σ s < segments the fractions decide (`keeps`).
struct RiskBudget {
  let weight: AllocationLimits.RiskWeight
  /// The limit as a ratio of numerator to denominator.
  let numerator, denominator: Int64
  private static let bits: Int128 = 30
  private static let tooLarge = Faults.data(
    "risk target", "the sums are too large to compare exactly by production", "Use fewer decimals in the target.")

  /// - Throws: `Faults` (data) for a limit that is no fraction of 64-bit numbers.
  init(_ limit: DecimalNumber, measure: RiskMeasure, weight: AllocationLimits.RiskWeight) throws {
    self.weight = weight
    (numerator, denominator) = try measure.fraction(of: limit)
  }

  /// - Throws: `Faults` (data) for sums too large to compare; for a risk that is undefined.
  func slack(_ point: SegmentFrontier.Point) throws -> Int128 {
    let (p, n, d) = (Int128(point.production), Int128(point.numerator), Int128(point.denominator))
    guard d > 0 || d == 0 && n == 0 else {
      throw Faults.data(
        "allocation", "a point has a numerator over a denominator of \(point.denominator)", "Leave it out.")
    }
    switch weight {
    case .exposure: return Int128(numerator) * d - Int128(denominator) * n
    case .production:
      let (whole, rest) = try quotient(point)
      let fraction = d > 0 ? (rest << Self.bits) / d : 0
      let difference = Int128(numerator) * p - whole
      guard difference.magnitude < 1 << 95 else { throw Self.tooLarge }
      return (difference << Self.bits) - fraction
    }
  }

  /// Refuses points whose slacks cannot be added up, one for each segment. By exposure they always can: with n and d below
  /// 2⁶³ and sums over the segments below 2⁶², they stay below 2¹²⁶. O(points).
  /// - Throws: `Faults` (data).
  func check(_ segments: [[SegmentFrontier.Point]]) throws {
    guard weight == .production else { return }
    var sum = Int128(0)
    for points in segments {
      sum += try points.reduce(Int128(0)) { max($0, abs(try slack($1))) }
      guard sum < Int128(1) << 126 else { throw Self.tooLarge }
    }
  }

  /// How far above the truth the sum of `count` slacks may lie; 0 where they are exact.
  func margin(_ count: Int) -> Int128 { weight == .exposure ? 0 : Int128(count) }

  /// Whether the limit is kept, exactly.
  ///
  /// By production Σ n·P − d·P·N/D is compared digit by digit: whole parts, then 32 bits at a time of each fraction, until the
  /// sum of the rests cannot turn it. Σ of k fractions with denominators below 2⁵³ differs from 0 by at least 2^(−53k), so
  /// that it ends.
  func keeps(_ points: [SegmentFrontier.Point]) throws -> Bool {
    guard weight == .production else { return try points.reduce(Int128(0)) { $0 + (try slack($1)) } >= 0 }
    var total = Int128(0)
    var rests: [(rest: Int128, denominator: Int128)] = []
    for point in points {
      let (whole, rest) = try quotient(point)
      total += Int128(numerator) * Int128(point.production) - whole
      if rest > 0 { rests.append((rest, Int128(point.denominator))) }
    }
    for _ in 0...(2 * rests.count + 2) {
      if total < 0 { return false }
      if total >= Int128(rests.count) { return true }
      total <<= 32
      for index in rests.indices {
        let raised = rests[index].rest << 32
        total -= raised / rests[index].denominator
        rests[index].rest = raised % rests[index].denominator
      }
    }
    return total >= 0
  }

  /// d · P · N / D as a whole number and a rest, 0 ≤ rest < D.
  private func quotient(_ point: SegmentFrontier.Point) throws -> (whole: Int128, rest: Int128) {
    guard point.denominator > 0 else { return (0, 0) }
    let product = (Int128(denominator) * Int128(point.production)).multipliedReportingOverflow(
      by: Int128(point.numerator))
    guard !product.overflow, product.partialValue.magnitude < 1 << 96 else {
      throw Self.tooLarge
    }
    let divisor = Int128(point.denominator)
    var (whole, rest) = product.partialValue.quotientAndRemainder(dividingBy: divisor)
    if rest < 0 { (whole, rest) = (whole - 1, rest + divisor) }
    return (whole, rest)
  }
}
