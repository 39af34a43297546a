internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Weighted least squares with a penalty on the squared coefficients, see `RidgeRegression`.
struct RidgeFit: Stage {
  typealias Kind = Fit
  static let name = "ridge"
  static let summary = "Weighted least squares with a penalty on the squared coefficients, the constant free."

  struct Config: StageConfig {
    var alpha = 0.5
    static let fields: [Field<Self>] = [
      .double("alpha", \.alpha, in: 0...1_000_000, "Penalty α of Σ w (y − ŷ)² + α ‖β‖², the weights scaled to mean 1.")
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try Self.model(input.design, alpha: config.alpha, name: Self.name)
  }

  static func model(_ design: Design, alpha: Double, name: String) throws -> Model {
    try design.check()
    guard design.offset.isEmpty else {
      throw Faults.usage("fit \(name)", "the design has an offset, which least squares does not take", "Leave it out.")
    }
    let x = DesignMatrix(rows: design.rowCount, columns: design.columns)
    let fit = try RidgeRegression.fit(x, design.target, weights: design.weights, alpha: alpha)
    return try Model(
      name: name, features: design.features.map { Model.Feature($0) }, unit: design.targetUnit,
      parameters: ["alpha": alpha], form: .linear(intercept: fit.intercept, coefficients: fit.coefficients))
  }
}

/// Weighted least squares.
struct LinearRegressionFit: Stage {
  typealias Kind = Fit
  static let name = "linear"
  static let summary = "Weighted least squares; of collinear features the solution of least norm."
  init(config: NoConfig) {}

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try RidgeFit.model(input.design, alpha: 0, name: Self.name)
  }
}
