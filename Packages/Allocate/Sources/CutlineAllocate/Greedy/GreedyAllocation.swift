internal import CutlineCore
internal import CutlineCredit

/// Climbs from the safest points, one frontier step at a time, always the step with most production for the risk that it takes.
///
/// Each segment starts at its first point within its own limits. While the target is broken, the step that adds most slack is
/// taken. Then, of the steps that keep the target, that with the greatest production per slack used, those that use none first; ties
/// go to the first segment by name. It ends where no step keeps the target: a local optimum, which can be far from the best. Where
/// it never comes within the target, the choice of least risk is given.
///
/// O(steps · segments).
struct GreedyAllocation: Stage {
  typealias Kind = Allocate
  static let name = "greedy"
  static let summary = "Climbs the frontiers step by step: fast, without proof, a local optimum."
  init(config: NoConfig) {}

  func run(_ input: Allocate.Input, in context: RunContext) async throws -> Allocation {
    guard input.limits.mostChanged == nil else {
      throw Faults.usage(
        "greedy", "cannot count the segments that change", "Use --method exact, or leave out --max-changed.")
    }
    let problem = try AllocationProblem(input)
    let (options, budget) = (problem.options, problem.budget)
    let lists = try problem.lists().map { steps($0, options) }
    guard !lists.contains(where: \.isEmpty) else { return try problem.infeasible(method: Self.name, limit: 1_000_000) }
    let slacks = try lists.map { try $0.map { try budget.slack($0.sums) } }
    var places = [Int](repeating: 0, count: lists.count)
    var slack = slacks.reduce(0) { $0 + $1[0] }
    let order = options.segments.indices.sorted { options.segments[$0].name < options.segments[$1].name }
    while true {
      try context.checkCancellation()
      var best: (segment: Int, value: Int128, slack: Int128)?
      for segment in order where places[segment] + 1 < lists[segment].count {
        let (place, list) = (places[segment], lists[segment])
        let step = (
          value: Int128(options.objective(list[place + 1].sums)) - Int128(options.objective(list[place].sums)),
          slack: slacks[segment][place + 1] - slacks[segment][place]
        )
        guard slack < 0 ? step.slack > 0 : slack + step.slack >= 0 else { continue }
        guard let other = best else {
          best = (segment, step.value, step.slack)
          continue
        }
        if slack < 0 ? step.slack > other.slack : Self.isBetter(step, (other.value, other.slack)) {
          best = (segment, step.value, step.slack)
        }
      }
      guard let best else { break }
      places[best.segment] += 1
      slack += best.slack
    }
    var chosen = zip(lists, places).map { $0[$1] }
    var keeps = try budget.keeps(chosen.map(\.sums))
    // Frontiers need not begin at their safest points, and a climb that ends above the least risk is no help.
    if !keeps, let safest = try Feasibility(options: options, budget: budget).leastRisk()?.chosen {
      chosen = safest
      keeps = try budget.keeps(safest.map(\.sums))
    }
    let production = chosen.reduce(Int64(0)) { $0 + $1.sums.production }
    return Allocation(
      method: Self.name,
      status: keeps && production >= input.limits.leastProduction ?? .min ? .unproven : .fallback,
      choices: chosen.enumerated().map { problem.choice($0.offset, $0.element) }, bound: nil)
  }

  /// The points of which each has more of the objective than those before it.
  private func steps(_ list: [SegmentOptions.Option], _ options: SegmentOptions) -> [SegmentOptions.Option] {
    var kept: [SegmentOptions.Option] = []
    for option in list {
      if let last = kept.last, options.objective(option.sums) <= options.objective(last.sums) { continue }
      kept.append(option)
    }
    return kept
  }

  /// Whether a step has more value per slack used than another; exactly, in 128 bits where they hold the products.
  private static func isBetter(
    _ a: (value: Int128, slack: Int128), _ b: (value: Int128, slack: Int128)
  ) -> Bool {
    if a.slack >= 0 || b.slack >= 0 {
      if (a.slack >= 0) != (b.slack >= 0) { return a.slack >= 0 }
      return a.value > b.value
    }
    let left = a.value.multipliedFullWidth(by: -b.slack)
    let right = b.value.multipliedFullWidth(by: -a.slack)
    return left.high != right.high ? left.high > right.high : left.low > right.low
  }
}
