internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun
internal import Foundation
internal import Synchronization

extension Batch {
  /// What a batch came to.
  public struct Outcome: Sendable {
    public let state: BatchState
    /// What is added up over the segments that have a run; nil where it was not asked for.
    public let consolidation: Consolidation?
  }

  /// Runs what has to run.
  ///
  /// - Throws: `Faults` (data) under `--strict`, before any segment runs, where segments share rows or rows are in none;
  ///   `Faults` (io) where `batch.json` or the consolidated table cannot be written. What ends a segment is in the outcome.
  public func run(_ hear: @escaping @Sendable (BatchEvent) -> Void) async throws -> Outcome {
    let shared = SharedInputs()
    for warning in warnings { hear(.warning(warning)) }
    let (coverage, source) = try await coverage(shared, hear)
    let budget = BatchMemory(
      asked: options.memory, source: source, fileBytes: fileBytes, plans: segments.compactMap { plans[$0.folder] })
    let workers = min(max(1, segments.count), budget.workers(asked: options.workers))
    let log = BatchLog(
      BatchState(
        format: BatchState.format.text, version: options.version, program: options.program,
        configuration: configuration.path, segmentsFile: file.path, units: (supersegments + segments).map(\.state),
        coverage: coverage, workers: workers, memory: budget.sentence, isFinished: false),
      in: options.output, hear: hear)
    try log.write()
    if workers < options.workers, workers < segments.count {
      hear(.note("\(workers) of \(options.workers) segments at a time: \(budget.sentence)"))
    }
    hear(.began(units: supersegments.count + segments.count, sentence: "\(workers) at a time"))
    for unit in supersegments { try await run(unit, shared, log, threads: options.threads, hear) }
    let threads = max(1, options.threads / workers)
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = segments[...]
      for _ in 0..<workers {
        guard let unit = waiting.popFirst() else { break }
        group.addTask { try await run(unit, shared, log, threads: threads, hear) }
      }
      while try await group.next() != nil {
        guard let unit = waiting.popFirst() else { continue }
        group.addTask { try await run(unit, shared, log, threads: threads, hear) }
      }
    }
    let consolidation = options.consolidates ? try consolidate(log.state, coverage) : nil
    return Outcome(state: try log.finish(), consolidation: consolidation)
  }

  private var fileBytes: Int {
    let paths = Set(segments.compactMap { plans[$0.folder] }.flatMap { $0.nodes.flatMap(\.externalInputs) })
    return paths.reduce(0) { total, path in
      // A file that is not there is met by the run.
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return total + (size ?? 0)
    }
  }

  /// - Throws: `CancellationError` and what keeps `batch.json` from being written; how the run ended goes into the log.
  private func run(
    _ unit: BatchUnit, _ shared: SharedInputs, _ log: BatchLog, threads: Int,
    _ hear: @escaping @Sendable (BatchEvent) -> Void
  ) async throws {
    hear(.started(unit.state.label))
    let clock = ContinuousClock()
    let start = clock.now
    func end(_ change: (inout BatchState.Unit) -> Void, _ error: (any EndingError)? = nil) throws {
      let seconds = clock.now - start
      try log.end(unit, error) { own in
        own.seconds = Double(seconds.components.seconds) + Double(seconds.components.attoseconds) * 1e-18
        change(&own)
      }
    }
    if let models = unit.models, let failed = log.failure(ofSupersegment: models.supersegment) {
      return try end {
        $0.condition = .failed
        $0.exitCode = failed.exitCode
        $0.reason = "its supersegment \(models.supersegment) has no model"
      }
    }
    do {
      // Again: the files of the models that it takes are there now.
      let plan = try unit.plan(configuration, skipQuality: options.skipQuality, registry).plan
      let runner = runner(unit, plan, shared, threads: threads) { hear(.run(unit.state.label, $0)) }
      if unit.kind == .supersegment, options.reuseModels {
        let manifest = try reusable(unit, runner)
        return try end {
          $0.condition = .reused
          $0.resultsDigest = manifest.resultsDigest
        }
      }
      let standing = try runner.standing()
      let manifest: Manifest
      if let standing { manifest = standing } else { manifest = try await runner.run().manifest }
      let problem = options.strict && unit.kind == .segment ? try unproven(manifest, unit.folder) : nil
      try end {
        $0.condition = problem != nil ? .infeasible : standing != nil ? .unchanged : .done
        $0.exitCode = problem == nil ? 0 : ExitCode.infeasible.rawValue
        $0.reason = problem
        $0.resultsDigest = manifest.resultsDigest
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      let known = error as? any EndingError ?? Faults(error)
      try end(
        {
          $0.condition = .failed
          $0.exitCode = known.exitCode.rawValue
          $0.reason = known.masked
        }, known)
    }
  }

  /// The first scenario without a proven strategy, as a sentence; nil where there is none.
  private func unproven(_ manifest: Manifest, _ folder: String) throws -> String? {
    guard let record = manifest.stages.first(where: { $0.kind == "scenarios" }) else { return nil }
    let set = try RunArtifact.load(ScenarioSet.self, stage: record.id, from: folder)
    let open = set.scenarios.first { $0.status == .fixed ? $0.reason != nil : $0.status != .optimal }
    return open.map { "scenario \($0.name) is \($0.status.rawValue): \($0.reason ?? "no strategy keeps its limit")" }
  }

  /// The run whose models are taken as they are.
  /// - Throws: `Faults` (integrity) where there is none, or one of another training.
  private func reusable(_ unit: BatchUnit, _ runner: Runner) throws -> Manifest {
    guard FileManager.default.fileExists(atPath: "\(unit.folder)/\(Manifest.fileName)") else {
      throw Faults.io(unit.folder, "holds no models that could be reused", "Leave --reuse-models out to train them.")
    }
    let (manifest, problems) = try RunVerification.problems(in: unit.folder)
    guard problems.isEmpty, manifest.failures == nil else {
      throw Faults.integrity(
        unit.folder, "is not what a training wrote: \(problems.first ?? "it failed")",
        "Leave --reuse-models out to train it again.")
    }
    try ModelReuse.check(manifest, in: unit.folder, against: runner)
    return manifest
  }
}

/// The state of a batch while it goes on; every change is on the disk before the next unit hears of it.
final class BatchLog: Sendable {
  private let current: Mutex<BatchState>
  private let folder: String
  private let hear: @Sendable (BatchEvent) -> Void

  init(_ state: BatchState, in folder: String, hear: @escaping @Sendable (BatchEvent) -> Void) {
    current = Mutex(state)
    (self.folder, self.hear) = (folder, hear)
  }

  var state: BatchState { current.withLock { $0 } }

  func write() throws {
    try FileSystem.makeFolders(folder)
    try current.withLock { try $0.write(to: folder) }
  }

  func failure(ofSupersegment name: String) -> BatchState.Unit? {
    current.withLock { $0.units.first { $0.kind == .supersegment && $0.name == name && $0.condition == .failed } }
  }

  func end(_ unit: BatchUnit, _ error: (any EndingError)?, _ change: (inout BatchState.Unit) -> Void) throws {
    let ended = try current.withLock { state -> BatchState.Unit? in
      guard let at = state.units.firstIndex(where: { $0.folder == unit.folder }) else { return nil }
      change(&state.units[at])
      try state.write(to: folder)
      return state.units[at]
    }
    if let ended { hear(.ended(ended, error)) }
  }

  func finish() throws -> BatchState {
    try current.withLock { state in
      state.isFinished = true
      try state.write(to: folder)
      return state
    }
  }
}
