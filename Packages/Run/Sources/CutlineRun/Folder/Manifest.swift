@_spi(Run) public import CutlineCore
internal import Foundation

/// What a run was made of and what it left: `manifest.json`, written last.
public struct Manifest: Codable, Sendable {
  public struct Input: Codable, Sendable {
    public let stage, path, sha256: String
    public let bytes: Int
    /// The file as it was when the digest was made; nil in runs of format 1.
    public let stamp: FileStamp?
    /// When the reading for the digest began, in nanoseconds since 1970; nil in runs of format 1.
    public let readAt: Int?
  }

  /// A library that was loaded for the run.
  public struct Plugin: Codable, Sendable {
    public let name, version, path, sha256: String

    /// Nil for a module that is built in.
    public init?(_ owner: StageOwner) {
      guard let library = owner.library else { return nil }
      name = owner.name
      version = owner.version
      path = library.path
      sha256 = library.sha256
    }
  }

  public struct Remark: Codable, Sendable {
    public let kind: RunEvent.Kind
    public let message: String
  }

  public struct StageRecord: Codable, Sendable {
    public let id, kind, use: String
    /// Digest of everything that the result depends on.
    public let key: String
    /// Taken from the previous run.
    public let reused: Bool
    public let seconds: Double
    /// Peak of the whole process when the stage ended, in bytes.
    public let peakMemory: Int
    /// Digest of the stored output; nil where it is not stored.
    public let outputDigest: String?
    public let settings: [ResolvedSetting]
    /// What the stage had to say.
    public let remarks: [Remark]
    /// Paths of the files that it gave besides its stored output, sorted; nil in runs of format 1.
    public let files: [String]?
  }

  /// A stage that failed.
  public struct Failure: Codable, Sendable {
    public let stage, message: String
  }

  /// 1: the first. 2: inputs have stamps, stages name their files. 3: pictures and pages stand outside `resultsDigest`.
  public static let format = StoredFormat("cutline-run", 3, "manifest of a run")
  public static let fileName = RunPath.manifest
  /// Written besides the results; holds times, so it stands outside `resultsDigest`.
  public static let eventsName = RunPath.events

  public let format: String
  public let version: String
  public let program: String
  /// Nil where none was loaded.
  public let plugins: [Plugin]?
  public let created: String
  public let configuration: String
  public let seed: UInt64
  public let device: String
  public let workers: Int
  public let seconds: Double
  public let inputs: [Input]
  public let stages: [StageRecord]
  public let files: [FileRecord]
  /// Only in the folder that a failed run leaves beside its target.
  public let failures: [Failure]?
  /// Digest over the paths and digests of all files but the event log, pictures and pages: equal inputs give equal results.
  public let resultsDigest: String
  /// Digest of this manifest with this field empty.
  public var checksum: String

  /// Digest over paths and digests of the result files.
  /// - Parameter hasViews: whether pictures and pages count, as they did before format 3.
  static func resultsDigest(of files: [FileRecord], hasViews: Bool = false) -> String {
    let digest = Digest()
    for file in files.sorted(by: { $0.path < $1.path })
    where file.path != eventsName && (hasViews || !RunPath.isView(file.path)) {
      digest.update(file.path)
      digest.update(file.sha256)
    }
    return digest.finish()
  }

  /// Whether pictures and pages are part of `resultsDigest`.
  var countsViews: Bool { ["\(Self.format.name)-1", "\(Self.format.name)-2"].contains(format) }

  /// The manifest as it is written, with its checksum.
  func encoded() throws -> Data {
    var copy = self
    copy.checksum = ""
    copy.checksum = Digest.of(try CanonicalJSON.encode(copy))
    return try CanonicalJSON.encode(copy, pretty: true)
  }

  /// Reads the manifest of a run folder, of this format or an older one, and checks its own checksum.
  /// - Throws: `Faults` (io) when there is none, `Faults` (integrity) when it is not what was written, or of a newer format.
  public static func load(from folder: String) throws -> Manifest {
    let path = folder + "/" + fileName
    guard FileSystem.exists(path) else {
      throw Faults.io(folder, "holds no \(fileName)", "Name the output folder of a finished run.")
    }
    let data = try FileSystem.read(path, limit: 1 << 28)
    _ = try format.check(data, at: path)
    let manifest: Manifest
    do {
      manifest = try CanonicalJSON.decode(Manifest.self, from: data)
    } catch {
      throw Faults.integrity(
        path, "is a damaged manifest: a field is missing or wrong", "Restore it, or remove the folder and run again.")
    }
    var copy = manifest
    copy.checksum = ""
    guard Digest.of(try CanonicalJSON.encode(copy)) == manifest.checksum else {
      throw Faults.integrity(
        path, "was changed after the run: its checksum does not match",
        "Restore it, or remove the folder and run again.")
    }
    return manifest
  }
}
