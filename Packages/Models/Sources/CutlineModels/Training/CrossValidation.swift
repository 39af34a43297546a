internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Compares every estimator with every feature set on the same folds, and fits the chosen one to all cells.
///
/// The score is the out-of-fold R², pooled over the folds and weighted by exposure:
/// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²` over all validation cells. An estimator that fails is listed with its reason, and the
/// others are compared.
struct CrossValidation: Sendable {
  /// An estimator to compare. Those that come first win ties.
  struct Estimator: Sendable {
    let name: String
    /// Its numbers, for the table of candidates.
    let parameters: [String: Double]
    let fit: @Sendable (Design, RunContext) async throws -> Model
  }

  /// Which candidate is taken.
  enum Choice: String, Sendable, CaseIterable {
    /// The greatest score; ties go to fewer features, then to the estimator named first.
    case best
    /// The first (fewest features, then the order of the list) whose score is within one standard error of the greatest,
    /// the error being that of the mean of its folds' R².
    case oneStandardError = "one-standard-error"
  }

  let estimators: [Estimator]
  let featureSets: [PolynomialFeatures.Set]
  var choice = Choice.best

  /// - Parameters:
  ///   - cells: the training cells, in folds.
  ///   - scores: per axis, per bin: its mean score.
  func surface(
    _ cells: FoldedCells, scores: [[Double]], grid: CellGrid, multiplier: Double, in context: RunContext
  ) async throws -> RiskSurface {
    let all = cells.cells(.all, multiplier: multiplier)
    let count = all.weight.count { $0 > 0 }
    guard count >= 2 else {
      throw Faults.data(
        "training", "\(count) cell\(count == 1 ? "" : "s") of the grid hold booked applications with an outcome",
        "A risk surface needs at least two; check the period and the bins.")
    }
    if !all.risk.contains(where: { $0 > 0 }) {
      context.warn("no booked application went bad: the surface can only predict that none will")
    }
    let sets = try featureSets.map { try PolynomialFeatures($0, grid: grid, scores: scores, weights: all.weight) }
    let tasks = sets.indices.flatMap { set in estimators.indices.map { (set: set, estimator: $0) } }
    let validated = try await context.concurrently(tasks) { task in
      try await validate(
        estimators[task.estimator], sets[task.set], named: featureSets[task.set].rawValue, cells, multiplier, context)
    }
    let candidates = validated.map(\.candidate)
    for (candidate, failure) in validated {
      guard let failure else { continue }
      context.warn("\(word: candidate.estimator) with \(word: candidate.features) features is left out: " + failure)
    }
    guard let winner = chosen(candidates) else {
      let reason = candidates.compactMap(\.failure).first.map { " The first failed: \($0)" } ?? ""
      throw Faults.data(
        "training", "no candidate could be validated",
        "Use fewer folds, simpler features or other estimators.\(reason)")
    }
    let features = sets[tasks[winner].set]
    let model = try await estimators[tasks[winner].estimator]
      .fit(features.design(all.risk, weights: all.weight), context.inner(.whole))
    let whole = try Model(
      name: model.name, features: grid.axes.map { Model.Feature($0.source) }, unit: model.unit,
      parameters: model.parameters, form: features.form.then(model.form))
    let risk = try whole.form.evaluate(columns: features.scores, rows: grid.cellCount, workers: context.workers)
    let trainR2 = WeightedFit(observed: all.risk, predicted: risk, weights: all.weight).r2
    let best = candidates[winner]
    let numbers = best.parameters.sorted { $0.key < $1.key }.map { ", \($0.key) \($0.value)" }.joined()
    context.note(
      "\(word: best.estimator), \(word: best.features) features\(word: numbers): out-of-fold R² \(Self.rounded(best.outOfFoldR2 ?? .nan)), in-sample R² \(Self.rounded(trainR2))"
    )
    var coefficients: [Double] = []
    if case .linear(let form) = model.form { coefficients = [form.intercept] + form.coefficients }
    return RiskSurface(
      grid: grid, multiplier: multiplier, risk: risk, estimator: best.estimator, featureSet: best.features,
      parameters: best.parameters, features: features.names, coefficients: coefficients, trainR2: trainR2,
      trainingRows: cells.rows, trainingCells: count, folds: cells.folds, candidates: candidates, model: whole)
  }

  private func validate(
    _ estimator: Estimator, _ features: PolynomialFeatures, named name: String, _ cells: FoldedCells,
    _ multiplier: Double, _ context: RunContext
  ) async throws -> (candidate: RiskSurface.Candidate, failure: Remark?) {
    // The run folder keeps the reason without what is personal; the console shows all of it.
    func candidate(
      _ fit: WeightedFit?, _ foldR2: [Double], _ failure: Remark?
    ) -> (candidate: RiskSurface.Candidate, failure: Remark?) {
      let candidate = RiskSurface.Candidate(
        estimator: estimator.name, features: name, parameters: estimator.parameters, outOfFoldR2: fit?.r2,
        outOfFoldRMSE: fit.map { 100 * $0.rmse }, foldR2: foldR2, failure: failure?.masked)
      return (candidate, failure)
    }
    var pooled: WeightedFit?
    var foldR2: [Double] = []
    for fold in 0..<cells.folds {
      try context.checkCancellation()
      let train = cells.cells(.allBut(fold), multiplier: multiplier)
      let validation = cells.cells(.fold(fold), multiplier: multiplier)
      guard train.weight.contains(where: { $0 > 0 }), validation.weight.contains(where: { $0 > 0 }) else { continue }
      do {
        let model = try await estimator.fit(
          features.design(train.risk, weights: train.weight), context.inner(.fold, fold))
        let predicted = try model.form.evaluate(columns: features.columns, rows: features.rowCount)
        let own = WeightedFit(observed: validation.risk, predicted: predicted, weights: validation.weight)
        foldR2.append(own.r2)
        if pooled == nil { pooled = own } else { pooled?.add(own) }
      } catch let error as CancellationError {
        throw error
      } catch {
        return candidate(nil, foldR2, (error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error)))
      }
    }
    return candidate(pooled, foldR2, pooled == nil ? "no fold could be predicted" : nil)
  }

  /// The place of the candidate that is taken; nil where none could be compared.
  private func chosen(_ candidates: [RiskSurface.Candidate]) -> Int? {
    let scores = candidates.map { $0.failure == nil ? $0.outOfFoldR2 : nil }
    guard
      let best = scores.indices.filter({ scores[$0] != nil }).max(by: { a, b in
        // The first of equals.
        scores[a] ?? 0 < scores[b] ?? 0 || (scores[a] == scores[b] && a > b)
      }), let score = scores[best]
    else { return nil }
    guard choice == .oneStandardError else { return best }
    let folds = candidates[best].foldR2.filter(\.isFinite)
    guard folds.count >= 2 else { return best }
    let mean = folds.reduce(0, +) / Double(folds.count)
    let variance = folds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(folds.count - 1)
    let limit = score - (variance / Double(folds.count)).squareRoot()
    return scores.firstIndex { $0.map { $0 >= limit } ?? false }
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
