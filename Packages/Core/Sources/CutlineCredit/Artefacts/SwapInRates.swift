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
      (self.value, self.low, self.high) = (value, low, high)
      (self.numerator, self.denominator, self.rows, self.basis) = (numerator, denominator, rows, basis)
    }
  }

  public let method: String
  /// Of requested money: what other rules than the score let pass, what of the offers is taken; booked per requested.
  public let pass, takeUp, granted: Rate
  /// The window; nil where nothing was measured.
  public let firstMonth, lastMonth: Month?

  public init(method: String, pass: Rate, takeUp: Rate, granted: Rate, firstMonth: Month?, lastMonth: Month?) {
    (self.method, self.firstMonth, self.lastMonth) = (method, firstMonth, lastMonth)
    (self.pass, self.takeUp, self.granted) = (pass, takeUp, granted)
  }

  public static let transformation = "transformation"

  /// The requirement's one rate, which stands for all three.
  /// - Throws: `Faults` (data) where no eligible application asked for anything.
  public init(transformationOf summary: SampleSummary) throws {
    let own = summary.transformation
    guard own.eligibleAmount > 0 else {
      throw Faults.data(
        "transformation rate", "no eligible application of its window asks for an amount",
        "Check eligible, n_months and the period, or use the rates measured or stated.")
    }
    func rate(_ value: Double, _ numerator: Int64, _ denominator: Int64, _ basis: String) -> Rate {
      Rate(value: value, low: nil, high: nil, numerator: numerator, denominator: denominator, rows: 0, basis: basis)
    }
    let within = rate(1, 0, 0, "within the one rate")
    self.init(
      method: Self.transformation,
      pass: rate(
        own.rate, own.bookedAmount, own.eligibleAmount,
        "requested amount of eligible booked applications / of eligible ones"),
      takeUp: within, granted: within, firstMonth: own.firstMonth, lastMonth: own.lastMonth)
  }

  /// What becomes of a requested unit, and of an application: `pass · takeUp`.
  public var booked: Double { pass.value * takeUp.value }
}
