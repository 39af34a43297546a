internal import CutlineCore
internal import CutlineCredit

/// The best strategies of all segments at once, whether they lie on the segments' frontiers or not; proven.
///
/// A strategy that another one of its segment beats in production and risk may still leave more of the budget, where it has more
/// exposure below the limit: then points of frontiers are not enough, and this finds more production than `exact`, never less.
/// See `JointSearch`; docs/methods/allocation.md.
struct JointAllocation: Stage {
  typealias Kind = Allocate
  static let name = "joint"
  static let summary = "The best strategies of all segments at once, frontiers or not, proven in whole numbers."
  let config: ExactConfig

  func run(_ input: Allocate.Input, in context: RunContext) async throws -> Allocation {
    let problem = try AllocationProblem(input)
    let search = try JointSearch(problem, limit: config.labelLimit)
    let least = input.limits.leastProduction ?? .min
    // Points of frontiers are strategies: their best is a start, and the worst that can come out.
    let start = try problem.solved(limit: config.labelLimit)
    let dual = start?.dual
    let charge = dual.map { Double($0.charge) / Double(sign: .plus, exponent: $0.shift, significand: 1) } ?? 0
    let known = start?.chosen.map { chosen in chosen.reduce(Int64(0)) { $0 + $1.sums.production } }
    guard let solution = try search.best(known: known, charge: charge), solution.found.bound >= least else {
      return try problem.infeasible(method: Self.name, limit: config.labelLimit)
    }
    var (choices, value) = (solution.choices, solution.found.value)
    if let known, let points = start?.chosen, choices.isEmpty || value < known {
      choices = points.enumerated().map { problem.choice($0.offset, $0.element) }
      value = known
    }
    guard !choices.isEmpty, value >= least else {
      throw Faults.data(
        "allocate", "no strategies were found within \(config.labelLimit) labels, nor shown that there are none",
        "Raise label_limit (--labels), or use --method exact.")
    }
    return Allocation(
      method: Self.name, status: solution.found.isOptimal ? .optimal : .bound,
      choices: choices.enumerated().map { named($0.element, problem.options.segments[$0.offset]) },
      bound: max(value, solution.found.bound),
      dual: Allocation.Dual(shift: solution.dual.shift, price: solution.dual.price, charge: solution.dual.charge),
      labels: solution.found.labels)
  }

  /// With the number of the point where the strategy has the sums of one.
  private func named(_ choice: Allocation.Choice, _ segment: SegmentFrontier) -> Allocation.Choice {
    guard choice.strategy != nil else { return choice }
    func key(_ point: SegmentFrontier.Point) -> [Int64] { [point.production, point.numerator, point.denominator] }
    guard let point = segment.points.firstIndex(where: { key($0) == key(choice.sums) }) else { return choice }
    return Allocation.Choice(segment: choice.segment, point: point, sums: segment.points[point])
  }
}
