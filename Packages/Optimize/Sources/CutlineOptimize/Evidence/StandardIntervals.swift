internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct StandardIntervalsConfig: StageConfig {
  var confidence = 0.95
  /// On simulated portfolios it holds the truth more often than percentiles do (docs/methods/bootstrap.md).
  var method = DrawInterval.Method.bca
  var selection = true
  var search: Chosen<Search> = "threshold"

  static let fields: [Field<Self>] = [
    .double("confidence", \.confidence, in: 0.5...0.999, unit: "share", "How often an interval should hold the truth."),
    .choice(
      "method", \.method, "Quantiles of the draws as they are, or corrected for bias and acceleration (BCa)."),
    .bool("selection", \.selection, "Choose the strategy again in each resample, for selection-aware intervals."),
    .stage(
      "search", \.search,
      "What chooses again, with the constraints of the run's own search; it must answer the limits of the scenarios."),
  ]
}

/// Three intervals for every scenario, each with its basis.
///
/// With the strategy s of the run fixed, its sums in every draw give the intervals *booked-only* (booked sums of the draw,
/// swap-ins of the run) and *whole-estimator* (both of the draw), by percentile or BCa.
///
/// *Selection-aware*: in resample b the strategy s_b is chosen again at the scenario's limit. The resample stands to the
/// run as the run to the truth, so that the error of the promise there, e_b = r_b(s_b) − r₀(s_b), with r₀ the risk on the
/// run's cells, is what the chosen strategy's risk errs by: the interval is r₀(s) − quantiles of e. Its mean error below 0 is
/// the optimism of choosing, which is so removed; production likewise. P(true risk ≤ limit) is `LimitProbability`. How often a cell is accepted by the s_b is its stability.
///
/// O(scenarios × draws × cells), and a search a resample.
///
/// Source: B. Efron, *Estimating the error rate of a prediction rule*, JASA 78 (1983), for the optimism; docs/methods/bootstrap.md.
struct StandardIntervals: Stage {
  typealias Kind = Intervals
  static let name = "standard"
  static let summary = "Booked-only, whole-estimator and selection-aware intervals of production and risk."
  let config: StandardIntervalsConfig

  func run(_ input: Intervals.Input, in context: RunContext) async throws -> StrategyIntervals {
    let (draws, head) = (input.draws, input.draws.head)
    guard head.grid == input.cells.grid else {
      throw Faults.data("intervals", "draws and cells belong to different grids", "Connect stages of one run.")
    }
    // A strategy that somebody states is chosen by nobody.
    let isChosen = config.selection && input.scenarios.scenarios.contains { $0.status != .fixed && $0.strategy != nil }
    let chosen = isChosen ? try await chooseAgain(input, context) : []
    let scenarios = input.scenarios.scenarios.enumerated().map { place, scenario in
      guard let strategy = scenario.strategy, draws.resampleCount > 0 else {
        return StrategyIntervals.Scenario(
          name: scenario.name, limit: scenario.limit, intervals: [], selection: nil)
      }
      let accepts = (0..<input.cells.grid.cellCount).map { strategy.accepts($0, in: input.cells.grid) }
      var intervals = fixed(accepts, input)
      var selection: StrategyIntervals.Selection?
      if isChosen, scenario.status != .fixed {
        let own = ChosenAgain(chosen.map { $0[place] }, input, limit: scenario.limit)
        intervals += own.intervals(of: input.cells.totals(of: strategy), config.confidence)
        selection = own.selection(of: input.cells.totals(of: strategy).optimum)
      }
      return StrategyIntervals.Scenario(
        name: scenario.name, limit: scenario.limit, intervals: intervals, selection: selection)
    }
    say(scenarios, head, context)
    return StrategyIntervals(
      confidence: config.confidence, method: config.method.rawValue, seed: head.seed, resamples: head.resamples,
      made: head.made.count, failures: head.failures, fixed: head.fixed, scenarios: scenarios)
  }

