internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Several scores in one, fitted to the outcomes of booked applications of the main period.
///
/// An application of the main period is predicted by the model of the other folds, so that none is judged by a model that has seen it;
/// the folds are those of the training of risk. Applications of other periods are predicted by the model of the whole main
/// period, which came before.
struct CombinedScore {
  let combine: Chosen<Fit>
  let folds: Int
  let context: RunContext

  /// - Parameters:
  ///   - scores: riskier or safer as they are; rows that lack one get NaN.
  ///   - rows: booked ones of the main period with an outcome.
  /// - Throws: what the estimator throws: an outcome of one class, no convergence.
  func make(_ scores: [ScoreColumn], _ sample: Sample, _ rows: [ScoreOutcomes.Row], name: String) async throws
    -> ScoreColumn
  {
    let columns = scores.map(\.oriented)
    let isWhole = (0..<sample.rowCount).map { row in columns.allSatisfy { $0[row].isFinite } }
    let known = rows.filter { isWhole[$0.row] }
    let stream = context.random(.folds)
    func fold(_ row: Int) -> Int { Int(stream.bits(at: sample.key[row]) % UInt32(folds)) }
    var values = [Double](repeating: .nan, count: sample.rowCount)
    func predict(_ model: Model, where isMeant: (Int) -> Bool) throws {
      let meant = values.indices.filter { isWhole[$0] && isMeant($0) }
      let found = try model.form.evaluate(
        columns: columns.map { column in meant.map { column[$0] } }, rows: meant.count)
      for (row, value) in zip(meant, found) { values[row] = value }
    }
    func fit(_ own: [ScoreOutcomes.Row], in context: RunContext) async throws -> Model {
      try await combine(
        Fit.Input(
          design: Design(
            features: scores.map(\.name), columns: columns.map { column in own.map { column[$0.row] } },
            target: own.map { $0.isBad ? 1 : 0 }, targetUnit: "fraction",
            weights: [Double](repeating: 1, count: own.count))), in: context)
    }
    for held in 0..<folds {
      try context.checkCancellation()
      let model = try await fit(known.filter { fold($0.row) != held }, in: context.inner(.fold, held))
      try predict(model) { sample.period[$0] == .main && fold($0) == held }
    }
    let whole = try await fit(known, in: context.inner(.whole))
    try predict(whole) { sample.period[$0] != .main }
    return ScoreColumn(name: name, values: values, direction: .higherIsRiskier, directionSource: "cross-fitted")
  }
}
