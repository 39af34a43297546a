internal import CutlineCore
internal import CutlineCredit

struct ScenariosConfig: StageConfig {
  var appetite = RiskAppetite()
  var fixed = FixedCutoffsConfig()
  var confidence = RiskConfidenceConfig()

  static let fields =
    RiskAppetite.fields.map { $0.lifted(\Self.appetite) } + FixedCutoffsConfig.fields.map { $0.lifted(\Self.fixed) }
    + RiskConfidenceConfig.fields.map { $0.lifted(\Self.confidence) }

  func validate(at places: FieldPlaces) throws { try appetite.validate(at: places) }
}

/// For each of three risk limits the strategy with most production whose unrounded risk keeps it.
///
/// A strategy of `fixed_cutoffs` is set against the limits as it is: it is called fixed, never optimal, and what the best within
/// the limit would bring is said beside it. Where the comfort zone is enforced no limit lies above it.
///
/// A limit that only the strategy that accepts nothing keeps is infeasible: it is never given another point instead. The
/// best strategy that a search found before it had to stop is never called an optimum.
struct AppetiteScenarios: Stage {
  typealias Kind = Scenarios
  static let name = "appetite"
  static let summary =
    "Pessimistic, base and optimistic: most production within optimum_risk minus, at, plus risk_step."
  static let reads = ["draws"]
  let config: ScenariosConfig
  var reads: [String] { config.confidence.confidence == nil ? [] : ["draws"] }

  func run(_ input: Scenarios.Input, in context: RunContext) async throws -> ScenarioSet {
    if config.appetite.optimum < 0.05 {
      context.warn("optimum_risk is \(config.appetite.optimum) percent; limits are in percent")
    }
    for interval in input.frontier.open {
      let percent = 100 * input.cells.measure.multiplier
      let range =
        switch (interval.from.map { "\($0 * percent) %" }, interval.to.map { "\($0 * percent) %" }) {
        case (nil, nil): "all risks"
        case (let from?, nil): "risks from \(from) on"
        case (nil, let to?): "risks up to \(to)"
        case (let from?, let to?): "risks from \(from) to \(to)"
        }
      context.warn("the search left \(word: range) open: there may be better strategies there")
    }
    let proof = try proof(of: input, context)
    var scenarios: [ScenarioSet.Scenario] = []
    for limit in try limits(input, context) { scenarios.append(try await scenario(limit, input, proof, context)) }
    sayRiskless(scenarios, input.cells, context)
    let chosen = scenarios.compactMap(\.strategy)
    let nested = zip(chosen, chosen.dropFirst()).allSatisfy { careful, bold in bold.contains(careful) }
    if !nested {
      context.note(
        "the scenarios are not nested: a bolder one rejects a cell that a more careful one accepts (use = \"threshold\" "
          + "with nesting = \"bottom-up\" nests them and says what it costs)")
    }
    return ScenarioSet(scenarios: scenarios, nested: nested)
  }

  /// Cutline's own answers to the limits, where the frontier is only stated by somebody.
  private func proof(of input: Scenarios.Input, _ context: RunContext) throws -> Frontier? {
    if let maker = input.frontier.statedBy {
      context.note("the frontier is as \(word: maker) states it; its strategies are compared with those of threshold")
    } else if !input.frontier.isFixed {
      return nil
    }
    var search = ThresholdSearchConfig()
    search.appetite = config.appetite
    search.timeLimitSeconds = Self.proofSeconds
    return try ThresholdSearchStage(config: search).answers(of: input.cells, in: context.inner(Self.proof))
  }

  /// Per risk limit.
  private static let proofSeconds = 60.0
  private static let proof = Purpose("proof")

  /// What is known of a stated answer, given Cutline's own one: the best is the best, however it was found.
  private func judged(
    _ answer: Frontier.Answer, _ name: String, _ input: Scenarios.Input, _ proof: Frontier, _ context: RunContext
  ) throws -> Frontier.Answer {
    let own = try proof.answer(to: answer.limit, measure: input.cells.measure)
    let stated = answer.point.map { input.frontier.points[$0].production }
    let found = own.point.map { proof.points[$0].production }
    let maker = input.frontier.statedBy ?? ""
    // Where nothing fits, a stated strategy of nothing is none.
    if own.status == .infeasible, stated ?? 0 == 0 {
      return Frontier.Answer(limit: answer.limit, status: .infeasible, point: nil, bound: own.bound)
    }
    if own.status == .optimal, answer.point != nil, stated == found {
      return Frontier.Answer(limit: answer.limit, status: .optimal, point: answer.point, bound: own.bound)
    }
    if let found, found > stated ?? -1 {
      let share = stated.map { 100 * Double($0) / Double(found) } ?? 0
      context.warn(
        "\(word: name): \(word: maker) has \((100 * share).rounded() / 100) % of the production that a strategy within "
          + "\(answer.limit) % can have; its own is kept, and is not called an optimum")
    }
    return Frontier.Answer(limit: answer.limit, status: .unproven, point: answer.point, bound: own.bound)
  }

