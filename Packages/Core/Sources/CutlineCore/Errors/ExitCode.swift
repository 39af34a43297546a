/// How the program ends. These are the only exit codes.
public enum ExitCode: Int32, Sendable {
  case ok = 0
  /// The command line or the configuration is wrong.
  case usage = 2
  /// The data is unusable: a missing column, a failed quality check, a value that cannot be read, no usable answer.
  case data = 3
  /// A gate refused: a declared direction that the data contradicts.
  case gate = 4
  /// No strategy fits the limits, under `--strict`.
  case infeasible = 5
  /// A file is not what its manifest says.
  case integrity = 6
  /// A file could not be read or written.
  case io = 7
}

/// How much of what was met is told.
public enum Disclosure: Sendable {
  /// All of it.
  case full
  /// For a console whose output may be kept: no value of an application, but the kinds of a column.
  case discreet
  /// For files: nothing that may come from an application.
  case log
}

/// An error that ends the program, as people and logs see it.
public protocol EndingError: Error, Sendable, CustomStringConvertible {
  var exitCode: ExitCode { get }
  func text(_ disclosure: Disclosure) -> String
}

extension EndingError {
  public var description: String { text(.full) }
  /// What may be written to a log.
  public var masked: String { text(.log) }
}
