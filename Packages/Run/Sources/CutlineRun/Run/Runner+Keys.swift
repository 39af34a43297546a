@_spi(Run) internal import CutlineCore

extension Runner {
  /// The keys of all stages, or of one and those that it needs, and the fingerprints of the files they read.
  func stageKeys(_ fingerprints: inout Fingerprints, onlyFor id: String? = nil) throws -> (
    [String: String], [Manifest.Input]
  ) {
    var keys: [String: String] = [:]
    var inputs: [Manifest.Input] = []
    let part = try id.map { try plan.until([$0], at: Place(source: "plan")) } ?? plan
    for node in part.nodes {
      let own = try files(of: node, &fingerprints)
      keys[node.id] = Self.key(
        program: options.program, seed: plan.seed, node, settings: node.settings, sources: keys,
        files: own.map(\.sha256))
      inputs += own
    }
    return (keys, inputs)
  }

  func files(of node: Plan.Node, _ fingerprints: inout Fingerprints) throws -> [Manifest.Input] {
    var inputs: [Manifest.Input] = []
    for path in node.instance.externalInputs {
      do { inputs.append(try fingerprints.input(path, of: node.id)) } catch {
        throw StageFailure(stage: node.id, cause: error)
      }
    }
    return inputs
  }

  /// Digest of everything that a stage's result depends on.
  /// - Parameters:
  ///   - sources: keys of the stages that it may be connected to.
  ///   - files: digests of the files that it reads, in order.
  private static func key(
    program: String, seed: UInt64, _ node: Plan.Node, settings: [ResolvedSetting], sources: [String: String],
    files: [String]
  ) -> String {
    let digest = Digest()
    for part in [program, String(seed), node.stage.kind, node.stage.name] { digest.update(part) }
    for setting in settings {
      digest.update(setting.key)
      digest.update(setting.value)
    }
    for port in node.stage.ports {
      digest.update(port.name)
      for source in node.from[port.name] ?? [] {
        // Where several come in, their names are part of the result.
        if port.takesMany { digest.update(source) }
        digest.update(sources[source] ?? "")
      }
    }
    for file in files { digest.update(file) }
    return digest.finish()
  }

  /// Whether a stage of an earlier run was connected as it is in this plan, whatever its settings, files and build were.
  ///
  /// Its key there is made again from what that run recorded, with the connections of now: the same key says the same
  /// connections. Nil where the run has no such stage, or lacks one that it is connected to now.
  public func isConnected(_ id: String, as manifest: Manifest) -> Bool? {
    let records = Dictionary(manifest.stages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    guard let node = plan[id], let record = records[id] else { return nil }
    var keys = records.mapValues(\.key)
    // What nobody needed has no record, and a key by what it is.
    for other in plan.nodes where keys[other.id] == nil && other.externalInputs.isEmpty {
      keys[other.id] = Self.key(
        program: manifest.program, seed: manifest.seed, other, settings: other.settings, sources: keys, files: [])
    }
    guard node.inputs.allSatisfy({ keys[$0] != nil }) else { return nil }
    let files = manifest.inputs.filter { $0.stage == id }.map(\.sha256)
    return record.key
      == Self.key(
        program: manifest.program, seed: manifest.seed, node, settings: record.settings, sources: keys, files: files)
  }
}
