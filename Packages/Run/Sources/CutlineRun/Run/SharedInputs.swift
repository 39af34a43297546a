@_spi(Run) internal import CutlineCore
internal import Synchronization

/// What the runs of a batch read together: the digest of every file is taken once, and every source gives its table once.
///
/// Shared is the output of a stage that has no ports, is not stored and gave no files: a table of applications. Runs whose
/// sources have the same key take it from the first that made it, with what it had to say, so that each is the run that it
/// would be alone. The tables stay in memory as long as this value lives.
public final class SharedInputs: Sendable {
  /// What a stage gave.
  struct Given: Sendable {
    let artifact: any Artifact
    /// Notes and warnings.
    let said: [RunEvent]
  }

  private enum State {
    case making([CheckedContinuation<Given?, any Error>])
    case made(Given)
    case failed(any Error)
    /// It gave files, which belong to one run.
    case alone
  }

  private let states = Mutex<[String: State]>([:])
  private let inputs = Mutex<[String: Manifest.Input]>([:])

  public init() {}

  /// How many tables are held.
  public var heldCount: Int {
    states.withLock { $0.values.count { if case .made = $0 { true } else { false } } }
  }

  /// The fingerprint of a file, made by `make` where no run has it. Others wait meanwhile: nobody reads the file twice.
  func input(_ path: String, make: () throws -> Manifest.Input) throws -> Manifest.Input {
    try inputs.withLock { known in
      if let input = known[path] { return input }
      let input = try make()
      known[path] = input
      return input
    }
  }

  /// Whether what `node` gives can be shared.
  static func shares(_ node: Plan.Node) -> Bool { node.stage.ports.isEmpty && node.instance.codec == nil }

  /// The output of a stage, by its key.
  ///
  /// - Parameters:
  ///   - place: where the stage puts its files.
  ///   - hear: hears what the stage has to say, now or when another run made it.
  ///   - isTrial: whether what fails may succeed in a run, which has a place for files.
  ///   - make: runs it.
  func output(
    _ key: String, files place: AttachedFiles?, isTrial: Bool = false, hear: @escaping EventSink,
    make: (@escaping EventSink) async throws -> any Artifact
  ) async throws -> any Artifact {
    if let given = try await taken(key) {
      for event in given.said { hear(event) }
      return given.artifact
    }
    let said = Mutex<[RunEvent]>([])
    do {
      let artifact = try await make { event in
        if event.kind == .note || event.kind == .warning { said.withLock { $0.append(event) } }
        hear(event)
      }
      let isAlone = place.map { !$0.records.isEmpty } ?? false
      finish(key, isAlone ? .alone : .made(Given(artifact: artifact, said: said.withLock { $0 })))
      return artifact
    } catch {
      finish(key, error is CancellationError || isTrial ? nil : .failed(error), error)
      throw error
    }
  }

  /// What another run has made or is making; nil where it is up to this one.
  private func taken(_ key: String) async throws -> Given? {
    try await withCheckedThrowingContinuation { continuation in
      let answer: Result<Given?, any Error>? = states.withLock { states in
        switch states[key] {
        case nil:
          states[key] = .making([])
          return .success(nil)
        case .making(let waiting):
          states[key] = .making(waiting + [continuation])
          return nil
        case .made(let given): return .success(given)
        case .failed(let error): return .failure(error)
        case .alone: return .success(nil)
        }
      }
      if let answer { continuation.resume(with: answer) }
    }
  }

  private func finish(_ key: String, _ state: State?, _ error: (any Error)? = nil) {
    let waiting = states.withLock { states in
      defer { states[key] = state }
      if case .making(let waiting) = states[key] { return waiting }
      return []
    }
    for continuation in waiting {
      switch (state, error) {
      case (.made(let given)?, _): continuation.resume(returning: given)
      case (_, let error?): continuation.resume(throwing: error)
      default: continuation.resume(returning: nil)
      }
    }
  }
}
