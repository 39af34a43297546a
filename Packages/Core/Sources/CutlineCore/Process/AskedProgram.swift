internal import Foundation

/// A program that is asked one question and answers it: on its standard input and output, within a time, in an empty folder of
/// its own, with no descriptor and no variable of this program but those named here.
@_spi(Run) public struct AskedProgram: Sendable {
  /// A path.
  public let program: String
  public let arguments: [String]
  public let environment: [String: String]
  public let timeLimitSeconds: Double
  /// Of the answer.
  public let byteLimit: Int

  public init(
    _ program: String, _ arguments: [String], environment: [String: String], timeLimitSeconds: Double, byteLimit: Int
  ) {
    (self.program, self.arguments, self.environment) = (program, arguments, environment)
    (self.timeLimitSeconds, self.byteLimit) = (timeLimitSeconds, byteLimit)
  }

  /// What the program prints in answer to `question`. A cancelled task kills it.
  ///
  /// - Throws: `Faults` (io) where it cannot be started, does not end in time or well, or answers too much; `CancellationError`.
  public func answer(_ question: String) async throws -> [UInt8] {
    let folder = try PrivateFolder()
    // Address space is not limited: what a program reserves and never touches costs nothing.
    let child = ChildProcess(
      program: program, arguments: arguments,
      environment: environment.merging(["HOME": folder.path, "TMPDIR": folder.path]) { $1 }, request: question,
      timeLimitSeconds: timeLimitSeconds, memoryLimitMiB: 1 << 40)
    let (ending, heard): (ProgramEnding, KeptAnswer)
    do {
      (ending, heard) = try await child.run(KeptAnswer(limit: byteLimit))
    } catch let failure as ChildProcess.StartFailure {
      throw fault("cannot be started: \(SystemCall.reason(failure.code))")
    }
    withExtendedLifetime(folder) {}
    if ending.cause == .cancelled { throw CancellationError() }
    guard !heard.isFull else { throw fault("answered more than \(byteLimit >> 20) MiB") }
    switch ending.cause {
    case .cancelled: throw CancellationError()
    case .timeLimit: throw fault("did not end within \(Int(timeLimitSeconds)) s")
    case .signal(let number): throw fault("was ended by signal \(number)")
    case .status(0): break
    case .status(let code):
      throw fault("ended with status \(code)" + (ending.errors.lines.last.map { ": \($0)" } ?? ""))
    }
    return heard.bytes
  }

  private func fault(_ problem: String) -> Faults {
    Faults.io(program, problem, "Run scripts/setup, or see what it needs.")
  }
}

/// The first bytes of an answer.
private struct KeptAnswer: ProgramListener {
  let limit: Int
  private(set) var bytes: [UInt8] = []
  private(set) var isFull = false

  init(limit: Int) { self.limit = limit }

  mutating func take(_ part: UnsafeRawBufferPointer) {
    if part.count > limit - bytes.count { isFull = true }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: part.prefix(limit - bytes.count)))
  }

  mutating func finish() {}
}