  /// The limits of the run: of a fixed strategy the base one alone, unless all are asked for.
  private func limits(_ input: Scenarios.Input, _ context: RunContext) throws -> [RiskAppetite.Limit] {
    let zone = config.appetite.comfortZone
    if zone.isEnforced, zone.tightest(input.cells.basis) == nil {
      context.warn(
        "cz_enforce has nothing to enforce: cz_config has no limit for a year of the main period (\(zone.limits.count) years listed)"
      )
    }
    let all = try config.appetite.limits(input.cells.basis)
    for case let (limit, zone?) in all.map({ ($0, $0.zone) }) {
      context.note(
        "\(word: limit.name): its limit is the comfort zone of \(zone.year), \(limit.percent) %; the risk appetite would allow \(zone.own) %"
      )
    }
    guard input.frontier.isFixed, config.fixed.cutoffs?.runsAllScenarios != true else { return all }
    return all.filter { $0.name == "base" }
  }

  /// A strategy that somebody states, set against a limit.
  private func fixed(
    _ name: String, _ limit: DecimalNumber, _ input: Scenarios.Input, _ proof: Frontier?, _ context: RunContext
  ) throws -> ScenarioSet.Scenario {
    let (cells, strategy) = (input.cells, input.frontier.points[0].strategy)
    let totals = cells.totals(of: strategy)
    let keeps = try cells.measure.fits(totals.optimum, limit: limit)
    let risk = cells.measure.strategyPercent(totals.optimum).map { "\(NumberText.fixed($0, 4)) %" } ?? "undefined"
    if !keeps {
      context.warn("\(word: name): the risk of fixed_cutoffs is \(word: risk), above the limit of \(limit) %")
    }
    if let best = try proof?.answer(to: limit, measure: cells.measure), best.status == .optimal, let point = best.point
    {
      let share = 100 * Double(totals.optimum.production) / Double(proof?.points[point].production ?? 1)
      context.note(
        "\(word: name): fixed_cutoffs has \(word: NumberText.fixed(share, 2)) % of the production of the best strategy within \(limit) %\(word: keeps ? "" : ", at more risk than that")"
      )
    }
    return ScenarioSet.Scenario(
      name: name, limit: limit, status: .fixed, point: 0, strategy: strategy, totals: totals,
      reason: keeps ? nil : "its risk is \(risk), above the limit of \(limit) %")
  }

  private func scenario(
    _ wanted: RiskAppetite.Limit, _ input: Scenarios.Input, _ proof: Frontier?, _ context: RunContext
  ) async throws -> ScenarioSet.Scenario {
    let (name, limit) = (wanted.name, wanted.percent)
    if input.frontier.isFixed {
      if config.confidence.confidence != nil {
        context.warn("\(word: name): risk_confidence has no effect on fixed_cutoffs: nothing is chosen")
      }
      return try fixed(name, limit, input, proof, context)
    }
    var answer = try input.frontier.answer(to: limit, measure: input.cells.measure)
    if let proof { answer = try judged(answer, name, input, proof, context) }
    let strategy = answer.point.map { input.frontier.points[$0].strategy }
    let status: ScenarioSet.Status =
      switch answer.status {
      case .optimal: .optimal
      case .infeasible: .infeasible
      case .unproven: .unproven
      }
    var reason: String?
    switch status {
    case .infeasible:
      let binding = BindingConstraint(cells: input.cells, frontier: input.frontier, context: context)
      reason = try await binding.reason(limit)
      if let zone = wanted.zone, input.frontier.answers.isEmpty,
        try input.frontier.answer(to: zone.own, measure: input.cells.measure).status == .optimal
      {
        reason = "the comfort zone of \(zone.year) binds: within \(zone.own) % there is one, and \(reason ?? "")"
      }
      context.warn("\(word: name): \(word: reason ?? "")")
    case .unproven:
      if proof == nil {
        context.warn("\(word: name): the search stopped at a limit of its own; its strategy is not proven optimal")
      }
      if config.confidence.confidence != nil {
        reason = "risk_confidence is not applied: it chooses among the points of a proven frontier"
        context.warn("\(word: name): \(word: reason ?? "")")
      }
    case .optimal:
      if let confidence = config.confidence.confidence, let point = answer.point {
        return try await confident(name, limit, upTo: point, confidence, input, context)
      }
    case .fixed: break
    }
    return ScenarioSet.Scenario(
      name: name, limit: limit, status: status, point: answer.point, strategy: strategy,
      totals: strategy.map(input.cells.totals), bound: answer.bound, unnestedProduction: answer.unnestedProduction,
      reason: reason)
  }

