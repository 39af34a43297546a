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
    /// What is compared with what: `kept` or `strategy`.
    public let comparedWith: String
    /// The promise that is compared, percent.
    public let promised: Double?
    /// The same, cell by cell, for the cells of those with an outcome, percent.
    public let promisedAtMix: Double?
    /// Observed over promised; nil without a test.
    public let ratio, ratioLow, ratioHigh, p: Double?
    public let verdict: String
    /// Of those that were booked though it rejects: with an outcome, bad, and their risk in percent.
    public let againstMature, againstBad: Int64
    public let againstRisk: Double?
    /// How many of its months hold the run's own applications, whose promise and observation are the same.
    public let ownMonths: Int

    /// Share of the applications that the strategy accepts; nil without applications.
    public var acceptance: Double? { decided > 0 ? Double(accepted) / Double(decided) : nil }
    /// Share of these that were booked; nil where it accepts none.
    public var followed: Double? { accepted > 0 ? Double(keptBooked) / Double(accepted) : nil }
    /// Share of its booked applications that have an outcome; nil where none was booked.
    public var maturity: Double? { keptBooked > 0 ? Double(mature) / Double(keptBooked) : nil }
  }

  public let scenario: String
  /// Share of the run's applications that the strategy accepts.
  public let promisedAcceptance: Double?
  /// Share of these that were booked in the run's main period.
  public let promisedFollowed: Double?
  /// Percent: of what the run's main period had booked and the strategy accepts, and of the whole strategy, swap-ins included.
  public let promisedKeptRisk, promisedStrategyRisk: Double?
  /// Of a month, in the scale of the amounts; the same two.
  public let promisedKeptProduction, promisedStrategyProduction: Double
  /// The data-quality checks of a run are not made of the file that is followed.
  public let qualityChecked: Bool
  public let level: Double
  /// What one unit of the data is in the amounts.
  public let perUnit: Double
  /// By month, then all together.
  public let vintages: [Vintage]
}
