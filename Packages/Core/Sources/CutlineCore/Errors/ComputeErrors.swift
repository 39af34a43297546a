public import CutlineCompute

/// CutlineCompute knows no exit codes; its errors get theirs here.
extension ComputeError: CutlineError {
  public var location: String { "computation" }
  public var exitCode: ExitCode { .data }
}
