@_spi(Run) public import CutlineCore
internal import Foundation

extension Runner {
  /// The run in the target folder, where a run now would give the same again: it is finished, every file is what it wrote,
  /// and every stage of the plan has the key that it has there. Nil otherwise, also where what stands there cannot be read:
  /// then a run says why.
  ///
  /// - Throws: `StageFailure` for a file that a stage reads and that cannot be read.
  public func standing() throws -> Manifest? {
    guard !options.fresh, let manifest = try? Manifest.load(from: options.output), manifest.failures == nil else {
      return nil  // what cannot be read is met again by the run
    }
    let records = Dictionary(manifest.stages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    guard records.keys.allSatisfy({ plan[$0] != nil }) else { return nil }
    // A stage that nobody needed has no record, unless it leaves something.
    let missing = plan.nodes.filter { records[$0.id] == nil }
    guard missing.allSatisfy({ $0.instance.codec == nil && $0.stage.output != FileSet.self }) else { return nil }
    let previous = options.rehash ? [] : [options.output].compactMap(PreviousRun.init(folder:))
    var fingerprints = Fingerprints(previous: previous, journal: Journal { _ in }, shared: options.shared)
    let (keys, _) = try stageKeys(&fingerprints)
    guard records.values.allSatisfy({ $0.key == keys[$0.id] }) else { return nil }
    return try RunVerification.problems(in: options.output).problems.isEmpty ? manifest : nil
  }

  /// The output of the stage `id`, which has no ports, as the runs of a batch share it, with its key.
  ///
  /// - Throws: what the stage throws, as `StageFailure`; `Faults` (usage) for a stage that cannot be shared.
  public func source(_ id: String) async throws -> (key: String, artifact: any Artifact) {
    guard let node = plan[id], SharedInputs.shares(node) else {
      throw Faults.usage("stage \(id)", "is no source whose table could be shared", "Name a stage of kind source.")
    }
    let previous = options.rehash ? [] : [options.output].compactMap(PreviousRun.init(folder:))
    var fingerprints = Fingerprints(previous: previous, journal: Journal(sink: sink), shared: options.shared)
    let (keys, inputs) = try stageKeys(&fingerprints, onlyFor: id)
    let key = keys[id] ?? ""
    do {
      let artifact = try await (options.shared ?? SharedInputs()).output(key, files: nil, isTrial: true, hear: sink) {
        said in
        let context = RunContext(
          stageID: id, seed: plan.seed, workers: options.workers, device: options.device, sink: said)
        return try await Fingerprints.watching(inputs) {
          try await node.instance.run(PortValues(lists: [:]), in: context)
        }
      }
      return (key, artifact)
    } catch let error as CancellationError {
      throw error
    } catch {
      throw StageFailure(stage: id, cause: error)
    }
  }

  /// The key of the stage `id`, without running anything.
  /// - Throws: `StageFailure` for a file that cannot be read.
  public func key(of id: String) throws -> String? {
    let previous = [options.output].compactMap(PreviousRun.init(folder:))
    var fingerprints = Fingerprints(previous: previous, journal: Journal { _ in }, shared: options.shared)
    return try stageKeys(&fingerprints, onlyFor: id).0[id]
  }

  /// The digests of the files that stages read, by their ids.
  /// - Parameter isAsked: which stages.
  /// - Throws: `StageFailure` for a file that cannot be read.
  public func inputDigests(_ isAsked: (Plan.Node) -> Bool = { _ in true }) throws -> [String: Set<String>] {
    let previous = [options.output].compactMap(PreviousRun.init(folder:))
    var fingerprints = Fingerprints(previous: previous, journal: Journal { _ in }, shared: options.shared)
    return try plan.nodes.filter(isAsked).reduce(into: [:]) { digests, node in
      for input in try files(of: node, &fingerprints) { digests[node.id, default: []].insert(input.sha256) }
    }
  }
}
