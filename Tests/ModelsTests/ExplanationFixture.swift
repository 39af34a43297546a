import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineModels

/// Models, rows and expected values for the tests of explanations.
enum ExplanationFixture {
  static func context(workers: Int = 1, seed: UInt64 = 42) -> RunContext {
    RunContext(stageID: "explain", seed: seed, workers: workers)
  }

  static func model(_ form: ModelForm) throws -> Model {
    try Model(
      name: "test", features: (0..<form.inputCount).map { Model.Feature("x\($0)", missing: .form) }, unit: "fraction",
      form: form)
  }

  /// A design of rows, as explanations read one.
  static func design(_ rows: [[Double]], weights: [Double]? = nil) -> Design {
    let count = rows.first?.count ?? 0
    return Design(
      features: (0..<count).map { "x\($0)" }, columns: (0..<count).map { feature in rows.map { $0[feature] } },
      target: rows.map { _ in 0 }, targetUnit: "fraction", weights: weights ?? rows.map { _ in 1 })
  }

  static func explain(
    _ form: ModelForm, rows: [[Double]], background: [[Double]], weights: [Double]? = nil,
    by method: Explainer.Method = .auto, limit: Int = 1_000, workers: Int = 1
  ) async throws -> Explanation {
    let input = Explain.Input(
      model: try model(form), background: design(background, weights: weights), rows: design(rows))
    let explanation = try await Explainer(method: method, backgroundRows: limit)
      .run(input, in: context(workers: workers))
    try Explain.check(explanation, against: input)
    return explanation
  }

  /// Shapley values by their definition for a game on `count` players, in the most naive way.
  static func shapley(_ count: Int, _ game: (Set<Int>) -> Double) -> [Double] {
    func factorial(_ n: Int) -> Double { (0..<n).reduce(1) { $0 * Double($1 + 1) } }
    let subsets = (0..<1 << count).map { mask in Set((0..<count).filter { mask >> $0 & 1 == 1 }) }
    let worth = Dictionary(uniqueKeysWithValues: subsets.map { ($0, game($0)) })
    return (0..<count).map { player in
      subsets.filter { !$0.contains(player) }.reduce(0) { sum, subset in
        let weight = factorial(subset.count) * factorial(count - subset.count - 1) / factorial(count)
        return sum + weight * ((worth[subset.union([player])] ?? 0) - (worth[subset] ?? 0))
      }
    }
  }

  /// The interventional game: v(S) = weighted mean over the background of f(x on S, b elsewhere).
  static func interventional(
    _ form: ModelForm, _ row: [Double], _ background: [[Double]], _ weights: [Double]
  ) -> [Double] {
    shapley(row.count) { known in
      let total = weights.reduce(0, +)
      return zip(background, weights).reduce(0) { sum, other in
        let mixed = row.indices.map { known.contains($0) ? row[$0] : other.0[$0] }
        return sum + other.1 / total * ((try? form.value(of: mixed)) ?? .nan)
      }
    }
  }

  /// Complete trees with random questions, some of them missing on the left; cover by chance.
  static func trees(
    _ count: Int, depth: Int, features: Int, _ random: inout RandomStream, link: Link = .identity
  ) throws -> TreesForm {
    var nodes = TreesForm.Nodes()
    func grow(_ depth: Int, _ cover: Double, _ random: inout RandomStream) -> Int {
      nodes.cover.append(cover)
      if depth == 0 || random.index(below: 8) == 0 { return nodes.appendLeaf(random.uniform() - 0.5) }
      let place = nodes.appendSplit(
        feature: random.index(below: features), threshold: 2 * random.uniform() - 1,
        missingLeft: random.index(below: 2) == 0)
      let share = random.index(below: 6) == 0 ? 0 : random.uniform()
      nodes.left[place] = Int32(grow(depth - 1, cover * share, &random))
      nodes.right[place] = Int32(grow(depth - 1, cover - cover * share, &random))
      return place
    }
    let roots = (0..<count).map { _ in Int32(grow(depth, 100, &random)) }
    return try TreesForm(inputCount: features, nodes: nodes, roots: roots, base: 0.25, scale: 0.5, link: link)
  }

  /// Rows in −1…1, every ninth value missing where `missing`.
  static func rows(_ count: Int, _ features: Int, _ random: inout RandomStream, missing: Bool = false) -> [[Double]] {
    (0..<count).map { _ in
      (0..<features).map { _ in missing && random.index(below: 9) == 0 ? .nan : 2 * random.uniform() - 1 }
    }
  }

  /// A node as the expected results write it.
  struct Node: Decodable {
    let feature: Int?
    let threshold: Double?
    let op: String?
    let left: Int?
    let right: Int?
    let missing: String?
    let cover: Double
    let leaf: Double?
  }

  /// Trees of the expected results. Where they compare single precision with `<`, so must thresholds and rows.
  static func form(_ trees: [[Node]], features: Int, base: Double) throws -> ModelForm {
    var nodes = TreesForm.Nodes()
    var roots: [Int32] = []
    for tree in trees {
      let first = Int32(nodes.count)
      roots.append(first)
      for node in tree {
        nodes.cover.append(node.cover)
        if let feature = node.feature {
          let threshold = try #require(node.threshold)
          let place = nodes.appendSplit(
            feature: feature, threshold: node.op == "<" ? Double(Float(threshold)).nextDown : threshold,
            missingLeft: node.missing == "left")
          nodes.left[place] = first + Int32(try #require(node.left))
          nodes.right[place] = first + Int32(try #require(node.right))
        } else {
          nodes.appendLeaf(try #require(node.leaf))
        }
      }
    }
    return try .trees(inputCount: features, nodes: nodes, roots: roots, base: base)
  }

  static func nearest(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }
}

extension Explanation {
  /// The values of one row, by feature.
  func row(_ row: Int) -> [Double] { values.map { $0[row] } }
}
