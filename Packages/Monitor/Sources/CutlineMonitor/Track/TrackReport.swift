public import CutlineCredit

/// What became of a strategy in later months: `track.json`.
public struct TrackReport: Sendable, Codable {
  /// Applications of one month of booking, or of all.
  public struct Vintage: Sendable, Codable {
    /// Nil: all months together.
    public let month: Month?
    /// Booked or rejected by score, in the grid; those outside the grid keep their decision and are only counted.
    public let decided, outside, booked, accepted: Int64
    /// Booked though the strategy rejects; rejected though it accepts.
    public let bookedAgainst, rejectedAgainst: Int64
    /// In the scale of the amounts: all that was booked, what the strategy accepts of it, what it rejects of it; what was
    /// requested by those who were rejected though it accepts.
    public let production, keptProduction, againstProduction, rejectedRequested: Int64
    /// Of booked applications that it accepts: those with an outcome, and bad ones.
    public let keptBooked, mature, bad: Int64
    /// Percent; nil where undefined. The interval is that of `1 − level`.
    public let risk, low, high: Double?
    /// What the run's cells promise of those with an outcome, percent.
    public let promisedAtMix: Double?
    /// Observed over promised; nil without a test.
    public let ratio, ratioLow, ratioHigh, p: Double?
    public let verdict: String
    /// Of those that were booked though it rejects: with an outcome, bad, and their risk in percent.
    public let againstMature, againstBad: Int64
    public let againstRisk: Double?

    /// Share of the applications that the strategy accepts; nil without applications.
    public var acceptance: Double? { decided > 0 ? Double(accepted) / Double(decided) : nil }
    /// Share of its booked applications that have an outcome; nil where none was booked.
    public var maturity: Double? { keptBooked > 0 ? Double(mature) / Double(keptBooked) : nil }
  }

  public let scenario: String
  /// Share of the run's applications that the strategy accepts.
  public let promisedAcceptance: Double?
  /// Percent.
  public let promisedRisk: Double?
  /// Of a month, in the scale of the amounts.
  public let promisedProduction: Double
  /// Whether the noise of the promise is part of the intervals of the ratio.
  public let includesPromiseNoise: Bool
  public let level: Double
  /// What one unit of the data is in the amounts.
  public let perUnit: Double
  /// By month, then all together.
  public let vintages: [Vintage]
}
