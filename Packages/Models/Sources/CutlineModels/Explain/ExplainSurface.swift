public import CutlineCore
public import CutlineCredit

/// Explains the model behind a risk surface on the cells that it was trained on.
///
/// One kind and not a chain of them: a surface need not have a model, and then there is nothing that `explain` could be
/// given or could give.
public enum ExplainSurface: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    public let surface: RiskSurface

    public init(cube: Cube, surface: RiskSurface) {
      self.cube = cube
      self.surface = surface
    }
  }
  public typealias Output = FileSet
  public static let name = "explain-surface"
  public static let summary = "Explains the model behind a risk surface on the cells that it was trained on."
  public static let ports = Ports(Input.init, .one("cube", \.cube), .one("surface", \.surface))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  /// A surface whose model is a straight line of the scores.
  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let surface = small.surface
    let model = try Model(
      name: "line", features: small.design.features.map { Model.Feature($0) }, unit: "fraction",
      form: .linear(intercept: 0.35, coefficients: [-0.07, -0.07]))
    let risk = try model.form.evaluate(columns: small.design.columns, rows: small.design.rowCount)
    return [
      Input(
        cube: small.cube,
        surface: RiskSurface(
          grid: surface.grid, multiplier: surface.multiplier, risk: risk, estimator: model.name, featureSet: "scores",
          parameters: [:], features: [], coefficients: [], trainR2: 1, trainingRows: surface.trainingRows,
          trainingCells: surface.trainingCells, folds: 1, candidates: [], model: model))
    ]
  }
}
