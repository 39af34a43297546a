public import CutlineCore
public import CutlineCredit

/// What is known of the bins of some scores: the tables of proposed edges and of stated ones.
public struct BinReport: StoredArtifact {
  public static let typeName = "bin report"

  /// One bin, or the applications without a place in one.
  public struct Row: Sendable, Codable, Hashable {
    /// By the numbering of the grid, from 1; nil for applications without a place.
    public let bin: Int?
    /// The interval, or why there is none.
    public let label: String
    /// Of a bin; nil at an open end.
    public let low, high: Double?
    /// Booked or rejected by score; of these, booked with an outcome.
    public let applications, good, bad: Int64
    /// Of all outcomes of the variable.
    public let share: Double?
    /// Bad of good and bad; nil without outcomes.
    public let badRate: Double?
    /// Percent: 100 · multiplier · Σ todu_30 / Σ pile; nil without exposure.
    public let riskPct: Double?
    /// Smoothed by 0.5; nil where the variable has outcomes of one class only, 0 without applications.
    public let woe, informationValue: Double?
  }

  /// One way to cut a score.
  public struct Cut: Sendable, Codable, Hashable {
    /// `stated`, or the name of the method.
    public let method: String
    /// Why there is none; then nothing else is there.
    public let failure: String?
    /// As a configuration has them.
    public let edges: String?
    /// Σ of the rows', smoothed; the deviance as `optimal` measures it, over bins, codes and missing ones.
    public let informationValue, deviance: Double?
    /// ascending, descending, none or flat: of the risk, over the bins with exposure.
    public let trend: String?
    /// What the method made greatest, its value, and that of the better of both trends.
    public let objective: String?
    public let value, freeValue: Double?
    /// Whether the declared direction is contradicted.
    public let contradictsDirection: Bool
    public let rows: [Row]
  }

  public struct Variable: Sendable, Codable, Hashable {
    public let name, source: String
    public let direction: Direction
    /// Whether it is a score of the grid; the direction is then declared, else what the data says.
    public let isInGrid: Bool
    public let cuts: [Cut]
    /// Lines for the configuration; nil where nothing is proposed.
    public let toml: String?
    /// Values that may be codes and that nobody has declared.
    public let codes: [String]
  }

  public let variables: [Variable]
  public let basis: Basis
  /// `file` or `segment`.
  public let scope: String
}
