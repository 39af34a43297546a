internal import CutlineCore
internal import CutlineCredit

/// Writes the bundle, with a summary for people beside it.
struct BundleWriter: Stage {
  typealias Kind = ModelFiles
  static let name = "bundle"
  static let summary = "Writes models/model_<digest>/ with bundle.json and metadata.json."
  init(config: NoConfig) {}

  private struct Metadata: Encodable {
    let estimator, featureSet: String
    let parameters: [String: Double]
    let features: [String]
    let coefficients: [Double]
    let trainR2: Double
    let outOfFoldR2: Double?
    let trainingRows, trainingCells, folds: Int
    let targetVariable: String
    let multiplier: Double
    let exposureMethod: String
    let exposureRatio: Double
    let exposureR2: Double?
    let candidates: [RiskSurface.Candidate]
  }

  func run(_ input: ModelFiles.Input, in context: RunContext) async throws -> FileSet {
    let surface = input.surface
    let bundle = try CanonicalJSON.encode(ModelBundle(surface: surface, exposure: input.exposure))
    let metadata = Metadata(
      estimator: surface.estimator, featureSet: surface.featureSet, parameters: surface.parameters,
      features: surface.features, coefficients: surface.coefficients, trainR2: surface.trainR2,
      outOfFoldR2: surface.chosen?.outOfFoldR2, trainingRows: surface.trainingRows,
      trainingCells: surface.trainingCells, folds: surface.folds, targetVariable: "b2_ever_h6",
      multiplier: surface.multiplier, exposureMethod: input.exposure.method, exposureRatio: input.exposure.ratio,
      exposureR2: input.exposure.r2, candidates: surface.candidates)
    let folder = "models/" + ModelBundle.folderName(bundle)
    return FileSet(files: [
      ResultFile(path: "\(folder)/\(ModelBundle.fileName)", bytes: Array(bundle)),
      ResultFile(path: "\(folder)/metadata.json", bytes: Array(try CanonicalJSON.encode(metadata, pretty: true))),
    ])
  }
}
