@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The files of a stored model and the list of their digests, `SHA256SUMS`, as `sha256sum -c` takes it.
///
/// The folder `model_<16 digits>` is named by the digest of that list, and the list names every part, those of the exposure
/// model beside it too. So no bit of any part can change, no part can be missing, and no exposure model of another run can
/// take the place of the one that was learnt with it, unseen.
struct ModelParts {
  static let sumsName = "SHA256SUMS"
  static let modelName = "model.json"
  static let metadataName = "metadata.json"
  static let exposureFolder = "todu_model"
  /// A list of parts is a few lines.
  private static let sumsLimit = 1 << 16

  /// In the order of the list: the path from the model's folder, and the digest.
  let digests: [(path: String, sha256: String)]
  let text: String

  /// The list of parts that are about to be written.
  init(_ parts: [(path: String, bytes: Data)]) {
    digests = parts.map { ($0.path, Digest.of($0.bytes)) }
    text = digests.map { "\($0.sha256)  \($0.path)\n" }.joined()
  }

  /// The SHA-256 of the list.
  var digest: String { Digest.of(Data(text.utf8)) }

  /// The folder's name: `model_` and 16 digits of the digest.
  var folderName: String { "model_" + digest.prefix(16) }

  /// Reads the list in `folder`.
  /// - Throws: `Faults` (integrity) where it does not fit the folder's name, or is none.
  init(in folder: String) throws {
    let path = folder + "/" + Self.sumsName
    let data = try Self.read(path, limit: Self.sumsLimit)
    let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    text = String(decoding: data, as: UTF8.self)
    digests = text.split(separator: "\n").compactMap { line in
      guard let match = line.wholeMatch(of: /([0-9a-f]{64})  ([a-z_.\/]+)/) else { return nil }
      return (String(match.2), String(match.1))
    }
    // The bytes and not the text: what is no UTF-8 would be replaced.
    guard "model_" + Digest.of(data).prefix(16) == name else {
      throw Faults.integrity(
        path, "was changed after it was written, or its folder renamed: it does not fit the name \(name)",
        "Restore the folder as a run wrote it.")
    }
    guard digests.map({ "\($0.sha256)  \($0.path)\n" }).joined() == text else {
      throw Faults.integrity(path, "is no list of digests", "Restore the folder as a run wrote it.")
    }
  }

  /// The bytes of the part at `path`, which are those that were written.
  /// - Throws: `Faults` (integrity) where the part is missing, changed, or none of this model.
  func bytes(_ path: String, in folder: String) throws -> Data {
    guard let recorded = digests.first(where: { $0.path == path }) else {
      throw Faults.integrity(folder, "has no part \(path)", "Name the folder of a model that has one.")
    }
    let place = URL(fileURLWithPath: folder + "/" + path).standardizedFileURL.relativePath
    guard FileManager.default.fileExists(atPath: place) else {
      throw Faults.integrity(
        place, "is missing: \(Self.sumsName) names it as a part of the model",
        path.contains(Self.exposureFolder)
          ? "Restore it; a model is copied with the folder \(Self.exposureFolder) beside it."
          : "Restore the folder as a run wrote it.")
    }
    let data = try Self.read(place, limit: 1 << 31)
    guard Digest.of(data) == recorded.sha256 else {
      throw Faults.integrity(
        place,
        path.contains(Self.exposureFolder)
          ? "was changed, or belongs to another model: it is not the exposure model that was learnt with this one"
          : "was changed after it was written: \(Self.sumsName) has another digest of it",
        "Restore the folder as a run wrote it.")
    }
    return data
  }

  /// - Throws: `Faults` (io).
  static func read(_ path: String, limit: Int) throws -> Data {
    do { return try OpenedFile.read(path, limit: limit) } catch let faults as Faults {
      throw Faults.io(path, faults.problem, "Name a folder models/model_… of a finished run.")
    }
  }
}
