internal import CCompute

/// Trees laid out anew: siblings are neighbours, a node is 16 bytes, and a leaf leads to itself, so that all rows take the
/// same number of steps.
struct TreesBatch: BatchPart {
  private let form: TreesForm
  private let nodes: [cutline_tree_node]
  private let leaves: [Double]
  private let roots: [Int32]

  init(_ form: TreesForm) {
    self.form = form
    var nodes: [cutline_tree_node] = []
    var leaves: [Double] = []
    var roots: [Int32] = []
    for root in form.roots {
      roots.append(Int32(nodes.count))
      // Old places in the order of the new ones.
      var order = [Int(root)]
      var next = 0
      while next < order.count {
        let old = order[next]
        let place = roots[roots.count - 1] + Int32(next)
        if form.nodes.left[old] < 0 {
          // Nothing exceeds the threshold, and NaN goes left too.
          nodes.append(cutline_tree_node(threshold: .infinity, next: place, feature: 1))
        } else {
          nodes.append(
            cutline_tree_node(
              threshold: form.nodes.threshold[old], next: roots[roots.count - 1] + Int32(order.count),
              feature: UInt32(form.nodes.feature[old]) << 1 | (form.nodes.missingLeft[old] ? 1 : 0)))
          order.append(Int(form.nodes.left[old]))
          order.append(Int(form.nodes.right[old]))
        }
        leaves.append(form.nodes.value[old])
        next += 1
      }
    }
    self.nodes = nodes
    self.leaves = leaves
    self.roots = roots
  }

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    nodes.withUnsafeBufferPointer { nodes in
      leaves.withUnsafeBufferPointer { leaves in
        roots.withUnsafeBufferPointer { roots in
          form.depths.withUnsafeBufferPointer { depths in
            var trees = cutline_trees(
              nodes: nodes.baseAddress, leaves: leaves.baseAddress, roots: roots.baseAddress,
              depths: depths.baseAddress, tree_count: roots.count)
            cutline_form_trees(tile.kernel, &trees, out, tile.instructionSet)
          }
        }
      }
    }
    tile.apply(Int(CUTLINE_LINE), to: out, form.base, form.scale, into: out)
    tile.mean(form.link, of: out)
  }
}
