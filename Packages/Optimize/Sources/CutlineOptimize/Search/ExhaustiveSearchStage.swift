internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

struct ExhaustiveSearchConfig: StageConfig {
  var memoryLimit = 4096
  var timeLimitSeconds: Double?
  var constraints = ConstraintConfig()

  static let fields: [Field<Self>] =
    [
      .int(
        "memory_limit", \.memoryLimit, in: 16...1_000_000, unit: "MiB",
        "Memory for the search; a grid that needs more is refused."),
      .optionalDouble(
        "time_limit", \.timeLimitSeconds, in: 0.001...1e7, unit: "seconds",
        "What was found by then is given, and all risks are named as open."),
    ]
    + ConstraintConfig.fields(
      at: \.constraints, honoured: [.pins, .productionFloor, .swapInProduction, .swapInRisk, .changes],
      reason: "it couples the strategies of several risk limits, and a frontier has one each",
      advice: "Use the search threshold or milp, which answer risk limits.")

  func validate(at places: FieldPlaces) throws { try constraints.validate(at: places) }
}

/// Evaluates every monotone combination of cutoffs and keeps the exact frontier: two scores without constraints on the
/// device that is asked for, everything else by the plain definition.
struct ExhaustiveSearchStage: Stage {
  typealias Kind = Search
  static let name = "exhaustive"
  static let summary = "Evaluates every monotone combination of cutoffs; exact, with any constraint on a strategy."
  let config: ExhaustiveSearchConfig

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let time = SearchTime(limitSeconds: config.timeLimitSeconds)
    let problem = try ConstrainedGrid(input.cells, config.constraints)
    guard problem.order.isPlane, problem.constraints.bounds == nil, !problem.hasFurtherLimits else {
      return try enumerate(problem, time, context)
    }
    let search = try DeviceSelection()
      .frontier(
        of: problem.order.plane(problem.sums), preference: context.device, workers: context.workers,
        memoryLimit: config.memoryLimit << 20, timeLimitSeconds: time.left,
        progress: { context.progress($0) }, isCancelled: { Task.isCancelled })
    let result = search.result
    context.note(Remark(word: search.remark))
    context.ran(on: Self.place(result))
    context.phase("prepare", seconds: result.seconds.prepare)
    context.phase("scan", seconds: result.seconds.scan)
    context.phase("reduce", seconds: result.seconds.reduce)
    context.note(
      result.isComplete
        ? "\(word: result.strategies) strategies evaluated, \(result.points.count) on the frontier"
        : "\(result.points.count) strategies found; the time was over before all were evaluated")
    let floor = problem.productionFloor ?? .min
    return Frontier(
      points: result.points.filter { $0.production >= floor }.map(problem.order.point),
      strategyCount: result.strategies, search: Self.name,
      open: result.isComplete ? [] : [.init(from: nil, to: nil)], constraints: problem.imposed)
  }

  /// The definition, with constraints or with more scores.
  private func enumerate(_ problem: ConstrainedGrid, _ time: SearchTime, _ context: RunContext) throws -> Frontier {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try RegionEnumeration(
      timeLimitSeconds: time.left, memoryLimit: config.memoryLimit << 20
    )
    .frontier(
      of: problem.sums, constraints: problem.constraints, progress: { context.progress($0) },
      isCancelled: { Task.isCancelled })
    context.ran(on: "CPU, scalar")
    context.phase("scan", seconds: (clock.now - start) / .seconds(1))
    context.note(
      "\(result.visited) strategies evaluated by the scalar definition, \(result.points.count) on the frontier")
    return Frontier(
      points: result.points.map(problem.order.point),
      strategyCount: problem.order.strategyCount, search: Self.name,
      open: result.isComplete ? [] : [.init(from: nil, to: nil)], constraints: problem.imposed)
  }

  private static func place(_ result: ExhaustiveResult) -> String {
    guard result.devices.isEmpty else { return "OpenCL, " + result.devices.joined(separator: ", ") }
    return "CPU, " + (result.instructionSet?.rawValue ?? "scalar")
  }
}
