@_spi(Run) internal import CutlineCore
internal import CutlineRun
internal import Foundation

/// The folder of a job: what was asked for, what its program has said, how it ended. What a job is follows from this and from the
/// processes and results that there are, and from nothing else.
struct JobFolder: Sendable {
  let path: String

  var configuration: String { "\(path)/config.toml" }
  var segments: String { "\(path)/segments.toml" }
  /// Of a training; it names applications.
  var labels: String { "\(path)/labels.csv" }
  /// Of a training: the card in force that was compared with.
  var active: String { "\(path)/active.json" }
  var events: String { "\(path)/events.jsonl" }
  var output: String { "\(path)/stdout" }
  var errors: String { "\(path)/stderr" }
  var process: String { "\(path)/process" }
  private var ended: String { "\(path)/ended.json" }
  private var cancelled: String { "\(path)/cancelled.json" }
  private var concluded: String { "\(path)/training.json" }

  init(of id: JobID, in jobs: String) { path = "\(jobs)/\(id)" }
  init(path: String) { self.path = path }

  func record(as id: JobID) throws -> JobRecord {
    let file = "\(path)/\(JobRecord.fileName)"
    return try JobRecord.load(try FileSystem.read(file, limit: 1 << 24), at: file, as: id)
  }

  var ending: JobEnding? { small(ended) }
  var cancellation: JobCancellation? { small(cancelled) }
  var conclusion: JobConclusion? { small(concluded) }

  /// What is missing or damaged is not known, and the state says what follows from that.
  private func small<Value: Decodable>(_ path: String) -> Value? {
    (try? FileSystem.read(path, limit: 1 << 20)).flatMap { try? CanonicalJSON.decode(Value.self, from: $0) }
  }

  /// - Throws: `Faults` (io).
  func end(_ ending: JobEnding) throws { try ReplacedFile.write(try CanonicalJSON.encode(ending), to: ended) }

  /// - Throws: `Faults` (io).
  func cancel(_ cancellation: JobCancellation) throws {
    try ReplacedFile.write(try CanonicalJSON.encode(cancellation), to: cancelled)
  }

  /// - Throws: `Faults` (io).
  func conclude(_ conclusion: JobConclusion) throws {
    try ReplacedFile.write(try CanonicalJSON.encode(conclusion), to: concluded)
  }

  /// What its program has said of how far it is.
  var progress: JobProgress {
    // No line yet is no progress.
    JobProgress((try? FileSystem.read(events, limit: 1 << 24)) ?? Data())
  }

  /// The end of what the program wrote, at most `limit` bytes: as the tool writes it, without values of applications, but with what
  /// programs of stages may have printed.
  func text(of file: String, limit: Int) -> [UInt8] {
    let descriptor = SystemCall.repeated { open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    guard descriptor >= 0 else { return [] }
    defer { SystemCall.close(descriptor) }
    var status = stat()
    guard SystemCall.repeated({ fstat(descriptor, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return []
    }
    let size = Int(status.st_size)
    var bytes = [UInt8](repeating: 0, count: min(size, limit))
    let count = bytes.withUnsafeMutableBytes {
      SystemCall.read(descriptor, into: $0, at: max(0, size - limit))
    }
    return Array(bytes.prefix(max(0, count)))
  }

  /// Cuts what the program wrote where it is longer than anybody reads: the disk is for results.
  func trim(limit: Int) {
    for file in [output, errors] {
      var status = stat()
      guard SystemCall.repeated({ lstat(file, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG,
        Int(status.st_size) > limit
      else { continue }
      // It is appended to: what comes next follows the cut.
      SystemCall.repeated { truncate(file, off_t(limit / 2)) }
    }
  }

  /// Writes a job as a whole under its name, or leaves nothing.
  ///
  /// - Throws: `Faults` (io).
  static func make(_ record: JobRecord, from staging: String, in jobs: String) throws {
    let bytes = try CanonicalJSON.encode(record, pretty: true)
    try bytes.withUnsafeBytes { try FileSystem.write($0, to: "\(staging)/\(JobRecord.fileName)") }
    try FileSystem.syncFolder(staging)
    let folder = JobFolder(of: record.id, in: jobs)
    guard FileSystem.move(staging, to: folder.path) else { throw FileSystem.failure(folder.path, "cannot be made") }
    try FileSystem.syncFolder(jobs)
  }
}
