internal import Foundation

/// What a run was made of and what it left: `manifest.json`, written last.
public struct Manifest: Codable, Sendable {
  public struct Input: Codable, Sendable {
    public let stage, path, sha256: String
    public let bytes: Int
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
  }

  public struct FileRecord: Codable, Sendable {
    public let path, sha256: String
    public let bytes: Int
    public let columns: [ColumnNote]
  }

  /// A stage that failed.
  public struct Failure: Codable, Sendable {
    public let stage, message: String
  }

  public static let format = "cutline-run-1"
  public static let fileName = "manifest.json"
  /// Written besides the results; holds times, so it stands outside `resultsDigest`.
  public static let eventsName = "events.jsonl"

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
  /// Digest over the paths and digests of all files but the event log: equal inputs give equal results.
  public let resultsDigest: String
  /// Digest of this manifest with this field empty.
  public var checksum: String

  /// Digest over paths and digests of the result files.
  static func resultsDigest(of files: [FileRecord]) -> String {
    let digest = Digest()
    for file in files.sorted(by: { $0.path < $1.path }) where file.path != eventsName {
      digest.update(file.path)
      digest.update(file.sha256)
    }
    return digest.finish()
  }

  /// The manifest as it is written, with its checksum.
  func encoded() throws -> Data {
    var copy = self
    copy.checksum = ""
    copy.checksum = Digest.of(try CanonicalJSON.encode(copy))
    return try CanonicalJSON.encode(copy, pretty: true)
  }

  /// Reads the manifest of a run folder and checks its own checksum.
  /// - Throws: `Faults` (io) when there is none, `Faults` (integrity) when it is not what was written.
  public static func load(from folder: String) throws -> Manifest {
    let path = folder + "/" + fileName
    guard FileSystem.exists(path) else {
      throw Faults.io(folder, "holds no \(fileName)", "Name the output folder of a finished run.")
    }
    let data = try FileSystem.read(path, limit: 1 << 28)
    let manifest: Manifest
    do {
      manifest = try CanonicalJSON.decode(Manifest.self, from: data)
    } catch {
      throw Faults.integrity(path, "is not a manifest of this version", "Run again, or use the version that wrote it.")
    }
    var copy = manifest
    copy.checksum = ""
    guard manifest.format == format, Digest.of(try CanonicalJSON.encode(copy)) == manifest.checksum else {
      throw Faults.integrity(path, "was changed after the run: its checksum does not match", "Restore it or run again.")
    }
    return manifest
  }
}

/// Compares a run folder with its manifest.
public enum RunVerification {
  /// - Returns: the manifest and one sentence a file that is missing, changed or not part of the run; none when all match.
  /// - Throws: as `Manifest.load`.
  public static func problems(in folder: String) throws -> (manifest: Manifest, problems: [String]) {
    let manifest = try Manifest.load(from: folder)
    var problems: [String] = []
    for file in manifest.files {
      let path = folder + "/" + file.path
      guard FileSystem.exists(path) else {
        problems.append("\(file.path) is missing")
        continue
      }
      guard FileSystem.isRegularFile(path) else {
        problems.append("\(file.path) is not a regular file")
        continue
      }
      let (sha256, bytes) = try Digest.ofFile(path)
      if bytes != file.bytes {
        problems.append("\(file.path) has \(bytes) bytes, the run wrote \(file.bytes)")
      } else if sha256 != file.sha256 {
        problems.append("\(file.path) was changed: its digest does not match")
      }
    }
    let known = Set(manifest.files.map(\.path) + [Manifest.fileName])
    for path in FileSystem.filesBelow(folder) where !known.contains(path) {
      problems.append("\(path) is not part of the run")
    }
    if Manifest.resultsDigest(of: manifest.files) != manifest.resultsDigest {
      problems.append("the results digest does not follow from the files")
    }
    return (manifest, problems)
  }
}
