public import CutlineCore

/// The checks with their outcomes.
public struct QualityReport: StoredArtifact {
  public static let typeName = "quality report"

  public enum Status: String, Sendable, Codable { case passed, warning, failed, skipped }

  public struct Check: Sendable, Codable {
    public let name: String
    public let status: Status
    /// What was found, with the threshold.
    public let detail: String

    public init(_ name: String, _ status: Status, _ detail: String) {
      self.name = name
      self.status = status
      self.detail = detail
    }
  }

  public let checks: [Check]
  /// The checks were switched off: every page and table says so.
  public let skipped: Bool
  /// Rows (from 0) that are identical to an earlier one.
  public let duplicateRows: [Int]

  public init(checks: [Check], skipped: Bool, duplicateRows: [Int]) {
    self.checks = checks
    self.skipped = skipped
    self.duplicateRows = duplicateRows
  }
}
