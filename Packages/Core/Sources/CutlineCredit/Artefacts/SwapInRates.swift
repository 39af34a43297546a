public import CutlineCore

/// How much of what rejected applications ask for would be booked if the strategy took them in.
///
/// Accepting is not booking: some would still be stopped by another rule, some would not take the offer, and some would be
/// granted less than they asked for. `pass · takeUp` multiplies every quantity of a swap-in; `granted` only amounts that are
/// still in requested money.
public struct SwapInRates: StoredArtifact {
  public static let typeName = "swap-in rates"

  /// A ratio of two sums of one group of applications.
  public struct Rate: Sendable, Codable, Hashable {
    public let value: Double
    /// 95 % interval; nil where there is none.
    public let low, high: Double?
    /// In the scale of the amounts; both 0 where the rate is not measured.
    public let numerator, denominator: Int64
    /// Applications behind the denominator.
    public let rows: Int64
    /// What the two sums are of, or why the rate is assumed.
    public let basis: String

    public init(
      value: Double, low: Double?, high: Double?, numerator: Int64, denominator: Int64, rows: Int64, basis: String
    ) {
      self.value = value
      self.low = low
      self.high = high
      self.numerator = numerator
      self.denominator = denominator
      self.rows = rows
      self.basis = basis
    }
  }

  public let method: String
  /// Of requested money: what other rules than the score let pass, what of the offers is taken; booked per requested.
  public let pass, takeUp, granted: Rate
  /// The window; nil where nothing was measured.
  public let firstMonth, lastMonth: Month?

  public init(method: String, pass: Rate, takeUp: Rate, granted: Rate, firstMonth: Month?, lastMonth: Month?) {
    self.method = method
    self.pass = pass
    self.takeUp = takeUp
    self.granted = granted
    self.firstMonth = firstMonth
    self.lastMonth = lastMonth
  }

  /// What becomes of a requested unit, and of an application: `pass · takeUp`.
  public var booked: Double { pass.value * takeUp.value }
}
