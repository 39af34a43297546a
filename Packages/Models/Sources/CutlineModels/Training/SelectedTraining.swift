internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct SelectedTrainingConfig: StageConfig {
  var polynomial = PolynomialTrainingConfig()
  /// Chosen on simulated portfolios by the error of the promised risk of accepted swap-ins (docs/methods/models.md); the
  /// others stand for files of another shape: risks above 1, sums instead of products, no shape but the order.
  var estimators: [Chosen<Fit>] = [
    Chosen("logistic", with: [("alpha", .float(1e-4))]), Chosen("poisson", with: [("alpha", .float(1e-4))]),
    Chosen("ridge", with: [("alpha", .float(0.5))]), "monotone-surface",
  ]
  var choice = CrossValidation.Choice.oneStandardError
  var scoreEstimators = ["monotone-surface", "boosting", "forest", "isotonic"]

  static let fields: [Field<Self>] =
    [
      .stages(
        "estimators", \.estimators,
        "Estimators that are compared on the same folds, from the simplest; the first wins ties."),
      .texts(
        "score_estimators", \.scoreEstimators, atLeast: 0,
        "Estimators that take the scores themselves: compared with the first of the feature sets only."),
      .choice("select", \.choice, "Which candidate is taken: best, or the first within one standard error of it."),
    ] + PolynomialTrainingConfig.fields.filter { $0.key != "alphas" }.map { $0.lifted(\.polynomial) }

  func validate(at places: FieldPlaces) throws {
    try polynomial.validate(at: places)
    let names = estimators.map(\.name)
    // A default that is not among the estimators says nothing about a spelling.
    let known = Set(names + Self().scoreEstimators)
    if let other = scoreEstimators.first(where: { !known.contains($0) }) {
      throw Faults.usage(
        places["score_estimators"],
        "score_estimators names \(other)\(DidYouMean.phrase(for: other, among: known.sorted()))",
        "It must be one of estimators: \(names.joined(separator: ", ")).")
    }
  }
}

/// Any estimators on polynomials of the scores, chosen by k-fold validation.
struct SelectedTraining: Stage {
  typealias Kind = Train
  static let name = "cross-validated"
  static let summary = "Estimators of your choice on polynomials of the scores, chosen by k-fold validation."
  static let reads = ["sample", "chosen"]
  let config: SelectedTrainingConfig
  func needs(_ input: Train.Input) -> [String] { config.polynomial.validation.needs(input) + ["chosen"] }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let estimators = config.estimators.map { chosen in
      CrossValidation.Estimator(
        name: chosen.title, parameters: chosen.parameters, settings: chosen.toml,
        fit: { design, context in try await chosen(Fit.Input(design: design), in: context) })
    }
    return try await config.polynomial.surface(
      of: estimators, choice: config.choice, scoreEstimators: config.scoreEstimators, input, in: context)
  }
}
