public import CutlineCore
public import CutlineCredit

/// One strategy for every segment, chosen together.
public struct Allocation: StoredArtifact {
  public static let typeName = "allocation"

  public enum Status: String, Sendable, Codable {
    /// No other choice that keeps the limits has more of the objective; proven in whole numbers.
    case optimal
    /// The best found; `bound` is proven.
    case bound
    /// Keeps the limits; how far it is from the best is not known.
    case unproven
    /// No choice keeps the limits; proven.
    case infeasible
    /// Breaks the target: the nearest that a method without proof came, given because it was asked for.
    case fallback
  }

  /// What is chosen in a segment.
  public struct Choice: Sendable, Codable, Hashable {
    public let segment: String
    /// Index of the segment's point; nil for a strategy that is none of them.
    public let point: Int?
    /// Whether the segment stays as it is today.
    public let isToday: Bool
    public let sums: SegmentFrontier.Point
    /// Of a strategy that is none of the points.
    public let strategy: Strategy?

    public init(
      segment: String, point: Int?, isToday: Bool = false, sums: SegmentFrontier.Point, strategy: Strategy? = nil
    ) {
      (self.segment, self.point, self.isToday, self.sums, self.strategy) = (segment, point, isToday, sums, strategy)
    }
  }

  /// A Lagrangian bound: for every choice within the limits, 2^shift · objective ≤ Σ max (2^shift · value + price · slack −
  /// charge · change) + charge · changes allowed, with the slack of `RiskBudget`.
  public struct Dual: Sendable, Codable, Hashable {
    public let shift: Int
    /// Per unit of slack, as decimal text: it may exceed 64 bits.
    public let price: String
    /// Per segment that changes.
    public let charge: String

    public init(shift: Int, price: Int128, charge: Int128) {
      (self.shift, self.price, self.charge) = (shift, String(price), String(charge))
    }
  }

  public let method: String
  public let status: Status
  /// One a segment, in the order of the input; none where nothing is feasible.
  public let choices: [Choice]
  /// No choice within the limits has more of the objective; nil where nothing is known.
  public let bound: Int64?
  public let dual: Dual?
  /// Percent: where nothing is feasible, the least risk that the segments' own limits leave; nil where they leave none.
  public let leastRiskPct: Double?
  /// Limits of which each is needed to make it infeasible, and all of them together do.
  public let conflict: [String]
  /// Partial choices that were kept, for a measure of work.
  public let labels: Int

  public init(
    method: String, status: Status, choices: [Choice], bound: Int64?, dual: Dual? = nil, leastRiskPct: Double? = nil,
    conflict: [String] = [], labels: Int = 0
  ) {
    (self.method, self.status, self.choices, self.bound, self.dual) = (method, status, choices, bound, dual)
    (self.leastRiskPct, self.conflict, self.labels) = (leastRiskPct, conflict, labels)
  }

  /// Everything that is chosen.
  public var sums: CellSums { choices.reduce(.zero) { $0 + $1.sums.sums } }

  /// What was to be most.
  public func total(_ objective: AllocationLimits.Objective) -> Int64 {
    choices.reduce(0) { $0 + (objective == .value ? $1.sums.value ?? 0 : $1.sums.production) }
  }

  /// Percent: Σ production · risk / Σ production; nil where a risk is undefined, 0 of nothing.
  public func productionWeightedPercent(_ measure: RiskMeasure) -> Double? {
    var (above, below) = (0.0, 0.0)
    for choice in choices {
      guard let risk = measure.strategyPercent(choice.sums.sums) else { return nil }
      above += risk * Double(choice.sums.production)
      below += Double(choice.sums.production)
    }
    return below > 0 ? above / below : 0
  }
}
