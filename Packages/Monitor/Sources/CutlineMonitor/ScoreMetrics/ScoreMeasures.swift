internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The rows and pairs of one period and population.
struct ScoreMeasures {
  let outcomes: ScoreOutcomes
  let confidence: Double
  let period: Period
  let population: ScoreMetricsReport.Population

  /// A score with what its curves are made of; nil without an area.
  struct Measured {
    let row: ScoreMetricsReport.Row
    let counts: ScoreCounts?
    let costs: CostCurve?
  }

  static let captures: [Int64] = [5, 10, 15, 20]

  private var rows: [ScoreOutcomes.Row] { outcomes.rows(of: population, in: period) }
  private var outcome: String { population == .booked ? outcomes.name : "rejected by score" }

  /// What a score and an outcome come to, of the rows that have both.
  private struct Used {
    let score: [[Double]]
    let isBad: [Bool]
    let weights: [Int64]?
    let clusters: [Int]?

    init(_ scores: [ScoreColumn], _ rows: [ScoreOutcomes.Row], _ outcomes: ScoreOutcomes) {
      let used = rows.filter { row in scores.allSatisfy { !$0.values[row.row].isNaN } }
      score = scores.map { own in
        used.map { own.isHigherRiskier ? own.values[$0.row] : -own.values[$0.row] }
      }
      isBad = used.map(\.isBad)
      weights = outcomes.weights.map { all in used.map { all[$0.row] } }
      clusters = outcomes.clusters.map { all in used.map { all[$0.row] } }
    }

    /// Of the applications that count.
    var bads: Int { isBad.indices.count { isBad[$0] && weights?[$0] != 0 } }
    var rows: Int { weights.map { $0.count { $0 != 0 } } ?? isBad.count }
    var areas: RocAreas? { RocAreas(score, isBad: isBad, weights: weights, clusters: clusters) }

    /// Why there is no area.
    var reason: String? {
      if rows == 0 { return "no application with the score and an outcome" }
      if bads == 0 { return "no bad application among \(rows)" }
      return bads == rows ? "no good application among \(rows)" : nil
    }
  }

  // MARK: - Rows

  /// - Parameter hasCurves: whether H, precision, IV and captures are measured, too.
  /// - Throws: `Faults` (data) for weights whose sum is beyond 10¹².
  func measure(_ scores: [ScoreColumn], hasCurves: Bool) throws -> [Measured] {
    let rows = rows
    return try scores.map { try measure($0, rows, hasCurves: hasCurves) }
  }

  /// A row for a score that could not be made.
  func missing(_ score: String, reason: String) -> Measured {
    Measured(
      row: .init(
        score: score, direction: "", directionSource: "", period: period.name, population: population,
        outcome: outcome, rows: 0, bads: 0, weighting: outcomes.weighting, badRate: nil, badRateInterval: nil,
        auroc: nil, aurocInterval: nil, ks: nil, ksInterval: nil, ksValue: nil, hMeasure: nil, averagePrecision: nil,
        informationValue: nil, captures: [], reason: reason), counts: nil, costs: nil)
  }

  private func measure(_ score: ScoreColumn, _ rows: [ScoreOutcomes.Row], hasCurves: Bool) throws -> Measured {
    let used = Used([score], rows, outcomes)
    guard let counts = ScoreCounts(used.score[0], isHigherRiskier: true, isBad: used.isBad, weights: used.weights)
    else {
      throw Faults.data(
        "column \(outcomes.weighting)", "its sum as whole numbers is beyond 10¹²",
        "State the weights in a larger unit, such as thousands.")
    }
    let areas = used.areas
    let interval = areas?.covariance.map { $0[0][0] > 0 } == true ? areas?.interval(0, confidence: confidence) : nil
    let separation = counts.separation
    let isMeasured = hasCurves && areas != nil
    let costs = isMeasured ? CostCurve(counts) : nil
    return Measured(
      row: .init(
        score: score.name, direction: score.direction.rawValue, directionSource: score.directionSource,
        period: period.name, population: population, outcome: outcome, rows: Int64(used.rows),
        bads: Int64(used.bads), weighting: outcomes.weighting,
        badRate: counts.total > 0 ? Double(counts.bads) / Double(counts.total) : nil,
        badRateInterval: used.weights == nil && used.clusters == nil
          ? BinomialInterval.wilson(successes: used.bads, trials: used.rows, confidence: confidence).map {
            .init($0.low, $0.high)
          } : nil,
        auroc: areas == nil ? nil : counts.area, aurocInterval: interval.map { .init($0.low, $0.high) },
        ks: areas == nil ? nil : separation?.distance,
        ksInterval: areas == nil ? nil : separation.flatMap { ksInterval($0, used) },
        ksValue: areas == nil ? nil : separation.map { score.isHigherRiskier ? $0.value : -$0.value },
        hMeasure: costs?.hMeasure, averagePrecision: isMeasured ? counts.averagePrecision : nil,
        informationValue: isMeasured ? counts.informationValue : nil,
        captures: isMeasured
          ? Self.captures.compactMap { part in
            counts.captured(part, of: 100).map { .init(rejectedPct: part, captured: $0) }
          } : [],
        reason: areas == nil ? used.reason ?? "no area" : nil),
      counts: areas == nil ? nil : counts, costs: costs)
  }

