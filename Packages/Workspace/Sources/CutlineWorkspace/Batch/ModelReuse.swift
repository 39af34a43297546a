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
  ///   - runner: of the training as it is asked for now.
  /// - Throws: `Faults` (integrity) that name what it differs in most; `StageFailure` for a file that cannot be read.
  static func check(_ manifest: Manifest, in folder: String, against runner: Runner) throws {
    let found = RunDifference.all(of: manifest, runner, digests: try runner.inputDigests()) { kinds.contains($1) }.map {
      (matter: matter(of: $0), what: $0.what)
    }
    guard let first = found.min(by: { rank($0.matter) < rank($1.matter) }) else { return }
    let more = found.count > 1 ? " (and \(found.count - 1) differences more)" : ""
    throw Faults.integrity(
      folder, "its model was trained with other \(first.matter.rawValue): \(shortened(first.what))\(more)",
      "Leave --reuse-models out to train it again, or go back to the settings it was trained with.")
  }

  private static func matter(of difference: RunDifference) -> Matter {
    guard let node = difference.node else { return .estimators }
    return matters.first { $0.keys.contains(difference.key) }?.0
      ?? (["train", "exposure"].contains(node.stage.kind) ? .estimators : .rows)
  }

  private static func rank(_ matter: Matter) -> Int {
    let order: [Matter] = [.bins, .multiplier, .period, .rows, .features, .estimators]
    return order.firstIndex(of: matter) ?? order.count
  }

  private static func shortened(_ text: String) -> String { text.count <= 400 ? text : text.prefix(400) + " …" }
}
