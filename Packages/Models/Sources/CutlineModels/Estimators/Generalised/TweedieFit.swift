internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What the weights of a design are where its target is an amount per unit of exposure, for a Tweedie model.
enum ExposureMeaning: String, Sendable, CaseIterable {
  /// The variance of the ratio is φ μᵖ / w: a cell is the sum of independent loans.
  case weight
  /// The amount w · y is modelled with offset log w: its variance is φ (w μ)ᵖ, so that the ratio has the effective weight
  /// w^(2−p).
  case offset
}

struct TweedieConfig: StageConfig {
  var power = 1.5
  var alpha = 0.0
  var exposure = ExposureMeaning.weight
  var tolerance = 1e-9
  var maxIterations = 100

  static let fields: [Field<Self>] = [
    .double(
      "power", \.power, in: 1...2,
      "Power p of the variance φ μᵖ: 1 is Poisson, 2 gamma, between them a sum of gamma amounts with a mass at 0."),
    .double("alpha", \.alpha, in: 0...1_000_000, "Penalty α of half the mean deviance + ½ α ‖β‖²; 0 is none."),
    .choice(
      "exposure", \.exposure,
      "What weights are where the target is a ratio: of its variance, or an exposure whose logarithm is an offset."),
    .double("tolerance", \.tolerance, in: 1e-14...0.01, "Greatest gradient at the end, relative to its terms."),
    .int("max_iterations", \.maxIterations, in: 1...10_000, "Steps after which it counts as not converging."),
  ]
}

