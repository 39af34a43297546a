@_spi(Run) public import CutlineCore
public import CutlineCompute
internal import Foundation
internal import Synchronization

/// Runs a plan and leaves a folder behind.
public struct Runner: Sendable {
  public struct Options: Sendable {
    /// The target folder.
    public var output: String
    public var workers: Int
    public var device: DeviceChoice
    /// Take nothing from the previous run.
    public var fresh: Bool
    /// Read every input file for its digest, also where it is the same as in the previous run by inode, size and times.
    public var rehash = false
    /// Stages that are not taken from the previous run.
    public var anew: Set<String> = []
    /// What the runs of a batch read together; nil for a run of its own.
    public var shared: SharedInputs?
    /// The tool's version, for the manifest.
    public var version: String
    /// Digest of the program: results of another build are not reused.
    public var program: String
    /// The plugins that were loaded, for the manifest; their digests are part of `program`.
    public var plugins: [Manifest.Plugin]
    /// The configuration file, for the manifest.
    public var configuration: String

    public init(
      output: String, workers: Int, device: DeviceChoice = .auto, fresh: Bool = false, version: String, program: String,
      plugins: [Manifest.Plugin] = [], configuration: String
    ) {
      self.output = output
      self.workers = max(1, workers)
      self.device = device
      self.fresh = fresh
      self.version = version
      self.program = program
      self.plugins = plugins
      self.configuration = configuration
    }
  }

  /// The artefacts that were made or loaded, by stage id, and the published manifest.
  public struct Result: Sendable {
    public let manifest: Manifest
    public let artifacts: [String: any Artifact]
  }

  public let plan: Plan
  public let options: Options
  let sink: EventSink

  public init(plan: Plan, options: Options, sink: @escaping EventSink) {
    self.plan = plan
    self.options = options
    self.sink = sink
  }

  /// Runs every stage that has to run, and publishes.
  ///
  /// A stage is taken from the previous run in the same folder when its key is unchanged: kind, name, settings, keys of
  /// its inputs, digests of the files it reads, seed and program. What it gave is loaded (its stored output) and linked
  /// (its files). A stage whose output is not stored runs only when a stage that must run needs it.
  ///
  /// The digest of a file is taken over, too, where the file is the same by inode, size and times. A file that changes
  /// between its digest and the end of a stage that reads it fails the stage: the key would be of other bytes.
  ///
  /// Where a stage fails, those that do not depend on it still run. The old run then stands, and what was finished is
  /// left in a folder beside it, `<output>.failed`, where the next run finds it.
  ///
  /// - Parameter keep: ids whose artefacts the caller wants.
  /// - Throws: `RunFailure` with the stages that failed; `CancellationError` at once.
  public func run(keeping keep: Set<String> = []) async throws -> Result {
    let journal = Journal(sink: sink)
    journal.send(RunEvent(.runStarted, "\(plan.nodes.count) stages"))
    // They may hold applications of a program that was killed.
    PrivateFolder.sweep()
    let folder = try RunFolder(target: options.output)
    for warning in folder.warnings { journal.send(RunEvent(.warning, stage: "", warning)) }
    let previous =
      options.fresh ? [] : [folder.target, Self.failedFolder(folder.target)].compactMap(PreviousRun.init(folder:))
    var fingerprints = Fingerprints(
      previous: options.rehash ? [] : previous, journal: journal, shared: options.shared)
    let (keys, inputs) = try stageKeys(&fingerprints)
    let claims = FileClaims()
    let places = plan.nodes.enumerated().map {
      ($1.id, AttachedFiles(in: folder.stageFolder($0), stage: $1.id, claims: claims))
    }
    var execution = Execution(
      plan: plan, keys: keys, previous: previous, keep: keep, anew: options.anew,
      places: Dictionary(places, uniquingKeysWith: { a, _ in a }))
    let failures = try await execute(&execution, keys, inputs, journal)
    guard failures.isEmpty else { throw try keepFinished(execution, inputs, journal, failures, beside: folder.target) }
    try execution.loadKept()
    let manifest = try publish(execution, inputs, journal, in: folder)
    removeFailed(beside: folder.target, journal)
    return Result(manifest: manifest, artifacts: execution.artifacts.filter { keep.contains($0.key) })
  }

