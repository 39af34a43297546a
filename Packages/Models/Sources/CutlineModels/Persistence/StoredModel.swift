@_spi(Run) public import CutlineCore
public import CutlineCredit
internal import Foundation

/// A model as a run or an import left it: `models/model_<digest>/` with `model.json`, `metadata.json` and `SHA256SUMS`, and
/// the exposure model of the same run beside it in `models/todu_model/`.
///
/// Data only; nothing in it is executed. One that was loaded is what was written, to the last bit (docs/models.md).
/// Folders of formats 1 and 2, with one `bundle.json` named by its digest, are read too.
public struct StoredModel: Sendable {
  /// 1: one bundle. 2: with the model of the surface; candidates that failed. 3: a file for each part, with their digests.
  /// 4: special codes of the features and of the grid.
  static let format = StoredFormat("cutline-model", 4, "model")
  /// 1: per requested amount. 2: says which amount.
  static let exposureFormat = StoredFormat("cutline-exposure", 2, "exposure model")

  /// The model's own folder.
  public let folder: String
  /// SHA-256 of the list of the parts' digests, of the bundle in older formats: the model's identity.
  public let digest: String
  /// 1 to 4.
  public let formatNumber: Int
  /// Nil for a model that was imported: it has no grid.
  public let surface: RiskSurface?
  /// Nil where a surface's risks are all that is known.
  public let model: Model?
  /// `metadata.json`, checked; formats 1 and 2 did not record its digest.
  public let metadata: String
  private let parts: ModelParts?
  private let bundled: ExposureModel?

  private struct Contents: Codable {
    let format: String
    var surface: RiskSurface?
    var model: Model?
  }

  private struct ExposureContents: Codable {
    let format: String
    let exposure: ExposureModel
  }

  /// Reads the model in `path`: its folder, or the folder of models or run that holds exactly one.
  ///
  /// - Throws: `Faults` (io) where there is none; `Faults` (integrity) where any part is missing or is not what was written,
  ///   or the format is newer; `Faults` (usage) where there are several.
  /// - Complexity: O(size of the files).
  public init(_ path: String) throws {
    folder = try Self.folder(of: path)
    if Self.exists(folder + "/" + ModelBundle.fileName), !Self.exists(folder + "/" + ModelParts.sumsName) {
      let bundle = try ModelBundle.load(folder)
      digest = bundle.digest
      formatNumber = bundle.formatNumber
      (surface, model, bundled, parts) = (bundle.surface, bundle.surface.model, bundle.exposure, nil)
      // Only shown, and nothing is said of what those formats did not record: it may be missing, but not broken.
      let place = folder + "/" + ModelParts.metadataName
      metadata = Self.exists(place) ? try Self.metadata(ModelParts.read(place, limit: 1 << 28), at: place) : ""
      return
    }
    if !Self.exists(folder + "/" + ModelParts.sumsName), Self.exists(folder + "/" + ModelParts.modelName) {
      throw Faults.integrity(
        folder + "/" + ModelParts.sumsName, "is missing: it has the digests of the model's parts",
        "Restore the folder as a run wrote it.")
    }
    let parts = try ModelParts(in: folder)
    let modelPath = folder + "/" + ModelParts.modelName
    let data = try parts.bytes(ModelParts.modelName, in: folder)
    metadata = try Self.metadata(
      parts.bytes(ModelParts.metadataName, in: folder), at: folder + "/" + ModelParts.metadataName)
    let run = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent().path
    formatNumber = try Self.format.check(data, at: modelPath, writer: StoredFormat.writer(of: run + "/manifest.json"))
    let contents: Contents
    do { contents = try CanonicalJSON.decode(Contents.self, from: data) } catch {
      throw Faults.integrity(modelPath, "is a damaged model: a field is missing or wrong", "Train it again.")
    }
    surface = contents.surface
    model = contents.surface == nil ? contents.model : contents.surface?.model
    guard surface != nil || model != nil else {
      throw Faults.integrity(modelPath, "holds no model", "Train it again.")
    }
    if let surface { try Self.check(surface, at: modelPath) }
    digest = parts.digest
    self.parts = parts
    bundled = nil
  }

  /// - Throws: `Faults` (integrity) for what is no object of JSON.
  private static func metadata(_ data: Data, at path: String) throws -> String {
    // Format 1 did not say its own.
    struct Head: Decodable { let format: String? }
    guard (try? CanonicalJSON.decode(Head.self, from: data)) != nil, let text = String(validating: data, as: UTF8.self)
    else {  // whatever is wrong with it, it is not what a run wrote
      throw Faults.integrity(
        path, "is broken: it is no JSON of a model's data", "Restore the folder as a run wrote it.")
    }
    return text
  }

  /// The exposure model that was learnt with this one.
  /// - Throws: `Faults` (integrity) where it is missing, damaged, or another run's.
  public func exposure() throws -> ExposureModel {
    if let bundled { return bundled }
    guard let parts, surface != nil else {
      throw Faults.usage(folder, "is an imported model, which has no exposure model", "Name the model of a run.")
    }
    _ = try parts.bytes("../\(ModelParts.exposureFolder)/\(ModelParts.metadataName)", in: folder)
    let place = "../\(ModelParts.exposureFolder)/\(ModelParts.modelName)"
    let data = try parts.bytes(place, in: folder)
    _ = try Self.exposureFormat.check(data, at: folder + "/" + place)
    do { return try CanonicalJSON.decode(ExposureContents.self, from: data).exposure } catch {
      throw Faults.integrity(folder + "/" + place, "is a damaged exposure model", "Train it again.")
    }
  }

