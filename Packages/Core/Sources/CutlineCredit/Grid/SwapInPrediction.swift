internal import CutlineCore

/// What accepting the score-rejected applications of a cell is predicted to bring.
///
/// With A the amount that they requested, computed once in Double from exact sums and rounded once (half to even) to the
/// scale of the amounts: pile P = `perRequested` · A; numerator T = `risk` · P / m · `multiplier`; every quantity times
/// `booked`, production also times `granted`; accounts are expected ones, rows · `booked`.
public struct SwapInPrediction: Sendable {
  private let measure: RiskMeasure
  private let scale: AmountScale
  /// Per cell: a fraction of at least 0, and the factor on the numerator of the rejected.
  private let risk, multiplier: [Double]
  private let perRequested, booked, granted: Double

  /// - Parameter perRequested: pile per requested unit.
  public init(
    measure: RiskMeasure, scale: AmountScale, risk: [Double], multiplier: [Double], perRequested: Double,
    rates: SwapInRates
  ) {
    (self.measure, self.scale, self.risk, self.multiplier) = (measure, scale, risk, multiplier)
    (self.perRequested, booked, granted) = (perRequested, rates.booked, rates.granted.value)
  }

  /// - Parameter asked: sums of the rejected applications of the cell as they stand in the file.
  /// - Throws: `Faults` (data) for a sum of 2⁵³ or more.
  public func sums(_ cell: Int, asked: CellSums, rows: Int64) throws -> CellSums {
    let pile = perRequested * Double(asked.requested)
    let numerator = risk[cell] * pile / measure.multiplier * multiplier[cell]
    // In the order of the names of columns.
    let amounts = [
      scale.perUnit * Double(rows), Double(asked.requested), numerator, pile, granted * Double(asked.production),
    ]
    let sums = try zip(CellSums.columnNames, amounts).map { try whole($1 * booked, of: $0, in: cell) }
    return CellSums(
      accounts: sums[0], requested: sums[1], numerator: sums[2], denominator: sums[3], production: sums[4])
  }

  private func whole(_ value: Double, of column: String, in cell: Int) throws -> Int64 {
    let rounded = value.rounded(.toNearestOrEven)
    guard abs(rounded) < 0x1p53 else {
      throw Faults.data(
        "column \(column)",
        "the amount predicted for the rejected applications of cell \(cell + 1), \(value / scale.perUnit), is too large to add up",
        "Check the exposure model, the risk surface and the amounts.")
    }
    return Int64(rounded)
  }
}
