@_spi(Run) internal import CutlineCore
public import CutlineDecide
internal import CutlineRun
internal import Foundation

/// A job as whoever asks is told of it. Nothing of it is of a person, but the names of who asked.
public struct JobReport: Sendable, Encodable {
  public let id: String
  public let kind: JobRequest.Kind
  /// Of its results.
  public let name: String
  public let state: JobState
  public let by: String
  public let askedAt: Instant
  public let startedAt, endedAt: Instant?
  public let cancelledBy: String?
  /// The job that it goes on with.
  public let resumes: String?
  /// Its number among the runs of the store.
  public let run: String?
  /// Of the program; nil where it has not ended, or a signal ended it.
  public let exitCode, signal: Int32?
  /// Whether its results were in their place when it ended.
  public let isPublished: Bool
  /// What was wrong, as sentences.
  public internal(set) var faults: [String]
  public let progress: JobProgress
  /// Jobs that come before it; nil where it does not wait.
  public let before: Int?
  public let configurationSHA256: String
  /// What the pipeline was asked for, and what came of it.
  let training: JobTraining?
  let conclusion: JobConclusion?

  enum CodingKeys: String, CodingKey {
    case id, kind, name, state, by, resumes, run, signal, faults, progress, before
    case askedAt = "asked_at"
    case startedAt = "started_at"
    case endedAt = "ended_at"
    case cancelledBy = "cancelled_by"
    case exitCode = "exit_code"
    case isPublished = "published"
    case configurationSHA256 = "configuration_sha256"
  }
}

extension Jobs {
  /// - Throws: `JobRefusal` (not found).
  public func job(_ id: JobID) throws(JobRefusal) -> JobReport {
    guard let entry = queue.withLock({ $0.entries[id] }) else { throw Self.unknown }
    return report(entry)
  }

  /// Jobs by the time of asking, the latest first.
  ///
  /// - Parameters:
  ///   - earlier: where a list before has ended.
  ///   - state: only these.
  /// - Returns: at most `limit`, and whether there are more.
  public func list(limit: Int, before earlier: JobID? = nil, state: JobState? = nil) -> (
    jobs: [JobReport], hasMore: Bool
  ) {
    let entries = queue.withLock { queue in
      var entries: [JobQueue.Entry] = []
      for id in queue.order.reversed() where earlier.map({ id < $0 }) ?? true {
        guard entries.count <= limit else { break }
        if let entry = queue.entries[id], state.map({ entry.state == $0 }) ?? true { entries.append(entry) }
      }
      return entries
    }
    return (entries.prefix(max(0, limit)).map(report), entries.count > limit)
  }

  /// How many stand where.
  public var counts: [JobState: Int] {
    queue.withLock { queue in queue.entries.values.reduce(into: [:]) { $0[$1.state, default: 0] += 1 } }
  }

  /// The end of what a job's program wrote; it may hold what programs of stages have printed: not for every eye.
  ///
  /// - Throws: `JobRefusal` (not found).
  public func text(of id: JobID, errors: Bool, limit: Int = 1 << 16) throws(JobRefusal) -> [UInt8] {
    guard let entry = queue.withLock({ $0.entries[id] }) else { throw Self.unknown }
    return entry.folder.text(of: errors ? entry.folder.errors : entry.folder.output, limit: limit)
  }

  /// The configuration of a job, in the bytes that it came in, and the words of its program.
  ///
  /// - Throws: `JobRefusal` (not found), (unavailable).
  public func asked(_ id: JobID) throws(JobRefusal) -> (configuration: [UInt8], words: [String]) {
    guard let entry = queue.withLock({ $0.entries[id] }) else { throw Self.unknown }
    do {
      return (
        Array(try FileSystem.read(entry.folder.configuration, limit: ConfigDocument.sizeLimit)), entry.record.words
      )
    } catch { throw JobRefusal(unavailable: Faults(error)) }
  }

  private func report(_ entry: JobQueue.Entry) -> JobReport {
    let (record, own, state) = (entry.record, entry.folder, entry.state)
    let (progress, cancellation) = (own.progress, own.cancellation)
    let ending = state.isEnd ? own.ending ?? progress.ending : nil
    func moment(_ milliseconds: Int?) -> Instant? { milliseconds.map { Instant(microseconds: Int64($0) * 1000) } }
    let before = queue.withLock { queue in
      queue.open.prefix { $0.record.id != record.id }.count { !$0.isActive }
    }
    return JobReport(
      id: record.id.description, kind: record.kind, name: record.name, state: state, by: record.by,
      askedAt: Instant(microseconds: Int64(record.id.milliseconds) * 1000),
      startedAt: moment((FileStamp(of: own.process)?.modified).map { $0 / 1_000_000 }),
      endedAt: state.isEnd ? moment(ending?.moment ?? cancellation?.moment) : nil,
      cancelledBy: cancellation?.by, resumes: record.resumes?.description, run: record.run,
      exitCode: ending?.code, signal: ending?.signal,
      isPublished: ending?.isPublished ?? (state == .succeeded),
      faults: faults(state, ending, progress, record), progress: progress,
      before: state == .queued ? before : nil, configurationSHA256: record.configuration.sha256,
      training: record.training, conclusion: record.training == nil ? nil : own.conclusion)
  }

  private func faults(
    _ state: JobState, _ ending: JobEnding?, _ progress: JobProgress, _ record: JobRecord
  ) -> [String] {
    guard state.isEnd, state != .succeeded else { return [] }
    if let message = ending?.message, !message.isEmpty { return [message] }
    let said = progress.failures.isEmpty ? progress.stageFailures : progress.failures
    if !said.isEmpty { return said }
    if state == .interrupted {
      return [ending?.signal.map { "the program was ended by signal \($0)" } ?? "the program ended without saying how"]
    }
    return []
  }
}
