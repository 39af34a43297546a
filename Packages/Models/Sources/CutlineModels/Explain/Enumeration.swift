internal import CutlineCompute
internal import CutlineCore

/// Shapley values of any form by their definition: the form is evaluated for all subsets of its features.
///
/// φⱼ = Σ_{S ∌ j} |S|! (p − |S| − 1)! / p! (v(S ∪ j) − v(S)), v(S) = mean over the background of f(x on S, b elsewhere).
/// Exact. O(2ᵖ × rows of the background) evaluations per row.
///
/// Source: Shapley, *A value for n-person games*, 1953.
struct Enumeration: Sendable {
  /// The most features that are enumerated.
  static let limit = 15

  private let evaluator: FormEvaluator
  /// The features on which the form depends; the others have the value 0.
  let features: [Int]
  /// |S|! (p − |S| − 1)! / p!, by |S|.
  private let weights: [Double]

  /// - Throws: `Faults` (usage) where the form depends on more than 15 features.
  init(_ form: ModelForm, features: Set<Int>) throws(Faults) {
    guard features.count <= Self.limit else {
      throw Faults.usage(
        "explain exact", "the model lets \(features.count) features work together, more than \(Self.limit)",
        "Explain a model of fewer features, or of another form: linear, trees, scorecard, or a blend of those.")
    }
    evaluator = FormEvaluator(form)
    self.features = features.sorted()
    let p = features.count
    // 1 / p for the empty set; then × s / (p − s).
    weights = (0..<max(1, p)).map { size in
      (0..<size).reduce(1 / Double(max(1, p))) { $0 * Double($1 + 1) / Double(p - 1 - $1) }
    }
  }

  /// How often the form is evaluated for one row.
  func evaluations(_ background: WeightedRows) -> Int { background.count << features.count }

  /// Adds `weight` × the values of one row to `values`, by feature of the model.
  func add(
    _ row: [Double], _ background: WeightedRows, weight: Double, to values: inout [Double]
  ) throws {
    let subsets = 1 << features.count
    var means = [Double](repeating: 0, count: subsets)
    // What is evaluated at once, so that memory does not grow with the background.
    let step = max(1, 65_536 / subsets)
    for start in stride(from: 0, to: background.count, by: step) {
      let part = start..<min(start + step, background.count)
      let count = part.count * subsets
      var columns = row.map { [Double](repeating: $0, count: count) }
      for (bit, feature) in features.enumerated() {
        for (place, other) in part.enumerated() {
          let value = background.rows[other][feature]
          for subset in 0..<subsets where subset >> bit & 1 == 0 { columns[feature][place * subsets + subset] = value }
        }
      }
      let found = try evaluator.evaluate(columns: columns, rows: count)[0]
      for (place, other) in part.enumerated() {
        for subset in 0..<subsets { means[subset] += background.weights[other] * found[place * subsets + subset] }
      }
    }
    add(means: means, weight: weight) { values[$0] += $1 }
  }

  /// Hands out `weight` × the value of each feature, of a row with `means` by subset.
  func add(means: [Double], weight: Double, _ add: (_ feature: Int, _ value: Double) -> Void) {
    for (bit, feature) in features.enumerated() {
      var sum = 0.0
      for subset in means.indices where subset >> bit & 1 == 0 {
        sum += weights[subset.nonzeroBitCount] * (means[subset | 1 << bit] - means[subset])
      }
      add(feature, weight * sum)
    }
  }

  /// v(S) of a row, S being the features with a bit in `subset`.
  func mean(of row: [Double], knowing subset: Int, _ background: WeightedRows) throws -> Double {
    var columns = row.map { [Double](repeating: $0, count: background.count) }
    for (bit, feature) in features.enumerated() where subset >> bit & 1 == 0 {
      columns[feature] = background.rows.map { $0[feature] }
    }
    let found = try evaluator.evaluate(columns: columns, rows: background.count)[0]
    return zip(found, background.weights).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// Rows with their parts of the whole weight, which add up to 1.
struct WeightedRows: Sendable {
  let rows: [[Double]]
  let weights: [Double]
  var count: Int { rows.count }
}
