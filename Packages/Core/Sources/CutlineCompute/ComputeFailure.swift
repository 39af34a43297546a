/// Why an operation on arrays has no result, said by modules that know no exit codes. Callers add where it happened.
public protocol ComputeFailure: Error, Sendable, CustomStringConvertible {
  /// What is at work, such as `search`.
  var origin: String { get }
  /// What is wrong and what was found; no full stop.
  var problem: String { get }
  /// What to do, as a sentence.
  var advice: String { get }
  var cause: ComputeCause { get }
}

/// Who can do something about a failed operation.
public enum ComputeCause: Sendable {
  /// Whoever asked for it: a limit, a pin, a choice that cannot be.
  case settings
  /// The data.
  case data
  /// A device; normally the work is done elsewhere instead.
  case device
  /// The system, which refused memory.
  case system
}

extension ComputeFailure {
  public var description: String { "\(problem). \(advice)" }
}
