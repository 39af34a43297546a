@_spi(Run) public import CutlineCore
public import CutlineDecide
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation
internal import Synchronization

/// Long work that was asked for over a network: each piece a child of the same tool, at most some at once, first come, first served.
///
/// A job is a folder (`JobFolder`); what it is follows from the folder, the process and the results (`JobState`). Children outlive the
/// server: one that is killed and started again finds them, watches them and goes on with the queue. One process has the folder at a time.
public final class Jobs: Sendable {
  public struct Options: Sendable {
    /// Jobs that run at a time.
    public var atOnce = 1
    /// Jobs that may wait.
    public var waiting = 100
    /// Ended jobs whose folders are kept; the results of older ones stay.
    public var kept = 1000
    /// What a job that is told to end has before it is killed.
    public var graceSeconds = 10.0
    /// Of the standard output and error of each job, in bytes.
    public var textLimit = 16 << 20
    /// The tool; this program itself.
    public var program = InstalledPlaces.executable
    /// From which relative paths are meant.
    public var workingFolder = InstalledPlaces.workingFolder
    public init() {}
  }

  let folder: String
  let folders: DeclaredFolders
  let registry: Registry
  let options: Options
  let store: Store?
  private let lock: Int32
  private let maker: JobID.Maker
  /// One is taken in at a time.
  let entrance = NSLock()
  let queue: Mutex<JobQueue>
  /// Names in the folder that are no jobs, or damaged ones.
  public let strangers: [String]

  /// Opens the folder of jobs, and goes on with what was left there.
  ///
  /// - Parameter store: where people's decisions are kept, which is told of every job; nil where there is none.
  /// - Throws: `Faults` (integrity) where another process has the folder, `Faults` (io).
  public init(
    _ folder: String, folders: DeclaredFolders, registry: Registry, store: Store? = nil, options: Options = Options()
  ) throws {
    (self.folders, self.registry, self.store, self.options) = (folders, registry, store, options)
    if !FileSystem.exists(folder) {
      try FileSystem.makeFolders(folder)
      // What programs print may be of a person.
      chmod(folder, 0o700)
    }
    guard let real = DeclaredFolders.real(folder), FileSystem.isFolder(real) else {
      throw Faults.io(folder, "is no folder", "Name a folder for jobs.")
    }
    guard
      !(folders.data + [folders.runs] + [folders.configurations].compactMap { $0 }).contains(where: {
        DeclaredFolders.isBelow(real, $0)
      })
    else {
      throw Faults.usage(
        folder, "lies in a folder that requests may name", "Keep jobs apart from data, configurations and runs.")
    }
    self.folder = real
    lock = try Self.acquire("\(real)/.lock", of: folder)
    var queue = JobQueue()
    var strangers: [String] = []
    for name in try FileSystem.names(in: real) where name != ".lock" {
      // Of a request that was not taken in.
      if name.hasPrefix(".new-") { try FileSystem.remove("\(real)/\(name)") }
      guard !name.hasPrefix(".") else { continue }
      guard let id = JobID(name), !FileSystem.isLink("\(real)/\(name)"),
        let record = try? JobFolder(of: id, in: real).record(as: id)
      else {
        strangers.append(name)
        continue
      }
      queue.add(JobQueue.Entry(record, JobFolder(of: id, in: real)))
    }
    self.strangers = strangers
    maker = JobID.Maker(after: queue.order.last)
    self.queue = Mutex(queue)
    takeUp()
  }

  deinit { SystemCall.close(lock) }

  private static func acquire(_ path: String, of folder: String) throws -> Int32 {
    let descriptor = SystemCall.repeated { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be made; it says who has the jobs") }
    guard SystemCall.repeated({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      SystemCall.close(descriptor)
      throw Faults.integrity(
        folder, "is in use by another server", "Stop that one, or give this one a folder of its own.")
    }
    return descriptor
  }

  /// Finds out where each job stands, and watches those that run.
  private func takeUp() {
    let all = queue.withLock { queue in queue.order.compactMap { queue.entries[$0] } }
    for entry in all {
      let (id, evidence) = (entry.record.id, evidence(of: entry))
      let state = JobState(evidence)
      queue.withLock { queue in
        queue.entries[id]?.isCancelled = evidence.isCancelled
        if state.isEnd { queue.entries[id]?.ended = state }
      }
      if state.isEnd {
        if entry.folder.ending == nil { settle(entry, code: nil, signal: nil) }
        if state == .succeeded { conclude(entry.record) }
        tell(entry.record, state)
      } else if evidence.hasBegun, let process = DetachedProgram(note: entry.folder.process) {
        queue.withLock { queue in
          queue.entries[id]?.process = process
          queue.entries[id]?.isActive = true
          queue.watchers += 1
        }
        if evidence.isCancelled { end(id) }
        thread { $0.watch(id, process) }
      }
    }
    advance()
  }

  /// What is known of a job now.
  func evidence(of entry: JobQueue.Entry) -> JobState.Evidence {
    let own = entry.folder
    var evidence = JobState.Evidence()
    evidence.isCancelled = entry.isCancelled || own.cancellation != nil
    evidence.ending = own.ending ?? own.progress.ending
    if let process = DetachedProgram(note: own.process) {
      evidence.hasBegun = true
      evidence.isRunning = process.isRunning(saying: entry.record.id.description)
    }
    evidence.isPublished = evidence.ending?.isPublished ?? isPublished(entry)
    return evidence
  }

  /// Whether the results of that name are those of the job.
  private func isPublished(_ entry: JobQueue.Entry) -> Bool {
    let record = entry.record
    guard let start = FileStamp(of: entry.folder.process)?.modified,
      let configuration = Self.configurationWord(of: record)
    else { return false }
    switch record.kind {
    case .run:
      // No run, or none that can be read, is no result.
      guard let manifest = try? Manifest.load(from: record.target), manifest.failures == nil,
        let made = Instant(manifest.created)
      else { return false }
      return manifest.configuration == configuration && made.microseconds >= Int64(start / 1_000_000_000) * 1_000_000
    case .batch:
      guard let batch = BatchState.load(from: record.target) else { return false }
      return batch.configuration == configuration && batch.isFinished && batch.exitCode == .ok
    }
  }

  private static func configurationWord(of record: JobRecord) -> String? {
    record.words.firstIndex(of: "--config").map { record.words[$0 + 1] }
  }

  func nextID() -> JobID { maker.next() }

  /// Runs `body` on a thread that keeps this alive.
  func thread(_ body: @escaping @Sendable (Jobs) -> Void) {
    let thread = Thread { body(self) }
    thread.name = "cutline-job"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Stops watching; what runs goes on, and the next one that opens the folder finds it. Nothing is started any more.
  public func close() {
    queue.withLock { $0.isClosed = true }
    // Watchers look every quarter of a second.
    for _ in 0..<100 where queue.withLock({ $0.watchers > 0 }) { usleep(50_000) }
    SystemCall.repeated { flock(lock, LOCK_UN) }
  }

  /// Tells the store; what the job is stands in its folder, and the store hears again when the folder is opened next.
  func tell(_ record: JobRecord, _ state: JobState) {
    guard let store, let run = record.run else { return }
    let own: StoredRun.State =
      switch state {
      case .queued: .queued
      case .running, .cancelling: .started
      case .succeeded: .success
      case .failed, .interrupted: .failure
      case .cancelled: .canceled
      }
    _ = try? store.moveRun(run, to: own)
  }
}
