public import CutlineCore

/// Picks one strategy of the frontier per risk appetite.
public enum Scenarios: ExchangedKind {
  public struct Input: Sendable {
    public let cells: CellTable
    public let frontier: Frontier
    /// For strategies whose true risk has to keep a limit with a given probability.
    public let draws: CellDraws?
  }
  public typealias Output = ScenarioSet
  public static let name = "scenarios"
  public static let summary = "Picks the strategy with most production within each risk limit."
  public static let ports = Ports(
    Input.init, .one("cells", \.cells), .one("frontier", \.frontier), .optional("draws", \.draws))

  /// What a scenario says against a frontier that is proven.
  private static func contradiction(
    _ scenario: ScenarioSet.Scenario, to input: Input, at place: String
  ) -> Faults? {
    guard let known = known(scenario.limit, input), known.status != .unproven else { return nil }
    let production = known.point.map { input.frontier.points[$0].production }
    if let confidence = scenario.riskConfidence {
      guard input.draws?.resampleCount ?? 0 > 0, confidence > 0, confidence < 1 else {
        return Faults.data(
          place, "has a riskConfidence of \(confidence) without draws", "Connect draws, or leave it out.")
      }
      if let at = scenario.chosenAt, let chosen = Self.known(at, input)?.point,
        at > scenario.limit || chosen != scenario.point
      {
        return Faults.data(
          place, "is not what the frontier answers to \(at) %",
          "Give the frontier's answer to chosenAt, within the limit.")
      }
      // Less than the optimum, as its estimate has to keep a distance.
      guard scenario.totals?.optimum.production ?? 0 > production ?? 0 else { return nil }
      return Faults.data(place, "has more production than the optimum within \(scenario.limit) %", "Give another.")
    }
    switch scenario.status {
    case .optimal where known.status == .infeasible || scenario.totals?.optimum.production != production:
      return Faults.data(
        place, "is called optimal, and the frontier has another optimum within \(scenario.limit) %",
        "Give that one, or say unproven.")
    case .infeasible where known.status == .optimal:
      return Faults.data(
        place, "is called infeasible, and the frontier has an optimum within \(scenario.limit) %", "Give that one.")
    default: return nil
    }
  }

  /// What the frontier knows; nil where its search was asked about other limits.
  private static func known(_ limit: DecimalNumber, _ input: Input) -> Frontier.Answer? {
    try? input.frontier.answer(to: limit, measure: input.cells.measure)
  }

  /// What the frontier does not prove is not proven by a program or a library that says so.
  public static func brought(_ output: ScenarioSet, for input: Input, by maker: String) -> ScenarioSet {
    let scenarios = output.scenarios.map { scenario in
      guard ![.unproven, .fixed].contains(scenario.status),
        known(scenario.limit, input)?.status ?? .unproven == .unproven
      else {
        return scenario
      }
      var own = ScenarioSet.Scenario(
        name: scenario.name, limit: scenario.limit, status: .unproven, point: scenario.point,
        strategy: scenario.strategy, totals: scenario.totals, unnestedProduction: scenario.unnestedProduction,
        reason: "\(maker) states it, and nothing proves it")
      (own.riskConfidence, own.chosenAt) = (scenario.riskConfidence, scenario.chosenAt)
      return own
    }
    return ScenarioSet(scenarios: scenarios, nested: output.nested)
  }

