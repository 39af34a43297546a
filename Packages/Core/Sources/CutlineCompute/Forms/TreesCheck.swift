/// Whether flat arrays are trees. One pass over the nodes, so that a hostile file costs no more than its size.
struct TreesCheck {
  let inputCount: Int
  let nodes: TreesForm.Nodes
  let roots: [Int32]
  private let check = FormCheck(form: TreesForm.name)

  init(inputCount: Int, nodes: TreesForm.Nodes, roots: [Int32]) {
    self.inputCount = inputCount
    self.nodes = nodes
    self.roots = roots
  }

  /// Decisions on the longest way of each tree.
  func depths() throws(FormError) -> [Int32] {
    try sizes()
    var depths: [Int32] = []
    // The level of each node that a parent has led to; -1 where none has yet.
    var levels = [Int32](repeating: -1, count: nodes.count)
    for tree in roots.indices {
      let end = tree + 1 < roots.count ? Int(roots[tree + 1]) : nodes.count
      levels[Int(roots[tree])] = 0
      depths.append(try depth(of: Int(roots[tree])..<end, tree, &levels))
    }
    return depths
  }

  private func sizes() throws(FormError) {
    try check.require(
      inputCount >= 0 && inputCount <= FormLimits.features,
      "has \(inputCount) features, not 0 to \(FormLimits.features)")
    try check.count(roots.count, "trees", atMost: FormLimits.nodes)
    try check.count(nodes.count, "nodes", atMost: FormLimits.nodes)
    let counts = [
      nodes.threshold.count, nodes.left.count, nodes.right.count, nodes.value.count, nodes.missingLeft.count,
    ]
    try check.require(
      counts.allSatisfy { $0 == nodes.count }, "has arrays of different lengths: \(nodes.count) and \(counts)")
    try check.require(
      nodes.cover.isEmpty || nodes.cover.count == nodes.count && nodes.cover.allSatisfy { $0 >= 0 && $0.isFinite },
      "has covers that are not one a node, finite and not negative")
    try check.finite(nodes.threshold, "threshold")
    try check.finite(nodes.value, "value")
    try check.require(roots[0] == 0, "has its first root at \(roots[0]), not at 0")
    for tree in roots.indices.dropFirst() {
      try check.require(
        roots[tree] > roots[tree - 1] && Int(roots[tree]) < nodes.count,
        "has root [\(tree)] = \(roots[tree]), not after the one before or beyond the nodes")
    }
  }

  private func depth(of range: Range<Int>, _ tree: Int, _ levels: inout [Int32]) throws(FormError) -> Int32 {
    var deepest: Int32 = 0
    for node in range {
      let level = levels[node]
      try check.require(level >= 0, "has node \(node) in tree \(tree), to which no way leads")
      deepest = max(deepest, level)
      let children = [Int(nodes.left[node]), Int(nodes.right[node])]
      if children == [-1, -1] { continue }
      try check.require(
        level < Int32(FormLimits.treeDepth), "has more than \(FormLimits.treeDepth) decisions in tree \(tree)")
      try check.require(
        nodes.feature[node] >= 0 && Int(nodes.feature[node]) < inputCount,
        "asks at node \(node) for feature \(nodes.feature[node]) of \(inputCount)")
      for child in children {
        try check.require(
          child > node && child < range.upperBound,
          "leads from node \(node) to \(child), which is not after it in tree \(tree)")
        try check.require(levels[child] < 0, "has two ways to node \(child)")
        levels[child] = level + 1
      }
    }
    return deepest
  }
}