/// A generalised linear model of Tweedie's family with a log link, by Newton's method.
///
/// Minimises `(1/2W) Σ wᵢ d_p(yᵢ, μᵢ) + ½ α ‖β‖²`, log μᵢ = β₀ + xᵢβ + offsetᵢ, W = Σ w, with the unit deviance
///
///     d_p(y, μ) = 2 (y^(2−p) / ((1−p)(2−p)) − y μ^(1−p) / (1−p) + μ^(2−p) / (2−p)),
///     d₁ = 2 (y log(y/μ) − y + μ),   d₂ = 2 (y/μ − 1 − log(y/μ)).
///
/// It is convex in β for 1 ≤ p ≤ 2; the second derivatives are the observed ones. A design's offset is a true offset: the
/// model predicts without it, that is for an exposure of 1. `exposure` says what the weights are, see `ExposureMeaning`;
/// for p = 1 both are the same fit.
///
/// - Throws: `Faults` (data) for negative targets (for p = 2 also for 0), where every target is 0, where a direction of the
///   features lowers the deviance without an end (only rows with target 0 move; without a penalty), and where it does not
///   converge.
/// - Complexity: O(*n·p²*) per step, about 5 to 10 steps.
///
/// Source: B. Jørgensen, *The Theory of Dispersion Models*, 1997, ch. 4; P. McCullagh, J. A. Nelder, *Generalized Linear
/// Models*, 2nd ed., §2.5.
struct TweedieFit: Stage {
  typealias Kind = Fit
  static let name = "tweedie"
  static let summary = "A log-linear model whose variance is a power of the mean; exposure as weight or true offset."
  let config: TweedieConfig

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try Self.model(input.design, config, name: Self.name, in: context)
  }

  static func model(
    _ design: Design, _ config: TweedieConfig, name: String, in context: RunContext
  ) throws -> Model {
    let data = try FitData(design, for: name)
    let fit = try fit(data, config, name: name, in: context)
    return try Model(
      name, data, unit: design.targetUnit, parameters: ["alpha": config.alpha, "power": config.power],
      form: .linear(intercept: fit.intercept, coefficients: fit.coefficients, link: .log))
  }

  /// Intercept and coefficients, in logarithms.
  static func fit(
    _ data: FitData, _ config: TweedieConfig, name: String, in context: RunContext,
    instructionSet: InstructionSet? = nil
  ) throws -> LinearFit {
    let power = config.power
    let outside = data.target.count { power == 2 ? $0 <= 0 : $0 < 0 }
    guard outside == 0 else {
      throw Faults.data(
        "fit \(name)",
        "\(outside) target\(outside == 1 ? " is" : "s are") \(power == 2 ? "not positive" : "negative")",
        power == 2 ? "Use a power below 2, or hurdle with a gamma magnitude." : "Use linear or ridge for such targets.")
    }
    guard let greatest = data.target.max(), greatest > 0 else {
      throw Faults.data(
        "fit \(name)", "every target is 0, so that no finite intercept is the best",
        "Use more data, or hurdle, which predicts 0 then.")
    }
    let weights = config.exposure == .weight ? data.weights : Self.effective(data.weights, power: power)
    let totalWeight = FitData.sum(weights)
    let features = StandardColumns(
      data.columns, weights: weights, workers: context.workers, instructionSet: instructionSet)
    // In units of the greatest target and around the greatest offset nothing leaves the range of numbers.
    let unit = FitData.power(of: -greatest.exponent)
    let shift = data.offset.max() ?? 0
    let target = unit == 1 ? data.target : data.target.map { $0 * unit }
    let offset = shift == 0 ? data.offset : data.offset.map { $0 - shift }
    let pass = LossPass(
      features: features, target: target, weights: weights, offset: offset, totalWeight: totalWeight,
      loss: .tweedie(power: power))
    let separation = Separation(
      features: features, names: data.names, sides: target.map { $0 == 0 ? .below : .none }, weights: weights,
      estimator: name, words: ("targets above 0", "targets of 0"))
    let newton = NewtonFit(
      // The deviance of u y and u μ is u^(2−p) times that of y and μ.
      pass: pass, penalty: .init(alpha: config.alpha * Link.log.mean(of: (2 - power) * Link.log.sum(of: unit))),
      tolerance: config.tolerance,
      iterationLimit: config.maxIterations, estimator: name, separation: power < 2 ? separation : nil)
    var start = [Double](repeating: 0, count: features.count + 1)
    let exposed = zip(weights, offset).reduce(0) { $0 + $1.0 * Link.log.mean(of: $1.1) }
    start[features.count] = Link.log.sum(of: zip(weights, target).reduce(0) { $0 + $1.0 * $1.1 } / exposed)
    let solution = try newton.solve(from: start, in: context)
    Notes.dependent(solution.dependent.map { data.names[$0] }, in: context)
    let fit = features.original(
      intercept: solution.beta[features.count] - shift - Link.log.sum(of: unit), Array(solution.beta.dropLast()))
    try fit.check(name)
    return fit
  }

  /// w^(2−p), the greatest at most 1.
  private static func effective(_ weights: [Double], power: Double) -> [Double] {
    switch power {
    case 1: weights
    case 2: weights.map { _ in 1 }
    default: weights.map { Link.log.mean(of: (2 - power) * Link.log.sum(of: $0)) }
    }
  }
}

/// The settings of the ends of the family, whose names say their power.
struct TweedieEndConfig: StageConfig {
  var tweedie = TweedieConfig()

  static let fields: [Field<Self>] = TweedieConfig.fields.filter { $0.key != "power" }.map { $0.lifted(\.tweedie) }
}

/// `TweedieFit` with p = 1, also for quantities that are no counts (quasi-Poisson).
struct PoissonFit: Stage {
  typealias Kind = Fit
  static let name = "poisson"
  static let summary = "A log-linear model whose variance is proportional to the mean; any target that is not negative."
  let config: TweedieEndConfig

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    var own = config.tweedie
    own.power = 1
    return try TweedieFit.model(input.design, own, name: Self.name, in: context)
  }
}

/// `TweedieFit` with p = 2.
struct GammaFit: Stage {
  typealias Kind = Fit
  static let name = "gamma"
  static let summary = "A log-linear model whose deviation is proportional to the mean; positive targets."
  let config: TweedieEndConfig

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    var own = config.tweedie
    own.power = 2
    return try TweedieFit.model(input.design, own, name: Self.name, in: context)
  }
}
