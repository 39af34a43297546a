internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The loss with the values of one feature dealt out anew among the rows, less the loss as it is.
///
/// Features that go together share what they know: each looks less important than both are. A feature that the model does
/// not ask for has exactly 0. O(features × repetitions × rows) evaluations.
///
/// Source: Breiman, *Random forests*, Machine Learning 45 (2001), §10; Fisher, Rudin, Dominici, *All models are wrong, but
/// many are useful*, JMLR 20 (2019).
struct PermutationImportance: Stage {
  typealias Kind = Importance
  static let name = "permutation"
  static let summary = "Deals out the values of one feature anew and takes the rise of the weighted mean loss."

  struct Config: StageConfig {
    var loss = PredictionLoss.squared
    var repeats = 5
    static let fields: [Field<Self>] = [
      .choice("loss", \.loss, "What a prediction that misses costs; by weight."),
      .int("repeats", \.repeats, in: 1...1000, "How often the values are dealt out."),
    ]
  }
  let config: Config

  func run(_ input: Importance.Input, in context: RunContext) async throws -> FeatureImportance {
    let rows = try ModelRows(input.design, input.model)
    let target = input.design.target
    try check(target)
    let evaluator = FormEvaluator(input.model.form)
    func loss(_ predictions: [Double]) -> Double {
      var sum = 0.0
      for row in 0..<rows.count where rows.shares[row] > 0 {
        sum += rows.shares[row] * config.loss(target[row], predictions[row])
      }
      return sum
    }
    let predictions = try rows.values(of: input.model.form, what: "row", workers: context.workers)
    let baseline = loss(predictions)
    let asked = input.model.form.sources[0]
    var features: [FeatureImportance.Feature] = []
    for (place, name) in rows.features.enumerated() {
      guard asked.contains(place) else {
        features.append(.init(name: name, increases: (0..<config.repeats).map { _ in 0 }))
        continue
      }
      let increases = try (0..<config.repeats).map { repetition in
        try context.checkCancellation()
        var stream = context.random(.permutationImportance, repetition)
        var columns = rows.columns
        stream.shuffle(&columns[place])
        let permuted = try evaluator.evaluate(columns: columns, rows: rows.count, workers: context.workers)[0]
        return loss(permuted) - baseline
      }
      features.append(.init(name: name, increases: increases))
    }
    guard baseline.isFinite, features.allSatisfy({ $0.increases.allSatisfy(\.isFinite) }) else {
      throw Faults.data(
        "importance permutation", "the loss is too great for a number, or a mixed row has no prediction",
        "Use another loss, or a model that has a value where features are missing.")
    }
    return FeatureImportance(loss: config.loss.rawValue, baseline: baseline, rows: rows.count, features: features)
  }

  private func check(_ target: [Double]) throws {
    let fits =
      switch config.loss {
      case .squared: true
      case .logistic: target.allSatisfy { (0...1).contains($0) }
      case .poisson: target.allSatisfy { $0 >= 0 }
      }
    guard fits else {
      throw Faults.usage(
        "importance permutation", "the target has values that the loss \(config.loss.rawValue) does not take",
        "Use loss = \"squared\".")
    }
  }
}
