internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Compares every estimator with every feature set on the same folds, and fits the chosen one to all cells.
///
/// The score is the out-of-fold deviance (`RiskDeviance`), or the out-of-fold R² of the requirement:
/// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²`; both are weighted by exposure and pooled over all validation cells. An estimator that
/// fails is listed with its reason, and the others are compared.
struct CrossValidation: Sendable {
  /// An estimator to compare. Those that come first win ties.
  struct Estimator: Sendable {
    let name: String
    /// Its numbers, for the table of candidates.
    let parameters: [String: Double]
    /// All its settings, as TOML.
    var settings: String?
    let fit: @Sendable (Design, RunContext) async throws -> Model
  }

  /// Which candidate is taken.
  enum Choice: String, Sendable, CaseIterable {
    /// The best score; ties go to fewer features, then to the estimator named first.
    case best
    /// The first (fewest features, then the order of the list) whose score is within one standard error of the best, the
    /// error being that of the mean of its folds.
    case oneStandardError = "one-standard-error"
  }

  /// What is compared.
  enum Score: String, Sendable, CaseIterable {
    case deviance, r2
  }

  let estimators: [Estimator]
  let featureSets: [PolynomialFeatures.Set]
  var choice = Choice.best
  var score = Score.deviance
  /// Estimators that take the scores themselves and make their own of them: compared with the first feature set only.
  var scoreEstimators: [String] = []

