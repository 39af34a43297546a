/// An amount of an application, by the name of its column: `sample.values(of: .requested)`.
///
/// The name is open: a preparation may bring more than the five that every sample has. Two amounts are one when their names
/// are. Values are Int64 in units of 10⁻ˢᶜᵃˡᵉ, so that sums do not depend on any order.
public struct Amount: Sendable, Hashable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The column, such as `oa_amt`.
  public let name: String
  /// `currency`, `accounts`.
  public let unit: String
  /// Decimals: 2 where values are hundredths.
  public let scale: Int

  public init(_ name: String, unit: String = "currency", scale: Int = 2) {
    self.name = name
    self.unit = unit
    self.scale = scale
  }

  public init(stringLiteral name: String) { self.init(name) }

  public var description: String { name }
  /// The same amount, its values in other decimals.
  public func with(_ scale: AmountScale) -> Amount { Amount(name, unit: unit, scale: scale.decimals) }

  public static func == (a: Amount, b: Amount) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Amount {
  /// Accounts opened.
  public static let accounts = Amount("acct_booked_h0", unit: "accounts")
  /// Amount requested.
  public static let requested = Amount("oa_amt")
  /// The numerator of the risk.
  public static let numerator = Amount("todu_30ever_h6")
  /// The denominator of the risk.
  public static let denominator = Amount("todu_amt_pile_h6")
  /// Amount booked; of an application that was not booked, what it asked for.
  public static let production = Amount("oa_amt_h0")

  /// Of booked applications with an outcome that a column calls overrides; only where there is such a column.
  public static let overrideNumerator = Amount("override_todu_30ever_h6")
  public static let overrideDenominator = Amount("override_todu_amt_pile_h6")
  public static let overrideRows = Amount("override_rows", unit: "applications", scale: 0)
  public static let overrideBadRows = Amount("override_bad_rows", unit: "applications", scale: 0)

  /// Of booked applications, three months after booking, 0 where that is not known; only where the file has them and a
  /// recent period is asked for. The rows are those that have both, the bad ones those with a numerator above 0.
  public static let earlyNumerator = Amount("todu_30ever_h3")
  public static let earlyDenominator = Amount("todu_amt_pile_h3")
  public static let earlyRows = Amount("h3_rows", unit: "applications", scale: 0)
  public static let earlyBadRows = Amount("h3_bad_rows", unit: "applications", scale: 0)

  /// What every sample has, in the order of `CellSums.columnNames`; all five in one scale.
  public static let standard = [accounts, requested, numerator, denominator, production]
}
