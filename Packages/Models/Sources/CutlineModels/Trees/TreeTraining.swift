internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Trees fitted by XGBoost, as a form: what `boosting` and `forest` share.
struct TreeTraining {
  enum Monotone: String, CaseIterable, Sendable { case directions, none }

  /// The estimator, for its model and its sentences.
  let name: String
  let objective: TreeObjective
  let power: Double
  let rounds: Int
  let bins: Int
  let monotone: Monotone
  /// As the library calls them.
  let parameters: [(String, String)]
  /// For the model, as a reader should know them.
  let shown: [String: Double]

  /// - Throws: `Faults` (usage) without the library, `Faults` (data) for what cannot be fitted.
  /// - Complexity: O(rounds × rows × features) in the library, O(trees × rows × depth) for covers.
  func model(_ design: Design, seed: UInt32, in context: RunContext) throws -> Model {
    let form = try fitted(design, seed: seed, in: context).form
    return try Model(
      name: name, features: design.features.map { Model.Feature($0, missing: .form) }, unit: design.targetUnit,
      parameters: shown, form: .trees(form))
  }

  /// What the library left behind beside the form; nil where there was nothing to learn.
  struct Fitted {
    let form: TreesForm
    let features: RankedFeatures
    let booster: XGBoostBooster?
  }

  func fitted(_ design: Design, seed: UInt32, in context: RunContext) throws -> Fitted {
    try design.check()
    let rows = design.weights.indices.filter { design.weights[$0] > 0 }
    let weights = Self.ofMean1(rows.map { design.weights[$0] })
    let target = try TreeTarget(design, rows: rows, weights: weights, objective, power: power)
    let features = try RankedFeatures(design, rows: rows, bins: bins)
    guard !target.isConstant, !design.columns.isEmpty else {
      let form = try Self.constant(design, target, weight: Double(rows.count), link: objective.link)
      return Fitted(form: form, features: features, booster: nil)
    }
    let library = try XGBoostLibrary.installed.get()
    let booster = try train(features, target, weights, design, seed, library, in: context)
    let trees = try XGBoostTree.trees(inModel: ImportedJSON(booster.json(), source: "XGBoost"))
    let form = try Self.form(trees, features, target, design, rows, weights, link: objective.link)
    context.note("trees by XGBoost \(word: library.version), one thread")
    try prove(form, design)
    return Fitted(form: form, features: features, booster: booster)
  }

  private func train(
    _ features: RankedFeatures, _ target: TreeTarget, _ weights: [Double], _ design: Design, _ seed: UInt32,
    _ library: XGBoostLibrary, in context: RunContext
  ) throws -> XGBoostBooster {
    let matrix = try XGBoostMatrix(
      features.places, rows: weights.count, columns: design.columns.count, library: library)
    try matrix.set("label", target.labels)
    try matrix.set("weight", weights.map { Float($0) })
    if !target.margins.isEmpty { try matrix.set("base_margin", target.margins) }
    var all = parameters + target.parameters
    all += [
      ("booster", "gbtree"), ("tree_method", "hist"), ("nthread", "1"), ("verbosity", "0"),
      // Two more than there are places, so that the library has no reason to join any.
      ("max_bin", "\(bins + 2)"), ("seed", "\(seed >> 1)"),
    ]
    if monotone == .directions, design.directions.contains(where: { $0 != 0 }) {
      all.append(("monotone_constraints", "(" + design.directions.map(String.init).joined(separator: ",") + ")"))
    }
    let booster = try XGBoostBooster(matrix, parameters: all, library: library)
    for round in 0..<rounds {
      try context.checkCancellation()
      try booster.update(round: round)
      if round & 15 == 0 { context.progress(Double(round) / Double(rounds)) }
    }
    return booster
  }

  /// The trees with questions about values, and the training weight of each node, in units of the mean weight.
  private static func form(
    _ trees: [XGBoostTree], _ features: RankedFeatures, _ target: TreeTarget, _ design: Design, _ rows: [Int],
    _ weights: [Double], link: Link
  ) throws -> TreesForm {
    var nodes = TreesForm.Nodes()
    let roots = try trees.map { tree in
      try tree.append(to: &nodes) { feature, split in features.threshold(feature: feature, split: split) }
    }
    var cover = [Double](repeating: 0, count: nodes.count)
    for root in roots {
      for (index, row) in rows.enumerated() {
        var node = Int(root)
        cover[node] += weights[index]
        while nodes.left[node] >= 0 {
          let isLeft = nodes.goesLeft(design.columns[Int(nodes.feature[node])][row], at: node)
          node = Int(isLeft ? nodes.left[node] : nodes.right[node])
          cover[node] += weights[index]
        }
      }
    }
    nodes.cover = cover
    return try TreesForm(
      inputCount: design.columns.count, nodes: nodes, roots: roots, base: target.base, scale: target.scale, link: link)
  }

  private static func constant(
    _ design: Design, _ target: TreeTarget, weight: Double, link: Link
  ) throws -> TreesForm {
    var nodes = TreesForm.Nodes()
    nodes.appendLeaf(0)
    nodes.cover = [weight]
    return try TreesForm(inputCount: design.columns.count, nodes: nodes, roots: [0], base: target.base, link: link)
  }

  /// - Throws: `Faults` (data) where a direction is not kept.
  private func prove(_ form: TreesForm, _ design: Design) throws {
    guard monotone == .directions, !design.directions.isEmpty else { return }
    guard let found = MonotoneProof(form, directions: design.directions).violation() else { return }
    throw Faults.data(
      "\(name) monotone", "tree \(found.tree) does not keep the direction of \(design.features[found.feature])",
      "Please report it with the version of XGBoost; monotone = \"none\" or another estimator goes on.")
  }

  /// The weights in units of their mean.
  static func ofMean1(_ weights: [Double]) -> [Double] {
    // In parts of the greatest one, as their sum may leave the range of numbers.
    let greatest = weights.max() ?? 1
    let parts = weights.map { $0 / greatest }
    let mean = parts.reduce(0, +) / Double(max(1, parts.count))
    return parts.map { $0 / mean }
  }
}

extension Purpose {
  /// Which rows and features each tree sees.
  static let treeSamples: Purpose = "tree-samples"
}
