internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

struct FrontierSearchConfig: StageConfig {
  var memoryLimit = 4096
  var tolerance = 0.0
  var timeLimitSeconds: Double?
  var constraints = ConstraintConfig()

  static let fields: [Field<Self>] =
    [
      .int(
        "memory_limit", \.memoryLimit, in: 16...1_000_000, unit: "MiB",
        "Memory for the search; beyond it what is open is named."),
      .double(
        "tolerance", \.tolerance, in: 0...0.5, unit: "share of production",
        "With three and more scores: for every strategy one of the points has no more risk and at least 1 minus this of "
          + "its production; 0 = complete."),
      .optionalDouble(
        "time_limit", \.timeLimitSeconds, in: 0.001...1e7, unit: "seconds",
        "What is not closed by then is named, with three and more scores with its bounds."),
    ]
    + ConstraintConfig.fields(
      at: \.constraints, honoured: [.pins, .productionFloor],
      reason: "strategies that keep it need not lie on the frontier that this search finds",
      advice: "Use the search milp or exhaustive; for nesting threshold or milp, which answer risk limits.")

  func validate(at places: FieldPlaces) throws { try constraints.validate(at: places) }
}

/// The complete exact frontier without enumeration. Two scores: labels on the lattice of cutoffs, corner bounds and cone
/// dominance (docs/methods/frontier.md); the same points as `exhaustive`, bit for bit. More: minimum cuts, fixing,
/// decision diagrams (docs/methods/n-dimensional-frontier.md).
struct FrontierSearchStage: Stage {
  typealias Kind = Search
  static let name = "frontier"
  static let summary = "The complete exact frontier without enumeration, for any number of scores; pins and a floor."
  let config: FrontierSearchConfig

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let time = SearchTime(limitSeconds: config.timeLimitSeconds)
    let problem = try ConstrainedGrid(input.cells, config.constraints)
    let frontier =
      try problem.order.isPlane ? plane(problem, time, context) : regions(problem, time, context)
    context.ran(on: "CPU")
    let count = frontier.strategyCount ?? "an unknown number of"
    context.note(
      frontier.open.isEmpty
        ? "\(word: count) strategies covered, \(frontier.points.count) on the frontier"
        : "\(frontier.points.count) strategies found of \(word: count); \(frontier.open.count) intervals of risk are open, "
          + "where others may be missing")
    return frontier
  }

  private func plane(_ problem: ConstrainedGrid, _ time: SearchTime, _ context: RunContext) throws -> Frontier {
    if config.tolerance > 0 {
      context.note("the frontier of two scores is found completely; tolerance has no effect")
    }
    let order = problem.order
    let result = try FrontierSearch(
      workers: context.workers, memoryLimit: config.memoryLimit << 20, timeLimitSeconds: time.left
    )
    .frontier(
      of: order.plane(problem.sums), bounds: problem.bounds, productionFloor: problem.productionFloor,
      progress: { context.progress($0) }, isCancelled: { Task.isCancelled })
    context.phase("seed", seconds: result.seconds.seed)
    context.phase("search", seconds: result.seconds.search)
    context.phase("reduce", seconds: result.seconds.reduce)
    return Frontier(
      points: result.points.map(order.point), strategyCount: result.strategies, search: Self.name,
      open: result.open.map { .init(from: $0.from?.value, to: $0.to?.value) }, constraints: problem.imposed)
  }

  private func regions(_ problem: ConstrainedGrid, _ time: SearchTime, _ context: RunContext) throws -> Frontier {
    let clock = ContinuousClock()
    let start = clock.now
    var limits = ClosureLimits(bytes: UInt64(config.memoryLimit) << 20)
    if let seconds = time.left { limits.seconds = seconds }
    let result = try ClosureSearch(limits: limits)
      .frontier(
        of: problem.sums, bounds: problem.bounds, productionFloor: problem.productionFloor,
        tolerance: config.tolerance, progress: { context.progress($0) }, isCancelled: { Task.isCancelled })
    context.phase("search", seconds: (clock.now - start) / .seconds(1))
    let points = result.map(problem.order.point)
    return Frontier(
      points: points, strategyCount: problem.order.strategyCount, search: Self.name,
      open: result.open.map { corner in
        // What is missing has no less risk than the point that it must exceed in production.
        let floor = points.last { $0.production <= corner.productionAbove }
        return Frontier.OpenInterval(
          from: floor.map { Double($0.numerator) / Double(max($0.denominator, 1)) },
          to: Double(corner.riskNumerator) / Double(max(corner.riskDenominator, 1)),
          productionAbove: corner.productionAbove, productionAtMost: corner.productionAtMost)
      }, constraints: problem.imposed)
  }
}
