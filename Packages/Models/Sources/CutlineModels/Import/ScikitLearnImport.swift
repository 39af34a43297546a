internal import CutlineCompute
internal import CutlineCore

/// Models of scikit-learn, as `Examples/import/export_sklearn.py` writes them: numbers and names only, unlike a pickle.
enum ScikitLearnImport {
  static let format = "cutline-sklearn-1"

  static func read(_ json: ImportedJSON) throws -> Imported {
    guard try json["format"].text() == format else {
      throw json["format"].fault("is not \(format)", "Write the file with Examples/import/export_sklearn.py.")
    }
    let features = try json["features"].texts()
    let name = try json["link"].text()
    guard let link = Link(rawValue: name) else { throw json["link"].fault("is no link") }
    switch try json["kind"].text() {
    case "linear":
      let coefficients = try json["coefficients"].numbers()
      guard coefficients.count == features.count else {
        throw json["coefficients"].fault("are \(coefficients.count) for \(features.count) features")
      }
      return Imported(
        features: features,
        form: try .linear(intercept: json["intercept"].number(), coefficients: coefficients, link: link),
        missing: .refuse, isProbability: link == .logit)
    case "trees":
      let single = try json["single_precision"].flag()
      var nodes = TreesForm.Nodes()
      var roots: [Int32] = []
      for tree in try json["trees"].elements() {
        roots.append(try append(tree, to: &nodes, features: features.count, single: single))
      }
      return Imported(
        features: features,
        form: try .trees(
          inputCount: features.count, nodes: nodes, roots: roots, base: json["base"].number(),
          scale: json["scale"].number(), link: link), isProbability: try json["is_probability"].flag())
    default: throw json["kind"].fault("is neither linear nor trees")
    }
  }

  private static func append(
    _ json: ImportedJSON, to nodes: inout TreesForm.Nodes, features: Int, single: Bool
  ) throws(Faults) -> Int32 {
    let limit = 1 << 24
    let (left, right) = (try json["left"].wholes(-1...limit), try json["right"].wholes(-1...limit))
    let feature = try json["feature"].wholes(-2...max(0, features - 1))
    let threshold = try json["threshold"].numbers()
    let (value, cover) = (try json["value"].numbers(), try json["cover"].numbers())
    let missing = try json["missing_left"].wholes(0...1)
    let counts = [right.count, feature.count, threshold.count, value.count, cover.count, missing.count]
    guard !left.isEmpty, counts.allSatisfy({ $0 == left.count }) else {
      throw json.fault("has arrays of different lengths, or no nodes")
    }
    let root = nodes.count
    var open: [(node: Int, parent: Int, isLeft: Bool)] = [(0, -1, true)]
    var visits = 0
    while let (node, parent, isLeft) = open.popLast() {
      visits += 1
      guard node < left.count, visits <= left.count else {
        throw json.fault("has a way that leads outside the tree or back")
      }
      guard (left[node] < 0) == (right[node] < 0) else { throw json.fault("has a node with one child") }
      let own: Int
      if left[node] < 0 {
        own = nodes.appendLeaf(value[node])
      } else {
        guard feature[node] >= 0 else { throw json["feature[\(node)]"].fault("is no feature") }
        own = nodes.appendSplit(
          feature: feature[node], threshold: single ? rounded(threshold[node]) : threshold[node],
          missingLeft: missing[node] == 1)
        open.append((right[node], own, false))
        open.append((left[node], own, true))
      }
      nodes.cover.append(max(0, cover[node]))
      guard parent >= 0 else { continue }
      if isLeft { nodes.left[parent] = Int32(own) } else { nodes.right[parent] = Int32(own) }
    }
    return Int32(root)
  }

  /// The greatest double that in single precision is not above a threshold in double precision.
  private static func rounded(_ threshold: Double) -> Double {
    var split = Float(threshold)
    if Double(split) > threshold { split = split.nextDown }
    return split.isFinite ? SinglePrecision.threshold(upTo: split) : threshold
  }
}
