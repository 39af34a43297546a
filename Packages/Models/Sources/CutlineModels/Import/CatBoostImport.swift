internal import CutlineCompute
internal import CutlineCore

/// CatBoost's JSON with oblivious trees: all nodes of a level ask the same, and the answers are the bits of the leaf's place.
enum CatBoostImport {
  private static let links: [String: Link] = [
    "RMSE": .identity, "MAE": .identity, "Quantile": .identity, "MAPE": .identity, "Huber": .identity,
    "Lq": .identity, "LogCosh": .identity, "Logloss": .logit, "CrossEntropy": .logit, "Poisson": .log, "Tweedie": .log,
  ]

  private struct Feature {
    let column: Int
    let missingIsAbove: Bool
  }

  static func read(_ json: ImportedJSON) throws -> Imported {
    guard json.has("oblivious_trees") else {
      throw json.fault("has no oblivious_trees", "Train with grow_policy = \"SymmetricTree\".")
    }
    let (names, features) = try self.features(json["features_info"])
    let type = json["model_info"]["params"]["loss_function"]["type"]
    let loss = try type.text()
    guard let link = links[loss] else {
      throw type.fault(
        "is \(loss.prefix(40)), which is not read", "Use one of \(links.keys.sorted().joined(separator: ", ")).")
    }
    let bias = try json["scale_and_bias"].elements()
    guard bias.count == 2 else { throw json["scale_and_bias"].fault("is no pair") }
    let scale = try bias[0].number()
    let starts = bias[1].isList ? try bias[1].numbers() : [try bias[1].number()]
    guard starts.count == 1 else { throw bias[1].fault("has \(starts.count) numbers, not 1", "Export one value.") }
    var nodes = TreesForm.Nodes()
    var roots: [Int32] = []
    for tree in try json["oblivious_trees"].elements() { roots.append(try append(tree, to: &nodes, features)) }
    return Imported(
      features: names,
      form: try .trees(
        inputCount: names.count, nodes: nodes, roots: roots, base: starts[0], scale: scale, link: link),
      isProbability: link == .logit)
  }

  private static func features(_ json: ImportedJSON) throws(Faults) -> ([String], [Feature]) {
    if json.has("categorical_features"), try !json["categorical_features"].elements().isEmpty {
      throw json["categorical_features"].fault("are used", "Train on indicators instead of categories.")
    }
    var names: [String] = []
    var features: [Feature] = []
    for (column, feature) in try json["float_features"].elements().enumerated() {
      guard try feature["flat_feature_index"].whole(0...65_535) == column else {
        throw feature["flat_feature_index"].fault("is not \(column)", "Export a model of numbers only.")
      }
      let name = feature.has("feature_id") ? try feature["feature_id"].text() : ""
      names.append(name.isEmpty ? "f\(column)" : name)
      let treatment = feature.has("nan_value_treatment") ? try feature["nan_value_treatment"].text() : "AsIs"
      guard ["AsIs", "AsFalse", "AsTrue"].contains(treatment) else {
        throw feature["nan_value_treatment"].fault("is not known")
      }
      features.append(Feature(column: column, missingIsAbove: treatment == "AsTrue"))
    }
    return (names, features)
  }

  private static func append(
    _ json: ImportedJSON, to nodes: inout TreesForm.Nodes, _ features: [Feature]
  ) throws(Faults) -> Int32 {
    let splits = try json["splits"].isList ? json["splits"].elements() : []
    guard splits.count <= 16 else { throw json["splits"].fault("are \(splits.count), more than 16") }
    let leaves = try json["leaf_values"].numbers()
    let weights = json.has("leaf_weights") ? try json["leaf_weights"].numbers() : leaves.map { _ in 0 }
    guard leaves.count == 1 << splits.count, weights.count == leaves.count else {
      throw json["leaf_values"].fault("are \(leaves.count), not one for each of \(1 << splits.count) leaves")
    }
    var questions: [(feature: Feature, threshold: Double)] = []
    for split in splits {
      if split.has("split_type"), try split["split_type"].text() != "FloatFeature" {
        throw split["split_type"].fault("is not FloatFeature", "Train on numbers only.")
      }
      let index = try split["float_feature_index"].whole(0...65_535)
      guard features.indices.contains(index) else { throw split["float_feature_index"].fault("is no feature") }
      let feature = features[index]
      let border = try split["border"].number()
      guard Float(border).isFinite else { throw split["border"].fault("is too great") }
      // Above the border is the bit 1, and the right side here.
      questions.append((feature, SinglePrecision.threshold(upTo: Float(border))))
    }
    return Int32(grow(questions, questions.count, 0, leaves, weights, &nodes))
  }

  /// The nodes for the leaves whose bits from `level` on are those of `place`. At most 16 deep.
  private static func grow(
    _ questions: [(feature: Feature, threshold: Double)], _ level: Int, _ place: Int, _ leaves: [Double],
    _ weights: [Double], _ nodes: inout TreesForm.Nodes
  ) -> Int {
    guard level > 0 else {
      nodes.cover.append(max(0, weights[place]))
      return nodes.appendLeaf(leaves[place])
    }
    let (feature, threshold) = questions[level - 1]
    let own = nodes.appendSplit(
      feature: feature.column, threshold: threshold, missingLeft: !feature.missingIsAbove)
    nodes.cover.append(0)
    let left = grow(questions, level - 1, place, leaves, weights, &nodes)
    let right = grow(questions, level - 1, place | 1 << (level - 1), leaves, weights, &nodes)
    nodes.left[own] = Int32(left)
    nodes.right[own] = Int32(right)
    nodes.cover[own] = nodes.cover[left] + nodes.cover[right]
    return own
  }
}
