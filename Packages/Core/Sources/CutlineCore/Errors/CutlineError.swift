internal import CutlineCompute

/// How the program ends. These are the only exit codes.
public enum ExitCode: Int32, Sendable {
  case ok = 0
  /// The command line or the configuration is wrong.
  case usage = 2
  /// The data is unusable: a missing column, a failed quality check, a value that cannot be read.
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

/// An error that people read: *where: what is wrong, what was found. What to do.*
public protocol CutlineError: Error, Sendable, CustomStringConvertible {
  /// File and place, column, stage or option.
  var location: String { get }
  /// What is wrong and what was found; no full stop.
  var problem: String { get }
  /// What to do, as a sentence.
  var advice: String { get }
  var exitCode: ExitCode { get }
}

extension CutlineError {
  public var description: String { "\(location): \(problem). \(advice)" }
}

/// What is at fault: it decides the exit code.
public protocol Fault: Sendable {
  static var exitCode: ExitCode { get }
}

public enum ConfigurationFault: Fault { public static let exitCode = ExitCode.usage }
public enum DataFault: Fault { public static let exitCode = ExitCode.data }
public enum NumericFault: Fault { public static let exitCode = ExitCode.data }
public enum GateFault: Fault { public static let exitCode = ExitCode.gate }
public enum IntegrityFault: Fault { public static let exitCode = ExitCode.integrity }
public enum FileFault: Fault { public static let exitCode = ExitCode.io }

/// An error with one fault.
public struct Failure<F: Fault>: CutlineError {
  public let location, problem, advice: String
  public var exitCode: ExitCode { F.exitCode }

  public init(_ location: String, _ problem: String, _ advice: String) {
    self.location = location
    self.problem = problem
    self.advice = advice
  }
}

/// The command line or the configuration is wrong. `location` is `file:line:column` where it comes from a file.
public typealias ConfigError = Failure<ConfigurationFault>

/// The data is unusable.
public typealias DataError = Failure<DataFault>

/// A computation has no usable answer.
public typealias NumericError = Failure<NumericFault>

/// A gate refused to let the run go on.
public typealias GateError = Failure<GateFault>

/// A stored file is not what it should be.
public typealias IntegrityError = Failure<IntegrityFault>

/// A file could not be read or written.
public typealias FileError = Failure<FileFault>

/// An error of a module that knows no exit codes; the one place where it gets one.
struct ComputeFault: CutlineError {
  let failure: any ComputeFailure
  var location: String { failure.origin }
  var problem: String { failure.problem }
  var advice: String { failure.advice }
  var exitCode: ExitCode {
    switch failure.cause {
    case .settings, .device: .usage
    case .data: .data
    }
  }
}

/// Any error as one that people read, where it is one.
public func asCutlineError(_ error: any Error) -> (any CutlineError)? {
  (error as? any CutlineError) ?? (error as? any ComputeFailure).map(ComputeFault.init)
}

/// An error inside a stage, with the stage's id in front.
public struct StageFailure: CutlineError {
  public let stage: String
  public let cause: any Error

  public init(stage: String, cause: any Error) {
    self.stage = stage
    self.cause = cause
  }

  public var location: String { "stage \(stage): " + (asCutlineError(cause)?.location ?? "unexpected error") }
  public var problem: String { asCutlineError(cause)?.problem ?? "\(cause)" }
  public var advice: String {
    asCutlineError(cause)?.advice ?? "This is a fault of the stage; please report it."
  }
  public var exitCode: ExitCode { asCutlineError(cause)?.exitCode ?? .data }
}

/// A run in which one stage or more failed, with what became of the others.
public struct RunFailure: CutlineError {
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

  public var location: String { failures.first?.location ?? "run" }
  public var problem: String { failures.first?.problem ?? "failed" }
  public var advice: String {
    var text = failures.first?.advice ?? ""
    for failure in failures.dropFirst() { text += "\nAlso \(failure)" }
    if !skipped.isEmpty { text += "\nNot run, as they depend on it: \(skipped.joined(separator: ", "))." }
    if let kept {
      text +=
        "\nThe results of \(finished) other stage\(finished == 1 ? "" : "s") are kept in \(kept); the next run "
        + "takes them from there."
    }
    return text
  }
  public var exitCode: ExitCode { failures.first?.exitCode ?? .data }
}
