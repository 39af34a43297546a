internal import CutlineCore
internal import CutlineCredit

/// Compares every penalty with every feature set on the same folds and fits the winner to all cells.
///
/// The score is the out-of-fold R², pooled over the folds and weighted by exposure:
/// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²` over all validation cells. Ties go to fewer features, then to the larger penalty.
struct PolynomialSelection {
  let config: PolynomialTrainingConfig
  let estimator: String
  let alphas: [Double]

  func run(_ input: Train.Input, in context: RunContext) throws -> RiskSurface {
    let cube = input.cube
    let cells = try FoldedCells.make(input, folds: config.folds, in: context)
    let multiplier = cube.measure.multiplier
    let all = cells.cells(.all, multiplier: multiplier)
    let used = all.weight.map { $0 > 0 }
    let count = used.count { $0 }
    guard count >= 2 else {
      throw Faults.data(
        "training", "\(count) cell\(count == 1 ? "" : "s") of the grid hold booked applications with an outcome",
        "A risk surface needs at least two; check the period and the bins.")
    }
    if !all.risk.contains(where: { $0 > 0 }) {
      context.warn("no booked application went bad: the surface can only predict that none will")
    }
    let scores = try cube.meanScores()
    var best: (candidate: RiskSurface.Candidate, features: PolynomialFeatures, alpha: Double)?
    var candidates: [RiskSurface.Candidate] = []
    for name in config.featureSets {
      guard let set = PolynomialFeatures.Set(rawValue: name) else { continue }
      let features = PolynomialFeatures(set, grid: cube.grid, scores: scores, weights: all.weight)
      for alpha in alphas.sorted(by: >) {
        let candidate = try validate(features, name: name, alpha: alpha, cells: cells, multiplier: multiplier)
        candidates.append(candidate)
        if best.map({ candidate.outOfFoldR2 > $0.candidate.outOfFoldR2 }) ?? true {
          best = (candidate, features, alpha)
        }
      }
      try context.checkCancellation()
    }
    guard let best else {
      throw Faults.data("training", "no candidate could be validated", "Use fewer folds or simpler features.")
    }
    let fit = try RidgeRegression.fit(
      best.features.matrix.filtered(used), Self.filter(all.risk, used), weights: Self.filter(all.weight, used),
      alpha: best.alpha)
    let risk = fit.predict(best.features.matrix)
    let trainR2 = WeightedFit(observed: all.risk, predicted: risk, weights: all.weight).r2
    context.note(
      "\(word: estimator), \(word: best.candidate.features) features, alpha \(best.alpha): out-of-fold R² \(rounded(best.candidate.outOfFoldR2)), in-sample R² \(rounded(trainR2))"
    )
    return RiskSurface(
      grid: cube.grid, multiplier: multiplier, risk: risk, estimator: estimator, featureSet: best.candidate.features,
      parameters: ["alpha": best.alpha], features: best.features.names,
      coefficients: [fit.intercept] + fit.coefficients,
      trainR2: trainR2, trainingRows: cells.rows, trainingCells: count, folds: config.folds, candidates: candidates)
  }

  private func validate(
    _ features: PolynomialFeatures, name: String, alpha: Double, cells: FoldedCells, multiplier: Double
  ) throws -> RiskSurface.Candidate {
    var pooled = WeightedFit()
    var foldR2: [Double] = []
    for fold in 0..<cells.folds {
      let train = cells.cells(.allBut(fold), multiplier: multiplier)
      let validation = cells.cells(.fold(fold), multiplier: multiplier)
      let used = train.weight.map { $0 > 0 }
      guard used.contains(true), validation.weight.contains(where: { $0 > 0 }) else { continue }
      let fit = try RidgeRegression.fit(
        features.matrix.filtered(used), Self.filter(train.risk, used), weights: Self.filter(train.weight, used),
        alpha: alpha)
      let own = WeightedFit(
        observed: validation.risk, predicted: fit.predict(features.matrix), weights: validation.weight)
      foldR2.append(own.r2)
      pooled.add(own)
    }
    return RiskSurface.Candidate(
      estimator: estimator, features: name, parameters: ["alpha": alpha], outOfFoldR2: pooled.r2,
      outOfFoldRMSE: 100 * pooled.rmse, foldR2: foldR2)
  }

  private static func filter(_ values: [Double], _ keep: [Bool]) -> [Double] {
    values.indices.filter { keep[$0] }.map { values[$0] }
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
