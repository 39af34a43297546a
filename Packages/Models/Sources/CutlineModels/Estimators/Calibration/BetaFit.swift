internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Beta calibration of a probability s: log-odds c + a log s − b log(1 − s), a ≥ 0, b ≥ 0, by maximum likelihood.
///
/// The identity is a = b = 1, c = 0, which Platt's logistic on scores cannot express. Where the best a or b is negative, the
/// best of the fits with one of them, or both, at 0 is taken: the constrained optimum, since the likelihood is concave.
///
/// - Throws: `Faults` (data) as `LogisticFit`, and where a raw prediction is not between 0 and 1.
/// - Complexity: O(n) per step.
///
/// Source: M. Kull, T. Silva Filho, P. Flach, *Beta calibration: a well-founded and easily implemented improvement on logistic
/// calibration for binary classifiers*, AISTATS 2017.
struct BetaFit: Stage {
  typealias Kind = Fit
  static let name = "beta"
  static let summary = "A calibration of probabilities by three numbers, which can leave them as they are."

  struct Config: StageConfig {
    var feature: String?

    static let fields: [Field<Self>] = [
      .optionalText("feature", \.feature, "The raw probability among the features; left out, it is the only one.")
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let (data, place, pairs) = try Calibrated.of(input.design, feature: config.feature, for: Self.name)
    let (a, b, c) = try Self.coefficients(pairs, in: context)
    let form = try ModelForm.expand(
      inputCount: 1, terms: [.link(0, .log), .standardised(0, centre: 1, scale: -1)]
    )
    .then(.expand(inputCount: 2, terms: [.feature(0), .link(1, .log)]))
    .then(.linear(intercept: c, coefficients: [a, -b], link: .logit))
    return try Model(
      Self.name, data, unit: input.design.targetUnit, parameters: ["a": a, "b": b, "c": c],
      form: OneFeature.lifted(form, of: place, among: data.names.count))
  }

  static func coefficients(_ pairs: Calibrated, in context: RunContext) throws -> (a: Double, b: Double, c: Double) {
    _ = try PlattFit.logOdds(pairs.scores, for: name)
    let logs = [pairs.scores.map(Link.log.sum), pairs.scores.map { -Link.log.sum(of: 1 - $0) }]
    var best: (loss: Double, numbers: [Double])?
    // All that is allowed to be the optimum: both free, one of them, none.
    for free in [[0, 1], [0], [1], []] {
      let design = Design(
        features: free.map { ["log s", "−log(1 − s)"][$0] }, columns: free.map { logs[$0] }, target: pairs.target,
        targetUnit: "fraction", weights: pairs.weights)
      let fit = try LogisticFit.fit(FitData(design, for: name), LogisticFit.Config(), name: name, in: context)
      guard fit.coefficients.allSatisfy({ $0 >= 0 }) else { continue }
      var numbers = [0, 0, fit.intercept]
      for (place, own) in zip(free, fit.coefficients) { numbers[place] = own }
      if free.count == 2 { return (numbers[0], numbers[1], numbers[2]) }
      let loss = pairs.target.indices.reduce(0) { sum, row in
        let eta = numbers[0] * logs[0][row] + numbers[1] * logs[1][row] + numbers[2]
        // log(1 + e^η) − y η, from the half that cannot overflow.
        let wrong = eta >= 0 ? (1 - pairs.target[row]) * eta : -pairs.target[row] * eta
        return sum + pairs.weights[row] * (wrong - Link.log.sum(of: Link.logit.mean(of: eta.magnitude)))
      }
      if loss < best?.loss ?? .infinity { best = (loss, numbers) }
    }
    let numbers = best?.numbers ?? [0, 0, 0]
    return (numbers[0], numbers[1], numbers[2])
  }
}
