public import CutlineCore

/// How sure the production and the risk of the strategies are.
public struct StrategyIntervals: StoredArtifact {
  public static let typeName = "strategy intervals"

  /// What varies from resample to resample, and so what an interval covers.
  public enum Basis: String, Sendable, Codable, CaseIterable {
    /// Booked applications; what swap-ins would bring is as the run predicts it. The strategy is fixed.
    case bookedOnly = "booked-only"
    /// Booked and rejected applications with everything that is made of them: rates, the fitted risk, what is inferred of
    /// rejects. The strategy is fixed.
    case wholeEstimator = "whole-estimator"
    /// The same, and the strategy is chosen again in each resample at the scenario's limit.
    case selectionAware = "selection-aware"
  }

  /// The lines of a scenario's summary.
  public enum Line: String, Sendable, Codable, CaseIterable {
    case actual, swapIn = "swap-in", swapOut = "swap-out", optimum
    /// Optimum minus actual.
    case change
  }

  public enum Quantity: String, Sendable, Codable, CaseIterable {
    /// In the scale of the cells, of the period (not annualised).
    case production
    /// Percent.
    case risk
  }

  public struct Interval: Sendable, Codable, Hashable {
    public let basis: Basis
    public let line: Line
    public let quantity: Quantity
    /// Of the run; nil where it is undefined.
    public let estimate: Double?
    /// Nil where too few resamples define the quantity.
    public let low, high, standardError: Double?
    /// Resamples in which the quantity is defined.
    public let draws: Int
    /// `percentile`, `bca`, `error`: of the distribution of the chosen estimator's error.
    public let method: String

    public init(
      basis: Basis, line: Line, quantity: Quantity, estimate: Double?, low: Double?, high: Double?,
      standardError: Double?, draws: Int, method: String
    ) {
      (self.basis, self.line, self.quantity, self.estimate) = (basis, line, quantity, estimate)
      (self.low, self.high, self.standardError, self.draws) = (low, high, standardError, draws)
      self.method = method
    }
  }

  /// What choosing does to a scenario's promise.
  public struct Selection: Sendable, Codable, Hashable {
    /// Resamples in which a strategy was chosen, in which none keeps the limit, and whose search stopped early.
    public let chosen, infeasible, unproven: Int
    /// Mean of (what the strategy of a resample has on the run's cells) − (what it has in the resample): percentage points
    /// of risk, and production in the scale of the cells; nil where none was chosen.
    public let riskOptimism, productionOptimism: Double?
    /// P(true risk ≤ limit): share of the chosen and infeasible resamples in which the risk, less its error there, keeps the
    /// limit; infeasible ones count against it.
    public let withinLimit: Double?
    /// Per cell: share of the resamples with a strategy in which it was accepted; empty where none was chosen.
    public let stability: [Double]

    public init(
      chosen: Int, infeasible: Int, unproven: Int, riskOptimism: Double?, productionOptimism: Double?,
      withinLimit: Double?, stability: [Double]
    ) {
      (self.chosen, self.infeasible, self.unproven) = (chosen, infeasible, unproven)
      (self.riskOptimism, self.productionOptimism) = (riskOptimism, productionOptimism)
      (self.withinLimit, self.stability) = (withinLimit, stability)
    }
  }

  public struct Scenario: Sendable, Codable {
    public let name: String
    public let limit: DecimalNumber
    /// Empty where the scenario has no strategy.
    public let intervals: [Interval]
    public let selection: Selection?

    public init(name: String, limit: DecimalNumber, intervals: [Interval], selection: Selection?) {
      (self.name, self.limit, self.intervals, self.selection) = (name, limit, intervals, selection)
    }

    /// The interval that stands in tables: selection-aware for what was chosen, where there is one, else of the whole
    /// estimator, else of booked applications.
    public func best(_ line: Line, _ quantity: Quantity) -> Interval? {
      Basis.allCases.reversed().lazy.compactMap { basis in
        intervals.first { $0.basis == basis && $0.line == line && $0.quantity == quantity && $0.low != nil }
      }.first
    }
  }

  /// 0.95 for intervals of 95 %.
  public let confidence: Double
  public let method: String
  public let seed: UInt64
  /// Resamples asked for and made.
  public let resamples, made: Int
  public let failures: [CellDraws.Failure]
  /// What no interval covers.
  public let fixed: [String]
  public let scenarios: [Scenario]

  public init(
    confidence: Double, method: String, seed: UInt64, resamples: Int, made: Int, failures: [CellDraws.Failure],
    fixed: [String], scenarios: [Scenario]
  ) {
    (self.confidence, self.method, self.seed, self.resamples) = (confidence, method, seed, resamples)
    (self.made, self.failures, self.fixed, self.scenarios) = (made, failures, fixed, scenarios)
  }

  public subscript(name: String) -> Scenario? { scenarios.first { $0.name == name } }
}
