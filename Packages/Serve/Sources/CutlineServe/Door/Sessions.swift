internal import CutlineDecide
internal import Synchronization

/// Who has signed in with a browser: in memory, gone with the process.
final class Sessions: Sendable {
  struct Session: Sendable {
    /// Nil for the token that the process made for itself.
    let caller: Caller?
    /// What a page of this server sends with what it writes, and no other page can read.
    let csrfToken: String
    let expires: Instant
  }

  private struct State {
    /// By the digest of what the cookie holds.
    var sessions: [String: Session] = [:]
    var order: [String] = []
  }
  private let state = Mutex(State())

  static let hours = 12
  static let limit = 10_000

  var count: Int { state.withLock { $0.sessions.count } }

  /// - Returns: what the cookie holds: 256 random bits.
  func begin(_ caller: Caller?, at now: Instant) throws -> (value: String, session: Session) {
    let value = Secret.text(try Secret.random(32))
    let session = Session(
      caller: caller, csrfToken: Secret.text(try Secret.random(32)), expires: now.adding(hours: Self.hours))
    state.withLock { state in
      let key = Self.key(value)
      state.sessions[key] = session
      state.order.append(key)
      // The oldest goes first, as all last equally long.
      while let oldest = state.order.first, state.order.count > Self.limit || Self.isOver(state.sessions[oldest], now) {
        state.sessions[oldest] = nil
        state.order.removeFirst()
      }
    }
    return (value, session)
  }

  func session(_ value: String, at now: Instant) -> Session? {
    let found = state.withLock { $0.sessions[Self.key(value)] }
    return Self.isOver(found, now) ? nil : found
  }

  func end(_ value: String) {
    state.withLock { state in
      let key = Self.key(value)
      state.sessions[key] = nil
      state.order.removeAll { $0 == key }
    }
  }

  private static func isOver(_ session: Session?, _ now: Instant) -> Bool { session.map { $0.expires <= now } ?? true }

  /// Looked up by a digest, so that how long it takes says nothing of the value.
  private static func key(_ value: String) -> String { Secret.text(Secret.digest(Array(value.utf8))) }
}
