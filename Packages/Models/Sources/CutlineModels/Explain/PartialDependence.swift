public import CutlineCore

/// What a model predicts on average when one feature is set to a value in every row.
public struct PartialDependence: StoredArtifact {
  public static let typeName = "partial dependence"

  public struct Curve: Sendable, Codable, Hashable {
    public let feature: String
    /// Rising.
    public let values: [Double]
    /// Per value: the weighted mean of the predictions.
    public let means: [Double]
    /// The same where the feature is missing; nil where no row lacks it.
    public let missing: Double?

    public init(feature: String, values: [Double], means: [Double], missing: Double?) {
      self.feature = feature
      self.values = values
      self.means = means
      self.missing = missing
    }
  }

  /// What the means are measured in.
  public let unit: String
  public let background: Explanation.Background
  public let curves: [Curve]

  public init(unit: String, background: Explanation.Background, curves: [Curve]) {
    self.unit = unit
    self.background = background
    self.curves = curves
  }
}
