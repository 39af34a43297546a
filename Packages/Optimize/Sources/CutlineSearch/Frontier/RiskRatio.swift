/// A risk as an exact fraction.
public struct RiskRatio: Sendable, Hashable, Codable, CustomStringConvertible {
  public let numerator: Int64
  /// Positive.
  public let denominator: Int64

  /// - Throws: `FrontierError.limit` unless the denominator is positive.
  public init(numerator: Int64, denominator: Int64) throws {
    guard denominator > 0 else { throw FrontierError.limit(numerator: numerator, denominator: denominator) }
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The risk of a feasible strategy; 0 over 0 is 0.
  init(of point: FrontierPoint) {
    numerator = point.numerator
    denominator = max(point.denominator, 1)
  }

  init(trusted numerator: Int64, _ denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// For display.
  public var value: Double { Double(numerator) / Double(denominator) }

  public var description: String { "\(numerator)/\(denominator)" }

  /// Whether a strategy is feasible with a risk not above this, exactly.
  public func admits(_ point: FrontierPoint) -> Bool {
    guard point.isFeasible else { return false }
    let left = point.numerator.multipliedFullWidth(by: denominator)
    let right = numerator.multipliedFullWidth(by: max(point.denominator, 1))
    return left.high != right.high ? left.high < right.high : left.low <= right.low
  }
}
