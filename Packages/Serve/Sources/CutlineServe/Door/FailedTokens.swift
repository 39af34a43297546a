internal import CutlineDecide
internal import Synchronization

/// How often an address has shown a wrong token lately. A right one is never kept out by it.
final class FailedTokens: Sendable {
  static let limit = 10
  static let windowSeconds: Int64 = 60
  /// Addresses that are remembered; beyond that the table begins anew.
  static let most = 10_000

  private let failures = Mutex<[String: (count: Int, since: Instant)]>([:])

  /// Counts a wrong token. True where there were too many by now.
  func note(_ peer: String, at now: Instant) -> Bool {
    failures.withLock { failures in
      if failures.count >= Self.most { failures = [:] }
      var entry = failures[peer] ?? (0, now)
      if now.microseconds - entry.since.microseconds > Self.windowSeconds * 1_000_000 { entry = (0, now) }
      entry.count += 1
      failures[peer] = entry
      return entry.count > Self.limit
    }
  }
}
