internal import CutlineCore
internal import CutlineCredit

struct PolynomialTrainingConfig: StageConfig {
  var validation = ValidationConfig()
  var score = CrossValidation.Score.deviance
  var featureSets = ["simple", "base", "polynomial", "full"]
  var alphas = [0.0, 0.3, 0.5, 0.8, 1.2]

  static let fields: [Field<Self>] =
    ValidationConfig.fields.map { $0.lifted(\.validation) } + [
      .choice(
        "score", \.score, "What candidates are compared by, out of the folds: exposure-weighted deviance, or R²."),
      .custom(
        "feature_sets",
        allowed: "a list of \(PolynomialFeatures.Set.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))",
        "Sets of polynomial features to compare.",
        refused: [.integer(1), .array([ConfigValue(.string("no-such-set"), at: .default)])],
        form: .list(of: .choice(PolynomialFeatures.Set.allCases.map(\.rawValue)), atLeast: 1),
        show: { "[" + $0.featureSets.map { "\"\($0)\"" }.joined(separator: ", ") + "]" },
        read: { config, value in
          let names = PolynomialFeatures.Set.allCases.map(\.rawValue)
          guard let items = value.array, !items.isEmpty else {
            throw Field<Self>.refusal("feature_sets", value, "a list of \(names.joined(separator: ", "))")
          }
          config.featureSets = try items.map { item in
            guard let text = item.string, let set = PolynomialFeatures.Set(name: text) else {
              let hint = item.string.map { DidYouMean.phrase(for: $0, among: names) } ?? ""
              throw Field<Self>.refusal("feature_sets", item, "one of \(names.joined(separator: ", "))", hint: hint)
            }
            return set.rawValue
          }
        }),
      .doubles("alphas", \.alphas, in: 0...1_000_000, atLeast: 1, "Penalties to compare; 0 is no penalty."),
    ]

  func validate(at places: FieldPlaces) throws { try validation.validate(at: places) }
}

extension PolynomialTrainingConfig {
  /// The surface of the estimator and the features that validate best.
  func surface(
    of estimators: [CrossValidation.Estimator], choice: CrossValidation.Choice = .best, scoreEstimators: [String] = [],
    _ input: Train.Input, in context: RunContext
  ) async throws -> RiskSurface {
    let cube = input.cube
    let sets = featureSets.compactMap(PolynomialFeatures.Set.init(name:))
    let validation = CrossValidation(
      estimators: estimators, featureSets: sets, choice: choice, score: score, scoreEstimators: scoreEstimators)
    if let chosen = input.chosen, let surface = try await validation.refit(chosen, input, in: context) {
      return surface
    }
    var surface = try await validation.surface(
      self.validation.cells(input, in: context), scores: cube.meanScores(), grid: cube.grid,
      multiplier: cube.measure.multiplier, in: context)
    let (basis, own) = (cube.summary.basis, self.validation)
    surface.selection?.merge([
      "split": own.split.rawValue, "purge_months": String(own.purgeMonths), "segment": basis.segment,
      "period_start": basis.periodStart, "period_end": basis.periodEnd,
    ]) { _, new in new }
    return surface
  }
}

extension CrossValidation.Estimator {
  /// Least squares with penalty `alpha`.
  static func ridge(_ name: String, alpha: Double) -> Self {
    .init(
      name: name, parameters: ["alpha": alpha],
      fit: { design, _ in try RidgeFit.model(design, alpha: alpha, name: name) })
  }
}

/// Ridge regression on polynomials of the scores; the penalty and the features with the best out-of-fold R² win.
struct RidgeTraining: Stage {
  typealias Kind = Train
  static let name = "ridge"
  static let summary = "Ridge regression on polynomials of the scores, chosen by k-fold validation."
  static let reads = ["sample", "chosen"]
  let config: PolynomialTrainingConfig

  func needs(_ input: Train.Input) -> [String] { config.validation.needs(input) + ["chosen"] }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let estimators = config.alphas.sorted(by: >).map { CrossValidation.Estimator.ridge(Self.name, alpha: $0) }
    return try await config.surface(of: estimators, input, in: context)
  }
}

struct LinearTrainingConfig: StageConfig {
  var polynomial = PolynomialTrainingConfig()

  static let fields: [Field<Self>] = PolynomialTrainingConfig.fields.filter { $0.key != "alphas" }
    .map { $0.lifted(\.polynomial) }

  func validate(at places: FieldPlaces) throws { try polynomial.validate(at: places) }
}

/// Weighted linear regression on polynomials of the scores.
struct LinearTraining: Stage {
  typealias Kind = Train
  static let name = "linear"
  static let summary = "Weighted linear regression on polynomials of the scores, features chosen by k-fold validation."
  static let reads = ["sample", "chosen"]
  let config: LinearTrainingConfig

  func needs(_ input: Train.Input) -> [String] { config.polynomial.validation.needs(input) + ["chosen"] }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let estimators = [CrossValidation.Estimator.ridge(Self.name, alpha: 0)]
    return try await config.polynomial.surface(of: estimators, input, in: context)
  }
}