  /// Names that make names of files, strategies of the grid with their totals, limits that are kept.
  public static func check(_ output: ScenarioSet, against input: Input) throws {
    var names: Set<String> = []
    for (index, scenario) in output.scenarios.enumerated() {
      let place = "scenarios[\(index)]"
      let isPlain = scenario.name.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
      }
      guard isPlain, (1...60).contains(scenario.name.utf8.count), names.insert(scenario.name).inserted else {
        throw Faults.data(
          place, "its name is taken or does not make a name of a file",
          "Use small letters, digits, - and _, each name once.")
      }
      let parts = [scenario.point != nil, scenario.strategy != nil, scenario.totals != nil]
      guard Set(parts).count == 1, ![.optimal, .fixed].contains(scenario.status) || parts[0],
        scenario.status != .infeasible || !parts[0]
      else {
        throw Faults.data(
          place, "is \(scenario.status.rawValue) with point, strategy or totals that do not go with it",
          "Give all three for an optimum, none where it is infeasible.")
      }
      guard let point = scenario.point, let strategy = scenario.strategy, let totals = scenario.totals else {
        if let fault = contradiction(scenario, to: input, at: place) { throw fault }
        continue
      }
      guard input.frontier.points.indices.contains(point) else {
        throw Faults.data(place, "names point \(point) of \(input.frontier.points.count)", "Count points from 0.")
      }
      guard input.frontier.points[point].strategy == strategy else {
        throw Faults.data(place, "its strategy is not that of point \(point)", "Hand the point's strategy on.")
      }
      guard totals == input.cells.totals(of: strategy) else {
        throw Faults.data(place, "its totals are not those of its strategy", "Add up the cells that it accepts.")
      }
      guard (scenario.status == .fixed) == input.frontier.isFixed else {
        throw Faults.data(
          place,
          "is \(scenario.status.rawValue), and the frontier is \(input.frontier.isFixed ? "" : "not ")a fixed strategy",
          "Call it fixed where, and only where, it is.")
      }
      guard try scenario.status == .fixed || input.cells.measure.fits(totals.optimum, limit: scenario.limit) else {
        throw Faults.data(place, "its strategy does not keep \(scenario.limit) %", "Pick one that keeps the limit.")
      }
      if let fault = contradiction(scenario, to: input, at: place) { throw fault }
    }
    if let fall = output.scenarios.indices.dropFirst().first(where: {
      output.scenarios[$0].limit < output.scenarios[$0 - 1].limit
    }) {
      throw Faults.data(
        "scenarios[\(fall)]", "its limit is below that of the one before it", "List limits in ascending order.")
    }
    let chosen = output.scenarios.compactMap(\.strategy)
    let isNested = zip(chosen, chosen.dropFirst()).allSatisfy { $1.contains($0) }
    guard output.nested == isNested else {
      throw Faults.data(
        "nested", "is \(output.nested), the strategies say \(isNested)", "Compare neighbouring strategies.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [small.draws, nil].map { Input(cells: small.cells, frontier: small.frontier, draws: $0) }
  }

  public static let baseline: String? = #"""
    /// For each limit the strategy of the frontier with most production within it.
    struct {{Stage}}: Stage {
      typealias Kind = Scenarios
      static let name = "{{name}}"
      static let summary = "Most production within each of a list of risk limits."

      struct Config: StageConfig {
        var limits = [1.0, 1.2]
        static let fields: [Field<Self>] = [
          .doubles("limits", \.limits, in: 0...100, atLeast: 1, "Risk limits in percent, ascending.")
        ]
      }
      let config: Config

      func run(_ input: Scenarios.Input, in context: RunContext) async throws -> ScenarioSet {
        let scenarios = try config.limits.enumerated().map { index, limit in
          let answer = try input.frontier.answer(to: DecimalNumber(limit), measure: input.cells.measure)
          let strategy = answer.point.map { input.frontier.points[$0].strategy }
          let status = ScenarioSet.Status(rawValue: answer.status.rawValue) ?? .unproven
          return ScenarioSet.Scenario(
            name: "limit-\(index + 1)", limit: answer.limit, status: status, point: answer.point,
            strategy: strategy, totals: strategy.map(input.cells.totals), bound: answer.bound)
        }
        let chosen = scenarios.compactMap(\.strategy)
        let nested = zip(chosen, chosen.dropFirst()).allSatisfy { careful, bold in bold.contains(careful) }
        return ScenarioSet(scenarios: scenarios, nested: nested)
      }
    }

    """#
}
