internal import CutlineCore
internal import CutlineCredit

struct RiskConfidenceConfig: StageConfig {
  var confidence: Double?
  var search: Chosen<Search> = "threshold"

  static let fields: [Field<Self>] = [
    .shared(
      .optionalDouble(
        "risk_confidence", \.confidence, in: 0.5...0.999, unit: "share",
        "Takes the strategy of most production whose true risk keeps the limit with this probability, choosing included; unset: whose estimate keeps it."
      )),
    .stage(
      "search", \.search,
      "With risk_confidence: what chooses again in each resample, with the constraints of the run's own search."),
  ]
}

/// Among the points of a frontier the one with most production whose true risk keeps a limit with a given probability.
///
/// A point with the risk λ is what the search finds within λ. Choosing there errs by e_b(λ) = r_b(s_b) − r₀(s_b), with s_b what
/// the search finds within λ on the cells of resample b (`StandardIntervals`), and the true risk keeps the limit with the
/// probability P(λ) of `LimitProbability`: the share of the resamples with λ − e_b(λ) ≤ limit.
///
/// P is tried at points between the least risk and the limit, twelve at a time, ever closer above the best point found
/// that has the confidence: it falls with λ but for the noise of the draws, so that points with the confidence may remain
/// above it, none of them among those tried.
///
/// O(log points × resamples × search).
struct ConfidentChoice: Sendable {
  let cells: CellTable
  let frontier: Frontier
  let draws: CellDraws
  let search: Chosen<Search>
  let confidence: Double
  let context: RunContext

  /// What was found.
  struct Choice: Sendable {
    /// Of the frontier; nil where no point has the confidence.
    let point: Int?
    /// Where the point is the search's answer.
    let chosenAt: DecimalNumber?
    let probability: Double?
    /// The greatest probability of those tried; nil where no resample decides.
    let best: Double?
    /// The most resamples whose search stopped early, at one point.
    let unproven: Int
  }

  private static let atOnce = 12

  func choice(within limit: DecimalNumber, upTo last: Int) async throws -> Choice {
    let points = frontier.points
    let candidates = points.indices.prefix(last + 1).filter { !points[$0].isEmpty }
    var (low, high) = (-1, candidates.count)
    var (best, unproven) = (nil as Double?, 0)
    var found: (place: Int, probability: Double)?
    var limits: [Int: DecimalNumber] = [:]
    while high - low > 1 {
      let between = high - low - 1
      let places = (1...min(Self.atOnce, between)).map { low + ($0 * (between + 1)) / (min(Self.atOnce, between) + 1) }
        .filter { $0 > low && $0 < high }
      let tried = Array(Set(places)).sorted()
      guard !tried.isEmpty else { break }
      let risks = try tried.map { place -> Double in
        guard let percent = cells.measure.percent(points[candidates[place]].sums) else {
          throw Faults.data("risk_confidence", "a point of the frontier has no risk", "Look at the cells.")
        }
        // Few decimals, so that the limit is a fraction of 64-bit numbers whatever the sums are; upwards, so that the point is
        // within it.
        return (percent * 1e9).rounded(.up) / 1e9
      }
      let shares = try await probabilities(risks, limit)
      for own in shares {
        if let value = own.value { best = max(best ?? 0, value) }
        unproven = max(unproven, own.unproven)
      }
      for (place, risk) in zip(tried, risks) { limits[place] = try DecimalNumber(risk) }
      if let at = shares.lastIndex(where: { $0.value ?? 0 >= confidence }), let value = shares[at].value {
        (low, found) = (tried[at], (tried[at], value))
        high = tried.dropFirst(at + 1).first ?? high
      } else {
        high = tried[0]
      }
    }
    // The last point within a limit, should another one lie between it and the point that it was made of.
    let at = try found.flatMap { limits[$0.place] }.flatMap {
      try frontier.answer(to: $0, measure: cells.measure).point
    }
    return Choice(
      point: at, chosenAt: found.flatMap { limits[$0.place] },
      probability: found?.probability, best: best, unproven: unproven)
  }

  /// P(λ) for each of some risks in percent.
  private func probabilities(_ risks: [Double], _ limit: DecimalNumber) async throws -> [LimitProbability] {
    // The port takes limits as scenarios; two points of one risk are one limit.
    let limits = try risks.map { try DecimalNumber($0) }
    let asked = ScenarioSet(
      scenarios: limits.enumerated().map { place, risk in
        ScenarioSet.Scenario(
          name: "limit-\(place)", limit: risk, status: .infeasible, point: nil, strategy: nil, totals: nil)
      }, nested: true)
    let outcomes = try await context.concurrently(Array(0..<draws.resampleCount)) { draw in
      try context.checkCancellation()
      let table = draws.table(ofDraw: draw, like: cells)
      let values: [String: any Artifact] = ["cells": table, "scenarios": asked]
      let found = try await search(
        Search.ports.make(PortValues(values)), in: context.inner(.resample, draws.head.made[draw]).alone())
      return try limits.map { risk -> (status: Frontier.Answer.Status, error: Double?) in
        let answer = try found.answer(to: risk, measure: cells.measure)
        guard answer.status == .optimal, let point = answer.point else {
          return (answer.status == .infeasible ? .infeasible : .unproven, nil)
        }
        let strategy = found.points[point].strategy
        let (there, here) = (table.totals(of: strategy).optimum, cells.totals(of: strategy).optimum)
        guard let a = cells.measure.percent(there), let b = cells.measure.percent(here) else { return (.optimal, nil) }
        return (.optimal, a - b)
      }
    }
    return risks.enumerated().map { place, risk in
      var own = LimitProbability(risk: risk, limit: limit)
      for outcome in outcomes { own.add(outcome[place].status, error: outcome[place].error) }
      return own
    }
  }
}
