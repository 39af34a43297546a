internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What every method that fits the risk anew is told.
struct RefitConfig: StageConfig {
  /// Log-linear in the scores, nearly without a penalty: what is added to the cells shows, and nothing goes below 0.
  var estimator = Chosen<Fit>("poisson", with: [("alpha", .float(1e-4))])
  var cap = 3.0
  static let fields: [Field<Self>] = [
    .stage("estimator", \.estimator, "The estimator that is fitted to the cells, on the mean scores of their bins."),
    RejectSettings.cap(\.cap),
  ]

  /// Fits the estimator to one row a cell and sets what it predicts in the place of the surface's prediction ŷ:
  /// `multiplier = new / ŷ`, within 0...cap, in cells that have rejects and a predicted risk; 1 elsewhere.
  ///
  /// - Parameters:
  ///   - target: per cell: risk as a fraction; of use where there is weight.
  ///   - weights: per cell.
  /// - Throws: what the estimator throws, with its label.
  func adjustment(
    _ method: String, _ cells: RejectCells, of cube: Cube, target: [Double], weights: [Double], in context: RunContext
  ) async throws -> RejectAdjustment {
    guard zip(target, weights).contains(where: { $0 > 0 && $1 > 0 }) else {
      return .nothing(
        method, cells: cells.count, because: "no cell holds a risk above 0 to fit the estimator to", in: context)
    }
    let features = try PolynomialFeatures(.simple, grid: cells.grid, scores: cube.meanScores(), weights: weights)
    let model = try await estimator(
      Fit.Input(design: features.design(target, weights: weights)), in: context.inner(.rejectInference))
    let fitted = try model.form.evaluate(columns: features.columns, rows: cells.count, workers: context.workers)
    let raw = (0..<cells.count).map { cell in
      cells.rejected[cell] > 0 && cells.risk[cell] > 0 ? max(0, fitted[cell]) / cells.risk[cell] : nil
    }
    return RejectAdjustment(method: method, raw, within: 0...cap, in: context)
  }
}
