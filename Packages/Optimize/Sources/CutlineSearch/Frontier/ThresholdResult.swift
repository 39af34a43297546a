public import CutlineCompute

/// The best strategies of a grid under risk limits.
public struct ThresholdResult: Sendable {
  /// What a limit allows.
  public enum Status: String, Sendable, Codable {
    /// The greatest production is attained by a strategy that accepts something.
    case optimal
    /// Nothing better than the strategy that accepts nothing.
    case acceptsNothing
    /// No strategy at all, which a negative limit or pins can bring about.
    case infeasible
    /// A limit on memory, labels or time came first: the point, if there is one, is the best found, and `bound` holds.
    case limitReached
  }

  /// The answer to one limit.
  public struct Optimum: Sendable, Hashable {
    public let limit: RiskRatio
    public let status: Status
    /// Greatest production, then least risk, then the ties of the frontier; nil where infeasible.
    public let point: FrontierPoint?
    /// No strategy within the limit has more production than this: the Lagrangian bound max P + μ(ρD − N), ρ the limit
    /// and μ the price, rounded outward. That the gap down to the optimum holds nothing either is what the label search
    /// shows.
    public let bound: Int64
    /// μ of the bound.
    public let price: Double
  }

  /// One per limit, in their order.
  public let optima: [Optimum]
  /// Labels kept at nodes, over all limits.
  public let labels: UInt64
  public let instructionSet: InstructionSet
  /// Wall-clock seconds.
  public let seconds: Double
}
