internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

extension CrossValidation {
  /// The candidate that `chosen` was made with, fitted to `cube` with its settings, without a comparison: what a resample,
  /// or later data, would have made of the same choice.
  ///
  /// - Returns: nil, and a warning, where `chosen` was made by an estimator or on features that are not among these, and folds
  ///   can be made to choose anew.
  /// - Throws: `Faults` (usage) where they cannot; (data) where fewer than two cells have something to learn from.
  func refit(_ chosen: RiskSurface, _ input: Train.Input, in context: RunContext) async throws -> RiskSurface? {
    let cube = input.cube
    let settings = chosen.chosen?.settings
    guard let set = PolynomialFeatures.Set(name: chosen.featureSet),
      let estimator = estimators.first(where: { own in
        own.name == chosen.estimator && own.parameters == chosen.parameters
          && (settings == nil || own.settings == nil || own.settings == settings)
      })
    else {
      if cube.buckets != nil || input.sample != nil {
        context.warn(
          "the surface that is to be fitted anew comes of \(word: chosen.estimator) on \(word: chosen.featureSet) features, which is none of the candidates: they are compared anew"
        )
        return nil
      }
      throw Faults.usage(
        "train",
        "the surface that is to be fitted anew comes of \(chosen.estimator) on \(chosen.featureSet) features, which is none of its candidates",
        "Give both stages the same settings: { stage = \"train\" }.")
    }
    let (grid, multiplier) = (cube.grid, cube.measure.multiplier)
    func sums(_ amount: Amount) throws -> ArraySlice<Int64> {
      try cube.sums(of: amount, [.bookedMature]).prefix(grid.cellCount)
    }
    let (numerator, denominator) = (try sums(.numerator), try sums(.denominator))
    let weights = denominator.map { $0 > 0 ? Double($0) : 0 }
    let risk = zip(numerator, denominator).map { $1 > 0 ? multiplier * Double($0) / Double($1) : 0 }
    let count = weights.count { $0 > 0 }
    guard count >= 2 else {
      throw Faults.data(
        "training", "\(count) cell\(count == 1 ? "" : "s") of the grid hold booked applications with an outcome",
        "A risk surface needs at least two.")
    }
    let features = try PolynomialFeatures(set, grid: grid, scores: cube.meanScores(), weights: weights)
    let model = try await estimator.fit(features.design(risk, weights: weights), context.inner(.whole))
    let whole = try Model(
      name: model.name, features: grid.axes.map { Model.Feature($0.source, codes: $0.codes) }, unit: model.unit,
      parameters: model.parameters, form: features.form.then(model.form))
    let predicted = try whole.form.evaluate(columns: features.scores, rows: grid.cellCount, workers: context.workers)
    let rows = try cube.sums(of: .rows, [.bookedMature]).prefix(grid.cellCount).reduce(Int128(0)) { $0 + Int128($1) }
    return RiskSurface(
      grid: grid, multiplier: multiplier, risk: predicted, estimator: chosen.estimator, featureSet: chosen.featureSet,
      parameters: chosen.parameters, features: features.names, coefficients: [],
      trainR2: WeightedFit(observed: risk, predicted: predicted, weights: weights).r2,
      trainingRows: Int(clamping: rows), trainingCells: count, folds: 0, candidates: [], model: whole)
  }
}
