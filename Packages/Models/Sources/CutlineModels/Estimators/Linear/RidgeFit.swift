internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Weighted least squares with a penalty on the squared coefficients, see `RidgeRegression`; for targets of 0 and 1 with a
/// logistic link behind it.
///
/// An offset is subtracted from the target, ŷ = offset + β₀ + xβ; the model predicts without it.
struct RidgeFit: Stage {
  typealias Kind = Fit
  static let name = "ridge"
  static let summary = "Weighted least squares with a penalty on the squared coefficients, the constant free."

  /// What follows the linear prediction.
  enum Following: String, Sendable, CaseIterable {
    case none
    /// The probability 1 / (1 + e^−(a + b ŷ)), a and b fitted by maximum likelihood (`PlattFit`).
    case platt
  }

  struct Config: StageConfig {
    var alpha = 0.5
    var link = Following.none
    static let fields: [Field<Self>] = [
      .double(
        "alpha", \.alpha, in: 0...1_000_000, "Penalty α of Σ w (y − ŷ)² + α ‖β‖², the weights scaled to mean 1."),
      .choice("link", \.link, "What follows: nothing, or Platt's logistic, which makes a probability of a 0/1 target."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let model = try Self.model(input.design, alpha: config.alpha, name: Self.name, workers: context.workers)
    guard config.link == .platt else { return model }
    let design = input.design
    guard design.offset.isEmpty else {
      throw Faults.usage(
        "fit \(Self.name)", "the design has an offset, which link = \"platt\" cannot take along",
        "Use logistic, whose offset is one of log-odds.")
    }
    let scores = try model.form.evaluate(columns: design.columns, rows: design.rowCount, workers: context.workers)
    let after = try PlattFit.calibration(
      Calibrated(scores: scores, target: design.target, weights: design.weights), PlattFit.Config(), in: context)
    return try Model(
      name: Self.name, features: model.features, unit: model.unit, parameters: model.parameters,
      form: model.form.then(after))
  }

  static func model(_ design: Design, alpha: Double, name: String, workers: Int = 1) throws -> Model {
    let data = try FitData(design, for: name)
    let target = data.hasOffset ? zip(data.target, data.offset).map { $0 - $1 } : data.target
    let x = DesignMatrix(rows: data.rows, columns: data.columns)
    let fit = try RidgeRegression.fit(x, target, weights: data.weights, alpha: alpha, workers: workers)
    try fit.check(name)
    return try Model(
      name, data, unit: design.targetUnit, parameters: ["alpha": alpha],
      form: .linear(intercept: fit.intercept, coefficients: fit.coefficients))
  }
}

/// Weighted least squares, see `RidgeRegression` with α = 0. An offset is subtracted from the target; the model predicts
/// without it.
struct LinearRegressionFit: Stage {
  typealias Kind = Fit
  static let name = "linear"
  static let summary = "Weighted least squares; of collinear features the solution of least norm."
  init(config: NoConfig) {}

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try RidgeFit.model(input.design, alpha: 0, name: Self.name, workers: context.workers)
  }
}