  /// The surface, for a run that is to use it.
  /// - Throws: `Faults` (usage) for a model without a grid.
  func requiredSurface() throws -> RiskSurface {
    guard let surface else {
      throw Faults.usage(
        folder, "is an imported model: it has no grid, so that no cell has a risk by it", "Name the model of a run.")
    }
    return surface
  }

  /// The model, for those who apply it.
  /// - Throws: `Faults` (data) where only the risks of the cells are known.
  public func requiredModel() throws -> Model {
    guard let model else {
      throw Faults.data(
        folder, "holds the risk of each cell and no model that they come from",
        "Train it with a built-in estimator, or with a plugin that hands its model on.")
    }
    return model
  }

  static func check(_ surface: RiskSurface, at path: String) throws {
    guard surface.risk.count == surface.grid.cellCount else {
      throw Faults.integrity(path, "holds another number of risks than its grid has cells", "Train it again.")
    }
  }

  // MARK: Places

  /// The folder of the one model in `path`.
  static func folder(of path: String) throws -> String {
    if isModel(path) { return path }
    let found = folders(in: path)
    if found.count > 1 {
      let names = found.map { URL(fileURLWithPath: $0).lastPathComponent }
      throw Faults.usage(path, "holds \(found.count) models", "Name one of them: \(names.joined(separator: ", ")).")
    }
    return found.first ?? path
  }

  /// The model folders in a run or a folder of models, sorted; damaged ones too.
  public static func folders(in path: String) -> [String] {
    if isModel(path) { return [path] }
    for parent in [path, path + "/models"] {
      // An unreadable folder holds no model that could be named here; reading reports it.
      let entries = (try? FileSystem.names(in: parent)) ?? []
      let models = entries.filter { $0.hasPrefix("model_") }.sorted()
      if !models.isEmpty { return models.map { "\(parent)/\($0)" } }
    }
    return []
  }

  /// The files that the model in `path` consists of, for the keys of stages: those that are there.
  static func files(in path: String, withExposure: Bool) -> [String] {
    // None, or several models: said when it is read.
    let folder = (try? folder(of: path)) ?? path
    guard exists(folder + "/" + ModelParts.sumsName) else {
      return [ModelParts.modelName, ModelBundle.fileName].map { folder + "/" + $0 }.filter(exists).suffix(1)
    }
    let exposure = ModelParts.exposureFolder
    let others =
      [ModelParts.modelName, ModelParts.metadataName]
      + (withExposure ? ["../\(exposure)/\(ModelParts.modelName)", "../\(exposure)/\(ModelParts.metadataName)"] : [])
    // What is missing is an error of integrity when the model is read, and not of input when the key is made.
    return [folder + "/" + ModelParts.sumsName] + others.map { folder + "/" + $0 }.filter(exists)
  }

  private static func isModel(_ folder: String) -> Bool {
    [ModelParts.sumsName, ModelParts.modelName, ModelBundle.fileName].contains { exists("\(folder)/\($0)") }
      && URL(fileURLWithPath: folder).lastPathComponent != ModelParts.exposureFolder
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

// MARK: Writing

extension StoredModel {
  /// The files of a surface and the exposure model that was learnt with it, below `models/`.
  static func files(_ surface: RiskSurface, _ exposure: ExposureModel) throws -> [ResultFile] {
    // A model that is handed on stays the same one.
    var (surface, exposure) = (surface, exposure)
    surface.origin = nil
    exposure.origin = nil
    let model = try CanonicalJSON.encode(Contents(format: format.text, surface: surface))
    let metadata = try CanonicalJSON.encode(ModelMetadata(surface, exposure), pretty: true)
    let exposureModel = try CanonicalJSON.encode(ExposureContents(format: exposureFormat.text, exposure: exposure))
    let exposureMetadata = try CanonicalJSON.encode(
      ExposureMetadata(exposure, riskModel: Digest.of(model)), pretty: true)
    let beside = "../\(ModelParts.exposureFolder)"
    return files([
      (ModelParts.modelName, model), (ModelParts.metadataName, metadata),
      ("\(beside)/\(ModelParts.modelName)", exposureModel), ("\(beside)/\(ModelParts.metadataName)", exposureMetadata),
    ])
  }

  /// The files of a model that another library wrote, below `models/`.
  ///
  /// - Parameter sourceSHA256: of the file that it came from.
  public static func files(imported model: Model, sourceSHA256: String) throws -> [ResultFile] {
    files([
      (ModelParts.modelName, try CanonicalJSON.encode(Contents(format: format.text, model: model))),
      (
        ModelParts.metadataName,
        try CanonicalJSON.encode(ImportedMetadata(model, sourceSHA256: sourceSHA256), pretty: true)
      ),
    ])
  }

  private static func files(_ contents: [(path: String, bytes: Data)]) -> [ResultFile] {
    let parts = ModelParts(contents)
    let sums = (path: ModelParts.sumsName, bytes: Data(parts.text.utf8))
    return (contents + [sums]).map { part in
      let path =
        part.path.hasPrefix("../") ? "models/" + part.path.dropFirst(3) : "models/\(parts.folderName)/\(part.path)"
      return ResultFile(path: path, bytes: Array(part.bytes))
    }
  }
}
