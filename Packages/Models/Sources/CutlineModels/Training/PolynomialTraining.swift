internal import CutlineCore
internal import CutlineCredit

struct PolynomialTrainingConfig: StageConfig {
  var folds = 5
  var featureSets = PolynomialFeatures.Set.allCases.map(\.rawValue)
  var alphas = [0.0, 0.3, 0.5, 0.8, 1.2]

  static let fields: [Field<Self>] = [
    .shared(.int("cv_folds", \.folds, in: 2...20, "Folds of applications.")),
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
          guard let text = item.string, names.contains(text) else {
            let hint = item.string.map { DidYouMean.phrase(for: $0, among: names) } ?? ""
            throw Field<Self>.refusal("feature_sets", item, "one of \(names.joined(separator: ", "))", hint: hint)
          }
          return text
        }
      }),
    .doubles("alphas", \.alphas, in: 0...1_000_000, atLeast: 1, "Penalties to compare; 0 is no penalty."),
  ]
}

extension PolynomialTrainingConfig {
  /// The surface of the estimator and the features that validate best.
  func surface(
    of estimators: [CrossValidation.Estimator], choice: CrossValidation.Choice = .best, _ input: Train.Input,
    in context: RunContext
  ) async throws -> RiskSurface {
    let cube = input.cube
    let sets = featureSets.compactMap(PolynomialFeatures.Set.init)
    return try await CrossValidation(estimators: estimators, featureSets: sets, choice: choice)
      .surface(
        FoldedCells.make(input, folds: folds, in: context), scores: cube.meanScores(), grid: cube.grid,
        multiplier: cube.measure.multiplier, in: context)
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
  static let reads = ["sample"]
  let config: PolynomialTrainingConfig

  func needs(_ input: Train.Input) -> [String] { FoldedCells.needs(input) }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let estimators = config.alphas.sorted(by: >).map { CrossValidation.Estimator.ridge(Self.name, alpha: $0) }
    return try await config.surface(of: estimators, input, in: context)
  }
}

struct LinearTrainingConfig: StageConfig {
  var polynomial = PolynomialTrainingConfig()

  static let fields: [Field<Self>] = PolynomialTrainingConfig.fields.filter { $0.key != "alphas" }
    .map { $0.lifted(\.polynomial) }
}

/// Weighted linear regression on polynomials of the scores.
struct LinearTraining: Stage {
  typealias Kind = Train
  static let name = "linear"
  static let summary = "Weighted linear regression on polynomials of the scores, features chosen by k-fold validation."
  static let reads = ["sample"]
  let config: LinearTrainingConfig

  func needs(_ input: Train.Input) -> [String] { FoldedCells.needs(input) }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let estimators = [CrossValidation.Estimator.ridge(Self.name, alpha: 0)]
    return try await config.polynomial.surface(of: estimators, input, in: context)
  }
}
