@_spi(Run) public import CutlineCore
internal import CutlineCredit
internal import CutlineDecide
public import CutlineRun
internal import CutlineWorkspace
public import Foundation

/// One run of a shelf: what it wrote, in its bytes.
public struct ShelvedRun: Sendable {
  /// A file as its manifest says.
  public struct File: Sendable, Encodable {
    public let path, sha256, mediaType: String
    public let bytes: Int
    /// Whether it holds rows of applications.
    public let isPersonal: Bool
    /// Of tables.
    public let columns: [ColumnNote]

    enum CodingKeys: String, CodingKey {
      case path, sha256, bytes, columns
      case mediaType = "media_type"
      case isPersonal = "personal"
    }
  }

  public let entry: RunEntry
  /// `manifest.json` as it lies there.
  public let manifestBytes: Data
  public let manifest: Manifest
  /// In order of their paths, with the manifest's own.
  public let files: [File]
  private let folder: FolderHandle
  /// For what the run has stored.
  /// Of its folder.
  let path: String

  init(_ entry: RunEntry, _ folder: FolderHandle, path: String) throws {
    guard let data = folder.file(FolderNames.manifest)?.data(limit: RunEntry.manifestLimit) else { throw Self.unknown }
    _ = try Manifest.format.check(data, at: entry.name)
    guard ShelvedManifest.isWhole(data), let manifest = try? CanonicalJSON.decode(Manifest.self, from: data) else {
      throw Faults.integrity(
        entry.name, "its manifest is damaged or was changed after the run", "Restore it, or run again.")
    }
    (self.entry, self.folder, self.path, self.manifest, manifestBytes) = (entry, folder, path, manifest, data)
    files =
      (manifest.files.filter { RunPath.isInside($0.path) }.map {
        File(
          path: $0.path, sha256: $0.sha256, mediaType: Self.mediaType(of: $0.path), bytes: $0.bytes,
          isPersonal: $0.personal == true, columns: $0.columns)
      } + [
        File(
          path: FolderNames.manifest, sha256: Digest.of(data), mediaType: "application/json", bytes: data.count,
          isPersonal: false, columns: [])
      ]).sorted { $0.path < $1.path }
  }

  static var unknown: JobRefusal { JobRefusal(.notFound, "run", "is not known", "See the list of runs.") }

  /// What `cutline run --json` prints of the run, in the same bytes; `path` is then the folder of its `--output`.
  ///
  /// - Throws: `Faults` (integrity) for stored outputs that are not what the run wrote.
  public func results() throws -> Data {
    func load<A: StoredArtifact>(_ type: A.Type, _ stage: String) throws -> A? {
      let codec = ArtifactCodec(type)
      guard let file = manifest.files.first(where: { $0.path == codec.path(of: stage) }) else { return nil }
      return try codec.decode(bytes(of: file)) as? A
    }
    let outcome = try RunOutcome(
      manifest: manifest, output: path, cube: load(Cube.self, "cube"), cells: load(CellTable.self, "cells"),
      scenarios: load(ScenarioSet.self, "scenarios"), intervals: load(StrategyIntervals.self, "intervals"),
      force: load(StrategyInForce.self, "in-force"), frontier: load(Frontier.self, "search"))
    return Data(try outcome.json().utf8)
  }

  private func bytes(of file: FileRecord) throws -> Data {
    guard let data = folder.file(file.path)?.data(limit: 1 << 31), Digest.of(data) == file.sha256 else {
      throw damaged(file.path)
    }
    return data
  }

  /// A file that the manifest lists, opened and compared with its digest.
  ///
  /// - Throws: `JobRefusal` (not found) for a path that it does not list, in exactly this spelling; `Faults` (integrity) for a file
  ///   that is not what the run wrote, or is not there.
  /// - Complexity: O(bytes), in pieces of 1 MiB.
  public func file(_ path: String) throws -> ShelvedFile {
    guard let file = files.first(where: { $0.path.utf8.elementsEqual(path.utf8) }) else {
      throw JobRefusal(.notFound, "file", "is none of the run", "See the list of its files.")
    }
    guard let opened = folder.file(file.path), opened.size == file.bytes else { throw damaged(file.path) }
    let digest = Digest()
    guard opened.pieces({ digest.update($0) }), digest.finish() == file.sha256 else { throw damaged(file.path) }
    return ShelvedFile(file: file, handle: opened)
  }

  private func damaged(_ path: String) -> Faults {
    Faults.integrity("\(entry.name)/\(path)", "is not what the run wrote", "Restore it, or run again.")
  }

  static func mediaType(of path: String) -> String {
    switch path.split(separator: ".").last ?? "" {
    case "json": "application/json"
    case "jsonl": "application/jsonl"
    case "csv": "text/csv; charset=utf-8"
    case "html": "text/html; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "pdf": "application/pdf"
    case "txt", "sql", "md", "c", "toml": "text/plain; charset=utf-8"
    case "xml", "pmml", "dmn": "application/xml"
    case "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case "parquet": "application/vnd.apache.parquet"
    default: "application/octet-stream"
    }
  }
}

/// A file of a run whose bytes were compared with its digest, still open: what is read is what was compared.
public struct ShelvedFile: Sendable {
  public let file: ShelvedRun.File
  let handle: FileHandleBelow

  /// The bytes from `offset` on, at most `count`.
  ///
  /// - Throws: `Faults` (integrity) where somebody wrote to it since.
  public func bytes(from offset: Int, count: Int) throws -> [UInt8] {
    let start = min(max(0, offset), file.bytes)
    var bytes = [UInt8](repeating: 0, count: max(0, min(count, file.bytes - start)))
    let read = bytes.withUnsafeMutableBytes { SystemCall.read(handle.descriptor, into: $0, at: start) }
    guard read == bytes.count, handle.isUnchanged else {
      throw Faults.integrity(file.path, "changed while it was read", "Ask again.")
    }
    return bytes
  }

  /// All of it.
  public func bytes() throws -> [UInt8] { try bytes(from: 0, count: file.bytes) }
}

extension RunShelf {
  /// A run by its name, as the list has it.
  ///
  /// - Throws: `JobRefusal` (not found) for a name that no list holds; `Faults` (integrity) for a damaged run.
  public func run(_ name: String) throws -> ShelvedRun {
    guard let place = place(of: name), let folder = root.folder(place.name),
      let entry = RunEntry(name: place.name, batch: place.batch, in: folder, moment: place.published)
    else { throw ShelvedRun.unknown }
    return try ShelvedRun(entry, folder, path: "\(path)/\(place.name)")
  }
}
