internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Penalised logistic regression by Newton's method, for 0/1 targets and for fractions.
///
/// Minimises `(1/W) Σ wᵢ (log(1 + e^ηᵢ) − yᵢ ηᵢ) + α (r ‖β‖₁ + ½ (1 − r) ‖β‖²)`, ηᵢ = β₀ + xᵢβ + offsetᵢ, W = Σ w, the
/// intercept β₀ free, r the `l1_ratio`. Features are used as given; inside they are standardised and the penalty goes with
/// them, so that it means the same. With a penalty that is not 0, scaling a feature changes the result; without, it does not.
///
/// The model predicts without the offset.
///
/// - Throws: `Faults` (data) for targets outside 0…1 (up to 1.001 they count as 1: fractions of rounded amounts), for one class alone (no finite intercept), for completely or
///   quasi-completely separated data without a penalty (see `Separation`), and where it does not converge.
/// - Complexity: O(*n·p²*) per step, about 5 to 10 steps; memory O(*p²*) per worker beside the data.
///
/// Source: Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 2nd ed., §4.4.1; J. Friedman, T. Hastie, R.
/// Tibshirani, *Regularization paths for generalized linear models via coordinate descent*, J. Stat. Software 33 (2010).
struct LogisticFit: Stage {
  typealias Kind = Fit
  static let name = "logistic"
  static let summary = "Logistic regression with L1, L2 or both penalties; separated data is an error that says where."

  struct Config: StageConfig {
    var alpha = 0.0
    var l1Ratio = 0.0
    var tolerance = 1e-9
    var maxIterations = 100

    static let fields: [Field<Self>] = [
      .double(
        "alpha", \.alpha, in: 0...1_000_000,
        "Penalty α of the mean log loss + α (r ‖β‖₁ + ½ (1 − r) ‖β‖²); 0 is none."),
      .double("l1_ratio", \.l1Ratio, in: 0...1, "Share r of the absolute values in the penalty; the rest is squares."),
      .double("tolerance", \.tolerance, in: 1e-14...0.01, "Greatest gradient at the end, relative to its terms."),
      .int("max_iterations", \.maxIterations, in: 1...10_000, "Steps after which it counts as not converging."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let data = try FitData(input.design, for: Self.name)
    let fit = try Self.fit(data, config, name: Self.name, in: context)
    return try Model(
      Self.name, data, unit: input.design.targetUnit,
      parameters: ["alpha": config.alpha, "l1_ratio": config.l1Ratio],
      form: .linear(intercept: fit.intercept, coefficients: fit.coefficients, link: .logit))
  }

  /// How far above 1 a fraction counts as 1.
  static let rounding = 1e-3

  /// Intercept and coefficients, in log-odds.
  static func fit(
    _ data: FitData, _ config: Config, name: String, in context: RunContext, instructionSet: InstructionSet? = nil
  ) throws -> LinearFit {
    var target = data.target
    // Fractions of rounded amounts may lie a rounding above 1.
    let slightly = target.indices.filter { target[$0] > 1 && target[$0] <= 1 + Self.rounding }
    for row in slightly { target[row] = 1 }
    guard let low = target.min(), let high = target.max(), low >= 0, high <= 1 else {
      let outside = target.count { !(0...1).contains($0) }
      throw Faults.data(
        "fit \(name)",
        "\(outside) target\(outside == 1 ? " lies" : "s lie") outside 0 to 1",
        found: .personal("\(target.min() ?? .nan) to \(target.max() ?? .nan)"),
        "Give 0 and 1, or fractions between them; other targets are for linear, ridge or tweedie.")
    }
    if !slightly.isEmpty {
      context.note(
        "\(slightly.count) targets lie above 1 by no more than \(Self.rounding), as rounded amounts do, and count as 1")
    }
    guard low < 1, high > 0 else {
      throw Faults.data(
        "fit \(name)", "every target is \(low == 1 ? 1 : 0), so that no finite intercept is the best",
        "Use data with both, or the mean of the target.")
    }
    let features = StandardColumns(
      data.columns, weights: data.weights, workers: context.workers, instructionSet: instructionSet)
    let pass = LossPass(
      features: features, target: target, weights: data.weights, offset: data.offset,
      totalWeight: data.totalWeight, loss: .logistic)
    let separation = Separation(
      features: features, names: data.names, sides: target.map { $0 == 1 ? .above : $0 == 0 ? .below : .none },
      weights: data.weights, estimator: name, words: ("targets of 1", "targets of 0"))
    let newton = NewtonFit(
      pass: pass, penalty: .init(alpha: config.alpha, l1Ratio: config.l1Ratio), tolerance: config.tolerance,
      iterationLimit: config.maxIterations, estimator: name, separation: separation)
    let mean = min(max(data.mean(of: target), 1e-9), 1 - 1e-9)
    var start = [Double](repeating: 0, count: features.count + 1)
    start[features.count] = data.hasOffset ? 0 : Link.logit.sum(of: mean)
    let solution = try newton.solve(from: start, in: context)
    Notes.dependent(solution.dependent.map { data.names[$0] }, in: context)
    let fit = features.original(intercept: solution.beta[features.count], Array(solution.beta.dropLast()))
    try fit.check(name)
    if config.alpha > 0 { Notes.separated(data, fit, in: context) }
    return fit
  }
}