  /// The strategy whose true risk keeps the limit with the probability that is asked for.
  private func confident(
    _ name: String, _ limit: DecimalNumber, upTo last: Int, _ confidence: Double, _ input: Scenarios.Input,
    _ context: RunContext
  ) async throws -> ScenarioSet.Scenario {
    if let draws = input.draws, draws.resampleCount == 0, let failure = draws.head.failures.first {
      throw Faults.data(
        "risk_confidence", "cannot be answered without resamples: \(failure.reason)", "Leave risk_confidence out.")
    }
    guard let draws = input.draws, draws.resampleCount >= DrawInterval.fewest else {
      throw Faults.usage(
        "risk_confidence", "needs resamples, and there are \(input.draws?.resampleCount ?? 0)",
        "Connect draws with from = { draws = \"draws\" } and resamples of 20 or more, or leave it out.")
    }
    guard input.frontier.answers.isEmpty else {
      throw Faults.usage(
        "risk_confidence", "needs the whole frontier, and the search \(input.frontier.search) answers limits only",
        "Use the search frontier.")
    }
    let choice = try await ConfidentChoice(
      cells: input.cells, frontier: input.frontier, draws: draws, search: config.confidence.search,
      confidence: confidence, context: context
    ).choice(within: limit, upTo: last)
    let strategy = choice.point.map { input.frontier.points[$0].strategy }
    var reason: String?
    if let point = choice.point, let at = choice.chosenAt, let probability = choice.probability {
      let share =
        100 * Double(input.frontier.points[point].production)
        / Double(max(1, input.frontier.points[last].production))
      context.note(
        "\(word: name): P(true risk ≤ \(limit) %) is \(word: NumberText.fixed(probability, 3)) for the best strategy within \(at) %, which has \(word: NumberText.fixed(share, 2)) % of the production of the best within \(limit) %"
      )
    } else {
      reason =
        "no strategy of the frontier keeps \(limit) % with probability \(confidence); the greatest is \(choice.best.map { NumberText.fixed($0, 3) } ?? "unknown")"
      context.warn("\(word: name): \(word: reason ?? "")")
    }
    if choice.unproven > 0 {
      context.warn(
        "\(word: name): in up to \(choice.unproven) of \(draws.resampleCount) resamples the search stopped early; they are left out of P(true risk ≤ \(limit) %)"
      )
    }
    var scenario = ScenarioSet.Scenario(
      name: name, limit: limit, status: strategy == nil ? .infeasible : .optimal, point: choice.point,
      strategy: strategy, totals: strategy.map(input.cells.totals), reason: reason)
    (scenario.riskConfidence, scenario.chosenAt) = (confidence, choice.chosenAt)
    return scenario
  }

  /// A prediction below zero, taken as zero, is no risk of 0 %: which strategies rest on such cells.
  private func sayRiskless(_ scenarios: [ScenarioSet.Scenario], _ cells: CellTable, _ context: RunContext) {
    let found = scenarios.compactMap { scenario -> String? in
      guard let strategy = scenario.strategy else { return nil }
      var (count, production, whole) = (0, Int64(0), Int64(0))
      for cell in 0..<cells.grid.cellCount where strategy.accepts(cell, in: cells.grid) {
        whole += cells.swapIn[cell].production
        let risk = cells.predictedRisk[cell] * cells.rejectMultiplier[cell]
        guard cells.rejectedRows[cell] > 0, risk <= 0 else { continue }
        count += 1
        production += cells.swapIn[cell].production
      }
      guard count > 0, whole > 0 else { return nil }
      let share = (1000 * Double(production) / Double(whole)).rounded() / 10
      return "\(scenario.name) in \(count) cell\(count == 1 ? "" : "s") (\(share) % of its swap-in production)"
    }
    guard !found.isEmpty else { return }
    context.warn(
      "rejected applications are taken at no predicted risk, where surface and reject inference come to 0 or less: "
        + "\(word: found.joined(separator: ", "))")
  }
}
