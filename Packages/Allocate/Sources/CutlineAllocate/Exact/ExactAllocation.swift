internal import CutlineCore
internal import CutlineCredit

struct ExactConfig: StageConfig {
  var labelLimit = 20_000_000

  static let fields: [Field<Self>] = [
    .int(
      "label_limit", \.labelLimit, in: 1000...1_000_000_000, unit: "labels",
      "Partial choices kept in one pass; beyond it the result is the best found, with a proven bound.")
  ]
}

/// One point of every segment's frontier: most production (or value) within the limit on the risk of all of them; proven.
///
/// Ties go to the choice with most slack under the target, then to the first points in the order of the segments. See
/// `ChoiceSearch`; docs/methods/allocation.md.
struct ExactAllocation: Stage {
  typealias Kind = Allocate
  static let name = "exact"
  static let summary = "The best choice of one point per segment, proven in whole numbers."
  let config: ExactConfig

  func run(_ input: Allocate.Input, in context: RunContext) async throws -> Allocation {
    try Self.allocation(input, labelLimit: config.labelLimit)
  }

  static func allocation(_ input: Allocate.Input, labelLimit: Int) throws -> Allocation {
    let problem = try AllocationProblem(input)
    let solution = try problem.solved(limit: labelLimit)
    let objective = input.limits.objective
    let least = input.limits.leastProduction ?? .min
    guard let solution, objective == .value || solution.found.bound >= least else {
      return try problem.infeasible(method: name, limit: labelLimit)
    }
    let choices = (solution.chosen ?? []).enumerated().map { problem.choice($0.offset, $0.element) }
    let isShort = objective == .production && solution.found.value < least
    guard !choices.isEmpty, !isShort else {
      throw Faults.data(
        "allocate", "no choice was found within \(labelLimit) labels, nor shown that there is none",
        "Raise label_limit (--labels).")
    }
    return Allocation(
      method: name, status: solution.found.isOptimal ? .optimal : .bound, choices: choices,
      bound: solution.found.bound,
      dual: Allocation.Dual(shift: solution.dual.shift, price: solution.dual.price, charge: solution.dual.charge),
      labels: solution.found.labels)
  }
}
