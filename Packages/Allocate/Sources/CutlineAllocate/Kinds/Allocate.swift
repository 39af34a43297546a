public import CutlineCore
internal import CutlineCredit

/// Chooses one strategy for every segment under a limit on the risk of all of them.
public enum Allocate: ExchangedKind {
  public struct Input: Sendable {
    public let segments: [NamedArtifact<SegmentFrontier>]
    public let limits: AllocationLimits

    public init(segments: [NamedArtifact<SegmentFrontier>], limits: AllocationLimits) {
      (self.segments, self.limits) = (segments, limits)
    }
  }
  public typealias Output = Allocation
  public static let name = "allocate"
  public static let summary = "Chooses one strategy for every segment under a limit on the risk of all of them."
  public static let ports = Ports(Input.init, .many("segments", \.segments), .one("limits", \.limits))

  /// Every choice is one that its segment has, with its sums; limits are kept; bounds are bounds.
  public static func check(_ output: Allocation, against input: Input) throws {
    let problem = try AllocationProblem(input)
    let active = Set(problem.options.constraints)
    guard output.status != .infeasible else {
      guard output.choices.isEmpty, !output.conflict.isEmpty else {
        throw Faults.data(
          "allocation",
          "is infeasible with \(output.choices.count) choices and \(output.conflict.count) conflicting limits",
          "Name the limits, and choose nothing.")
      }
      let known = problem.options.constraints.map(problem.options.name)
      guard output.conflict.allSatisfy(known.contains) else {
        throw Faults.data("conflict", "names a limit that was not asked for", "Name limits of the input.")
      }
      return
    }
    guard output.choices.map(\.segment) == problem.options.segments.map(\.name) else {
      throw Faults.data("choices", "are not one for every segment, in order", "Give each segment one.")
    }
    var reading = Reading()
    for (index, choice) in output.choices.enumerated() {
      try reading.attempt { try check(choice, index, problem, active, at: "choices[\(index)]") }
    }
    try reading.finish()
    let keeps = try problem.budget.keeps(output.choices.map(\.sums))
    let changed = output.choices.count { !$0.isToday }
    let isWithin =
      changed <= input.limits.mostChanged ?? .max && output.sums.production >= input.limits.leastProduction ?? .min
    guard output.status == .fallback || keeps && isWithin else {
      throw Faults.data(
        "allocation", "breaks the target or a limit across segments",
        "Call it fallback, or keep \(input.limits.target) %.")
    }
    let total = output.total(input.limits.objective)
    switch output.status {
    case .optimal where output.bound != total, .bound where output.bound.map({ $0 < total }) ?? true:
      throw Faults.data(
        "bound", "is \(output.bound.map { "\($0)" } ?? "not there") for a total of \(total)",
        "An optimum equals its bound; otherwise the bound is above.")
    default: break
    }
  }

  /// What has to be kept besides the target, in the words of the command line.
  /// - Throws: `Faults` for limits that the segments cannot be asked for.
  public static func limits(of input: Input) throws -> [String] {
    let options = try SegmentOptions(input.segments.map(\.artifact), input.limits)
    return options.constraints.filter { $0 != .target }.map(options.name)
  }

  private static func check(
    _ choice: Allocation.Choice, _ index: Int, _ problem: AllocationProblem, _ active: Set<AllocationConstraint>,
    at place: String
  ) throws {
    let segment = problem.options.segments[index]
    if let strategy = choice.strategy {
      guard let cells = segment.cells, strategy.firstViolation(in: cells.grid) == nil else {
        throw Faults.data(place, "has a strategy that is none of its segment's grid", "Give a monotone strategy.")
      }
      let sums = cells.totals(of: strategy).optimum
      guard
        sums.production == choice.sums.production, sums.numerator == choice.sums.numerator,
        sums.denominator == choice.sums.denominator
      else { throw Faults.data(place, "has other sums than its strategy", "Add up the cells that it accepts.") }
      guard try problem.options.keepsOwn(index, choice.sums, active: active) else {
        throw Faults.data(place, "breaks a limit of its segment", "Choose within min_risk, max_risk and the others.")
      }
      return
    }
    let own = try problem.options.options(index, active: active)
    guard own.contains(where: { $0.point == choice.point && $0.isToday == choice.isToday && $0.sums == choice.sums })
    else {
      throw Faults.data(
        place, "is no point of \(segment.name) within its limits", "Choose a point of its frontier, with its sums.")
    }
  }

  /// That nothing is better cannot be seen in a choice.
  public static func brought(_ output: Allocation, for input: Input, by maker: String) -> Allocation {
    guard output.status == .optimal || output.status == .bound else { return output }
    return Allocation(method: "\(output.method) of \(maker)", status: .unproven, choices: output.choices, bound: nil)
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let points = small.frontier.points.map {
      SegmentFrontier.Point(production: $0.production, numerator: $0.numerator, denominator: $0.denominator)
    }
    let booked = small.cells.booked.reduce(.zero, +)
    let today = SegmentFrontier.Point(
      production: booked.production, numerator: booked.numerator, denominator: booked.denominator)
    let segments = ["north", "south"].map { name in
      NamedArtifact(
        name,
        SegmentFrontier(
          name: name, measure: small.cells.measure, scale: small.cells.scale, points: points, today: today,
          cells: small.cells))
    }
    return [Input(segments: segments, limits: AllocationLimits(target: try DecimalNumber(20)))]
  }
}
