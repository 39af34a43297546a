internal import CutlineCompute

/// Interventional Shapley values of an ensemble of trees.
///
/// For one row x and one row b of the background the game is v(S) = f(x on S, b elsewhere). A leaf is reached by exactly
/// those S that hold all of U, the features for which only x leads there, and none of V, those for which only b does; with
/// u = |U| > 0 each of U gets value × (u − 1)! v! / (u + v)!, with v = |V| > 0 each of V the negative of
/// value × u! (v − 1)! / (u + v)!. The walk goes both ways only where x and b disagree at a feature not yet decided.
///
/// Exact. O(leaves that some mixture of x and b reaches) per row, row of the background and tree.
///
/// Source: Lundberg et al., *From local explanations to global understanding with explainable AI for trees*, Nature
/// Machine Intelligence 2 (2020), algorithm 3 of the supplement; the game is that of Janzing et al. (2020).
struct InterventionalTrees: Sendable {
  private let nodes: TreesForm.Nodes
  private let roots: [Int32]
  private let scale: Double
  /// Per feature of the trees: the feature of the model that it stands for.
  private let players: [Int]
  /// (u − 1)! v! / (u + v)! at [u][v].
  private let gain: [[Double]]

  /// - Parameter players: several features of the trees may be made from one of the model, and then move together.
  init(_ form: TreesForm, players: [Int]) {
    nodes = form.nodes
    roots = form.roots
    scale = form.scale
    self.players = players
    let most = min(64, Set(players).count)
    // w(1, v) = 1 / (v + 1); w(u + 1, v) = w(u, v) × u / (u + 1 + v).
    gain = (0...most).map { u in
      (0...most).map { v in
        guard u > 0 else { return 0 }
        return (1..<u).reduce(1 / Double(v + 1)) { $0 * Double($1) / Double($1 + 1 + v) }
      }
    }
  }

  /// Adds `weight` × the values of one row against one of the background to `values`, by player.
  func add(_ row: [Double], _ background: [Double], weight: Double, to values: inout [Double]) {
    // 0 undecided, 1 as in the row, 2 as in the background.
    var state = [UInt8](repeating: 0, count: values.count)
    var decided: [Int] = []
    for root in roots {
      walk(Int(root), row, background, 0, 0, weight * scale, &state, &decided, &values)
    }
  }

  private func walk(
    _ start: Int, _ row: [Double], _ background: [Double], _ u: Int, _ v: Int, _ weight: Double,
    _ state: inout [UInt8], _ decided: inout [Int], _ values: inout [Double]
  ) {
    var node = start
    while nodes.left[node] >= 0 {
      let feature = Int(nodes.feature[node])
      let (left, right) = (Int(nodes.left[node]), Int(nodes.right[node]))
      let mine = nodes.goesLeft(row[feature], at: node) ? left : right
      let other = nodes.goesLeft(background[feature], at: node) ? left : right
      let player = players[feature]
      if mine == other || state[player] == 1 {
        node = mine
      } else if state[player] == 2 {
        node = other
      } else {
        decided.append(player)
        state[player] = 1
        walk(mine, row, background, u + 1, v, weight, &state, &decided, &values)
        state[player] = 2
        walk(other, row, background, u, v + 1, weight, &state, &decided, &values)
        state[player] = 0
        decided.removeLast()
        return
      }
    }
    guard u + v > 0 else { return }
    let value = weight * nodes.value[node]
    let plus = u > 0 ? value * gain[u][v] : 0
    let minus = v > 0 ? value * gain[v][u] : 0
    for player in decided {
      if state[player] == 1 { values[player] += plus } else { values[player] -= minus }
    }
  }
}
