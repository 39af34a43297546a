public import CutlineCompute

/// CutlineCompute knows no exit codes; its errors get theirs here.
extension ComputeError: CutlineError {
  public var location: String { "computation" }
  public var exitCode: ExitCode { .data }
}

extension FrontierError: CutlineError {
  public var location: String { "search" }
  public var exitCode: ExitCode { .usage }
}

extension ClosureError: CutlineError {
  public var location: String { "search" }
  public var exitCode: ExitCode {
    switch self {
    case .threshold, .limit: .usage
    default: .data
    }
  }
}

/// A device's failure normally ends in a run on the CPU; where it does not, nothing is wrong with the data.
extension DeviceError: CutlineError {
  public var location: String { "device \(device)" }
  public var exitCode: ExitCode { .usage }
}
