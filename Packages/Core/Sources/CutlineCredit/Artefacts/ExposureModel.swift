public import CutlineCore

/// `predicted pile = ratio · requested amount`.
public struct ExposureModel: StoredArtifact {
  public static let typeName = "exposure model"
  public let method: String
  /// Pile per unit of requested amount.
  public let ratio: Double
  /// Over the cells, weighted equally, in sample; nil where the piles do not vary.
  public let r2: Double?
  public let rows: Int

  public init(method: String, ratio: Double, r2: Double?, rows: Int) {
    self.method = method
    self.ratio = ratio
    self.r2 = r2
    self.rows = rows
  }
}
