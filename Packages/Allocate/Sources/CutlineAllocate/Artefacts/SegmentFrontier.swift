public import CutlineCore
public import CutlineCredit

/// What an allocation may choose from in one segment, and what is asked of the segment itself.
public struct SegmentFrontier: StoredArtifact {
  public static let typeName = "segment frontier"

  /// A strategy of the segment by its exact sums, in the scale of the amounts.
  public struct Point: Sendable, Codable, Hashable {
    public let production, numerator, denominator: Int64
    /// What it is worth; nil where nobody has said so.
    public let value: Int64?

    public init(production: Int64, numerator: Int64, denominator: Int64, value: Int64? = nil) {
      (self.production, self.numerator, self.denominator, self.value) = (production, numerator, denominator, value)
    }

    /// The sums that risk and production are made of.
    public var sums: CellSums { CellSums(numerator: numerator, denominator: denominator, production: production) }
  }

  /// What the point of this segment has to keep, whatever the others do.
  public struct Bounds: Sendable, Codable, Hashable {
    /// Percent: of the segment's own risk.
    public var minRisk, maxRisk: DecimalNumber?
    /// Production, in the scale of the amounts.
    public var leastProduction: Int64?
    /// Percent: by how much production may differ from today's, up or down.
    public var maxChange: DecimalNumber?
    /// The one point that may be chosen, from 0.
    public var lockedPoint: Int?
    /// What people call that point, and the least production as they gave it (a year's); nil where nobody did.
    public var lockedName, leastProductionName: String?
    /// Whether the segment stays as it is today.
    public var isLockedToToday = false

    public init() {}
  }

  public let name: String
  public let measure: RiskMeasure
  public let scale: AmountScale
  /// In ascending risk.
  public let points: [Point]
  /// What is booked today; nil where nobody knows it.
  public let today: Point?
  public var bounds: Bounds
  /// What its strategies are made of; nil where only the points are known.
  public let cells: CellTable?
  /// What the segment's own search had to keep besides; empty for nothing.
  public let constraints: [String]

  public init(
    name: String, measure: RiskMeasure, scale: AmountScale, points: [Point], today: Point? = nil,
    bounds: Bounds = Bounds(), cells: CellTable? = nil, constraints: [String] = []
  ) {
    (self.name, self.measure, self.scale, self.points, self.today) = (name, measure, scale, points, today)
    (self.bounds, self.cells, self.constraints) = (bounds, cells, constraints)
  }

  /// The same in a finer scale, exactly.
  /// - Throws: `Faults` (data) where amounts become too large to add up.
  public func rescaled(to finer: AmountScale) throws -> SegmentFrontier {
    guard finer != scale else { return self }
    var factor: Int64 = 1
    for _ in 0..<max(0, finer.decimals - scale.decimals) { factor *= 10 }
    func raised(_ sum: Int64) throws -> Int64 {
      let (product, overflow) = sum.multipliedReportingOverflow(by: factor)
      guard !overflow, product.magnitude < 1 << 53, finer.decimals >= scale.decimals else {
        throw Faults.data(
          "segment \(name)", "its amounts, in \(scale.name), cannot be written in \(finer.name) as other segments' are",
          "Run all segments with one amount_scale.")
      }
      return product
    }
    func raised(_ point: Point) throws -> Point {
      Point(
        production: try raised(point.production), numerator: try raised(point.numerator),
        denominator: try raised(point.denominator), value: try point.value.map(raised))
    }
    func raised(_ sums: [CellSums]) throws -> [CellSums] {
      try sums.map {
        CellSums(
          accounts: try raised($0.accounts), requested: try raised($0.requested), numerator: try raised($0.numerator),
          denominator: try raised($0.denominator), production: try raised($0.production))
      }
    }
    let table = try cells.map { own in
      CellTable(
        grid: own.grid, measure: own.measure, booked: try raised(own.booked), rejected: try raised(own.rejected),
        rejectedRows: own.rejectedRows, swapIn: try raised(own.swapIn), predictedRisk: own.predictedRisk,
        rejectMultiplier: own.rejectMultiplier, exposureRatio: own.exposureRatio, basis: own.basis, scale: finer)
    }
    var bounds = bounds
    bounds.leastProduction = try bounds.leastProduction.map(raised)
    return SegmentFrontier(
      name: name, measure: measure, scale: finer, points: try points.map(raised), today: try today.map(raised),
      bounds: bounds, cells: table, constraints: constraints)
  }
}
