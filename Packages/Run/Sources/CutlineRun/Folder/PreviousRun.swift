@_spi(Run) internal import CutlineCore
internal import Foundation

/// What an earlier run in the same folder can give: outputs of stages whose key has not changed.
struct PreviousRun: Sendable {
  private let folder: String
  private let stages: [String: Manifest.StageRecord]
  private let files: [String: FileRecord]
  private let inputs: [String: Manifest.Input]

  /// Nil when there is no usable run; a damaged one is simply not used.
  init?(folder: String) {
    guard let manifest = try? Manifest.load(from: folder) else { return nil }
    self.folder = folder
    stages = Dictionary(manifest.stages.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    inputs = Dictionary(manifest.inputs.map { ($0.path, $0) }, uniquingKeysWith: { a, _ in a })
    files = Dictionary(manifest.files.map { ($0.path, $0) }, uniquingKeysWith: { a, _ in a })
  }

  /// The record of a stage whose key is still the same.
  func record(of stage: String, key: String) -> Manifest.StageRecord? {
    guard let record = stages[stage], record.key == key else { return nil }
    return record
  }

  /// The stored output of such a stage; nil when the file is not what the manifest says.
  func bytes(of stage: String, key: String, _ codec: ArtifactCodec) -> Data? {
    guard record(of: stage, key: key) != nil, let file = files[codec.path(of: stage)],
      // A file that cannot be read or was changed is made again.
      let data = try? FileSystem.read(folder + "/" + file.path), Digest.of(data) == file.sha256
    else { return nil }
    return data
  }

  /// The fingerprint of a file that the run read.
  func input(_ path: String) -> Manifest.Input? { inputs[path] }

  /// The files that a stage gave besides its stored output, with the folder they lie in; nil where the run does not say.
  func files(of record: Manifest.StageRecord) -> (folder: String, files: [FileRecord])? {
    guard let paths = record.files else { return nil }
    let found = paths.compactMap { files[$0] }
    return found.count == paths.count ? (folder, found) : nil
  }
}
