internal import CutlineCore
internal import CutlineCredit

/// Proves or refuses an allocation from its certificate alone.
///
/// Every sum is added again, every limit compared anew in whole numbers. Then the Lagrangian bound L of `ChoiceDual` is computed
/// with the prices of the certificate, and a depth-first walk over the segments looks for a choice with more of the objective:
/// a branch is left when the weights lost on it exceed L − 2^b (total + 1), so that no choice below it can have more, or when no
/// rest can bring the slack back to 0. What the walk visits is all that the bound leaves open. It shares the formula of the
/// bound with the search; by exposure it shares no code with it, by production the slack of a point.
public struct AllocationChecker: Sendable {
  /// Branches visited at most.
  public let limit: Int

  public init(limit: Int) { self.limit = limit }

  public enum Verdict: Sendable {
    case proven(String)
    case refused(String)
  }

  private typealias Option = CertificateWalk.Option

  /// - Throws: `Faults` (data) where the walk is too long, or numbers leave 128 bits: neither proven nor refused.
  public func verdict(on certificate: AllocationCertificate) throws -> Verdict {
    guard let price = Int128(certificate.dual.price), let charge = Int128(certificate.dual.charge), price >= 0,
      charge >= 0, (0...62).contains(certificate.dual.shift), price.magnitude < 1 << 120, charge.magnitude < 1 << 120
    else { return .refused("its prices have no sign or size") }
    if let reason = malformed(certificate) { return .refused(reason) }
    let prices = CertificateWalk.Prices(shift: certificate.dual.shift, price: price, charge: charge)
    let lists = try certificate.segments.map { try options(of: $0, certificate, prices) }
    if let empty = lists.firstIndex(where: \.isEmpty) {
      return .refused("\(certificate.segments[empty].name) has no point within its limits")
    }
    // The claim itself.
    let chosen = lists.compactMap { $0.first(where: \.isChosen) }
    guard chosen.count == lists.count else {
      return .refused("a segment's choice is none of its points within its limits")
    }
    // Below 2^62, as all sums of these.
    let total = chosen.reduce(Int64(0)) { $0 + $1.value }
    guard total == certificate.total else {
      return .refused("its choices add up to \(total), not \(certificate.total)")
    }
    let points = zip(certificate.segments, chosen).compactMap { $0.point(at: $1.index) }
    guard try keeps(points, certificate) else {
      return .refused("its choices break the target \(certificate.limits.target) %")
    }
    let most = certificate.limits.mostChanged
    guard chosen.count(where: \.changes) <= most ?? .max else { return .refused("more segments change than may") }
    let production = points.reduce(Int64(0)) { $0 + $1.production }
    guard production >= certificate.limits.leastProduction ?? .min else {
      return .refused("its production is below the least one")
    }
    // Its bound, and what that leaves open.
    var walk = try CertificateWalk(
      lists, prices, most: most, target: total + 1, limit: limit,
      margin: certificate.limits.weight == .production ? Int128(lists.count) : 0)
    let better = try walk.better { choice in
      try keeps(choice.compactMap { certificate.segments[$0.segment].point(at: $0.index) }, certificate)
    }
    if let better {
      return .refused("a choice within all limits has \(certificate.scale.shortText(better)), which is more")
    }
    let bound = certificate.scale.shortText(Int64(clamping: walk.top >> Int128(certificate.dual.shift)))
    return .proven(
      "\(lists.count) segments with \(lists.reduce(0) { $0 + $1.count }) points within their limits: the choice has \(certificate.scale.shortText(total)) of \(certificate.limits.objective.rawValue) within \(certificate.limits.target) %, and no other has more. The bound alone says \(bound); \(walk.visited) branches were walked for the rest."
    )
  }

  /// Why it cannot be the certificate of any allocation: with sizes such as these an allocation would not have been made. Nil
  /// where there is no such reason; then every product of a sum with a limit, and every sum of sums, is within 128 bits.
  private func malformed(_ certificate: AllocationCertificate) -> String? {
    let limits = certificate.limits
    guard !certificate.segments.isEmpty, certificate.multiplier > 0, certificate.multiplier.isFinite else {
      return "it has no segments or no multiplier"
    }
    guard Set(certificate.segments.map(\.name)).count == certificate.segments.count else {
      return "a segment is there twice"
    }
    let hasValue = limits.objective == .value
    func isSound(_ point: PointSums) -> Bool {
      (point.value != nil) == hasValue && min(point.production, point.numerator, point.denominator) >= 0
        && point.largest < 1 << 53 && (point.denominator > 0 || point.numerator == 0)
    }
    guard certificate.segments.allSatisfy({ $0.points.allSatisfy(isSound) && $0.today.map(isSound) ?? true }) else {
      return "a point is no list of \(hasValue ? 4 : 3) sums from 0 to 2^53 with a risk"
    }
    let largest = certificate.segments.reduce(UInt64(0)) { largest, segment in
      segment.points.reduce(max(largest, segment.today?.largest ?? 0)) { max($0, $1.largest) }
    }
    let (together, overflow) = largest.multipliedReportingOverflow(by: UInt64(certificate.segments.count))
    guard !overflow, together < 1 << 62 else { return "its points are too large to add up" }
    let percents = certificate.segments.flatMap { [$0.bounds.minRisk, $0.bounds.maxRisk, $0.bounds.maxChange] }
    guard (percents + [limits.target]).compactMap({ $0 }).allSatisfy({ (0..<Self.mostDigits).contains($0.mantissa) })
    else { return "a limit in percent is negative or has too many digits" }
    guard limits.mostChanged ?? 0 >= 0 else { return "it lets fewer than no segments change" }
    let counts = limits.mostChanged != nil
    guard
      certificate.segments.allSatisfy({ own in
        own.today != nil || !counts && own.bounds.maxChange == nil && !own.bounds.isLockedToToday
      })
    else { return "a limit counts from what a segment has today, which is not there" }
    return nil
  }

