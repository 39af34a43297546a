internal import CutlineCompute
internal import CutlineCore

/// Path-dependent Shapley values of an ensemble of trees: TreeSHAP.
///
/// The game is v(S) = the mean of the leaves where features of S go as x does, and others go both ways by the cover of the
/// children. Along the way to a leaf each feature k has o ∈ {0, 1}, whether x goes along at all of its nodes, and z, the
/// product of its shares of cover; the leaf is worth value × Π (o or z). Its Shapley value for j is
/// value × (o_j − z_j) ∫₀¹ Π_{k≠j} (t o_k + (1 − t) z_k) dt: the weights of the subsets are the integrals of
/// t^|S| (1 − t)^(d−1−|S|). The integrand is a polynomial of degree d − 1, so that ⌈d / 2⌉ points of Gauss and Legendre
/// give it exactly, all terms are positive, and nothing is ever divided by a share that may be 0.
///
/// Exact up to rounding. O(leaves × d²) per row and tree, d the features on a way.
///
/// Source: Lundberg, Erion, Lee, *Consistent individualized feature attribution for tree ensembles*, 2018; Owen, *Multilinear
/// extensions of games*, Management Science 18 (1972), for the integral.
struct PathDependentTrees: Sendable {
  private let form: TreesForm
  /// Per feature of the trees: the feature of the model that it stands for.
  private let players: [Int]
  private let rules: [[(point: Double, weight: Double)]]
  /// The mean by cover of the whole ensemble, on the scale of the link.
  let base: Double

  /// - Parameter players: several features of the trees may be made from one of the model, and then move together.
  /// - Throws: `Faults` (data) where the nodes carry no cover, or a root has none.
  init(_ form: TreesForm, players: [Int]) throws {
    self.players = players
    let nodes = form.nodes
    guard !nodes.cover.isEmpty, form.roots.allSatisfy({ nodes.cover[Int($0)] > 0 }) else {
      throw Faults.data(
        "explain tree-path-dependent", "the trees do not carry the training weight of their nodes (cover)",
        "Use tree-interventional, or a model that was fitted or imported with it.")
    }
    self.form = form
    rules = GaussLegendre.rules(upTo: 33)
    var reach = [Double](repeating: 0, count: nodes.count)
    for root in form.roots { reach[Int(root)] = 1 }
    var sum = 0.0
    // A child comes after its parent.
    for node in 0..<nodes.count {
      guard nodes.left[node] >= 0 else {
        sum += reach[node] * nodes.value[node]
        continue
      }
      let (left, right) = (Int(nodes.left[node]), Int(nodes.right[node]))
      let share = Self.share(left, of: node, nodes)
      reach[left] = reach[node] * share
      reach[right] = reach[node] * (1 - share)
    }
    base = form.base + form.scale * sum
  }

  /// The part of a node's cover that goes left. The children count and not the node itself, so that both add up to 1.
  private static func share(_ left: Int, of node: Int, _ nodes: TreesForm.Nodes) -> Double {
    let (a, b) = (nodes.cover[left], nodes.cover[Int(nodes.right[node])])
    // Where no training row came but a known feature leads, nothing speaks for one side.
    return a + b > 0 ? a / (a + b) : 0.5
  }

  private struct Way {
    var players: [Int] = []
    /// Per player of `players`.
    var along: [Double] = []
    var shares: [Double] = []
  }

  /// Adds `weight` × the values of one row to `values`, by player.
  func add(_ row: [Double], weight: Double, to values: inout [Double]) {
    for root in form.roots { walk(Int(root), row, Way(), weight * form.scale, &values) }
  }

  private func walk(_ node: Int, _ row: [Double], _ way: Way, _ weight: Double, _ values: inout [Double]) {
    let nodes = form.nodes
    guard nodes.left[node] >= 0 else { return leaf(weight * nodes.value[node], way, &values) }
    let feature = Int(nodes.feature[node])
    let goesLeft = nodes.goesLeft(row[feature], at: node)
    let share = Self.share(Int(nodes.left[node]), of: node, nodes)
    for (child, isLeft) in [(nodes.left[node], true), (nodes.right[node], false)] {
      var next = way
      let along = goesLeft == isLeft ? 1.0 : 0
      let part = isLeft ? share : 1 - share
      if let place = next.players.firstIndex(of: players[feature]) {
        next.along[place] *= along
        next.shares[place] *= part
        if next.along[place] == 0, next.shares[place] == 0 { continue }
      } else {
        if along == 0, part == 0 { continue }
        next.players.append(players[feature])
        next.along.append(along)
        next.shares.append(part)
      }
      walk(Int(child), row, next, weight, &values)
    }
  }

  private func leaf(_ value: Double, _ way: Way, _ values: inout [Double]) {
    let count = way.players.count
    guard count > 0, value != 0 else { return }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { memory in
      // Products of the factors before each player, and the factors themselves.
      for rule in rules[(count + 1) / 2] {
        var product = 1.0
        for k in 0..<count {
          let factor = rule.point * way.along[k] + (1 - rule.point) * way.shares[k]
          memory[k] = product
          memory[count + k] = factor
          product *= factor
        }
        var after = 1.0
        for k in (0..<count).reversed() {
          values[way.players[k]] +=
            value * (way.along[k] - way.shares[k]) * rule.weight * (memory[k] * after)
          after *= memory[count + k]
        }
      }
    }
  }
}

/// Rules of Gauss and Legendre on [0, 1]: n points integrate polynomials up to degree 2n − 1 exactly.
///
/// The points are found by bisection between those of the rule before, so that their bits depend on no library of functions.
enum GaussLegendre {
  /// Rules of 0 to `most` points.
  static func rules(upTo most: Int) -> [[(point: Double, weight: Double)]] {
    var rules: [[(point: Double, weight: Double)]] = [[]]
    // Roots on [-1, 1].
    var roots: [Double] = []
    for n in 1...max(1, most) {
      let ends = [-1] + roots + [1]
      roots = (0..<n).map { root(of: n, between: ends[$0], ends[$0 + 1]) }
      rules.append(
        roots.map { x in
          let slope = legendre(n, x).slope
          return ((1 + x) / 2, 1 / ((1 - x * x) * slope * slope))
        })
    }
    return rules
  }

  private static func root(of n: Int, between low: Double, _ high: Double) -> Double {
    var (low, high) = (low, high)
    let isRising = legendre(n, high).value > 0
    // An interval below 2 has no more than 1100 halves.
    for _ in 0..<1100 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if (legendre(n, middle).value > 0) == isRising { high = middle } else { low = middle }
    }
    return (low + high) / 2
  }

  /// Pₙ(x) and its slope, by the recurrence of three terms.
  private static func legendre(_ n: Int, _ x: Double) -> (value: Double, slope: Double) {
    var (before, value) = (1.0, x)
    for k in 1..<max(1, n) {
      let k = Double(k)
      (before, value) = (value, ((2 * k + 1) * x * value - k * before) / (k + 1))
    }
    return (value, Double(n) * (before - x * value) / (1 - x * x))
  }
}
