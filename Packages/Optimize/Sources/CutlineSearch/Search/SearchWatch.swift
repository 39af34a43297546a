import Synchronization

/// Progress and cancellation of one search, shared by its workers.
final class SearchWatch: Sendable {
  private struct State {
    var done: UInt64 = 0
    var error: (any Error)?
  }

  private let progress: (@Sendable (Double) -> Void)?
  private let isCancelled: (@Sendable () -> Bool)?
  private let state = Mutex(State())
  private let deadline: ContinuousClock.Instant?

  /// - Parameter timeLimitSeconds: from now; nil for none.
  init(
    progress: (@Sendable (Double) -> Void)?, isCancelled: (@Sendable () -> Bool)?, timeLimitSeconds: Double? = nil
  ) {
    self.progress = progress
    self.isCancelled = isCancelled
    deadline = timeLimitSeconds.map { ContinuousClock.now + .seconds(min($0, 1e9)) }
  }

  /// Whether the time allowed is over: what is not done by then stays open.
  var isExpired: Bool { deadline.map { ContinuousClock.now >= $0 } ?? false }

  /// - Throws: `CancellationError`, or the error of another worker.
  func check() throws {
    if let error = state.withLock({ $0.error }) { throw error }
    if isCancelled?() ?? false { throw CancellationError() }
  }

  /// Ends the work of all workers.
  func fail(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }

  func advance(by units: UInt64, of total: UInt64) {
    state.withLock {
      $0.done += units
      if $0.done < total { progress?(Double($0.done) / Double(total)) }
    }
  }

  /// Reports a share of which the caller knows that it ascends.
  func report(_ share: Double) { progress?(share) }

  /// Reports that all is done.
  func finish() { progress?(1) }
}
