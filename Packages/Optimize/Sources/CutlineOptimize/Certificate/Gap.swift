/// A gap of a frontier: no feasible strategy may have a production of at least `leastProduction` and a risk below
/// (or, if `inclusive`, at most) `risk`. Where one of the two is nil it does not matter.
struct Gap {
  let leastProduction: Int64?
  let risk: (numerator: Int64, denominator: Int64)?
  let inclusive: Bool

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
}

/// The gaps of a list of points in ascending risk: what would be missing if the list were not complete.
enum CertificateGaps {
  static func gaps(_ points: [FrontierCertificate.Point]) -> [Gap] {
    var gaps: [Gap] = []
    for index in 0...points.count {
      let least = index == 0 ? nil : points[index - 1].production + 1
      if index < points.count {
        let next = points[index]
        gaps.append(
          Gap(
            leastProduction: least, risk: next.denominator == 0 ? (0, 1) : (next.numerator, next.denominator),
            inclusive: false))
      } else {
        gaps.append(Gap(leastProduction: least, risk: nil, inclusive: true))
      }
    }
    return gaps
  }
}
