public import CutlineDecide

/// A run on the shelf, as lists show it. Nothing of it is of a person.
public struct RunEntry: Sendable, Encodable {
  public enum State: String, Sendable, Codable, CaseIterable {
    case complete
    /// It holds what a failed run had finished.
    case failed
    /// It is not what its run wrote.
    case damaged
  }

  /// The file of applications.
  public struct Input: Sendable, Encodable {
    public let path, sha256: String
    public let bytes: Int
  }

  /// What a scenario comes to, or what stands today (`actual`, `in force`); numbers are those of `strategies.csv`.
  public struct Strategy: Sendable, Encodable {
    public let name, status: String
    public let limitPct, riskPct, production: Double?
    public let keepsLimit: String

    enum CodingKeys: String, CodingKey {
      case name, status, production
      case limitPct = "limit_pct"
      case riskPct = "risk_pct"
      case keepsLimit = "keeps_limit"
    }
  }

  /// Gates by their state.
  public struct Gates: Sendable, Encodable, Hashable {
    public var pass = 0
    public var warn = 0
    public var fail = 0
    public var waived = 0
    public var skipped = 0
  }

  /// The path below the shelf: `NAME`, or `BATCH/SEGMENT`.
  public let name: String
  /// The folder of the batch that it is a segment of; nil for a run of its own.
  public let batch: String?
  public let state: State
  /// Why it is damaged, or what failed.
  public let reason: String?
  public let published: Instant
  public let version, configuration, resultsDigest: String
  public let seconds: Double
  public let inputs: [Input]
  /// Rows that the run used of those that it read; nil where it does not say.
  public let rowsRead, rowsUsed: Int?
  public let strategies: [Strategy]
  /// Nil where the run has none.
  public let gates: Gates?
  /// Alerts by scenario and severity, as the files `drift_alerts_*.json` count them.
  public let alerts: [String: [String: Int]]
  public let files, bytes: Int
  /// Files that hold rows of applications.
  public let personalFiles: Int

  enum CodingKeys: String, CodingKey {
    case name, batch, state, reason, published, version, configuration, seconds, inputs, strategies, gates, alerts,
      files, bytes
    case resultsDigest = "results_digest"
    case rowsRead = "rows_read"
    case rowsUsed = "rows_used"
    case personalFiles = "personal_files"
  }

  /// Whether it comes before another one: the latest first, of one moment by name.
  static func comes(_ a: RunEntry, before b: RunEntry) -> Bool {
    (b.published.microseconds, a.name) < (a.published.microseconds, b.name)
  }
}
