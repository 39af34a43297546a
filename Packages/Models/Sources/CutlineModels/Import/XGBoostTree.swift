internal import CutlineCompute
internal import CutlineCore

/// One tree of XGBoost's own model file: arrays with an entry per node.
struct XGBoostTree {
  private let left, right, feature: [Int]
  /// Thresholds of questions and values of leaves, in single precision.
  private let split: [Float]
  private let missingLeft: [Bool]
  /// Sums of second derivatives.
  let weight: [Double]
  private let place: ImportedJSON

  static let nodeLimit = 1 << 24

  /// The trees of a model, in order.
  /// - Throws: `Faults` (data) naming the place.
  static func trees(inModel json: ImportedJSON) throws(Faults) -> [XGBoostTree] {
    let booster = json["learner"]["gradient_booster"]
    let name = try booster["name"].text()
    guard name == "gbtree" else {
      throw booster["name"].fault("is \(name.prefix(20)), not gbtree", "Only plain trees are read.")
    }
    var trees: [XGBoostTree] = []
    for tree in try booster["model"]["trees"].elements() { trees.append(try XGBoostTree(tree)) }
    let own = booster["model"]
    if own["gbtree_model_param"].has("num_trees") {
      let count = own["gbtree_model_param"]["num_trees"]
      guard try count.whole(0...nodeLimit) == trees.count else {
        throw count.fault("is not the number of trees that are there, \(trees.count)")
      }
    }
    if own.has("tree_info") {
      let classes = try own["tree_info"].wholes(0...nodeLimit)
      guard classes.count == trees.count, classes.allSatisfy({ $0 == 0 }) else {
        throw own["tree_info"].fault("does not give each tree the one value", "Export a model of one value.")
      }
    }
    return trees
  }

  private init(_ json: ImportedJSON) throws(Faults) {
    place = json
    left = try json["left_children"].wholes(-1...Self.nodeLimit)
    right = try json["right_children"].wholes(-1...Self.nodeLimit)
    feature = try json["split_indices"].wholes(0...Int(Int32.max))
    let numbers = try json["split_conditions"].numbers()
    split = numbers.map { Float($0) }
    let ways = try json["default_left"].wholes(0...1)
    missingLeft = ways.map { $0 == 1 }
    weight = try json["sum_hessian"].numbers()
    let counts = [right.count, feature.count, split.count, missingLeft.count, weight.count]
    guard !left.isEmpty, counts.allSatisfy({ $0 == left.count }) else {
      throw json.fault("has arrays of different lengths, or no nodes")
    }
    if json.has("split_type"), try json["split_type"].wholes(0...1).contains(1) {
      throw json["split_type"].fault(
        "has questions about categories", "Train on indicators (one-hot) instead of categories.")
    }
  }

  /// Appends the tree, from its root downwards, and gives the root's place.
  ///
  /// - Parameter threshold: the greatest value that goes left where the library asks x < split.
  /// - Throws: `Faults` (data) where a way leads outside the tree or back.
  func append(
    to nodes: inout TreesForm.Nodes, threshold: (_ feature: Int, _ split: Float) -> Double
  ) throws(Faults) -> Int32 {
    let root = nodes.count
    // Each node that is reached, with the place of its parent and the side. More ways than nodes lead back.
    var open: [(node: Int, parent: Int, isLeft: Bool)] = [(0, -1, true)]
    var visits = 0
    while let (node, parent, isLeft) = open.popLast() {
      visits += 1
      guard node < left.count, visits <= left.count else {
        throw place.fault("has a way that leads outside the tree or back")
      }
      let isLeaf = left[node] < 0 && right[node] < 0
      guard isLeaf || left[node] >= 0 && right[node] >= 0 else {
        throw place.fault("has a node with one child")
      }
      guard split[node].isFinite else { throw place["split_conditions[\(node)]"].fault("is too great") }
      let own: Int
      if isLeaf {
        own = nodes.appendLeaf(Double(split[node]))
      } else {
        own = nodes.appendSplit(
          feature: feature[node], threshold: threshold(feature[node], split[node]), missingLeft: missingLeft[node])
        open.append((right[node], own, false))
        open.append((left[node], own, true))
      }
      nodes.cover.append(max(0, weight[node]))
      guard parent >= 0 else { continue }
      if isLeft { nodes.left[parent] = Int32(own) } else { nodes.right[parent] = Int32(own) }
    }
    return Int32(root)
  }
}
