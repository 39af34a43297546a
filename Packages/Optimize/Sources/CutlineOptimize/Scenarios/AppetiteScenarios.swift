internal import CutlineCore

struct AppetiteConfig: StageConfig {
  var optimum = 1.1
  var step = 0.1

  static let fields: [Field<Self>] = [
    .double("optimum_risk", \.optimum, in: 0.000001...100, unit: "percent", "Risk limit of the base scenario."),
    .double("risk_step", \.step, in: 0...100, unit: "percent", "Distance of the other two limits from it."),
  ]

  func validate(at places: FieldPlaces) throws {
    guard step < optimum else {
      throw ConfigError(
        "\(places["risk_step", "optimum_risk"])",
        "risk_step \(step) leaves no positive limit for the pessimistic scenario (optimum_risk is \(optimum))",
        "Choose a smaller step.")
    }
  }
}

/// Three risk limits, `optimum − step`, `optimum`, `optimum + step` in decimal arithmetic, and for each the point of
/// the frontier with most production whose unrounded risk keeps it.
///
/// A limit that only the strategy that accepts nothing keeps is infeasible: it is never given another point instead.
struct AppetiteScenarios: Stage {
  typealias Kind = Scenarios
  static let name = "appetite"
  static let summary =
    "Pessimistic, base and optimistic: most production within optimum_risk minus, at, plus risk_step."
  let config: AppetiteConfig

  func run(_ input: Scenarios.Input, in context: RunContext) async throws -> ScenarioSet {
    let optimum = try DecimalNumber(config.optimum)
    let step = try DecimalNumber(config.step)
    let limits = [("pessimistic", optimum - step), ("base", optimum), ("optimistic", optimum + step)]
    if config.optimum < 0.05 {
      context.warn("optimum_risk is \(config.optimum) percent; limits are in percent")
    }
    for interval in input.frontier.open {
      let percent = 100 * input.cells.measure.multiplier
      let ends = [interval.from, interval.to].map { $0.map { "\($0 * percent) %" } ?? "the end" }
      context.warn("the search left risks from \(ends[0]) to \(ends[1]) open: there may be better strategies there")
    }
    var scenarios: [ScenarioSet.Scenario] = []
    for (name, limit) in limits {
      let index = try last(input.frontier.points, within: limit, input.cells.measure)
      guard let index, input.frontier.points[index].strategy.accepted.contains(where: { $0 > 0 }) else {
        context.warn("\(name): no strategy that accepts anything has a risk of at most \(limit) %")
        scenarios.append(.init(name: name, limit: limit, status: .infeasible, point: nil, strategy: nil, totals: nil))
        continue
      }
      let strategy = input.frontier.points[index].strategy
      scenarios.append(
        .init(
          name: name, limit: limit, status: .optimal, point: index, strategy: strategy,
          totals: input.cells.totals(of: strategy)))
    }
    let chosen = scenarios.compactMap(\.strategy)
    let nested = zip(chosen, chosen.dropFirst()).allSatisfy { careful, bold in
      zip(careful.accepted, bold.accepted).allSatisfy { $0 <= $1 }
    }
    if !nested {
      context.note("the scenarios are not nested: a bolder one rejects a cell that a more careful one accepts")
    }
    return ScenarioSet(scenarios: scenarios, nested: nested)
  }

  /// The last point, in ascending risk, that keeps the limit. O(log n).
  private func last(_ points: [Frontier.Point], within limit: DecimalNumber, _ measure: RiskMeasure) throws -> Int? {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if try measure.fits(points[middle].sums, limit: limit) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }
}
