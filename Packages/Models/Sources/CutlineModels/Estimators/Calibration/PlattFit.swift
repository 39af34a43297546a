internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Platt's calibration: a logistic regression on a raw prediction s.
///
/// p = 1 / (1 + e^−(a + b x)), x = s (`input = "score"`) or log(s / (1 − s)) (`"logit"`, for probabilities), a and b by maximum
/// likelihood. With `smoothing` a target of 1 counts as (W₁ + 1) / (W₁ + 2) and one of 0 as 1 / (W₀ + 2), W₁ and W₀ the weights
/// of both, weights being counts of rows: separated scores then have a finite fit.
///
/// - Throws: `Faults` (data) as `LogisticFit`; where `"logit"` meets a prediction that is not between 0 and 1; where
///   `smoothing` meets other targets than 0 and 1.
/// - Complexity: O(n) per step.
///
/// Source: J. Platt, *Probabilistic outputs for support vector machines*, 1999; H.-T. Lin, C.-J. Lin, R. Weng, *A note on
/// Platt's probabilistic outputs for support vector machines*, Machine Learning 68 (2007).
struct PlattFit: Stage {
  typealias Kind = Fit
  static let name = "platt"
  static let summary = "A calibration: logistic regression on one raw prediction, or on its log-odds."

  enum Reading: String, Sendable, CaseIterable { case score, logit }

  struct Config: StageConfig {
    var feature: String?
    var input = Reading.score
    var smoothing = false

    static let fields: [Field<Self>] = [
      .optionalText("feature", \.feature, "The raw prediction among the features; left out, it is the only one."),
      .choice("input", \.input, "What is read: the prediction as it is, or the log-odds of a probability."),
      .bool("smoothing", \.smoothing, "Whether targets are drawn in from 0 and 1, as Platt proposed."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let (data, place, pairs) = try Calibrated.of(input.design, feature: config.feature, for: Self.name)
    let form = try Self.calibration(pairs, config, in: context)
    return try Model(
      Self.name, data, unit: input.design.targetUnit, form: OneFeature.lifted(form, of: place, among: data.names.count))
  }

  static func calibration(_ pairs: Calibrated, _ config: Config, in context: RunContext) throws -> ModelForm {
    var target = pairs.target
    if config.smoothing {
      guard target.allSatisfy({ $0 == 0 || $0 == 1 }) else {
        throw Faults.data(
          "fit \(name)", "smoothing = true meets targets other than 0 and 1", "Leave smoothing out for fractions.")
      }
      let ones = zip(target, pairs.weights).reduce(0) { $0 + $1.0 * $1.1 }
      let none = FitData.sum(pairs.weights) - ones
      target = target.map { $0 == 1 ? (ones + 1) / (ones + 2) : 1 / (none + 2) }
    }
    let x = config.input == .score ? pairs.scores : try Self.logOdds(pairs.scores, for: name)
    let design = Design(
      features: ["prediction"], columns: [x], target: target, targetUnit: "fraction", weights: pairs.weights)
    let fit = try LogisticFit.fit(FitData(design, for: name), LogisticFit.Config(), name: name, in: context)
    let line = try ModelForm.linear(intercept: fit.intercept, coefficients: fit.coefficients, link: .logit)
    return config.input == .score ? line : try .expand(inputCount: 1, terms: [.link(0, .logit)]).then(line)
  }

  /// - Throws: `Faults` (data) where a prediction is not between 0 and 1.
  static func logOdds(_ scores: [Double], for estimator: String) throws -> [Double] {
    let outside = scores.count { !($0 > 0 && $0 < 1) }
    guard outside == 0 else {
      throw Faults.data(
        "fit \(estimator)", "\(outside) of \(scores.count) raw predictions are not between 0 and 1",
        "Give probabilities, or calibrate with platt on the score or with isotonic.")
    }
    return scores.map(Link.logit.sum)
  }
}