  /// Removes what a failed run had left, where it is that and nothing else, and every stage of it has run now.
  private func removeFailed(beside target: String, _ journal: Journal) {
    let path = Self.failedFolder(target)
    guard FileSystem.exists(path) else { return }
    let problem: String
    guard !FileSystem.isLink(path) else { return }
    do {
      let (manifest, problems) = try RunVerification.problems(in: path)
      // What a run of another plan left may still be wanted by it.
      if problems.isEmpty, manifest.failures != nil {
        guard manifest.stages.allSatisfy({ plan[$0.id] != nil }) else { return }
        return try FileSystem.remove(path)
      }
      problem = problems.first ?? "it is a finished run"
    } catch { problem = (error as? Faults)?.masked ?? "it cannot be read" }
    journal.send(
      RunEvent(
        .warning, stage: "",
        "\(word: path), which an earlier run left, is kept: \(word: problem). Remove it when nobody needs it."))
  }

  /// Where a failed run leaves what it had finished.
  static func failedFolder(_ target: String) -> String { target + ".failed" }

  private func publish(
    _ execution: Execution, _ inputs: [Manifest.Input], _ journal: Journal, in folder: RunFolder,
    failures: [StageFailure] = []
  ) throws -> Manifest {
    let files = try write(execution, to: folder)
    journal.send(RunEvent(.runFinished))
    let events = try write(journal.lines(), as: Manifest.eventsName, to: folder)
    let manifest = Manifest(
      format: Manifest.format.text, version: options.version, program: options.program,
      plugins: options.plugins.isEmpty ? nil : options.plugins, created: ISO8601DateFormatter().string(from: Date()),
      configuration: options.configuration, seed: plan.seed,
      device: options.device.rawValue, workers: options.workers, seconds: journal.seconds, inputs: inputs,
      stages: plan.nodes.compactMap { execution.records[$0.id] }, files: files + [events],
      failures: failures.isEmpty ? nil : failures.map { .init(stage: $0.stage, message: $0.masked) },
      resultsDigest: Manifest.resultsDigest(of: files), checksum: "")
    let encoded = try manifest.encoded()
    try encoded.withUnsafeBytes { try folder.write(Manifest.fileName, $0) }
    for warning in try folder.publish() { sink(RunEvent(.warning, stage: "", warning)) }
    return manifest
  }

  /// Leaves what was finished beside the target, and makes the error of the run.
  private func keepFinished(
    _ execution: Execution, _ inputs: [Manifest.Input], _ journal: Journal, _ failures: [StageFailure],
    beside target: String
  ) throws -> any Error {
    var kept: String?
    if execution.hasResults {
      // Why the run failed must be said, whatever becomes of its results.
      do {
        let folder = try RunFolder(target: Self.failedFolder(target))
        _ = try publish(execution, inputs, journal, in: folder, failures: failures)
        kept = folder.target
      } catch {
        journal.send(RunEvent(.warning, stage: "", "what was finished is not kept: " + Remark(Faults(error))))
      }
    }
    return RunFailure(
      failures: failures, skipped: execution.skipped(after: failures.map(\.stage)), finished: execution.finishedCount,
      kept: kept)
  }

