internal import CutlineCompute
internal import CutlineCore

/// LightGBM's `dump_model()`.
enum LightGBMImport {
  static func read(_ json: ImportedJSON) throws -> Imported {
    for key in ["num_class", "num_tree_per_iteration"] where json.has(key) {
      guard try json[key].whole(0...1_000_000) == 1 else { throw json[key].fault("is not 1", "Export one value.") }
    }
    let features = try json["feature_names"].texts()
    let objective = json.has("objective") ? try json["objective"].text() : ""
    let (link, scale) = try transform(objective) { json["objective"].fault($0, $1) }
    var nodes = TreesForm.Nodes()
    var roots: [Int32] = []
    for tree in try json["tree_info"].elements() {
      roots.append(try append(tree["tree_structure"], to: &nodes, features: features.count))
    }
    let isMean = json.has("average_output") ? try json["average_output"].flag() : false
    return try imported(features, nodes, roots, link, scale, isMean)
  }

  static func imported(
    _ features: [String], _ nodes: TreesForm.Nodes, _ roots: [Int32], _ link: Link, _ scale: Double, _ isMean: Bool
  ) throws -> Imported {
    Imported(
      features: features,
      form: try .trees(
        inputCount: features.count, nodes: nodes, roots: roots,
        scale: isMean ? scale / Double(max(1, roots.count)) : scale,
        link: link), isProbability: link == .logit)
  }

  /// What an objective such as `binary sigmoid:1` does to the sum of the leaves.
  static func transform(
    _ objective: String, _ fault: (String, String) -> Faults
  ) throws(Faults) -> (link: Link, scale: Double) {
    let words = objective.split(separator: " ").map(String.init)
    switch words.first ?? "regression" {
    case "regression", "regression_l1", "regression_l2", "huber", "fair", "quantile", "mape":
      guard !words.contains("sqrt") else { throw fault("takes square roots", "Train without reg_sqrt.") }
      return (.identity, 1)
    case "poisson", "gamma", "tweedie": return (.log, 1)
    case "binary", "cross_entropy", "xentropy":
      let sigmoid = words.first { $0.hasPrefix("sigmoid:") }.map { String($0.dropFirst(8)) } ?? "1"
      guard let scale = ExchangeNumber.double(sigmoid), scale > 0 else {
        throw fault("has no sigmoid above 0", "Export the model again.")
      }
      return (.logit, scale)
    default:
      throw fault(
        "is \(objective.prefix(40)), which is not read", "Use regression, binary, poisson, gamma or tweedie.")
    }
  }

  /// Where a missing value goes. Without a rule of its own the library takes it for 0.
  static func missingLeft(
    _ rule: String, defaultLeft: Bool, threshold: Double, _ fault: (String) -> Faults
  ) throws(Faults) -> Bool {
    switch rule {
    case "NaN": return defaultLeft
    case "None": return 0 <= threshold
    default: throw fault("takes 0 for missing, which no form says: train without zero_as_missing")
    }
  }

  private static func append(
    _ root: ImportedJSON, to nodes: inout TreesForm.Nodes, features: Int
  ) throws(Faults) -> Int32 {
    let first = nodes.count
    var open: [(node: ImportedJSON, parent: Int, isLeft: Bool)] = [(root, -1, true)]
    while let (node, parent, isLeft) = open.popLast() {
      let own: Int
      if node.has("split_feature") {
        guard try node["decision_type"].text() == "<=" else {
          throw node["decision_type"].fault("asks for categories", "Train on indicators instead of categories.")
        }
        let threshold = try node["threshold"].number()
        let rule = node["missing_type"]
        let left = try missingLeft(
          try rule.text(), defaultLeft: try node["default_left"].flag(), threshold: threshold
        ) { rule.fault($0) }
        own = nodes.appendSplit(
          feature: try node["split_feature"].whole(0...max(0, features - 1)), threshold: threshold, missingLeft: left)
        open.append((node["right_child"], own, false))
        open.append((node["left_child"], own, true))
      } else {
        guard !node.has("leaf_coeff") && !node.has("leaf_features") else {
          throw node.fault("has a linear model in a leaf", "Train without linear_tree.")
        }
        own = nodes.appendLeaf(try node["leaf_value"].number())
      }
      let count = node.has("split_feature") ? "internal_count" : "leaf_count"
      nodes.cover.append(node.has(count) ? max(0, try node[count].number()) : 0)
      guard parent >= 0 else { continue }
      if isLeft { nodes.left[parent] = Int32(own) } else { nodes.right[parent] = Int32(own) }
    }
    return Int32(first)
  }
}
