public import CutlineCore

/// What a strategy can win or lose in every cell, for the period (not annualised): exact whole numbers in
/// the scale of the amounts.
public struct CellTable: StoredArtifact {
  public static let typeName = "cell table"
  public static let formatVersion = 3

  public let grid: CellGrid
  public let measure: RiskMeasure
  /// Per cell: booked applications, as observed.
  public let booked: [CellSums]
  /// Per cell: score-rejected applications as they stand in the file, before any prediction.
  public let rejected: [CellSums]
  public let rejectedRows: [Int64]
  /// Per cell: what accepting the rejected ones is predicted to bring.
  public let swapIn: [CellSums]
  /// Per cell: predicted risk (fraction, stressed, not negative), and the reject multiplier on the numerator.
  public let predictedRisk, rejectMultiplier: [Double]
  public let exposureRatio: Double
  /// What of the rejected demand is counted; nil where whoever made the table does not say.
  public var rates: SwapInRates?
  /// Nil where there is no sample behind it: a table that somebody else has added up.
  public let basis: Basis?
  /// Nil in tables that were stored when there were hundredths only.
  private let amountScale: AmountScale?

  public init(
    grid: CellGrid, measure: RiskMeasure, booked: [CellSums], rejected: [CellSums], rejectedRows: [Int64],
    swapIn: [CellSums], predictedRisk: [Double], rejectMultiplier: [Double], exposureRatio: Double, basis: Basis?,
    scale: AmountScale = .hundredths
  ) {
    (self.grid, self.measure, self.basis, amountScale) = (grid, measure, basis, scale)
    (self.booked, self.rejected, self.rejectedRows, self.swapIn) = (booked, rejected, rejectedRows, swapIn)
    (self.predictedRisk, self.rejectMultiplier) = (predictedRisk, rejectMultiplier)
    self.exposureRatio = exposureRatio
  }

  /// Of all sums, and of those of frontiers and scenarios that are made of them.
  public var scale: AmountScale { amountScale ?? .hundredths }

  /// Everything of a cell when it is accepted.
  public func total(_ cell: Int) -> CellSums { booked[cell] + swapIn[cell] }

  /// Multiplies volumes when they are written or printed; 1 where no period is known.
  public var annualCoefficient: Double { basis?.annualCoefficient ?? 1 }
}
