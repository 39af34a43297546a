/// A place where no strategy may be: a production of at least `leastProduction` and a risk below (or, if `inclusive`, at
/// most) `risk`. Where one of the two is nil it does not matter.
struct Gap {
  let leastProduction: Int64?
  let risk: (numerator: Int64, denominator: Int64)?
  let inclusive: Bool
  /// What a strategy in it would show.
  let meaning: String

  /// Whether sums lie in the gap. Exact.
  func contains(_ sums: CertifiedGrid.Sums) -> Bool {
    guard sums.isFeasible, leastProduction.map({ sums.production >= $0 }) ?? true else { return false }
    guard let risk else { return true }
    let left = Int128(sums.numerator) * Int128(risk.denominator)
    let right = Int128(risk.numerator) * Int128(sums.denominator)
    // An empty sum has risk 0.
    if sums.denominator == 0 { return inclusive ? risk.numerator >= 0 : risk.numerator > 0 }
    return inclusive ? left <= right : left < right
  }

  /// The gaps of a list of points in ascending risk: what would be missing if the list were not complete.
  static func gaps(_ points: [Certificate.Point], floor: Int64?) -> [Gap] {
    (0...points.count)
      .map { index in
        let least = index == 0 ? nil : points[index - 1].production + 1
        let place =
          index == 0
          ? "before point 1"
          : index == points.count ? "after the last point" : "between points \(index) and \(index + 1)"
        return Gap(
          leastProduction: [least, floor].compactMap { $0 }.max(),
          risk: index < points.count ? Self.risk(points[index]) : nil, inclusive: index == points.count,
          meaning: "a strategy is missing \(place)")
      }
  }

  /// The gaps of a claim about one limit: more production within it; less risk at the same production.
  static func gaps(_ claim: Certificate.LimitClaim, limit: (Int64, Int64), floor: Int64?, emptyFits: Bool) -> [Gap] {
    guard let point = claim.point else {
      // Nothing that accepts something fits; without the empty strategy, nothing at all.
      let least = [emptyFits ? 1 : nil, floor].compactMap { $0 }.max()
      return [
        Gap(
          leastProduction: least, risk: limit, inclusive: true,
          meaning: "\(claim.limit) % is claimed infeasible, but a strategy fits")
      ]
    }
    return [
      Gap(
        leastProduction: point.production + 1, risk: limit, inclusive: true,
        meaning: "a strategy within \(claim.limit) % has more production"),
      Gap(
        leastProduction: point.production, risk: risk(point), inclusive: false,
        meaning: "a strategy has no less production than that of \(claim.limit) %, and less risk"),
    ]
  }

  static func risk(_ point: Certificate.Point) -> (Int64, Int64) {
    point.denominator == 0 ? (0, 1) : (point.numerator, point.denominator)
  }
}
