public import CutlineCore

/// Per cell, the factor on the predicted risk numerator of rejected applications.
public struct RejectAdjustment: StoredArtifact {
  public static let typeName = "reject adjustment"
  public let method: String
  /// At least 0, one a cell.
  public let multiplier: [Double]
  /// Cells where a cap was reached.
  public let cappedCells: Int

  public init(method: String, multiplier: [Double], cappedCells: Int) {
    self.method = method
    self.multiplier = multiplier
    self.cappedCells = cappedCells
  }
}
