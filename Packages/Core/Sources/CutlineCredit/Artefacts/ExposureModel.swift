public import CutlineCore

/// `predicted pile = ratio · amount`, of the requested or the granted amount.
public struct ExposureModel: StoredArtifact {
  public static let typeName = "exposure model"
  public let method: String
  /// Pile per unit of the amount.
  public let ratio: Double
  /// The amount; nil = requested, as in files of before there were two.
  public let basis: Basis?
  /// Over the cells, weighted equally, in sample; nil where the piles do not vary.
  public let r2: Double?
  public let rows: Int
  /// Digest of the stored model that it was taken from; nil where it was learnt in this run.
  public var origin: String?

  /// Which amount a pile is per unit of.
  public enum Basis: String, Sendable, Codable, CaseIterable { case requested, granted }

  public init(method: String, ratio: Double, basis: Basis = .requested, r2: Double?, rows: Int) {
    self.basis = basis
    self.method = method
    self.ratio = ratio
    self.r2 = r2
    self.rows = rows
  }
}
