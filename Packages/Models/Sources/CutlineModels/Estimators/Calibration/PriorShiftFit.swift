internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The shift of log-odds with which raw probabilities have a given weighted mean: log-odds log(s / (1 − s)) + δ.
///
/// The order of the predictions stays, only their level moves: for a population whose rate is known and whose outcomes are few.
///
/// - Throws: `Faults` (data) where a raw prediction is not between 0 and 1, or the observed rate is 0 or 1.
/// - Complexity: O(n) per step of Newton's method.
///
/// Source: M. Saerens, P. Latinne, C. Decaestecker, *Adjusting the outputs of a classifier to new a priori probabilities*,
/// Neural Computation 14 (2002).
struct PriorShiftFit: Stage {
  typealias Kind = Fit
  static let name = "prior-shift"
  static let summary =
    "A calibration that shifts all log-odds so that the mean prediction is a stated or the observed rate."

  struct Config: StageConfig {
    var feature: String?
    var rate: Double?

    static let fields: [Field<Self>] = [
      .optionalText("feature", \.feature, "The raw probability among the features; left out, it is the only one."),
      .optionalDouble(
        "rate", \.rate, in: 1e-9...0.999_999_999,
        unit: "fraction", "The mean that predictions shall have; left out, it is the mean of the target."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let (data, place, pairs) = try Calibrated.of(input.design, feature: config.feature, for: Self.name)
    // A logistic regression of the rate on nothing but the log-odds as offset: its one equation is that of the means.
    let design = Design(
      features: [], columns: [], target: config.rate.map { rate in pairs.target.map { _ in rate } } ?? pairs.target,
      targetUnit: "fraction", weights: pairs.weights, offset: try PlattFit.logOdds(pairs.scores, for: Self.name))
    let shift = try LogisticFit.fit(FitData(design, for: Self.name), LogisticFit.Config(), name: Self.name, in: context)
      .intercept
    let form = try ModelForm.expand(inputCount: 1, terms: [.link(0, .logit)])
      .then(.linear(intercept: shift, coefficients: [1], link: .logit))
    return try Model(
      Self.name, data, unit: input.design.targetUnit, parameters: ["shift": shift],
      form: OneFeature.lifted(form, of: place, among: data.names.count))
  }
}
