internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

struct ThresholdSearchConfig: StageConfig {
  var limits: [Double] = []
  var appetite = RiskAppetite()
  var memoryLimit = 4096
  var timeLimitSeconds: Double?
  var constraints = ConstraintConfig()

  static let fields: [Field<Self>] =
    limitFields(\.limits, \.appetite) + [
      .int("memory_limit", \.memoryLimit, in: 16...1_000_000, unit: "MiB", "Memory for the search."),
      .optionalDouble(
        "time_limit", \.timeLimitSeconds, in: 0.001...1e7, unit: "seconds",
        "Per risk limit; what is not proven by then is called unproven."),
    ]
    + ConstraintConfig.fields(
      at: \.constraints, honoured: [.pins, .productionFloor, .nesting],
      reason: "it adds another sum to every partial strategy, which this search does not carry",
      advice: "Use the search milp, or exhaustive for small grids.")

  /// Which limits are asked for.
  static func limitFields<Root: StageConfig>(
    _ limits: Field<Root>.Path<[Double]>, _ appetite: Field<Root>.Path<RiskAppetite>
  ) -> [Field<Root>] {
    [
      .doubles(
        "limits", limits, in: 0...1e6,
        "Risk limits in percent; empty: optimum_risk minus, at, plus risk_step, as the scenarios ask.")
    ] + RiskAppetite.fields.map { $0.lifted(appetite) }
  }

  func validate(at places: FieldPlaces) throws {
    if limits.isEmpty { try appetite.validate(at: places) }
    try constraints.validate(at: places)
    if constraints.nesting == .joint {
      throw Faults.usage(
        places["nesting"], "nesting = \"joint\" couples all limits, which this search solves one by one",
        "Use the search milp, or nesting = \"bottom-up\", \"top-down\" or \"middle-out\".")
    }
  }

  /// Percent.
  static func percents(_ limits: [Double], _ appetite: RiskAppetite, _ basis: Basis?) throws -> [DecimalNumber] {
    guard limits.isEmpty else { return try limits.map { try DecimalNumber($0) } }
    // The comfort zone may be the limit of several scenarios.
    return try appetite.limits(basis).map(\.percent).reduce(into: []) { known, percent in
      if !known.contains(percent) { known.append(percent) }
    }
  }
}

/// The exact optimum of given risk limits only, for any number of scores: two by labels on the lattice, more by minimum
/// cuts and a decision diagram. Each answer comes with the bound of its Lagrangian dual.
struct ThresholdSearchStage: Stage {
  typealias Kind = Search
  static let name = "threshold"
  static let summary =
    "The exact optimum of given risk limits, for any number of scores, with a dual bound and nesting."
  static let reads = ["scenarios"]
  let config: ThresholdSearchConfig

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let frontier = try answers(of: input.cells, to: input.scenarios, in: context)
    for remark in LimitAnswers.remarks(frontier, input.cells.scale) { context.note(remark) }
    let proven = frontier.answers.count { $0.status != .unproven }
    context.note("\(proven) of \(frontier.answers.count) risk limits proven")
    return frontier
  }

  /// - Parameter scenarios: whose limits are asked about; nil = those of the settings.
  func answers(of cells: CellTable, to scenarios: ScenarioSet? = nil, in context: RunContext) throws -> Frontier {
    let problem = try ConstrainedGrid(cells, config.constraints)
    let limits = try LimitAnswers(
      scenarios.map { LimitAnswers.limits(of: $0) }
        ?? ThresholdSearchConfig.percents(config.limits, config.appetite, cells.basis), measure: cells.measure,
      nesting: config.constraints.nesting)
    let clock = ContinuousClock()
    let start = clock.now
    let frontier = try limits.frontier(
      problem, search: Self.name, strategyCount: problem.order.strategyCount
    ) { ratios, bounds in
      try answers(problem, ratios, bounds, context).map { answer in
        var answer = answer
        // The greatest production is below the floor, so everything is.
        if let floor = problem.productionFloor, answer.status == .optimal, answer.bound ?? .max < floor {
          answer = LimitAnswer(status: .infeasible, point: nil, bound: nil, relaxation: answer.relaxation)
        }
        return answer
      }
    }
    context.ran(on: "CPU")
    context.phase("search", seconds: (clock.now - start) / .seconds(1))
    return frontier
  }

  private func answers(
    _ problem: ConstrainedGrid, _ ratios: [RiskRatio], _ bounds: StrategyBounds, _ context: RunContext
  ) throws -> [LimitAnswer] {
    guard problem.order.isPlane else { return try ratios.map { try regionAnswer(problem, $0, bounds) } }
    return try planeAnswers(problem.order.plane(problem.sums), ratios, bounds, context)
  }

  private func planeAnswers(
    _ plane: GridSums, _ ratios: [RiskRatio], _ bounds: StrategyBounds, _ context: RunContext
  ) throws -> [LimitAnswer] {
    let result = try ThresholdSearch(
      workers: context.workers, memoryLimit: config.memoryLimit << 20,
      timeLimitSeconds: config.timeLimitSeconds.map { $0 * Double(ratios.count) }
    )
    .optima(of: plane, limits: ratios, bounds: bounds, isCancelled: { Task.isCancelled })
    return result.optima.map { optimum in
      switch optimum.status {
      case .optimal:
        LimitAnswer(
          status: .optimal, point: optimum.point, bound: optimum.point?.production, relaxation: optimum.bound)
      case .acceptsNothing, .infeasible: LimitAnswer(status: .infeasible, relaxation: optimum.bound)
      case .limitReached:
        LimitAnswer(status: .unproven, point: optimum.point, bound: optimum.bound, relaxation: optimum.bound)
      }
    }
  }

  private func regionAnswer(
    _ problem: ConstrainedGrid, _ ratio: RiskRatio, _ bounds: StrategyBounds
  ) throws -> LimitAnswer {
    var limits = ClosureLimits(bytes: UInt64(config.memoryLimit) << 20)
    if let seconds = config.timeLimitSeconds { limits.seconds = seconds }
    let optimum = try ClosureSearch(limits: limits)
      .threshold(
        of: problem.sums, numerator: ratio.numerator, denominator: ratio.denominator, bounds: bounds,
        isCancelled: { Task.isCancelled })
    switch optimum.status {
    case .optimal:
      return LimitAnswer(
        status: .optimal, point: optimum.point, bound: optimum.bound, relaxation: optimum.relaxation)
    case .infeasible: return LimitAnswer(status: .infeasible)
    case .limitReached:
      return LimitAnswer(
        status: .unproven, point: optimum.point, bound: optimum.bound, relaxation: optimum.relaxation)
    }
  }
}
