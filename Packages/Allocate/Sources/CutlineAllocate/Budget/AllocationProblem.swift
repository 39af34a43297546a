internal import CutlineCore
internal import CutlineCredit

/// What every method of allocation starts from, and what it says where nothing is feasible.
struct AllocationProblem {
  let options: SegmentOptions
  let budget: RiskBudget

  /// - Throws: `Faults` (usage) for segments or limits that do not go together; `Faults` (data) for a target that is no exact
  ///   fraction.
  init(_ input: Allocate.Input) throws {
    options = try SegmentOptions(input.segments.map(\.artifact), input.limits)
    budget = try RiskBudget(input.limits.target, measure: options.measure, weight: input.limits.weight)
    try budget.check(options.segments.map { $0.points + [$0.today].compactMap { $0 } })
  }

  /// All limits.
  var active: Set<AllocationConstraint> { Set(options.constraints) }

  /// What each segment may choose within its own limits.
  func lists() throws -> [[SegmentOptions.Option]] {
    let active = active
    return try options.segments.indices.map { try options.options($0, active: active) }
  }

  /// The best choice of points, with its proof; nil where there is none within the limits.
  func solved(limit: Int) throws -> ExactSolver.Solution? {
    try ExactSolver(options: options, budget: budget, limit: limit).solve(active)
  }

  func choice(_ segment: Int, _ option: SegmentOptions.Option) -> Allocation.Choice {
    Allocation.Choice(
      segment: options.segments[segment].name, point: option.point, isToday: option.isToday, sums: option.sums)
  }

  /// That nothing is feasible, with the least risk and the limits that contradict each other.
  func infeasible(method: String, limit: Int) throws -> Allocation {
    let feasibility = Feasibility(options: options, budget: budget)
    let solver = ExactSolver(options: options, budget: budget, limit: limit)
    let conflict = try feasibility.conflict { active in try solver.solve(active)?.found.bound }
    return Allocation(
      method: method, status: .infeasible, choices: [], bound: nil, leastRiskPct: try feasibility.leastRisk()?.percent,
      conflict: conflict)
  }
}
