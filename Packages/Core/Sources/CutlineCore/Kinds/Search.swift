/// Finds the strategies that no other one beats.
public enum Search: Kind {
  public struct Input: StageInput {
    public let cells: CellTable
    public static let ports = [Port("cells", CellTable.self)]
    public init(_ values: PortValues) throws { cells = try values.get("cells") }
  }
  public typealias Output = Frontier
  public static let name = "search"
  public static let summary = "Finds the strategies for which no other has more production at no more risk."
}

/// The exact Pareto frontier of production and risk, in ascending risk.
///
/// One point per distinct (production, risk); ties go to the larger denominator, then to the lexicographically
/// smallest vector of cutoff positions counted from the safe end.
public struct Frontier: StoredArtifact {
  public static let typeName = "frontier"
  public static let formatVersion = 2

  public struct Point: Sendable, Codable, Hashable {
    /// Hundredths.
    public let production, numerator, denominator: Int64
    public let strategy: Strategy

    public init(production: Int64, numerator: Int64, denominator: Int64, strategy: Strategy) {
      self.production = production
      self.numerator = numerator
      self.denominator = denominator
      self.strategy = strategy
    }

    /// The sums that risk and production are made of.
    public var sums: CellSums { CellSums(numerator: numerator, denominator: denominator, production: production) }
  }

  /// Risks between which the frontier may have points that are not listed: a limit of the search was reached there.
  public struct OpenInterval: Sendable, Codable, Hashable {
    /// Ratios of numerator to denominator; nil = from the least risk, or to the greatest.
    public let from, to: Double?

    public init(from: Double?, to: Double?) {
      self.from = from
      self.to = to
    }
  }

  public let points: [Point]
  /// How many monotone strategies there are, all of them covered.
  public let strategyCount: String
  public let search: String
  /// Empty where the frontier is complete.
  public let open: [OpenInterval]

  public init(points: [Point], strategyCount: String, search: String, open: [OpenInterval] = []) {
    self.points = points
    self.strategyCount = strategyCount
    self.search = search
    self.open = open
  }
}

/// Picks one strategy of the frontier per risk appetite.
public enum Scenarios: Kind {
  public struct Input: StageInput {
    public let cells: CellTable
    public let frontier: Frontier
    public static let ports = [Port("cells", CellTable.self), Port("frontier", Frontier.self)]
    public init(_ values: PortValues) throws {
      cells = try values.get("cells")
      frontier = try values.get("frontier")
    }
  }
  public typealias Output = ScenarioSet
  public static let name = "scenarios"
  public static let summary = "Picks the strategy with most production within each risk limit."
}

/// The strategies picked, from the most careful appetite to the boldest.
public struct ScenarioSet: StoredArtifact {
  public static let typeName = "scenario set"

  public enum Status: String, Sendable, Codable { case optimal, infeasible }

  public struct Scenario: Sendable, Codable {
    public let name: String
    /// Percent.
    public let limit: DecimalNumber
    public let status: Status
    /// Index in the frontier; nil when infeasible.
    public let point: Int?
    public let strategy: Strategy?
    public let totals: StrategyTotals?

    public init(
      name: String, limit: DecimalNumber, status: Status, point: Int?, strategy: Strategy?, totals: StrategyTotals?
    ) {
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
