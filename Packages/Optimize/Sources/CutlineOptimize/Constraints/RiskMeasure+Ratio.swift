internal import CutlineCredit
internal import CutlineSearch

extension RiskMeasure {
  /// `limit` percent as the searches compare it.
  /// - Throws: `Faults` (data) when it is no fraction of 64-bit numbers.
  func ratio(of limit: DecimalNumber) throws -> RiskRatio {
    let (numerator, denominator) = try fraction(of: limit)
    return try RiskRatio(numerator: numerator, denominator: denominator)
  }
}