  /// - Parameters:
  ///   - cells: the training cells, in folds, once or as often as folds are drawn.
  ///   - scores: per axis, per bin: its mean score.
  func surface(
    _ cells: [FoldedCells], scores: [[Double]], grid: CellGrid, multiplier: Double, in context: RunContext
  ) async throws -> RiskSurface {
    let all = cells[0].cells(multiplier: multiplier)
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
    let tasks = sets.indices.flatMap { set in
      estimators.indices.filter { set == 0 || !scoreEstimators.contains(estimators[$0].name) }
        .map { (set: set, estimator: $0) }
    }
    // Once for all candidates.
    let folds = cells.map { drawn in
      drawn.splits.map { split in
        Fold(
          train: drawn.cells(split.train, multiplier: multiplier),
          validation: drawn.cells(split.validation, multiplier: multiplier))
      }
    }
    let validated = try await context.concurrently(tasks) { task in
      try await validate(
        estimators[task.estimator], sets[task.set], named: featureSets[task.set].rawValue, folds, all, context)
    }
    let candidates = validated.map(\.candidate)
    sayFailures(validated, context)
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
      name: model.name, features: grid.axes.map { Model.Feature($0.source, codes: $0.codes) }, unit: model.unit,
      parameters: model.parameters, form: features.form.then(model.form))
    let risk = try whole.form.evaluate(columns: features.scores, rows: grid.cellCount, workers: context.workers)
    let trainR2 = WeightedFit(observed: all.risk, predicted: risk, weights: all.weight).r2
    let best = candidates[winner]
    let numbers = best.parameters.sorted { $0.key < $1.key }.map { ", \($0.key) \(NumberText.shortest($0.value))" }
      .joined()
    let deviance = NumberText.fixed(best.outOfFoldDeviance ?? .nan, 6)
    context.note(
      "\(word: best.estimator), \(word: best.features) features\(word: numbers): out-of-fold deviance \(word: deviance), R² \(word: Self.rounded(best.outOfFoldR2 ?? .nan)) on the cells of a fold; in-sample R² \(word: Self.rounded(trainR2)) on the cells of all, which vary less"
    )
    if trainR2.isFinite, trainR2 < 0 {
      context.warn(
        "the chosen model fits worse than the mean of all cells (in-sample R² \(word: Self.rounded(trainR2))): use other estimators or settings"
      )
    }
    sayEmptyFolds(validated[winner].candidate, of: cells[0].splits.count * cells.count, context)
    sayRivals(of: winner, among: candidates, context)
    var coefficients: [Double] = []
    if case .linear(let form) = model.form { coefficients = [form.intercept] + form.coefficients }
    var surface = RiskSurface(
      grid: grid, multiplier: multiplier, risk: risk, estimator: best.estimator, featureSet: best.features,
      parameters: best.parameters, features: features.names, coefficients: coefficients, trainR2: trainR2,
      trainingRows: cells[0].rows, trainingCells: count, folds: cells[0].splits.count, candidates: candidates,
      model: whole)
    surface.selection = [
      "candidate": String(winner), "rule": choice.rawValue, "score": score.rawValue, "seed": String(context.seed),
      "folds": String(cells[0].splits.count), "repeats": String(cells.count),
    ]
    surface.reliability = try await reliability(estimators[tasks[winner].estimator], features, folds[0], context)
    return surface
  }

  /// Of the first draw of the folds, with the models that were compared on it.
  private func reliability(
    _ estimator: Estimator, _ features: PolynomialFeatures, _ folds: [Fold], _ context: RunContext
  ) async throws -> [[String: Double]] {
    var reliability = Reliability()
    for (number, fold) in folds.enumerated() {
      guard fold.train.weight.contains(where: { $0 > 0 }), fold.validation.weight.contains(where: { $0 > 0 }) else {
        continue
      }
      let model = try await estimator.fit(
        features.design(fold.train.risk, weights: fold.train.weight), context.inner(.fold, number))
      let predicted = try model.form.evaluate(columns: features.columns, rows: features.rowCount)
      reliability.add(observed: fold.validation.risk, predicted: predicted, weights: fold.validation.weight)
    }
    return reliability.table()
  }

  /// Risk and weight per cell of both sides of a split.
  private struct Fold: Sendable {
    let train, validation: (risk: [Double], weight: [Double])
  }

  private func validate(
    _ estimator: Estimator, _ features: PolynomialFeatures, named name: String, _ folds: [[Fold]],
    _ whole: (risk: [Double], weight: [Double]), _ context: RunContext
  ) async throws -> (candidate: RiskSurface.Candidate, failure: Remark?) {
    // The run folder keeps the reason without what is personal; the console shows all of it.
    func candidate(
      _ fit: WeightedFit?, _ failure: Remark?
    ) -> (candidate: RiskSurface.Candidate, failure: Remark?) {
      let means = foldDeviance.map(\.mean)
      var pooled = RiskDeviance()
      for fold in foldDeviance { pooled.add(fold) }
      let candidate = RiskSurface.Candidate(
        estimator: estimator.name, features: name, parameters: estimator.parameters, outOfFoldR2: fit?.r2,
        outOfFoldRMSE: fit.map { 100 * $0.rmse }, foldR2: fit == nil ? [] : foldR2,
        outOfFoldDeviance: fit.map { _ in pooled.mean },
        devianceError: fit.flatMap { _ in Self.standardError(means, of: folds[0].count) },
        foldDeviance: fit.map { _ in means }, failure: failure?.masked, settings: estimator.settings)
      return (candidate, failure)
    }
    let total = whole.weight.reduce(0, +)
    let floor = RiskDeviance.floorShare * zip(whole.risk, whole.weight).reduce(0) { $0 + $1.0 * $1.1 } / total
    var pooled: WeightedFit?
    var foldR2: [Double] = []
    var foldDeviance: [RiskDeviance] = []
    for (turn, drawn) in folds.enumerated() {
      for (fold, split) in drawn.enumerated() {
        try context.checkCancellation()
        let (train, validation) = (split.train, split.validation)
        guard train.weight.contains(where: { $0 > 0 }), validation.weight.contains(where: { $0 > 0 }) else { continue }
        do {
          let model = try await estimator.fit(
            features.design(train.risk, weights: train.weight),
            turn == 0 ? context.inner(.fold, fold) : context.inner(.fold, fold, turn))
          let predicted = try model.form.evaluate(columns: features.columns, rows: features.rowCount)
          let own = WeightedFit(observed: validation.risk, predicted: predicted, weights: validation.weight)
          foldR2.append(own.r2)
          foldDeviance.append(
            RiskDeviance(
              observed: validation.risk, predicted: predicted, weights: validation.weight, floor: floor))
          if pooled == nil { pooled = own } else { pooled?.add(own) }
        } catch let error as CancellationError {
          throw error
        } catch {
          return candidate(nil, (error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error)))
        }
      }
    }
    return candidate(pooled, pooled == nil ? "no fold could be predicted" : nil)
  }

  /// Of the mean of the folds' values; drawing the folds anew shows the same applications again, so that only those of one
  /// draw count as independent. Nil where fewer than two are finite.
  private static func standardError(_ values: [Double], of folds: Int) -> Double? {
    let finite = values.filter(\.isFinite)
    guard finite.count >= 2 else { return nil }
    let mean = finite.reduce(0, +) / Double(finite.count)
    let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count - 1)
    return (variance / Double(min(finite.count, folds))).squareRoot()
  }

  /// The score of a candidate, greater being better, with its standard error; nil where it failed.
  private func score(_ candidate: RiskSurface.Candidate) -> (value: Double, error: Double?)? {
    guard candidate.failure == nil else { return nil }
    switch score {
    case .deviance:
      return candidate.outOfFoldDeviance.flatMap { $0.isFinite ? (-$0, candidate.devianceError) : nil }
    case .r2:
      return candidate.outOfFoldR2.map { ($0, Self.standardError(candidate.foldR2, of: candidate.foldR2.count)) }
    }
  }

  /// One sentence for all feature sets with which an estimator fails for one reason.
  private func sayFailures(
    _ validated: [(candidate: RiskSurface.Candidate, failure: Remark?)], _ context: RunContext
  ) {
    var said: [(estimator: String, reason: Remark, sets: [String])] = []
    for (candidate, failure) in validated {
      guard let failure else { continue }
      let same = said.firstIndex { $0.estimator == candidate.estimator && $0.reason == failure }
      if let same {
        said[same].sets.append(candidate.features)
      } else {
        said.append((candidate.estimator, failure, [candidate.features]))
      }
    }
    for (estimator, reason, sets) in said {
      var names: [String] = []
      for set in sets where !names.contains(set) { names.append(set) }
      context.warn(
        "\(word: estimator) with \(word: names.joined(separator: ", ")) features is left out: " + reason)
    }
  }

  /// How many others would be as good a choice as far as the folds can tell.
  private func sayRivals(of winner: Int, among candidates: [RiskSurface.Candidate], _ context: RunContext) {
    guard let best = candidates.compactMap({ score($0) }).max(by: { $0.value < $1.value }), let error = best.error
    else {
      return
    }
    let compared = candidates.indices.filter { score(candidates[$0]) != nil }
    let near = compared.count { index in
      index != winner && score(candidates[index]).map { $0.value >= best.value - error } ?? false
    }
    guard near > 0 else { return }
    context.note(
      "\(near) of the other \(compared.count - 1) candidates that could be compared are within one standard error of the best; a stage compare-surfaces in "
        + "the plan shows how far their risks differ")
  }

  /// Folds in which nobody is, as where few groups stay together, or too few months.
  private func sayEmptyFolds(_ candidate: RiskSurface.Candidate, of folds: Int, _ context: RunContext) {
    let used = candidate.foldDeviance?.count ?? folds
    guard used < folds else { return }
    context.warn(
      "only \(used) of \(folds) folds hold applications to predict: group_by has few groups, or there are few applications"
    )
  }

  /// The place of the candidate that is taken; nil where none could be compared.
  private func chosen(_ candidates: [RiskSurface.Candidate]) -> Int? {
    let scores = candidates.map { score($0) }
    var best: Int?
    // The first of equals.
    for index in scores.indices {
      guard let own = scores[index]?.value else { continue }
      if let found = best, own <= scores[found]?.value ?? -.infinity { continue }
      best = index
    }
    guard let best, choice == .oneStandardError, let top = scores[best], let error = top.error else { return best }
    guard let first = scores.firstIndex(where: { $0.map { $0.value >= top.value - error } ?? false }) else {
      return best
    }
    // Of one estimator's settings on the same features none is simpler for standing first: the best of them.
    let own = candidates.indices.filter {
      candidates[$0].estimator == candidates[first].estimator && candidates[$0].features == candidates[first].features
    }
    return own.max { (scores[$0]?.value ?? -.infinity, $1) < (scores[$1]?.value ?? -.infinity, $0) } ?? first
  }

  private static func rounded(_ value: Double) -> String {
    value.isFinite ? NumberText.fixed(value, 3) : "undefined"
  }
}