  /// Per resample, per scenario: the strategy that its cells would have had.
  private func chooseAgain(
    _ input: Intervals.Input, _ context: RunContext
  ) async throws -> [[ChosenAgain.Answer]] {
    let limits = input.scenarios.scenarios.map { $0.chosenAt ?? $0.limit }
    let all = Array(0..<input.draws.resampleCount)
    let size = 16
    let blocks = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min(all.count, $0 + size)]) }
    return try await context.concurrently(blocks) { block in
      var answers: [[ChosenAgain.Answer]] = []
      for draw in block {
        try context.checkCancellation()
        let table = input.draws.table(ofDraw: draw, like: input.cells)
        let values: [String: any Artifact] = ["cells": table, "scenarios": input.scenarios]
        let frontier = try await config.search(
          Search.ports.make(PortValues(values)), in: context.inner(.resample, input.draws.head.made[draw]).alone())
        answers.append(
          try limits.map { limit in
            let answer = try frontier.answer(to: limit, measure: table.measure)
            return ChosenAgain.Answer(
              status: answer.status, strategy: answer.point.map { frontier.points[$0].strategy }, draw: draw)
          })
      }
      return answers
    }.flatMap { $0 }
  }

  /// Of a strategy that is fixed.
  private func fixed(_ accepts: [Bool], _ input: Intervals.Input) -> [StrategyIntervals.Interval] {
    let (draws, cells) = (input.draws, input.cells)
    let own = SummaryLines(cells, accepts)
    let totals = (0..<draws.resampleCount + draws.groupCount).map { draws.totals(of: accepts, inDraw: $0) }
    return [StrategyIntervals.Basis.bookedOnly, .wholeEstimator].flatMap { basis in
      let lines = totals.map { total in
        SummaryLines(
          basis == .wholeEstimator
            ? total : StrategyTotals(kept: total.kept, swapOut: total.swapOut, swapIn: own.totals.swapIn),
          cells.measure)
      }
      // What swap-ins bring does not vary where booked applications alone do: no interval, rather than one without width.
      return StrategyIntervals.Line.allCases.filter { basis == .wholeEstimator || $0 != .swapIn }.flatMap { line in
        StrategyIntervals.Quantity.allCases.map { quantity in
          let (estimate, values) = (own[line, quantity], lines.map { $0[line, quantity] })
          let interval = DrawInterval(
            values.prefix(draws.resampleCount).compactMap { $0 }, estimate: estimate,
            left: values.dropFirst(draws.resampleCount).compactMap { $0 }, method: config.method,
            confidence: config.confidence)
          return StrategyIntervals.Interval(
            basis: basis, line: line, quantity: quantity, estimate: estimate, low: interval.low, high: interval.high,
            standardError: interval.standardError, draws: interval.draws, method: config.method.rawValue)
        }
      }
    }
  }

  private func say(
    _ scenarios: [StrategyIntervals.Scenario], _ head: CellDraws.Head, _ context: RunContext
  ) {
    guard head.resamples > 0 else {
      context.note("no draws, so no intervals: resamples is 0")
      return
    }
    guard !head.made.isEmpty else {
      context.note("no draws, so no intervals: \(word: head.failures.first?.reason ?? "none could be made")")
      return
    }
    if head.made.count < DrawInterval.fewest {
      context.warn("\(head.made.count) resamples are too few for an interval; \(DrawInterval.fewest) are needed")
    }
    for scenario in scenarios {
      guard let own = scenario.selection else { continue }
      if own.infeasible + own.unproven > 0 {
        context.note(
          "\(word: scenario.name): in \(own.infeasible) of \(head.made.count) resamples no strategy keeps \(scenario.limit) %, in \(own.unproven) the search stopped early (these are left out of P)"
        )
      }
      guard let optimism = own.riskOptimism, let within = own.withinLimit else { continue }
      context.note(
        "\(word: scenario.name): choosing makes the risk look \(word: NumberText.fixed(abs(optimism), 4)) points \(word: optimism < 0 ? "higher" : "lower") than it is; P(true risk ≤ \(scenario.limit) %) is \(word: NumberText.fixed(within, 3))"
      )
    }
  }
}
