public import CutlineCore

/// How much worse a model predicts when the values of a feature are dealt out anew.
public struct FeatureImportance: StoredArtifact {
  public static let typeName = "feature importance"

  public struct Feature: Sendable, Codable, Hashable {
    public let name: String
    /// Per repetition: the loss with this feature permuted, less the loss.
    public let increases: [Double]

    public init(name: String, increases: [Double]) {
      self.name = name
      self.increases = increases
    }

    public var mean: Double { increases.reduce(0, +) / Double(max(1, increases.count)) }

    /// The standard deviation over the repetitions; 0 for one.
    public var deviation: Double {
      let mean = mean
      let squares = increases.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(max(1, increases.count - 1))).squareRoot()
    }
  }

  /// What is averaged over the rows by weight: `squared`, `logistic` or `poisson`.
  public let loss: String
  /// The loss with all features as they are.
  public let baseline: Double
  public let rows: Int
  public let features: [Feature]

  public init(loss: String, baseline: Double, rows: Int, features: [Feature]) {
    self.loss = loss
    self.baseline = baseline
    self.rows = rows
    self.features = features
  }
}
