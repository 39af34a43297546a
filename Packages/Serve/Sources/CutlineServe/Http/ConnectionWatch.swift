internal import Foundation
internal import Synchronization

/// Which connections there are, and until when each must have done its next step: the library's own time-out is of silence only, and
/// a client that sends a byte now and then would stay for ever.
final class ConnectionWatch: Sendable {
  private enum Step {
    /// A request is on its way.
    case receiving
    /// The program is at work: not the client's time.
    case answering
    case sending
  }

  private struct Entry {
    var step = Step.receiving
    var deadline: Double
  }

  private struct State {
    var entries: [Int32: Entry] = [:]
    var refused = 0
    var ended = 0
  }

  private let limits: ServerLimits
  private let state = Mutex(State())
  /// Seconds that only go on.
  private let clock: @Sendable () -> Double

  init(_ limits: ServerLimits, clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }) {
    (self.limits, self.clock) = (limits, clock)
  }

  /// How many are open.
  var count: Int { state.withLock { $0.entries.count } }
  /// How many were ended because they took too long.
  var ended: Int { state.withLock { $0.ended } }
  /// Whether any request is being answered or any answer is on its way.
  var isBusy: Bool { state.withLock { $0.entries.values.contains { $0.step != .receiving } } }

  func opened(_ descriptor: Int32) {
    let deadline = clock() + Double(limits.requestSeconds)
    state.withLock { $0.entries[descriptor] = Entry(deadline: deadline) }
  }

  /// While the descriptor is still the connection's.
  func closed(_ descriptor: Int32) { _ = state.withLock { $0.entries.removeValue(forKey: descriptor) } }

  func answering(_ descriptor: Int32) { move(descriptor, .answering, .infinity) }

  func sending(_ descriptor: Int32) { move(descriptor, .sending, clock() + Double(limits.requestSeconds)) }

  /// The next request may come.
  func completed(_ descriptor: Int32) {
    move(descriptor, .receiving, clock() + Double(limits.idleSeconds + limits.requestSeconds))
  }

  private func move(_ descriptor: Int32, _ step: Step, _ deadline: Double) {
    state.withLock { state in
      guard state.entries[descriptor] != nil else { return }
      state.entries[descriptor] = Entry(step: step, deadline: deadline)
    }
  }

  /// Ends what has had its time. A descriptor that is in the table is not closed: who closes it takes it out first.
  ///
  /// - Parameter end: given each descriptor that is over.
  func sweep(_ end: (Int32) -> Void = { shutdown($0, Int32(SHUT_RDWR)) }) {
    let now = clock()
    state.withLock { state in
      for (descriptor, entry) in state.entries where entry.deadline <= now {
        end(descriptor)
        state.ended += 1
        state.entries[descriptor]?.deadline = .infinity
      }
    }
  }
}
