@_spi(Run) internal import CutlineCore
internal import Foundation

extension Jobs {
  /// Starts as many as may run.
  func advance() {
    while let entry = queue.withLock({ $0.take(atOnce: options.atOnce) }) {
      thread { $0.carryOut(entry) }
    }
  }

  private func carryOut(_ entry: JobQueue.Entry) {
    let id = entry.record.id
    let process: DetachedProgram
    do {
      try checkAgain(entry.record, entry.folder)
      // What a server that was killed on the way had begun.
      for path in [entry.folder.output, entry.folder.errors, entry.folder.process, entry.folder.events] {
        try FileSystem.remove(path)
      }
      let isWanted = queue.withLock { !$0.isClosed && !($0.entries[id]?.isCancelled ?? true) }
      guard isWanted else { return leave(entry) }
      process = try DetachedProgram.start(
        options.program, entry.record.words, environment: Self.environment, in: entry.record.folder,
        output: entry.folder.output, errors: entry.folder.errors, note: entry.folder.process)
    } catch {
      let known = error as? any EndingError ?? Faults(error)
      settle(entry, code: known.exitCode.rawValue, signal: nil, message: known.masked)
      return finish(id, .failed)
    }
    let isCancelled = queue.withLock { queue in
      queue.entries[id]?.process = process
      return queue.entries[id]?.isCancelled ?? false
    }
    tell(entry.record, .running)
    if isCancelled { end(id) }
    watch(id, process)
  }

  /// One that was cancelled, or whose server stops, before its program was started.
  private func leave(_ entry: JobQueue.Entry) {
    let isCancelled = queue.withLock { queue in
      queue.entries[entry.record.id]?.isActive = false
      return queue.entries[entry.record.id]?.isCancelled ?? false
    }
    if isCancelled { return finish(entry.record.id, .cancelled) }
    queue.withLock { $0.watchers -= 1 }
  }

  /// Follows a process to its end, or until this server stops.
  func watch(_ id: JobID, _ process: DetachedProgram) {
    guard let entry = queue.withLock({ $0.entries[id] }) else { return }
    while !process.hasEnded(within: 0.25) {
      entry.folder.trim(limit: options.textLimit)
      let (isClosed, told) = queue.withLock { ($0.isClosed, $0.entries[id]?.told) }
      if isClosed {
        queue.withLock { $0.watchers -= 1 }
        return
      }
      if let told, ContinuousClock.now - told > .seconds(options.graceSeconds),
        process.isRunning(saying: id.description)
      {
        process.signal(SIGKILL)
      }
    }
    let status = process.reap()
    entry.folder.trim(limit: options.textLimit)
    settle(entry, code: status?.code, signal: status?.signal)
    finish(id, JobState(evidence(of: queue.withLock { $0.entries[id] } ?? entry)))
  }

  /// Writes how a job has ended: as the system says where it was a child of this process, else as its program says.
  func settle(_ entry: JobQueue.Entry, code: Int32?, signal: Int32?, message: String? = nil) {
    let said = entry.folder.progress.ending
    var ending = JobEnding(
      code: code ?? (signal == nil ? said?.code : nil), signal: signal ?? (code == nil ? said?.signal : nil),
      message: message ?? said?.message, moment: FileStamp.now() / 1_000_000)
    ending.isPublished = evidence(of: entry).isPublished
    // Where it cannot be written the state follows from the rest.
    try? entry.folder.end(ending)
  }

  private func finish(_ id: JobID, _ state: JobState) {
    // It has not ended before what is made of it is there.
    if state == .succeeded, let record = queue.withLock({ $0.entries[id]?.record }) { conclude(record) }
    let record = queue.withLock { queue in
      queue.entries[id]?.ended = state
      queue.entries[id]?.isActive = false
      queue.watchers -= 1
      return queue.entries[id]?.record
    }
    if let record { tell(record, state) }
    forgetOld()
    advance()
  }

  /// Removes the folders of the oldest jobs beyond those that are kept.
  private func forgetOld() {
    let old = queue.withLock { queue in
      let ended = queue.order.filter { queue.entries[$0]?.ended != nil }
      let old = ended.prefix(max(0, ended.count - options.kept))
      for id in old { queue.entries[id] = nil }
      queue.order.removeAll { queue.entries[$0] == nil }
      return Array(old)
    }
    // What cannot be removed is met again when the folder is opened next.
    for id in old { try? FileSystem.remove(JobFolder(of: id, in: folder).path) }
  }

  /// Tells a job's process to end, once.
  func end(_ id: JobID) {
    let process = queue.withLock { queue -> DetachedProgram? in
      guard let process = queue.entries[id]?.process, queue.entries[id]?.told == nil else { return nil }
      queue.entries[id]?.told = .now
      return process
    }
    if let process, process.isRunning(saying: id.description) { process.signal(SIGTERM) }
  }

  /// What a program of a job finds in its environment: nothing that this server was told in confidence.
  private static var environment: [String: String] {
    let known = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH", "OCL_ICD_VENDORS", "POCL_CACHE_DIR"]
    return ProcessInfo.processInfo.environment.filter { known.contains($0.key) || $0.key.hasPrefix("LC_") }
  }
}
