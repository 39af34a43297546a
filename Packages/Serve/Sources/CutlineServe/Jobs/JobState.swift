/// Where a job stands. It is nowhere written: it follows from what is there.
public enum JobState: String, Sendable, Codable, CaseIterable {
  /// Its turn has not come.
  case queued
  case running
  /// It was told to end, and has not yet.
  case cancelling
  /// Its results are in their place.
  case succeeded
  /// Its program ended with an exit code that is not 0.
  case failed
  /// It ended as somebody asked it to.
  case cancelled
  /// Its program ended without saying how: it was killed, or the machine began anew.
  case interrupted

  public var isEnd: Bool { ![.queued, .running, .cancelling].contains(self) }
  /// Whether the same words may be run again.
  public var mayResume: Bool { [.failed, .cancelled, .interrupted].contains(self) }

  /// What is known of a job.
  struct Evidence: Sendable, Equatable {
    /// Somebody asked for its end.
    var isCancelled = false
    /// A process was started for it.
    var hasBegun = false
    /// That process is there.
    var isRunning = false
    var ending: JobEnding?
    /// Its results bear its name, and are younger than it.
    var isPublished = false
  }

  /// The state that follows.
  ///
  /// A program that said how it ended is believed first, then its process, then its results: a run is published in one step, so that
  /// one whose program was killed afterwards has succeeded all the same. Who is asked to end and has ended well before has succeeded.
  init(_ evidence: Evidence) {
    if let code = evidence.ending?.code {
      self = code == 0 ? .succeeded : evidence.isCancelled && !evidence.hasBegun ? .cancelled : .failed
    } else if !evidence.hasBegun {
      self = evidence.isCancelled ? .cancelled : .queued
    } else if evidence.ending == nil, evidence.isRunning {
      self = evidence.isCancelled ? .cancelling : .running
    } else if evidence.isPublished {
      self = .succeeded
    } else {
      self = evidence.isCancelled ? .cancelled : .interrupted
    }
  }
}
