public import CutlineCore

/// Learns the risk of every cell from booked applications.
public enum Train: Kind {
  public struct Input: StageInput {
    public let sample: Sample
    public static let ports = [Port("sample", Sample.self)]
    public init(_ values: PortValues) throws { sample = try values.get("sample") }
  }
  public typealias Output = RiskSurface
  public static let name = "train"
  public static let summary = "Learns the risk of every cell of the grid from booked applications."
}

/// The predicted risk of every cell of a grid.
public struct RiskSurface: StoredArtifact {
  public static let typeName = "risk surface"

  /// One candidate that was compared.
  public struct Candidate: Sendable, Codable {
    public let estimator, features: String
    public let parameters: [String: Double]
    /// Pooled over the folds, weighted by exposure; may be negative.
    public let outOfFoldR2: Double
    /// Weighted root mean squared error, in percentage points.
    public let outOfFoldRMSE: Double
    /// R² within each validation fold.
    public let foldR2: [Double]

    public init(
      estimator: String, features: String, parameters: [String: Double], outOfFoldR2: Double, outOfFoldRMSE: Double,
      foldR2: [Double]
    ) {
      self.estimator = estimator
      self.features = features
      self.parameters = parameters
      self.outOfFoldR2 = outOfFoldR2
      self.outOfFoldRMSE = outOfFoldRMSE
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

  public init(
    grid: CellGrid, multiplier: Double, risk: [Double], estimator: String, featureSet: String,
    parameters: [String: Double], features: [String], coefficients: [Double], trainR2: Double, trainingRows: Int,
    trainingCells: Int, folds: Int, candidates: [Candidate]
  ) {
    self.grid = grid
    self.multiplier = multiplier
    self.risk = risk
    self.estimator = estimator
    self.featureSet = featureSet
    self.parameters = parameters
    self.features = features
    self.coefficients = coefficients
    self.trainR2 = trainR2
    self.trainingRows = trainingRows
    self.trainingCells = trainingCells
    self.folds = folds
    self.candidates = candidates
  }
}

/// Learns how much balance a requested amount leads to.
public enum Exposure: Kind {
  public struct Input: StageInput {
    public let sample: Sample
    public static let ports = [Port("sample", Sample.self)]
    public init(_ values: PortValues) throws { sample = try values.get("sample") }
  }
  public typealias Output = ExposureModel
  public static let name = "exposure"
  public static let summary = "Learns the balance (todu_amt_pile_h6) that a requested amount leads to."
}

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

/// Says how much riskier rejected applications are than booked ones of the same cell.
public enum InferRejects: Kind {
  public struct Input: StageInput {
    public let sample: Sample
    public let surface: RiskSurface
    public static let ports = [Port("sample", Sample.self), Port("surface", RiskSurface.self)]
    public init(_ values: PortValues) throws {
      sample = try values.get("sample")
      surface = try values.get("surface")
    }
  }
  public typealias Output = RejectAdjustment
  public static let name = "infer-rejects"
  public static let summary = "Says how much riskier rejected applications are than booked ones of the same cell."
}

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
