/// Faults inside a stage, with the path of the stage: `train › estimators[2] tweedie` where one stage runs another.
public struct StageFailure: EndingError {
  /// The id of the outermost stage.
  public let stage: String
  /// The stages inside it that lead to the fault.
  public let path: [String]
  public let faults: Faults

  public init(stage: String, cause: any Error) {
    self.stage = stage
    if let inner = cause as? InnerFailure {
      path = inner.path
      faults = inner.faults
    } else {
      path = []
      faults = Faults(cause)
    }
  }

  public var exitCode: ExitCode { faults.code }

  public func text(_ disclosure: Disclosure) -> String {
    faults.inside("stage " + ([stage] + path).joined(separator: " › ")).text(disclosure)
  }
}

/// Faults of a stage that another stage runs.
public struct InnerFailure: EndingError {
  /// From the outside in: `estimators[2] tweedie`.
  public let path: [String]
  public let faults: Faults

  public init(_ name: String, cause: any Error) {
    let inner = cause as? InnerFailure
    path = [name] + (inner?.path ?? [])
    faults = inner?.faults ?? Faults(cause)
  }

  public var exitCode: ExitCode { faults.code }

  public func text(_ disclosure: Disclosure) -> String {
    faults.inside(path.joined(separator: " › ")).text(disclosure)
  }
}
