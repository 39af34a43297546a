internal import CutlineCore
internal import CutlineRun

/// In what a finished run differs from what a plan asks for now.
///
/// Compared are stages, settings, connections, and the digests of files that are handed in. The build is not: a run of another
/// version of the tool is a run of the same question.
struct RunDifference {
  /// The stage that differs; nil where the plan has none such.
  let node: Plan.Node?
  /// The setting; empty for something else.
  let key: String
  /// For people.
  let what: String

  /// - Parameters:
  ///   - runner: of the plan.
  ///   - isCompared: which stages count.
  ///   - digests: of the files that stages read now, by stage; those that are not there are not compared.
  /// - Returns: in the order of the plan.
  static func all(
    of manifest: Manifest, _ runner: Runner, digests: [String: Set<String>],
    where isCompared: (_ id: String, _ kind: String) -> Bool
  ) -> [RunDifference] {
    let plan = runner.plan
    var found: [RunDifference] = []
    for node in plan.nodes where isCompared(node.id, node.stage.kind) {
      guard let record = manifest.stages.first(where: { $0.id == node.id }) else {
        found.append(RunDifference(node: node, key: "", what: "it has no stage \(node.id)"))
        continue
      }
      if record.use != node.stage.name {
        found.append(
          RunDifference(node: node, key: "", what: "stage \(node.id) was \(record.use) and is \(node.stage.name)"))
        continue
      }
      let before = Dictionary(record.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
      for setting in node.settings where before[setting.key] != setting.value {
        // The bytes of a file count, not its name.
        if ["source", "train", "exposure"].contains(node.stage.kind), setting.key == "path" { continue }
        found.append(
          RunDifference(
            node: node, key: setting.key,
            what: "\(setting.key) was \(before[setting.key] ?? "not there") and is \(setting.value)"))
      }
      let read = Set(manifest.inputs.filter { $0.stage == node.id }.map(\.sha256))
      if let now = digests[node.id], now != read {
        found.append(RunDifference(node: node, key: "", what: "stage \(node.id) reads other data than it did"))
      }
      if runner.isConnected(node.id, as: manifest) == false {
        found.append(
          RunDifference(node: node, key: "", what: "stage \(node.id) was connected to other stages than it is"))
      }
    }
    if manifest.seed != plan.seed {
      found.append(RunDifference(node: nil, key: "", what: "the seed was \(manifest.seed) and is \(plan.seed)"))
    }
    let known = plan.nodes.map(\.id)
    for record in manifest.stages where isCompared(record.id, record.kind) && !known.contains(record.id) {
      found.append(RunDifference(node: nil, key: "", what: "it has the stage \(record.id)"))
    }
    return found
  }
}