  /// - Returns: the stages that failed; what depends on them did not run.
  private func execute(
    _ execution: inout Execution, _ keys: [String: String], _ inputs: [Manifest.Input], _ journal: Journal
  ) async throws -> [StageFailure] {
    execution.reuse()
    try execution.decide()
    for id in execution.madeAgain {
      journal.send(
        RunEvent(.note, stage: id, "runs again, as what an earlier run left of it is missing or was changed since"))
    }
    for record in plan.nodes.compactMap({ execution.records[$0.id] }) {
      journal.hold(RunEvent(.stageReused, stage: record.id), remarks: record.remarks)
    }
    try execution.askGates()
    let options = self.options
    let seed = plan.seed
    return try await withThrowingTaskGroup(of: Swift.Result<Finished, StageFailure>.self) { group in
      var failures: [StageFailure] = []
      var running = 0
      while true {
        while running < options.workers, let (node, values) = try execution.nextReady() {
          running += 1
          let place = execution.place(of: node.id)
          let read = inputs.filter { $0.stage == node.id }
          group.addTask {
            let remarks = Mutex<[Manifest.Remark]>([])
            let hear: EventSink = { event in
              if event.kind == .note || event.kind == .warning {
                remarks.withLock { $0.append(Manifest.Remark(kind: event.kind, message: event.message)) }
              }
              journal.send(event)
            }
            let make = { (hear: @escaping EventSink) in
              try await Fingerprints.watching(read) {
                try await node.instance.run(
                  values,
                  in: RunContext(
                    stageID: node.id, seed: seed, workers: options.workers, device: options.device, files: place,
                    sink: hear))
              }
            }
            journal.send(RunEvent(.stageStarted, stage: node.id, node.stage.name))
            let clock = ContinuousClock()
            let start = clock.now
            do {
              let artifact =
                if let shared = options.shared, let key = keys[node.id], SharedInputs.shares(node) {
                  try await shared.output(key, files: place, hear: hear, make: make)
                } else {
                  try await make(hear)
                }
              let seconds = (clock.now - start).inSeconds
              journal.send(RunEvent(.stageFinished, stage: node.id))
              return .success(
                Finished(
                  node: node, artifact: artifact, seconds: seconds, peakMemory: ProcessMemory.peak(),
                  remarks: remarks.withLock { $0 }))
            } catch let error as CancellationError {
              throw error
            } catch {
              // Of a file that changed under the stage nothing else needs to be said.
              let failure = StageFailure(stage: node.id, cause: Fingerprints.change(of: read) ?? error)
              journal.send(RunEvent(failed: failure))
              return .failure(failure)
            }
          }
        }
        guard running > 0, let finished = try await group.next() else { break }
        running -= 1
        switch finished {
        case .success(let stage):
          do { try execution.finish(stage) } catch {
            // An output that cannot be stored is the stage's fault.
            let failure = StageFailure(stage: stage.node.id, cause: error)
            execution.discard(failure.stage)
            journal.send(RunEvent(failed: failure))
            failures.append(failure)
          }
        case .failure(let failure):
          execution.discard(failure.stage)
          failures.append(failure)
        }
      }
      for refusal in execution.refusals { journal.send(RunEvent(failed: refusal)) }
      failures += execution.refusals
      if let id = execution.stuck(after: failures.map(\.stage)).first {
        throw Faults.integrity(
          "stage \(id)", "waits for what nobody makes", "This is a fault of the runner; report it.")
      }
      // In the order of the plan: which worker was faster must not decide how the run ends.
      return plan.nodes.compactMap { node in failures.first { $0.stage == node.id } }
    }
  }

  private func write(_ execution: Execution, to folder: RunFolder) throws -> [FileRecord] {
    var files: [FileRecord] = []
    for node in plan.nodes {
      if let data = execution.stored[node.id], let codec = node.instance.codec {
        files.append(try write(data, as: codec.path(of: node.id), to: folder))
      }
      for file in execution.files[node.id] ?? [] {
        if let place = execution.place(of: node.id) { try folder.take(place.place(of: file.path), as: file.path) }
        files.append(file)
      }
    }
    return files.sorted { $0.path < $1.path }
  }

  private func write(_ bytes: some ContiguousBytes, as path: String, to folder: RunFolder) throws -> FileRecord {
    try bytes.withUnsafeBytes { raw in
      try folder.write(path, raw)
      return FileRecord(path: path, sha256: Digest.of(Data(raw)), bytes: raw.count, columns: [])
    }
  }
}
