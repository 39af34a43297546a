internal import Foundation
internal import Synchronization

/// A file of a run.
public struct FileRecord: Codable, Sendable {
  public let path, sha256: String
  public let bytes: Int
  public let columns: [ColumnNote]
  /// True for rows of applications, which were asked for; nil for all else.
  public let personal: Bool?

  public init(path: String, sha256: String, bytes: Int, columns: [ColumnNote], personal: Bool? = nil) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
    self.columns = columns
    self.personal = personal
  }
}

/// The files that one stage gives besides its artefact, in a folder of their own until its run is published.
///
/// A run has one for each stage. A test or a program that runs a stage without a run makes one and hands it to the
/// stage's context.
public final class AttachedFiles: Sendable {
  private struct State {
    var isOver = false
    var open: Set<String> = []
    var records: [String: FileRecord] = [:]
  }

  /// Where they lie.
  public let folder: String
  private let stage: String
  private let claims: FileClaims
  private let state = Mutex(State())

  /// - Parameter folder: made when the first file comes.
  public convenience init(in folder: String, stage: String = "stage") {
    self.init(in: folder, stage: stage, claims: FileClaims())
  }

  @_spi(Run) public init(in folder: String, stage: String, claims: FileClaims) {
    self.folder = folder
    self.stage = stage
    self.claims = claims
  }

  /// Those that are complete, by path.
  public var records: [FileRecord] {
    state.withLock { $0.records.values.sorted { $0.path < $1.path } }
  }

  /// Where the file that will be `path` in the run lies now.
  @_spi(Run) public func place(of path: String) -> String { folder + "/" + path }

  /// Writes a file with `body`; where that fails nothing is left of it.
  func write(
    _ path: String, columns: [ColumnNote], personal: Bool, isolation: isolated (any Actor)?,
    _ body: (AttachedWriter) async throws -> Void
  ) async throws {
    let writer = try begin(path, columns)
    do {
      try await body(writer)
      try finish(writer, path, columns, personal)
    } catch {
      abandon(writer, path)
      throw error
    }
  }

  /// Writes a file whose bytes are there.
  @_spi(Run) public func write(_ file: ResultFile) throws {
    let writer = try begin(file.path, [])
    do {
      try writer.append(file.bytes)
      try finish(writer, file.path, file.columns, file.isPersonal, checksColumns: false)
    } catch {
      abandon(writer, file.path)
      throw error
    }
  }

  private func begin(_ path: String, _ columns: [ColumnNote]) throws -> AttachedWriter {
    try claims.claim(path, for: stage)
    do {
      try state.withLock { state in
        guard !state.isOver else {
          throw Faults.usage("file \(path)", "comes when its stage has ended", "Attach it before the stage returns.")
        }
        state.open.insert(path)
      }
      try makeFolder(of: path)
      return try AttachedWriter(
        path, at: place(of: path), keepsFirstLine: path.hasSuffix(".csv") && !columns.isEmpty)
    } catch {
      forget(path)
      throw error
    }
  }

  private func finish(
    _ writer: AttachedWriter, _ path: String, _ columns: [ColumnNote], _ personal: Bool, checksColumns: Bool = true
  ) throws {
    let (sha256, bytes, firstLine) = try writer.finish()
    if checksColumns, let firstLine { try CsvText.check(header: firstLine, of: path, describes: columns) }
    let record = FileRecord(path: path, sha256: sha256, bytes: bytes, columns: columns, personal: personal ? true : nil)
    state.withLock { state in
      state.open.remove(path)
      state.records[path] = record
    }
  }

  private func abandon(_ writer: AttachedWriter, _ path: String) {
    writer.end()
    SystemCall.repeated { unlink(place(of: path)) }
    forget(path)
  }

  private func forget(_ path: String) {
    _ = state.withLock { $0.open.remove(path) }
    claims.release(path)
  }

  private func makeFolder(of path: String) throws {
    try FileSystem.makeFolders(place(of: path).parentFolder)
  }

  /// Takes over files of an earlier run: all of them, each linked (copied where the file system cannot) and then found
  /// to be what that run wrote.
  ///
  /// - Returns: false, and nothing is left here, when one of them is missing or changed, or another stage gives it now.
  @_spi(Run) public func takeOver(_ files: [FileRecord], from source: String) -> Bool {
    for file in files {
      // Whatever is wrong with one, the stage runs again and meets it there.
      guard (try? takeOver(file, from: source)) != nil else {
        clear()
        return false
      }
    }
    return true
  }

  private func takeOver(_ file: FileRecord, from source: String) throws {
    try claims.claim(file.path, for: stage)
    do {
      try makeFolder(of: file.path)
      let place = place(of: file.path)
      // Linked first and read then: what was read is what is kept.
      try FileSystem.linkOrCopy("\(source)/\(file.path)", to: place)
      guard FileSystem.isRegularFile(place), try Digest.ofFile(place) == (file.sha256, file.bytes) else {
        throw Faults.integrity(file.path, "was changed after the run", "The stage runs again.")
      }
      state.withLock { $0.records[file.path] = file }
    } catch {
      SystemCall.repeated { unlink(place(of: file.path)) }
      claims.release(file.path)
      throw error
    }
  }

  /// Ends the taking of files.
  /// - Throws: `Faults` (usage) when one is still being written.
  @_spi(Run) public func end() throws -> [FileRecord] {
    let open = state.withLock { state in
      state.isOver = true
      return state.open.min()
    }
    if let open {
      throw Faults.usage("file \(open)", "is still being written when its stage ends", "Wait for it before returning.")
    }
    return records
  }

  /// Removes all of them.
  /// - Parameter forGood: as the stage has failed; a task of it that still goes on must not attach any more.
  @_spi(Run) public func clear(forGood: Bool = false) {
    let paths = state.withLock { state in
      defer { state.records = [:] }
      if forGood { state.isOver = true }
      return Array(state.records.keys)
    }
    for path in paths { forget(path) }
    // What cannot be removed now goes with the folder of the run.
    if FileSystem.exists(folder) { try? FileSystem.remove(folder) }
  }
}
