public import CutlineCore

/// Why the store does not do what it was asked to, for whoever must answer in the words of another protocol.
///
/// The exit code is that of its faults: 4 where a gate refuses, else 2.
public struct Refusal: EndingError {
  /// The kinds of RFC 9457 problems that decisions know.
  public enum Reason: String, Sendable, CaseIterable {
    case unauthenticated, forbidden, notFound = "not-found", conflict, notApproved = "not-approved"
    case gateFailed = "gate-failed"
    case invalid = "invalid-input"
    /// It was there, and is erased.
    case gone
    case idempotencyConflict = "idempotency-conflict"
  }
  public let reason: Reason
  public let faults: Faults

  public var exitCode: ExitCode { faults.exitCode }
  public func text(_ disclosure: Disclosure) -> String { faults.text(disclosure) }

  init(_ reason: Reason, _ place: String, _ problem: String, _ advice: String) {
    self.reason = reason
    faults = reason == .gateFailed ? .gate(place, problem, advice) : .usage(place, problem, advice)
  }
}
