internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The risk surface and the exposure model of one run, as one data-only file: `models/model_<digest>/bundle.json`.
///
/// The folder is named by the digest of the two models, so a changed file no longer fits its folder's name, and a
/// surface and an exposure model of different runs cannot be mixed.
struct ModelBundle: Codable {
  /// 1: the first. 2: with the model of the surface; candidates that failed.
  static let format = StoredFormat("cutline-model", 2, "model bundle")
  static let fileName = "bundle.json"

  let format: String
  let surface: RiskSurface
  let exposure: ExposureModel

  init(surface: RiskSurface, exposure: ExposureModel) {
    format = Self.format.text
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

  /// Reads a bundle of this format or an older one.
  /// - Throws: `Faults` (io) when there is no bundle, `Faults` (integrity) when it is not what was written, or of a newer
  ///   format.
  static func load(_ folder: String) throws -> ModelBundle {
    let path = path(in: folder)
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Faults.io(
        path, "cannot be read: \(error.localizedDescription)", "Name a folder models/model_… of a finished run.")
    }
    let home = URL(fileURLWithPath: path).deletingLastPathComponent()
    let name = home.lastPathComponent
    guard folderName(data) == name else {
      throw Faults.integrity(
        path, "was changed after it was written: it does not fit its folder's name",
        "Restore the folder as a run wrote it.")
    }
    // The bundle's bytes name its folder and hold no version; the run around it does.
    let run = home.deletingLastPathComponent().deletingLastPathComponent().path
    _ = try format.check(data, at: path, writer: StoredFormat.writer(of: run + "/manifest.json"))
    let bundle: ModelBundle
    do { bundle = try CanonicalJSON.decode(ModelBundle.self, from: data) } catch {
      throw Faults.integrity(path, "is a damaged model bundle: a field is missing or wrong", "Train it again.")
    }
    guard bundle.surface.risk.count == bundle.surface.grid.cellCount else {
      throw Faults.integrity(path, "holds another number of risks than its grid has cells", "Train it again.")
    }
    return bundle
  }
}
