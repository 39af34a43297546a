public import CutlineCore
public import CutlineCredit

/// What an allocation is asked: the limit on the risk of all segments together, what is to be most, and what has to be kept
/// across segments.
public struct AllocationLimits: StoredArtifact {
  public static let typeName = "allocation limits"

  /// How the risks of segments make one.
  public enum RiskWeight: String, Sendable, Codable, CaseIterable {
    /// multiplier · Σ numerator / Σ denominator: the risk of all applications together.
    case exposure
    /// Σ production · risk / Σ production: a mean of the segments' risks.
    case production
  }

  public enum Objective: String, Sendable, Codable, CaseIterable { case production, value }

  /// Percent.
  public var target: DecimalNumber
  public var weight: RiskWeight
  public var objective: Objective
  /// How many segments may leave what they have today; nil for all.
  public var mostChanged: Int?
  /// Of all segments together, in the scale of their amounts.
  public var leastProduction: Int64?
  /// The same as somebody gave it (a year's); nil where nobody did.
  public var leastProductionName: String?

  public init(
    target: DecimalNumber, weight: RiskWeight = .exposure, objective: Objective = .production, mostChanged: Int? = nil,
    leastProduction: Int64? = nil, leastProductionName: String? = nil
  ) {
    (self.target, self.weight, self.objective) = (target, weight, objective)
    (self.mostChanged, self.leastProduction) = (mostChanged, leastProduction)
    self.leastProductionName = leastProductionName
  }
}
