@_spi(Run) internal import CutlineCore

/// The jobs of a folder in memory.
struct JobQueue: Sendable {
  struct Entry: Sendable {
    let record: JobRecord
    let folder: JobFolder
    var isCancelled = false
    /// Somebody starts or watches it.
    var isActive = false
    var process: DetachedProgram?
    /// When it was told to end.
    var told: ContinuousClock.Instant?
    /// Nil before its end.
    var ended: JobState?

    init(_ record: JobRecord, _ folder: JobFolder) { (self.record, self.folder) = (record, folder) }

    /// As the server that carries it out knows it.
    var state: JobState {
      if let ended { return ended }
      guard process != nil else { return isCancelled ? .cancelling : .queued }
      return isCancelled ? .cancelling : .running
    }
  }

  var entries: [JobID: Entry] = [:]
  /// By the time of asking.
  var order: [JobID] = []
  var isClosed = false
  /// Threads that start or watch a job.
  var watchers = 0

  mutating func add(_ entry: Entry) {
    entries[entry.record.id] = entry
    if let last = order.last, entry.record.id < last {
      order.append(entry.record.id)
      order.sort()
    } else {
      order.append(entry.record.id)
    }
  }

  /// Those that have not ended, by the time of asking.
  var open: [Entry] { order.compactMap { entries[$0] }.filter { $0.ended == nil } }

  /// The next one whose turn it is, which is then somebody's.
  mutating func take(atOnce: Int) -> Entry? {
    let open = open
    guard !isClosed, open.count(where: \.isActive) < atOnce,
      let next = open.first(where: { !$0.isActive && !$0.isCancelled })
    else { return nil }
    entries[next.record.id]?.isActive = true
    watchers += 1
    return entries[next.record.id]
  }
}
