internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The models of a run in formats 1 and 2: `models/model_<digest>/bundle.json`, named by the digest of the bundle.
struct ModelBundle: Decodable {
  static let fileName = "bundle.json"

  let format: String
  let surface: RiskSurface
  let exposure: ExposureModel

  /// The folder's name: `model_` and 16 digits of the digest.
  static func folderName(_ bytes: some ContiguousBytes) -> String { "model_" + Digest.of(bytes).prefix(16) }

  /// Reads the bundle in `folder`.
  /// - Throws: `Faults` (integrity) when it is not what was written, or of a newer format.
  static func load(_ folder: String) throws
    -> (surface: RiskSurface, exposure: ExposureModel, digest: String, formatNumber: Int)
  {
    let path = folder + "/" + fileName
    let data = try ModelParts.read(path, limit: 1 << 31)
    let home = URL(fileURLWithPath: path).deletingLastPathComponent()
    guard folderName(data) == home.lastPathComponent else {
      throw Faults.integrity(
        path, "was changed after it was written: it does not fit its folder's name",
        "Restore the folder as a run wrote it.")
    }
    // The bundle's bytes name its folder and hold no version; the run around it does.
    let run = home.deletingLastPathComponent().deletingLastPathComponent().path
    let number = try StoredModel.format.check(
      data, at: path, writer: StoredFormat.writer(of: run + "/manifest.json"))
    let bundle: ModelBundle
    do { bundle = try CanonicalJSON.decode(ModelBundle.self, from: data) } catch {
      throw Faults.integrity(path, "is a damaged model bundle: a field is missing or wrong", "Train it again.")
    }
    try StoredModel.check(bundle.surface, at: path)
    return (bundle.surface, bundle.exposure, Digest.of(data), number)
  }
}
