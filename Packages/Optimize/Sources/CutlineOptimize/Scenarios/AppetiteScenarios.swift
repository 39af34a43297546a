internal import CutlineCore
internal import CutlineCredit

/// For each of three risk limits the strategy with most production whose unrounded risk keeps it.
///
/// A limit that only the strategy that accepts nothing keeps is infeasible: it is never given another point instead. The
/// best strategy that a search found before it had to stop is never called an optimum.
struct AppetiteScenarios: Stage {
  typealias Kind = Scenarios
  static let name = "appetite"
  static let summary =
    "Pessimistic, base and optimistic: most production within optimum_risk minus, at, plus risk_step."
  let config: RiskAppetite

  func run(_ input: Scenarios.Input, in context: RunContext) async throws -> ScenarioSet {
    if config.optimum < 0.05 {
      context.warn("optimum_risk is \(config.optimum) percent; limits are in percent")
    }
    for interval in input.frontier.open {
      let percent = 100 * input.cells.measure.multiplier
      let ends = [interval.from, interval.to].map { $0.map { "\($0 * percent) %" } ?? "the end" }
      context.warn(
        "the search left risks from \(word: ends[0]) to \(word: ends[1]) open: there may be better strategies there")
    }
    let scenarios = try config.limits().map { name, limit in try scenario(name, limit, input, context) }
    let chosen = scenarios.compactMap(\.strategy)
    let nested = zip(chosen, chosen.dropFirst()).allSatisfy { careful, bold in bold.contains(careful) }
    if !nested {
      context.note(
        "the scenarios are not nested: a bolder one rejects a cell that a more careful one accepts (use = \"threshold\" "
          + "with nesting = \"bottom-up\" nests them and says what it costs)")
    }
    return ScenarioSet(scenarios: scenarios, nested: nested)
  }

  private func scenario(
    _ name: String, _ limit: DecimalNumber, _ input: Scenarios.Input, _ context: RunContext
  ) throws -> ScenarioSet.Scenario {
    let answer = try input.frontier.answer(to: limit, measure: input.cells.measure)
    let strategy = answer.point.map { input.frontier.points[$0].strategy }
    let status: ScenarioSet.Status =
      switch answer.status {
      case .optimal: .optimal
      case .infeasible: .infeasible
      case .unproven: .unproven
      }
    switch status {
    case .infeasible: context.warn("\(word: name): no strategy that accepts anything has a risk of at most \(limit) %")
    case .unproven:
      context.warn("\(word: name): the search stopped at a limit of its own; its strategy is not proven optimal")
    case .optimal: break
    }
    return ScenarioSet.Scenario(
      name: name, limit: limit, status: status, point: answer.point, strategy: strategy,
      totals: strategy.map(input.cells.totals), bound: answer.bound, unnestedProduction: answer.unnestedProduction)
  }
}
