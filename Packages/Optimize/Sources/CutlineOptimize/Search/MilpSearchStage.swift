internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineMilp

struct MilpSearchConfig: StageConfig {
  var limits: [Double] = []
  var appetite = RiskAppetite()
  var timeLimitSeconds = 60.0
  var constraints = ConstraintConfig()

  static let fields: [Field<Self>] =
    ThresholdSearchConfig.limitFields(\.limits, \.appetite) + [
      .double(
        "time_limit", \.timeLimitSeconds, in: 0.001...1e7, unit: "seconds",
        "Per risk limit; what is not proven by then is called unproven, never infeasible.")
    ] + ConstraintConfig.fields.map { $0.lifted(\.constraints) }

  func validate(at places: FieldPlaces) throws {
    if limits.isEmpty { try appetite.validate(at: places) }
    try constraints.validate(at: places)
  }
}

/// The optimum of given risk limits by the mixed-integer solver HiGHS: a cross-check of the other searches, and for
/// constraints that they cannot honour.
///
/// The solver works in floating point. Every answer is added up again and checked in exact integers; one that breaks a
/// constraint by a rounding error is excluded and the solver asked again. Its proof of optimality holds within its
/// tolerances only.
struct MilpSearchStage: Stage {
  typealias Kind = Search
  static let name = "milp"
  static let summary =
    "The optimum of given risk limits by the solver HiGHS, with every constraint; answers are re-checked exactly."
  static let reads = ["scenarios"]
  let config: MilpSearchConfig

  /// Answers that break a constraint by rounding, before the search gives up.
  private static let exclusionLimit = 25

  /// The solver itself: another build of it may give another answer. One that the system's loader finds has no path here.
  var externalInputs: [String] {
    guard case .success(let library) = HighsLibrary.installed, library.path.contains("/") else { return [] }
    return [library.path]
  }

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let problem = try ConstrainedGrid(input.cells, config.constraints)
    let library = try HighsLibrary.installed.get()
    let limits = try LimitAnswers(
      input.scenarios.map { LimitAnswers.limits(of: $0) }
        ?? ThresholdSearchConfig.percents(config.limits, config.appetite, input.cells.basis),
      measure: input.cells.measure,
      nesting: config.constraints.nesting)
    context.ran(on: "CPU, HiGHS \(library.version)")
    let clock = ContinuousClock()
    let start = clock.now
    let count = problem.order.strategyCount
    let solver = MilpAnswers(
      problem: problem, library: library, timeLimitSeconds: config.timeLimitSeconds,
      percent: 100 * input.cells.measure.multiplier,
      exclusionLimit: Self.exclusionLimit, context: context)
    let frontier: Frontier
    if config.constraints.nesting == .joint {
      let alone = try solver.answers(limits.ratios, problem.bounds)
      frontier = limits.frontier(
        try solver.joint(limits, problem.bounds), alone: alone, problem, Self.name, count)
    } else {
      frontier = try limits.frontier(problem, search: Self.name, strategyCount: count, solve: solver.answers)
    }
    context.phase("search", seconds: (clock.now - start) / .seconds(1))
    for remark in LimitAnswers.remarks(frontier, input.cells.scale) { context.note(remark) }
    context.note(
      "\(frontier.answers.count { $0.status != .unproven }) of \(frontier.answers.count) risk limits settled by HiGHS "
        + "\(word: library.version), within its floating-point tolerances; every answer re-added and checked exactly")
    return frontier
  }
}
