internal import CutlineCore
internal import CutlineCredit
internal import CutlineMilp

struct MilpAllocationConfig: StageConfig {
  var timeLimitSeconds = 60.0

  static let fields: [Field<Self>] = [
    .double(
      "time_limit", \.timeLimitSeconds, in: 0.001...1e7, unit: "seconds",
      "What is not settled by then is the best found.")
  ]
}

/// The same choice by the mixed-integer solver HiGHS: a cross-check of `exact`.
///
/// One binary column per point, one row per segment (Σ x = 1), Σ slack · x ≥ 0, and rows for the limits across segments. The
/// solver works in floating point: its choice is added up again in whole numbers, one that breaks the budget by a rounding error is
/// excluded and the solver asked again; its proof is a claim, so that the result is called unproven.
struct MilpAllocation: Stage {
  typealias Kind = Allocate
  static let name = "milp"
  static let summary = "The best choice by the solver HiGHS, re-added in whole numbers: a cross-check."
  let config: MilpAllocationConfig
  private static let exclusionLimit = 25

  func run(_ input: Allocate.Input, in context: RunContext) async throws -> Allocation {
    let problem = try AllocationProblem(input)
    let solver = try Self.solver(config.timeLimitSeconds)
    context.ran(on: "CPU, \(solver.version)")
    let lists = try problem.lists()
    guard !lists.contains(where: \.isEmpty) else { return try infeasible(problem) }
    var (milp, firsts) = try program(problem, lists)
    for round in 0...Self.exclusionLimit {
      let answer = try solver.solve(milp, isCancelled: { Task.isCancelled })
      guard let solution = answer.solution else {
        if answer.status == .infeasible { return try infeasible(problem) }
        throw Faults.data(
          "milp", "HiGHS ended with \(answer.status), without a choice", "Raise time_limit, or use --method exact.")
      }
      let places = zip(firsts, lists).map { first, list in list.indices.first { solution[first + $0] } ?? 0 }
      let chosen = zip(lists, places).map { $0[$1] }
      let production = chosen.reduce(Int64(0)) { $0 + $1.sums.production }
      let changed = chosen.count { !$0.isToday }
      if try problem.budget.keeps(chosen.map(\.sums)), production >= input.limits.leastProduction ?? .min,
        changed <= input.limits.mostChanged ?? .max
      {
        context.note(
          "\(word: solver.version) ended with \(word: "\(answer.status)"), \(answer.nodes) nodes; its choice is added up again in whole numbers, its bound is a claim"
        )
        return Allocation(
          method: Self.name, status: .unproven,
          choices: chosen.enumerated().map { problem.choice($0.offset, $0.element) }, bound: nil)
      }
      let taken = zip(firsts, places).map { Int32($0 + $1) }
      milp.rows.append(.init(indices: taken, values: taken.map { _ in 1 }, upper: Double(taken.count - 1)))
      context.note("choice \(round + 1) of HiGHS breaks a limit by a rounding error and is excluded")
    }
    throw Faults.data(
      "milp", "\(Self.exclusionLimit + 1) choices of HiGHS broke a limit by rounding errors", "Use --method exact.")
  }

  private static func solver(_ seconds: Double) throws -> HighsSolver {
    do { return try HighsSolver(timeLimitSeconds: seconds, absoluteGap: 0) } catch { throw advised(error) }
  }

  /// The library advises what searches one frontier without it; what allocates without it is another method.
  static func advised(_ error: Faults) -> Faults {
    Faults(Fault(error.code, error.all[0].place, error.problem, "Run scripts/setup, or use --method exact."))
  }

  /// What the solver claims to be infeasible is so where it is proven.
  private func infeasible(_ problem: AllocationProblem) throws -> Allocation {
    let least = problem.options.limits.leastProduction ?? .min
    if let solution = try problem.solved(limit: ExactConfig().labelLimit), solution.found.bound >= least {
      throw Faults.data("milp", "HiGHS calls infeasible what has a choice", "Use --method exact, and report this.")
    }
    return try problem.infeasible(method: Self.name, limit: ExactConfig().labelLimit)
  }

  private func program(
    _ problem: AllocationProblem, _ lists: [[SegmentOptions.Option]]
  ) throws -> (milp: MilpProblem, firsts: [Int]) {
    let limits = problem.options.limits
    var firsts: [Int] = []
    var (objective, slacks, productions, changes) = ([Double](), [Int128](), [Double](), [Double]())
    var rows: [MilpProblem.Row] = []
    for list in lists {
      firsts.append(objective.count)
      let indices = list.indices.map { Int32(objective.count + $0) }
      rows.append(.init(indices: indices, values: indices.map { _ in 1 }, lower: 1, upper: 1))
      for option in list {
        objective.append(Double(problem.options.objective(option.sums)))
        slacks.append(try problem.budget.slack(option.sums))
        productions.append(Double(option.sums.production))
        changes.append(option.isToday ? 0 : 1)
      }
    }
    let all = objective.indices.map(Int32.init)
    // Whole numbers where they fit; else scaled by a power of two.
    var size = slacks.map(\.magnitude).max() ?? 0
    var shift = 0
    while size >= 1 << 49 { (size, shift) = (size >> 1, shift + 1) }
    let unit = Double(sign: .plus, exponent: -shift, significand: 1)
    func row(_ values: [Double], lower: Double = -.infinity, upper: Double = .infinity) -> MilpProblem.Row {
      // Values that the solver would take for 0 are 0.
      .init(indices: all, values: values.map { abs($0) > 1e-9 ? $0 : 0 }, lower: lower, upper: upper)
    }
    rows.append(row(slacks.map { Double($0) * unit }, lower: 0))
    if let most = limits.mostChanged { rows.append(row(changes, upper: Double(most))) }
    if let least = limits.leastProduction { rows.append(row(productions, lower: Double(least))) }
    return (MilpProblem(objective: objective, rows: rows), firsts)
  }
}