  /// A percentage has at most twenty digits: times sums below 2^53 and powers of ten it stays within 128 bits.
  private static let mostDigits: Int128 = 100_000_000_000_000_000_000

  private func options(
    of segment: AllocationCertificate.Segment, _ certificate: AllocationCertificate, _ prices: CertificateWalk.Prices
  ) throws -> [Option] {
    let counts = certificate.limits.mostChanged != nil
    var options: [Option] = []
    func take(_ point: PointSums, _ index: Int?) throws {
      guard try keepsOwn(point, index, segment, certificate) else { return }
      let slack = try slack(point, certificate)
      let value = point.value ?? point.production
      let changes = counts && index != nil
      // Each below 2^116 and 2^120, but for the product.
      let own = (Int128(value) << Int128(prices.shift)) - (changes ? prices.charge : 0)
      let weight = try CheckedNumbers.sum(own, try CheckedNumbers.product(prices.price, slack))
      options.append(
        Option(
          slack: slack, weight: weight, value: value, index: index, changes: changes,
          isChosen: index == segment.chosen))
    }
    for (index, point) in segment.points.enumerated() { try take(point, index) }
    if let today = segment.today, counts || segment.bounds.isLockedToToday { try take(today, nil) }
    return options
  }

  // MARK: Limits, anew

  private func ratio(_ limit: DecimalNumber, _ certificate: AllocationCertificate) throws -> (Int128, Int128) {
    let (n, d) = try RiskMeasure(multiplier: certificate.multiplier).fraction(of: limit)
    return (Int128(n), Int128(d))
  }

  private func keepsOwn(
    _ point: PointSums, _ index: Int?, _ segment: AllocationCertificate.Segment, _ certificate: AllocationCertificate
  ) throws -> Bool {
    let bounds = segment.bounds
    if bounds.isLockedToToday, index != nil { return false }
    if !bounds.isLockedToToday, let locked = bounds.lockedPoint, index != locked { return false }
    if let most = bounds.maxRisk {
      let (n, d) = try ratio(most, certificate)
      if d * Int128(point.numerator) > n * Int128(point.denominator) { return false }
    }
    if let least = bounds.minRisk {
      let (n, d) = try ratio(least, certificate)
      if d * Int128(point.numerator) < n * Int128(point.denominator) || point.denominator == 0 && n > 0 { return false }
    }
    if let floor = bounds.leastProduction, point.production < floor { return false }
    if let change = bounds.maxChange, let today = segment.today {
      let power = (0..<change.scale).reduce(Int128(100)) { value, _ in value * 10 }
      let difference = Int128((point.production - today.production).magnitude) * power
      if difference > Int128(today.production.magnitude) * change.mantissa { return false }
    }
    return true
  }

  private func slack(_ point: PointSums, _ certificate: AllocationCertificate) throws -> Int128 {
    if certificate.limits.weight == .exposure {
      let (n, d) = try ratio(certificate.limits.target, certificate)
      return n * Int128(point.denominator) - d * Int128(point.numerator)
    }
    return try RiskBudget(
      certificate.limits.target, measure: RiskMeasure(multiplier: certificate.multiplier), weight: .production
    ).slack(.init(production: point.production, numerator: point.numerator, denominator: point.denominator))
  }

  private func keeps(_ points: [PointSums], _ certificate: AllocationCertificate) throws -> Bool {
    guard certificate.limits.weight == .exposure else {
      return try RiskBudget(
        certificate.limits.target, measure: RiskMeasure(multiplier: certificate.multiplier), weight: .production
      ).keeps(points.map { .init(production: $0.production, numerator: $0.numerator, denominator: $0.denominator) })
    }
    let (n, d) = try ratio(certificate.limits.target, certificate)
    let (numerator, denominator) = points.reduce((Int128(0), Int128(0))) {
      ($0.0 + Int128($1.numerator), $0.1 + Int128($1.denominator))
    }
    return d * numerator <= n * denominator
  }
}
