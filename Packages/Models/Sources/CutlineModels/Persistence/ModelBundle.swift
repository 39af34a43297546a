internal import CutlineCore
internal import Foundation

/// The risk surface and the exposure model of one run, as one data-only file: `models/model_<digest>/bundle.json`.
///
/// The folder is named by the digest of the two models, so a changed file no longer fits its folder's name, and a
/// surface and an exposure model of different runs cannot be mixed.
struct ModelBundle: Codable {
  static let format = "cutline-model-1"
  static let fileName = "bundle.json"

  let format: String
  let surface: RiskSurface
  let exposure: ExposureModel

  init(surface: RiskSurface, exposure: ExposureModel) {
    format = Self.format
    self.surface = surface
    self.exposure = exposure
  }

  /// The folder's name: `model_` and 16 digits of the digest.
  static func folderName(_ bytes: some ContiguousBytes) -> String { "model_" + Digest.of(bytes).prefix(16) }

  /// The path of the bundle in `folder`: a model folder, or the `models` folder or run folder that holds exactly one.
  static func path(in folder: String) -> String {
    let direct = folder + "/" + fileName
    if FileManager.default.fileExists(atPath: direct) { return direct }
    for parent in [folder, folder + "/models"] {
      // An unreadable folder holds no model that could be named here; the read below reports it.
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
      let models = entries.filter { $0.hasPrefix("model_") }.sorted()
      if models.count == 1 { return "\(parent)/\(models[0])/\(fileName)" }
    }
    return direct
  }

  /// - Throws: `FileError` when there is no bundle, `IntegrityError` when it is not what was written.
  static func load(_ folder: String) throws -> ModelBundle {
    let path = path(in: folder)
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FileError(
        path, "cannot be read: \(error.localizedDescription)", "Name a folder models/model_… of a finished run.")
    }
    let name = URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent
    guard folderName(data) == name else {
      throw IntegrityError(
        path, "was changed after it was written: it does not fit its folder's name",
        "Restore the folder as a run wrote it.")
    }
    do {
      let bundle = try CanonicalJSON.decode(ModelBundle.self, from: data)
      guard bundle.format == format, bundle.surface.risk.count == bundle.surface.grid.cellCount else {
        throw IntegrityError(path, "is not a model of this version", "Train it again.")
      }
      return bundle
    } catch let error as IntegrityError {
      throw error
    } catch {
      throw IntegrityError(path, "is not a model bundle", "Train it again.")
    }
  }
}

struct LoadConfig: StageConfig {
  var path = ""
  static let fields: [Field<Self>] = [.text("path", \.path, "A model folder of another run (--model-path).")]
  func validate(at places: FieldPlaces) throws {
    guard !path.isEmpty else { throw ConfigError("\(places["path"])", "path is not set", "Name a model folder.") }
  }
}

/// Takes the risk surface of another run instead of training one.
struct LoadedSurface: Stage {
  typealias Kind = Train
  static let name = "load"
  static let summary = "Takes the risk surface of another run; the grid must be the same."
  let config: LoadConfig
  var externalInputs: [String] { [ModelBundle.path(in: config.path)] }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let surface = try ModelBundle.load(config.path).surface
    guard surface.grid == input.sample.grid else {
      throw IntegrityError(
        config.path, "the model was trained with other bins: \(Self.difference(surface.grid, input.sample.grid))",
        "Use the bins it was trained with, or train again.")
    }
    guard surface.multiplier == input.sample.measure.multiplier else {
      throw IntegrityError(
        config.path, "the model was trained with multiplier \(surface.multiplier)", "Use the same multiplier.")
    }
    context.note("risk surface taken from \(config.path)")
    return surface
  }

  private static func difference(_ a: CellGrid, _ b: CellGrid) -> String {
    for (x, y) in zip(a.axes, b.axes) where x != y {
      if x.name != y.name { return "variable \(x.name) against \(y.name)" }
      if x.source != y.source { return "\(x.name) from \(x.source) against \(y.source)" }
      if x.direction != y.direction || x.numbering != y.numbering { return "\(x.name) is oriented the other way" }
      return "\(x.name) has other edges"
    }
    return "another number of variables"
  }
}

/// Takes the exposure model that was learnt with the risk surface of another run.
struct LoadedExposure: Stage {
  typealias Kind = Exposure
  static let name = "load"
  static let summary = "Takes the exposure model of another run."
  let config: LoadConfig
  var externalInputs: [String] { [ModelBundle.path(in: config.path)] }

  func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
    try ModelBundle.load(config.path).exposure
  }
}

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
      outOfFoldR2: surface.candidates.map(\.outOfFoldR2).max(), trainingRows: surface.trainingRows,
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
