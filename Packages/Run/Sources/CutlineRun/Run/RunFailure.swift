@_spi(Run) public import CutlineCore

/// A run in which one stage or more failed, with what became of the others.
public struct RunFailure: EndingError {
  /// In the order of the plan, whichever failed first; at least one.
  public let failures: [StageFailure]
  /// Stages that could not run because they depend on one that failed.
  public let skipped: [String]
  /// How many stages have a result.
  public let finished: Int
  /// The folder that holds those results; nil where there are none.
  public let kept: String?

  public init(failures: [StageFailure], skipped: [String], finished: Int, kept: String?) {
    self.failures = failures
    self.skipped = skipped
    self.finished = finished
    self.kept = kept
  }

  /// That of the first stage of the plan that failed.
  public var exitCode: ExitCode { failures.first?.exitCode ?? .data }

  public func text(_ disclosure: Disclosure) -> String {
    var text = failures.enumerated().map { ($0.offset == 0 ? "" : "Also ") + $0.element.text(disclosure) }
      .joined(separator: "\n")
    if !skipped.isEmpty { text += "\nNot run, as they depend on it: \(skipped.joined(separator: ", "))." }
    if let kept {
      text +=
        "\nThe results of \(finished) other stage\(finished == 1 ? "" : "s") are kept in \(kept); the next run "
        + "takes them from there."
    }
    return text
  }
}
