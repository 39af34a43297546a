public import CutlineCore
public import CutlineCredit

/// What is needed to check the answer of a search without trusting the search.
///
/// Of a frontier of two scores it lists the points with their strategies and, for every gap between them, one number: the
/// multiplier of a Lagrangian bound that shows how little can lie in the gap. Of risk limits it lists the primal (the
/// strategy) and the dual: multipliers with two scores, a flow with more. Duals are hints to a check that computes all
/// bounds anew; a wrong one makes it slower or fails it, and never lets a wrong answer pass.
public struct Certificate: Codable, Sendable {
  public static let storedFormat = StoredFormat("cutline-certificate", 2, "certificate")

  /// Where the sums come from: columns of a cell table. Risk is multiplier · numerator / denominator.
  public struct CellColumns: Codable, Sendable, Equatable {
    public let bins: [String]
    public let directions: [Direction]
    public let production, numerator, denominator: String
    public let multiplier: Double

    public init(
      bins: [String], directions: [Direction], production: String, numerator: String, denominator: String,
      multiplier: Double
    ) {
      self.bins = bins
      self.directions = directions
      self.production = production
      self.numerator = numerator
      self.denominator = denominator
      self.multiplier = multiplier
    }
  }

  /// Sums in `scale` and, per bin of the first score in order of number (with more scores per combination of the bins
  /// of all but the last), how many bins of the last are accepted from the safe end.
  public struct Point: Codable, Sendable, Hashable {
    public let production, numerator, denominator: Int64
    public let accepted: [Int]
  }

  /// What is said about one risk limit.
  public struct LimitClaim: Codable, Sendable {
    /// Percent.
    public let limit: DecimalNumber
    public let status: Frontier.Answer.Status
    /// The strategy; nil where the limit is infeasible.
    public let point: Point?
    /// No strategy within the limit has more production.
    public let bound: Int64?
    /// Two scores: multipliers for "more production within the limit" and "less risk at this production".
    public let multipliers: [Int64]?
    /// Three and more scores.
    public let dual: FlowDual?

    func with(multipliers: [Int64]?) -> LimitClaim {
      LimitClaim(limit: limit, status: status, point: point, bound: bound, multipliers: multipliers, dual: dual)
    }
  }

  /// A Lagrangian dual with a flow on the arcs from cells to their safer neighbours.
  ///
  /// With weights w = ⌈(p P + u D − v N) / 2^shift⌉ and r = w − outflow + inflow per cell, every monotone strategy
  /// whose risk is at most u / v has p P ≤ 2^shift · Σ max(0, r).
  public struct FlowDual: Codable, Sendable {
    public let p, u, v: Int64
    public let shift: Int
    /// Cell (from the safe end, the last score fastest), score, flow.
    public let flow: [[Int64]]
  }

  public let format: String
  public let columns: CellColumns
  /// Bins per score.
  public let shape: [Int]
  /// Cells that every strategy accepts or rejects, by bin number: `3,7=accept`.
  public let pins: [String]
  /// Strategies with less production (in `scale`) do not take part.
  public let productionFloor: Int64?
  /// Nil for hundredths.
  public let amountScale: AmountScale?
  /// In ascending risk; empty where limits are claimed.
  public internal(set) var points: [Point]
  /// One a gap: below the first point, between neighbours, above the last. In units of 2⁻³² per unit of numerator.
  public let multipliers: [Int64]
  /// Empty where a frontier is claimed.
  public let limits: [LimitClaim]
  /// SHA-256 of all the rest: hints to the check may be wrong without making the result so, but not unnoticed.
  public private(set) var checksum = ""

  init(
    columns: CellColumns, scale: AmountScale = .hundredths, shape: [Int], pins: [String], productionFloor: Int64?,
    points: [Point],
    multipliers: [Int64], limits: [LimitClaim]
  ) throws {
    format = Self.storedFormat.text
    self.columns = columns
    // As certificates were written when there was nothing else.
    amountScale = scale == .hundredths ? nil : scale
    self.shape = shape
    self.pins = pins
    self.productionFloor = productionFloor
    self.points = points
    self.multipliers = multipliers
    self.limits = limits
    checksum = try digest()
  }

  /// In which the sums of the cells must be taken.
  public var scale: AmountScale { amountScale ?? .hundredths }

  /// Whether nothing was changed since it was written.
  public func isIntact() throws -> Bool { checksum == (try digest()) }

  private func digest() throws -> String {
    var rest = self
    rest.checksum = ""
    let digest = Digest()
    try rest.write { piece in piece.withUnsafeBytes { digest.update($0) } }
    return digest.finish()
  }

  /// Bits behind the binary point of the multipliers.
  public static let multiplierBits = 32
}
