public import CutlineCore

/// The predicted risk of every cell of a grid.
public struct RiskSurface: StoredArtifact {
  public static let typeName = "risk surface"
  public static let formatVersion = 2

  /// One candidate that was compared.
  public struct Candidate: Sendable, Codable {
    public let estimator, features: String
    public let parameters: [String: Double]
    /// All settings of the estimator, as TOML; nil where they are not known.
    public let settings: String?
    /// Pooled over the folds, weighted by exposure; may be negative. Nil where it failed, or no fold could be predicted.
    public let outOfFoldR2: Double?
    /// Weighted root mean squared error, in percentage points.
    public let outOfFoldRMSE: Double?
    /// Mean Poisson deviance of the risk, weighted by exposure, pooled over the folds; the least is best. Nil as the R² is,
    /// and in files of older formats; so are the next two.
    public let outOfFoldDeviance: Double?
    /// Standard error of the mean of the folds' deviances.
    public let devianceError: Double?
    public let foldDeviance: [Double]?
    /// R² within each validation fold.
    public let foldR2: [Double]
    /// Why it could not be compared; nil where it was.
    public let failure: String?

    public init(
      estimator: String, features: String, parameters: [String: Double], outOfFoldR2: Double?, outOfFoldRMSE: Double?,
      foldR2: [Double], outOfFoldDeviance: Double? = nil, devianceError: Double? = nil, foldDeviance: [Double]? = nil,
      failure: String? = nil, settings: String? = nil
    ) {
      (self.estimator, self.features, self.parameters, self.settings) = (estimator, features, parameters, settings)
      (self.outOfFoldR2, self.outOfFoldRMSE, self.failure) = (outOfFoldR2, outOfFoldRMSE, failure)
      (self.outOfFoldDeviance, self.devianceError, self.foldDeviance) = (outOfFoldDeviance, devianceError, foldDeviance)
      self.foldR2 = foldR2
    }
  }

  /// The grid that it was learnt on; another grid is refused.
  public let grid: CellGrid
  public let multiplier: Double
  /// Per cell: predicted `b2` as a fraction, unstressed; may be negative where a polynomial is.
  public let risk: [Double]
  public let estimator, featureSet: String
  public let parameters: [String: Double]
  public let features: [String]
  /// On the standardised features; intercept first. Empty for models that have none.
  public let coefficients: [Double]
  /// Weighted by exposure, in sample.
  public let trainR2: Double
  public let trainingRows, trainingCells, folds: Int
  public let candidates: [Candidate]
  /// The model that gives the risks, on the mean scores of a cell's bins; nil where the risks are all that is known.
  public let model: Model?
  /// Digest of the stored model that it was taken from; nil where it was learnt in this run.
  public var origin: String?

  /// How it was chosen and on what: `candidate` (its place), rule, score, split, segment, period and so on; nil where nobody says.
  public var selection: [String: String]?
  /// Out of the folds, by groups of equal exposure from the safest: `predicted`, `observed`, `share`; nil where nobody says.
  public var reliability: [[String: Double]]?

  /// The candidate that was taken; nil where none was compared.
  public var chosen: Candidate? {
    if let place = selection?["candidate"].flatMap({ Int($0) }), candidates.indices.contains(place) {
      return candidates[place]
    }
    return candidates.first {
      $0.failure == nil && $0.estimator == estimator && $0.features == featureSet && $0.parameters == parameters
    }
  }

  public init(
    grid: CellGrid, multiplier: Double, risk: [Double], estimator: String, featureSet: String,
    parameters: [String: Double], features: [String], coefficients: [Double], trainR2: Double, trainingRows: Int,
    trainingCells: Int, folds: Int, candidates: [Candidate], model: Model? = nil
  ) {
    (self.grid, self.multiplier, self.risk, self.model) = (grid, multiplier, risk, model)
    (self.estimator, self.featureSet, self.parameters) = (estimator, featureSet, parameters)
    (self.features, self.coefficients, self.folds) = (features, coefficients, folds)
    (self.trainR2, self.trainingRows, self.trainingCells) = (trainR2, trainingRows, trainingCells)
    self.candidates = candidates
  }
}
