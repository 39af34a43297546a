public import CutlineCore

/// The strategies picked, from the most careful appetite to the boldest.
public struct ScenarioSet: StoredArtifact {
  public static let typeName = "scenario set"

  public enum Status: String, Sendable, Codable {
    case optimal, infeasible
    /// The best strategy that was found before a limit of the search; not an optimum.
    case unproven
    /// A strategy that somebody states; it need not keep the limit.
    case fixed
  }

  public struct Scenario: Sendable, Codable {
    public let name: String
    /// Percent.
    public let limit: DecimalNumber
    public let status: Status
    /// Index in the frontier; nil when infeasible.
    public let point: Int?
    public let strategy: Strategy?
    public let totals: StrategyTotals?
    /// No strategy within the limit has more production (in the scale of the cells); nil where nothing is known.
    public let bound: Int64?
    /// What the limit would bring if strategies need not be nested (in that scale); nil where nesting was not asked for.
    public let unnestedProduction: Int64?
    /// Why it is infeasible or unproven, as the end of a sentence; nil where nobody has said so.
    public let reason: String?
    /// The probability with which the true risk had to keep the limit; nil where its estimate had to.
    public var riskConfidence: Double?
    /// The limit within which the strategy is the optimum, where that is another one than `limit`.
    public var chosenAt: DecimalNumber?

    public init(
      name: String, limit: DecimalNumber, status: Status, point: Int?, strategy: Strategy?, totals: StrategyTotals?,
      bound: Int64? = nil, unnestedProduction: Int64? = nil, reason: String? = nil
    ) {
      self.reason = reason
      self.bound = bound
      self.unnestedProduction = unnestedProduction
      self.name = name
      self.limit = limit
      self.status = status
      self.point = point
      self.strategy = strategy
      self.totals = totals
    }
  }

  public let scenarios: [Scenario]
  /// Whether every bolder strategy accepts all that a more careful one accepts.
  public let nested: Bool

  public init(scenarios: [Scenario], nested: Bool) {
    self.scenarios = scenarios
    self.nested = nested
  }
}
