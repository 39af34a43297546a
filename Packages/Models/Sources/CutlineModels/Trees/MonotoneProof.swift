internal import CutlineCompute

/// Whether trees keep to the directions of their features: a proof and no sample.
///
/// Two records that differ in feature j alone part at a node that asks for j, the lesser one to the left. So a tree never
/// falls in j exactly where for each node that asks for j no leaf on its left exceeds a leaf on its right that the same
/// values of the other features lead to. Where no leaf on the left exceeds any on the right, as in trees that were grown
/// within bounds, that is seen at once; elsewhere all such pairs of leaves are compared. What holds for each tree holds for their
/// sum, in rounded arithmetic too, as adding rounds in order; an ensemble whose trees only together keep a direction is
/// refused. Missing values stand outside the order of their feature, and count as one more value of the others.
///
/// O(nodes), and O(leaves² × questions on a way) for each tree that is not seen at once.
struct MonotoneProof {
  private let form: TreesForm
  /// Per feature: −1, 0, 1.
  private let directions: [Int]

  init(_ form: TreesForm, directions: [Int]) {
    self.form = form
    // A mean of leaves taken with a negative sign falls where they rise.
    self.directions = form.scale < 0 ? directions.map { -$0 } : directions
  }

  /// What a way to a leaf asks of one feature: low < x ≤ high, or missing. Values are finite and above −1.8 × 10³⁰⁸, so that
  /// a question that separates nothing but missing values has no value on one side.
  private struct Span {
    var low = -Double.greatestFiniteMagnitude
    var high = Double.greatestFiniteMagnitude
    var allowsMissing = true

    var isEmpty: Bool { low >= high && !allowsMissing }

    func meets(_ other: Span) -> Bool {
      max(low, other.low) < min(high, other.high) || allowsMissing && other.allowsMissing
    }
  }

  private struct Leaf {
    let value: Double
    let spans: [Int: Span]
  }

  /// The tree and the feature of a pair of leaves that break a direction; nil where there is none.
  func violation() -> (tree: Int, feature: Int)? {
    guard directions.contains(where: { $0 != 0 }) else { return nil }
    let doubtful = doubtfulNodes()
    for (tree, root) in form.roots.enumerated() {
      let end = tree + 1 < form.roots.count ? Int(form.roots[tree + 1]) : form.nodes.count
      guard doubtful[Int(root)..<end].contains(true) else { continue }
      var found: Int?
      _ = leaves(Int(root), [:], &found)
      if let found { return (tree, found) }
    }
    return nil
  }

  /// Per node: whether it asks for a bound feature and a leaf on one side lies beyond one on the other.
  private func doubtfulNodes() -> [Bool] {
    let nodes = form.nodes
    var (least, greatest) = (nodes.value, nodes.value)
    var doubtful = [Bool](repeating: false, count: nodes.count)
    // A child comes after its parent.
    for node in (0..<nodes.count).reversed() where nodes.left[node] >= 0 {
      let (left, right) = (Int(nodes.left[node]), Int(nodes.right[node]))
      least[node] = min(least[left], least[right])
      greatest[node] = max(greatest[left], greatest[right])
      let direction = directions[Int(nodes.feature[node])]
      if direction > 0 { doubtful[node] = greatest[left] > least[right] }
      if direction < 0 { doubtful[node] = least[left] < greatest[right] }
    }
    return doubtful
  }

  /// The leaves below a node, after those of its left and of its right were compared.
  private func leaves(_ node: Int, _ spans: [Int: Span], _ found: inout Int?) -> [Leaf] {
    let nodes = form.nodes
    guard found == nil else { return [] }
    guard nodes.left[node] >= 0 else { return [Leaf(value: nodes.value[node], spans: spans)] }
    let feature = Int(nodes.feature[node])
    var (left, right) = (spans, spans)
    let own = spans[feature] ?? Span()
    left[feature, default: own].high = min(own.high, nodes.threshold[node])
    right[feature, default: own].low = max(own.low, nodes.threshold[node])
    if nodes.missingLeft[node] {
      right[feature]?.allowsMissing = false
    } else {
      left[feature]?.allowsMissing = false
    }
    // Where no value leads there is nothing to compare.
    let below = left[feature]?.isEmpty == true ? [] : leaves(Int(nodes.left[node]), left, &found)
    let above = right[feature]?.isEmpty == true ? [] : leaves(Int(nodes.right[node]), right, &found)
    let direction = directions[feature]
    if direction != 0 {
      for a in below where a.spans[feature].map({ $0.low < $0.high }) ?? true {
        for b in above where b.spans[feature].map({ $0.low < $0.high }) ?? true {
          let falls = direction > 0 ? a.value > b.value : a.value < b.value
          if falls, Self.meet(a, b, but: feature) {
            found = feature
            return []
          }
        }
      }
    }
    return below + above
  }

  /// Whether values of the other features lead to both.
  private static func meet(_ a: Leaf, _ b: Leaf, but feature: Int) -> Bool {
    a.spans.allSatisfy { other, span in
      other == feature || b.spans[other].map { span.meets($0) } ?? true
    }
  }
}
