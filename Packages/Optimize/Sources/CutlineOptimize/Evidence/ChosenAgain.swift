internal import CutlineCredit

/// One scenario, chosen again in every resample.
struct ChosenAgain {
  /// What a resample answers to the limit.
  struct Answer: Sendable {
    let status: Frontier.Answer.Status
    let strategy: Strategy?
    /// Its place among the draws.
    let draw: Int
  }

  private let input: Intervals.Input
  private let limit: DecimalNumber
  private var infeasible = 0, unproven = 0
  /// Per strategy chosen: what it has in its resample minus what it has on the run's cells; nil where a risk is undefined.
  private var riskErrors: [Double] = []
  private var productionErrors: [Double] = []
  /// Per resample, for `LimitProbability`.
  private var outcomes: [(status: Frontier.Answer.Status, error: Double?)] = []
  private var accepted: [Int]
  private var chosen = 0

  init(_ answers: [Answer], _ input: Intervals.Input, limit: DecimalNumber) {
    self.input = input
    self.limit = limit
    let grid = input.cells.grid
    accepted = [Int](repeating: 0, count: grid.cellCount)
    for answer in answers {
      // The best found before a limit of the search is no optimum: its error is not that of choosing.
      guard answer.status == .optimal, let strategy = answer.strategy else {
        if answer.status == .infeasible { infeasible += 1 } else { unproven += 1 }
        outcomes.append((answer.status == .infeasible ? .infeasible : .unproven, nil))
        continue
      }
      chosen += 1
      let accepts = (0..<grid.cellCount).map { strategy.accepts($0, in: grid) }
      for (cell, isAccepted) in accepts.enumerated() where isAccepted { accepted[cell] += 1 }
      let there = SummaryLines(input.draws.totals(of: accepts, inDraw: answer.draw), input.cells.measure)
      let here = SummaryLines(input.cells, accepts)
      if let a = there[.optimum, .production], let b = here[.optimum, .production] { productionErrors.append(a - b) }
      var error: Double?
      if let a = there[.optimum, .risk], let b = here[.optimum, .risk] { error = a - b }
      if let error { riskErrors.append(error) }
      outcomes.append((.optimal, error))
    }
  }

  /// Of production and risk of the optimum.
  func intervals(of totals: StrategyTotals, _ confidence: Double) -> [StrategyIntervals.Interval] {
    let own = SummaryLines(totals, input.cells.measure)
    return StrategyIntervals.Quantity.allCases.compactMap { quantity in
      let errors = quantity == .risk ? riskErrors : productionErrors
      guard let estimate = own[.optimum, quantity] else { return nil }
      let interval = DrawInterval(errors: errors, estimate: estimate, confidence: confidence)
      // Neither risk nor production is below 0.
      return StrategyIntervals.Interval(
        basis: .selectionAware, line: .optimum, quantity: quantity, estimate: estimate,
        low: interval.low.map { max(0, $0) }, high: interval.high.map { max(0, $0) },
        standardError: interval.standardError, draws: interval.draws, method: "error")
    }
  }

  func selection(of optimum: CellSums) -> StrategyIntervals.Selection {
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    var within = LimitProbability(risk: input.cells.measure.percent(optimum), limit: limit)
    for outcome in outcomes { within.add(outcome.status, error: outcome.error) }
    return StrategyIntervals.Selection(
      chosen: chosen, infeasible: infeasible, unproven: unproven, riskOptimism: mean(riskErrors).map { -$0 },
      productionOptimism: mean(productionErrors).map { -$0 }, withinLimit: within.value,
      stability: chosen > 0 ? accepted.map { Double($0) / Double(chosen) } : [])
  }
}
