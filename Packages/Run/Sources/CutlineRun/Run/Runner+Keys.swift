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
      let digest = Digest()
      for part in [options.program, String(plan.seed), node.stage.kind, node.stage.name] { digest.update(part) }
      for setting in node.settings {
        digest.update(setting.key)
        digest.update(setting.value)
      }
      for port in node.stage.ports {
        digest.update(port.name)
        for source in node.from[port.name] ?? [] {
          // Where several come in, their names are part of the result.
          if port.takesMany { digest.update(source) }
          digest.update(keys[source] ?? "")
        }
      }
      for path in node.instance.externalInputs {
        let input: Manifest.Input
        do { input = try fingerprints.input(path, of: node.id) } catch {
          throw StageFailure(stage: node.id, cause: error)
        }
        digest.update(input.sha256)
        inputs.append(input)
      }
      keys[node.id] = digest.finish()
    }
    return (keys, inputs)
  }
}
