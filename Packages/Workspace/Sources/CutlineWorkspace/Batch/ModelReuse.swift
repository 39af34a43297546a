internal import CutlineCore
internal import CutlineRun

/// Whether the models in a supersegment's folder are those that a training now would be about: `--reuse-models`.
struct ModelReuse {
  /// What a model must agree in, in the order in which it is asked.
  private enum Matter: String {
    case bins, multiplier, period, features, estimators, rows = "training rows"
  }

  /// Stages of these kinds, where they lead to the models, decide what is learnt and from which rows. A quality report only
  /// says which rows are identical, which the file says, too.
  private static let kinds = ["source", "prepare", "cube", "train", "exposure"]

  private static let matters: [(Matter, keys: Set<String>)] = [
    (.bins, ["bins", "variables", "octroi_bins", "efx_bins", "inv_var1", "bin_methods", "bins_scope"]),
    (.multiplier, ["multiplier", "horizon_months"]),
    (.period, ["date_ini_book_obs", "date_fin_book_obs", "granularity", "immature_months"]),
    (.features, ["features", "feature_sets"]),
  ]

  /// - Parameters:
  ///   - manifest: of the run that trained them.
  ///   - plan: the training as it is asked for now.
  ///   - digests: of the files that its sources read now, by stage.
  /// - Throws: `Faults` (integrity) that name everything in which they differ.
  static func check(_ manifest: Manifest, in folder: String, against plan: Plan, digests: [String: Set<String>]) throws
  {
    var found: [(matter: Matter, what: String)] = []
    for node in plan.nodes where kinds.contains(node.stage.kind) {
      guard let record = manifest.stages.first(where: { $0.id == node.id }) else {
        found.append((.estimators, "it has no stage \(node.id)"))
        continue
      }
      if record.use != node.stage.name {
        found.append((matter(of: "", node), "stage \(node.id) was \(record.use) and is \(node.stage.name)"))
        continue
      }
      let before = Dictionary(record.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
      for setting in node.settings where before[setting.key] != setting.value {
        // The bytes of the file count, not its name.
        if node.stage.kind == "source", setting.key == "path" { continue }
        found.append(
          (
            matter(of: setting.key, node),
            "\(setting.key) was \(before[setting.key] ?? "not there") and is \(setting.value)"
          ))
      }
      let read = Set(manifest.inputs.filter { $0.stage == node.id }.map(\.sha256))
      if let now = digests[node.id], now != read {
        found.append((matter(of: "", node), "stage \(node.id) reads other data than it did"))
      }
    }
    if manifest.seed != plan.seed { found.append((.estimators, "the seed was \(manifest.seed) and is \(plan.seed)")) }
    let known = plan.nodes.map(\.id)
    for record in manifest.stages where kinds.contains(record.kind) && !known.contains(record.id) {
      found.append((.estimators, "it has the stage \(record.id)"))
    }
    guard let first = found.min(by: { rank($0.matter) < rank($1.matter) }) else { return }
    let more = found.count > 1 ? " (and \(found.count - 1) differences more)" : ""
    throw Faults.integrity(
      folder, "its model was trained with other \(first.matter.rawValue): \(shortened(first.what))\(more)",
      "Leave --reuse-models out to train it again, or go back to the settings it was trained with.")
  }

  private static func matter(of key: String, _ node: Plan.Node) -> Matter {
    matters.first { $0.keys.contains(key) }?.0
      ?? (["train", "exposure"].contains(node.stage.kind) ? .estimators : .rows)
  }

  private static func rank(_ matter: Matter) -> Int {
    let order: [Matter] = [.bins, .multiplier, .period, .rows, .features, .estimators]
    return order.firstIndex(of: matter) ?? order.count
  }

  private static func shortened(_ text: String) -> String { text.count <= 400 ? text : text.prefix(400) + " …" }
}
