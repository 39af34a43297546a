internal import CutlineCore
internal import CutlineCredit

/// `metadata.json` of a risk model: how it was learnt and how well it did, for people and programs. What a run needs to use
/// the model stands in `model.json`.
struct ModelMetadata: Encodable {
  struct OutOfFold: Encodable {
    let r2, rmse, deviance, devianceError: Double?
    let foldR2: [Double]
    let foldDeviance: [Double]?
  }

  let format = StoredModel.format.text
  let kind = "risk-surface"
  let estimator, featureSet: String
  /// Hyper-parameters.
  let parameters: [String: Double]
  /// Of the feature set, with coefficients on their standardised values where the model has some, the intercept first.
  let features: [String]
  let coefficients: [Double]
  /// The features of each set that was compared.
  let featureSets: [String: [String]]
  /// What the stored model takes, in its order.
  let inputs: [String]
  let unit: String?
  let form: String?
  let trainR2: Double
  let outOfFoldR2: Double?
  let outOfFold: OutOfFold?
  let trainingRows, trainingCells, folds: Int
  let targetVariable = "b2_ever_h6"
  let multiplier: Double
  /// Names, sources, directions, numbering and edges of the bins that it was learnt on.
  let axes: [GridAxis]
  let gridDigest: String
  let exposureMethod: String
  let exposureRatio: Double
  let exposureR2: Double?
  let candidates: [RiskSurface.Candidate]
  /// All settings of the estimator, as TOML.
  let settings: String?
  /// How it was chosen, and on whose applications.
  let selection: [String: String]?
  let reliability: [[String: Double]]?

  init(_ surface: RiskSurface, _ exposure: ExposureModel) throws {
    estimator = surface.estimator
    featureSet = surface.featureSet
    parameters = surface.parameters
    features = surface.features
    coefficients = surface.coefficients
    let sets = Set(surface.candidates.map(\.features)).compactMap { name in
      PolynomialFeatures.Set(name: name).map { (name, PolynomialFeatures.names($0, of: surface.grid.axes)) }
    }
    featureSets = Dictionary(uniqueKeysWithValues: sets)
    inputs = surface.model?.features.map(\.name) ?? []
    unit = surface.model?.unit
    form = surface.model?.form.name
    trainR2 = surface.trainR2
    outOfFoldR2 = surface.chosen?.outOfFoldR2
    outOfFold = surface.chosen.map {
      OutOfFold(
        r2: $0.outOfFoldR2, rmse: $0.outOfFoldRMSE, deviance: $0.outOfFoldDeviance, devianceError: $0.devianceError,
        foldR2: $0.foldR2, foldDeviance: $0.foldDeviance)
    }
    trainingRows = surface.trainingRows
    trainingCells = surface.trainingCells
    folds = surface.folds
    multiplier = surface.multiplier
    axes = surface.grid.axes
    gridDigest = try surface.grid.digest()
    exposureMethod = exposure.method
    exposureRatio = exposure.ratio
    exposureR2 = exposure.r2
    candidates = surface.candidates
    settings = surface.chosen?.settings
    selection = surface.selection
    reliability = surface.reliability
  }
}

/// `metadata.json` of `todu_model`.
struct ExposureMetadata: Encodable {
  let format = StoredModel.exposureFormat.text
  let kind = "exposure"
  let method: String
  let ratio: Double
  let r2: Double?
  let rows: Int
  let targetVariable = "todu_amt_pile_h6"
  let basis: String
  /// SHA-256 of the `model.json` of the risk model that it was learnt with.
  let riskModel: String

  init(_ exposure: ExposureModel, riskModel: String) {
    basis = exposure.basis == .granted ? "granted amount (oa_amt_h0)" : "requested amount (oa_amt)"
    method = exposure.method
    ratio = exposure.ratio
    r2 = exposure.r2
    rows = exposure.rows
    self.riskModel = riskModel
  }
}

/// `metadata.json` of a model that another library wrote.
struct ImportedMetadata: Encodable {
  let format = StoredModel.format.text
  let kind = "imported"
  /// The format of the file that it came from, with the digest of the file.
  let library, sourceSHA256: String
  let inputs: [String]
  let unit, form: String

  init(_ model: Model, sourceSHA256: String) {
    library = model.name
    self.sourceSHA256 = sourceSHA256
    inputs = model.features.map(\.name)
    unit = model.unit
    form = model.form.name
  }
}
