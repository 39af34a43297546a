public import CutlineCore

/// Why a job is not taken, or nothing can be said of it.
public struct JobRefusal: EndingError {
  /// In the words of RFC 9457 problems.
  public enum Reason: String, Sendable, CaseIterable {
    /// 422: what was asked for is wrong, see `problems`.
    case invalid = "invalid-input"
    case notFound = "not-found"
    case conflict
    /// 429: as many wait as may.
    case rate
    /// 503: the server could not keep it.
    case unavailable
  }

  public let reason: Reason
  public let faults: Faults
  /// What is wrong with a configuration, each with its place; empty where the reason is another one.
  public let problems: [JobProblem]

  public var exitCode: ExitCode { faults.exitCode }
  public func text(_ disclosure: Disclosure) -> String { faults.text(disclosure) }

  init(_ reason: Reason, _ place: String, _ problem: String, _ advice: String) {
    self.reason = reason
    faults = reason == .unavailable ? .io(place, problem, advice) : .usage(place, problem, advice)
    problems = []
  }

  init(invalid faults: Faults, _ problems: [JobProblem]) {
    (reason, self.faults, self.problems) = (.invalid, faults, problems)
  }

  init(unavailable faults: Faults) { (reason, self.faults, problems) = (.unavailable, faults, []) }
}

/// One mistake in what was asked for, without any value of an application and without a path of the server's own.
public struct JobProblem: Sendable, Hashable, Encodable {
  /// `configuration`, `segments`, `name`, `--set key=value`, or the name of a file in the folder of configurations.
  public let source: String
  /// From 1; nil where there is none.
  public let line, column: Int?
  /// What is wrong, and what to do.
  public let detail: String

  public init(source: String, line: Int? = nil, column: Int? = nil, detail: String) {
    (self.source, self.line, self.column, self.detail) = (source, line, column, detail)
  }
}