  /// d ± z √(TPR (1 − TPR) / m + FPR (1 − FPR) / n) at the value where KS is attained, m and n the effective numbers (Σ w)² / Σ w².
  /// Nil where applications come in clusters.
  private func ksInterval(_ separation: ScoreCounts.Separation, _ used: Used) -> ScoreMetricsReport.Estimate? {
    guard used.clusters == nil else { return nil }
    func size(_ isBad: Bool) -> Double {
      var (sum, squares) = (0.0, 0.0)
      for row in used.isBad.indices where used.isBad[row] == isBad {
        let weight = Double(used.weights?[row] ?? 1)
        (sum, squares) = (sum + weight, squares + weight * weight)
      }
      return sum * sum / squares
    }
    let (t, f) = (separation.truePositive, separation.falsePositive)
    let variance = t * (1 - t) / size(true) + f * (1 - f) / size(false)
    guard variance > 0 else { return nil }
    let half = Normal.quantile(0.5 + confidence / 2) * variance.squareRoot()
    return .init(max(0, separation.distance - half), min(1, separation.distance + half))
  }

  // MARK: - Pairs

  /// DeLong's comparison of every pair, each of the applications that have both scores.
  func pairs(_ scores: [ScoreColumn]) -> [ScoreMetricsReport.Pair] {
    guard scores.count > 1 else { return [] }
    let rows = rows
    let isWhole = rows.allSatisfy { row in scores.allSatisfy { !$0.values[row.row].isNaN } }
    let all = isWhole ? Used(scores, rows, outcomes) : nil
    let areas = all?.areas
    var pairs: [ScoreMetricsReport.Pair] = []
    for i in scores.indices {
      for j in scores.indices where j > i {
        let used = all ?? Used([scores[i], scores[j]], rows, outcomes)
        let (own, a, b) = all == nil ? (used.areas, 0, 1) : (areas, i, j)
        let comparison = own?.comparison(a, b)
        pairs.append(
          .init(
            first: scores[i].name, second: scores[j].name, period: period.name, rows: Int64(used.rows),
            bads: Int64(used.bads), firstArea: own?.areas[a], secondArea: own?.areas[b],
            difference: comparison?.difference, standardError: comparison?.standardError, z: comparison?.z,
            p: comparison?.p, pHolm: nil,
            reason: comparison?.z != nil
              ? nil
              : used.reason
                ?? (comparison == nil
                  ? "fewer than two of a class" : "no difference varies: the scores order these applications alike")))
      }
    }
    let tested = pairs.indices.filter { pairs[$0].p != nil }
    for (place, adjusted) in zip(tested, MultipleTesting.holm(tested.compactMap { pairs[$0].p })) {
      pairs[place] = pairs[place].with(adjusted: adjusted)
    }
    return pairs
  }
}

extension ScoreMetricsReport.Pair {
  fileprivate func with(adjusted: Double) -> Self {
    Self(
      first: first, second: second, period: period, rows: rows, bads: bads, firstArea: firstArea,
      secondArea: secondArea, difference: difference, standardError: standardError, z: z, p: p, pHolm: adjusted,
      reason: reason)
  }
}
