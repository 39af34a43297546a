public import CutlineCore

/// The exact Pareto frontier of production and risk, in ascending risk; or, of a search for given risk limits only, the
/// points that answer them.
///
/// One point per distinct (production, risk); ties go to the larger denominator, then to the lexicographically
/// smallest vector of cutoff positions counted from the safe end.
public struct Frontier: StoredArtifact {
  public static let typeName = "frontier"
  public static let formatVersion = 5

  public struct Point: Sendable, Codable, Hashable {
    /// In the scale of the cells.
    public let production, numerator, denominator: Int64
    public let strategy: Strategy

    public init(production: Int64, numerator: Int64, denominator: Int64, strategy: Strategy) {
      self.production = production
      self.numerator = numerator
      self.denominator = denominator
      self.strategy = strategy
    }

    /// Whether it accepts nothing, or only cells that hold nothing.
    public var isEmpty: Bool { production == 0 && numerator == 0 && denominator == 0 }

    /// The sums that risk and production are made of.
    public var sums: CellSums { CellSums(numerator: numerator, denominator: denominator, production: production) }
  }

  /// Where the frontier may have points that are not listed: a limit of the search was reached there.
  public struct OpenInterval: Sendable, Codable, Hashable {
    /// Ratios of numerator to denominator; nil = from the least risk, or to the greatest.
    public let from, to: Double?
    /// Productions of missing points, in the scale of the cells, the first one exclusive; nil = not known.
    public let productionAbove, productionAtMost: Int64?

    public init(from: Double?, to: Double?, productionAbove: Int64? = nil, productionAtMost: Int64? = nil) {
      self.from = from
      self.to = to
      self.productionAbove = productionAbove
      self.productionAtMost = productionAtMost
    }
  }

  /// What is known about one risk limit.
  public struct Answer: Sendable, Codable, Hashable {
    public enum Status: String, Sendable, Codable {
      /// The greatest production within the limit, by a strategy that accepts more than empty cells; proven.
      case optimal
      /// Only strategies that accept nothing, or cells that hold nothing, fit, or none at all; proven.
      case infeasible
      /// A limit of the search came first. The point, if there is one, is the best found.
      case unproven
    }
    /// Percent.
    public let limit: DecimalNumber
    public let status: Status
    /// Index in the points.
    public let point: Int?
    /// No strategy within the limit has more production (in the scale of the cells); nil where nothing is known.
    public let bound: Int64?
    /// The same by one Lagrangian dual or the solver's relaxation alone; nil where there is none.
    public let relaxation: Int64?
    /// The production of the limit alone, where strategies had to be nested; nil otherwise.
    public let unnestedProduction: Int64?

    public init(
      limit: DecimalNumber, status: Status, point: Int?, bound: Int64?, relaxation: Int64? = nil,
      unnestedProduction: Int64? = nil
    ) {
      self.limit = limit
      self.status = status
      self.point = point
      self.bound = bound
      self.relaxation = relaxation
      self.unnestedProduction = unnestedProduction
    }
  }

  public let points: [Point]
  /// How many monotone strategies there are, all of them covered; nil where the number is not known.
  public let strategyCount: String?
  public let search: String
  /// Empty where the frontier is complete.
  public let open: [OpenInterval]
  /// Where it is not empty, the points answer these limits and are no frontier otherwise.
  public let answers: [Answer]
  /// The library or program that states that no strategy is missing, where nobody has proved it; nil for searches that
  /// prove it. What it states is then nowhere called an optimum.
  public let statedBy: String?
  /// What every strategy had to keep besides its risk, in words such as `production_floor = 1e6`; nil for nothing.
  public let constraints: [String]?
  /// Its one point is a strategy that somebody states: there is no search behind it, and it need not be monotone. Nil for false.
  private let fixed: Bool?
  public var isFixed: Bool { fixed ?? false }

  public init(
    points: [Point], strategyCount: String?, search: String, open: [OpenInterval] = [], answers: [Answer] = [],
    statedBy: String? = nil, constraints: [String]? = nil, isFixed: Bool = false
  ) {
    self.points = points
    self.strategyCount = strategyCount
    self.search = search
    self.open = open
    self.answers = answers
    self.statedBy = statedBy
    self.constraints = constraints
    fixed = isFixed ? true : nil
  }
}

extension Frontier {
  /// What is known about `limit` percent: the search's own answer, or from a frontier its last point within the limit.
  /// What is only stated is not known: then the answer is `unproven`, without a bound. A fixed strategy is the answer to every
  /// limit, whether it keeps it or not.
  ///
  /// - Throws: `Faults` (usage) when the search was asked about other limits only; `Faults` (data) for sums too large to
  ///   compare.
  /// - Complexity: O(log points).
  public func answer(to limit: DecimalNumber, measure: RiskMeasure) throws -> Answer {
    if isFixed { return Answer(limit: limit, status: .unproven, point: 0, bound: nil) }
    let answer = try claimedAnswer(to: limit, measure: measure)
    guard statedBy != nil else { return answer }
    return Answer(limit: limit, status: .unproven, point: answer.point, bound: nil)
  }

  private func claimedAnswer(to limit: DecimalNumber, measure: RiskMeasure) throws -> Answer {
    if !answers.isEmpty {
      if let answer = answers.first(where: { $0.limit == limit }) { return answer }
      throw Faults.usage(
        "risk limit \(limit) %",
        "the search \(search) was asked about \(answers.map(\.limit.description).joined(separator: ", ")) % only",
        "Give it the same limits, or use = \"frontier\".")
    }
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if try measure.fits(points[middle].sums, limit: limit) { low = middle + 1 } else { high = middle }
    }
    let ratio = Double(limit.mantissa) * 0.01 / measure.multiplier / Self.power(limit.scale)
    // A missing point may be as good as the point found wherever an open interval begins within the limit.
    let missing = open.filter { $0.from.map { $0 <= ratio * (1 + 1e-12) } ?? true }
    let point = low > 0 ? points[low - 1] : nil
    guard missing.isEmpty else {
      let bounds = missing.map(\.productionAtMost)
      let bound = bounds.contains(nil) ? nil : bounds.compactMap { $0 }.max().map { max($0, point?.production ?? $0) }
      return Answer(limit: limit, status: .unproven, point: low > 0 ? low - 1 : nil, bound: bound)
    }
    guard let point, !point.isEmpty else {
      return Answer(limit: limit, status: .infeasible, point: nil, bound: nil)
    }
    return Answer(limit: limit, status: .optimal, point: low - 1, bound: point.production)
  }

  /// What is known about several limits, as a frontier of their points alone.
  /// - Throws: as `answer(to:measure:)`.
  public func answering(_ limits: [DecimalNumber], _ measure: RiskMeasure) throws -> Frontier {
    let known = try limits.map { try answer(to: $0, measure: measure) }
    return Frontier(
      points: points, strategyCount: strategyCount, search: search, answers: known, statedBy: statedBy,
      constraints: constraints)
  }

  private static func power(_ scale: Int) -> Double { (0..<scale).reduce(1.0) { value, _ in value * 10 } }
}
