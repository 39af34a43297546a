internal import CutlineCore

/// The five indicators of a group of applications, all in one scale (`AmountScale`): hundredths, say.
///
/// Int64 sums are associative, so every order of summation, device and number of workers gives the same bits.
public struct CellSums: Sendable, Codable, Hashable {
  /// `acct_booked_h0`
  public var accounts: Int64
  /// `oa_amt`: amount requested.
  public var requested: Int64
  /// `todu_30ever_h6`: the numerator of the risk.
  public var numerator: Int64
  /// `todu_amt_pile_h6`: the denominator of the risk.
  public var denominator: Int64
  /// `oa_amt_h0`: amount booked.
  public var production: Int64

  public init(
    accounts: Int64 = 0, requested: Int64 = 0, numerator: Int64 = 0, denominator: Int64 = 0, production: Int64 = 0
  ) {
    self.accounts = accounts
    self.requested = requested
    self.numerator = numerator
    self.denominator = denominator
    self.production = production
  }

  public static let zero = CellSums()

  public static func + (a: CellSums, b: CellSums) -> CellSums {
    CellSums(
      accounts: a.accounts + b.accounts, requested: a.requested + b.requested, numerator: a.numerator + b.numerator,
      denominator: a.denominator + b.denominator, production: a.production + b.production)
  }

  public static func - (a: CellSums, b: CellSums) -> CellSums {
    CellSums(
      accounts: a.accounts - b.accounts, requested: a.requested - b.requested, numerator: a.numerator - b.numerator,
      denominator: a.denominator - b.denominator, production: a.production - b.production)
  }

  public static func += (a: inout CellSums, b: CellSums) { a = a + b }

  /// The five values in the order of `columnNames`.
  public var values: [Int64] { [accounts, requested, numerator, denominator, production] }

  /// The indicators' names in the files of `data/`.
  public static let columnNames = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]
}

/// The risk `b2 = multiplier · Σ numerator / Σ denominator`.
public struct RiskMeasure: Sendable, Codable, Hashable {
  /// Snapshots summed in the denominator: 7 for the month-ends 0 to 6.
  public let multiplier: Double

  public init(multiplier: Double) { self.multiplier = multiplier }

  /// In percent, unrounded; nil where it is undefined (zero or negative denominator).
  public func percent(_ sums: CellSums) -> Double? {
    guard sums.denominator > 0 else { return nil }
    return 100 * multiplier * Double(sums.numerator) / Double(sums.denominator)
  }

  /// The same of a whole strategy, where an empty sum has risk 0. Of the doubles next to the ratio it is one whose shortest
  /// decimal is no less than it: printed and given back as a limit, it includes the strategy.
  public func strategyPercent(_ sums: CellSums) -> Double? {
    guard sums.denominator != 0 || sums.numerator != 0 else { return 0 }
    guard var value = percent(sums) else { return nil }
    // Of more decimals than a limit may have: the next one with as many.
    if 0..<0.1 ~= value, (try? DecimalNumber(value)) == nil { value = (value * 1e18).rounded(.up) / 1e18 }
    for _ in 0..<8 {
      // What has no exact decimal here, or is too large to compare, is printed as it is.
      let isIncluded = (try? DecimalNumber(value)).map { (try? fits(sums, limit: $0)) ?? true }
      if isIncluded ?? (value >= 0.1) { break }
      value = value.nextUp
    }
    return value
  }

  /// Whether a strategy with these sums keeps `limit` percent. Exact: cross-multiplied in 128 bits, nothing rounded.
  ///
  /// An empty sum (0 over 0) has risk 0; a numerator over a zero denominator, or a negative denominator, fits no limit.
  /// - Throws: `Faults` (data) when the sums are too large for 128 bits (beyond 10^19 currency units).
  public func fits(_ sums: CellSums, limit: DecimalNumber) throws -> Bool {
    if sums.denominator == 0 { return sums.numerator == 0 && limit.mantissa >= 0 }
    guard sums.denominator > 0 else { return false }
    // 100 · m · N ≤ limit · D, with m = mm / 10^ms and limit = lm / 10^ls.
    let m = try DecimalNumber(multiplier)
    let left = try Self.product([Int128(100), m.mantissa, Int128(sums.numerator), Self.power(of10: limit.scale)])
    let right = try Self.product([limit.mantissa, Int128(sums.denominator), Self.power(of10: m.scale)])
    return left <= right
  }

  /// `limit` percent as a ratio of numerator to denominator, exactly, with the multiplier divided out.
  /// - Returns: the numerator, and a positive denominator.
  /// - Throws: `Faults` (data) when it is no fraction of 64-bit numbers.
  public func fraction(of limit: DecimalNumber) throws -> (numerator: Int64, denominator: Int64) {
    let m = try DecimalNumber(multiplier)
    var numerator = try Self.product([limit.mantissa, Self.power(of10: m.scale)])
    var denominator = try Self.product([100, m.mantissa, Self.power(of10: limit.scale)])
    var (a, b) = (Int128(numerator.magnitude), denominator)
    while b != 0 { (a, b) = (b, a % b) }
    numerator /= max(a, 1)
    denominator /= max(a, 1)
    guard let n = Int64(exactly: numerator), let d = Int64(exactly: denominator) else {
      throw Faults.data(
        "risk limit", "\(limit) % over the multiplier \(multiplier) is no fraction of 64-bit numbers",
        "Use fewer decimals.")
    }
    return (n, d)
  }

  private static func power(of10 exponent: Int) -> Int128 { (0..<exponent).reduce(1) { value, _ in value * 10 } }

  private static func product(_ factors: [Int128]) throws -> Int128 {
    var value: Int128 = 1
    for factor in factors {
      let (next, overflow) = value.multipliedReportingOverflow(by: factor)
      if overflow {
        throw Faults.data(
          "risk limit", "the sums are too large to compare exactly", "Use fewer decimals in the limit.")
      }
      value = next
    }
    return value
  }
}
