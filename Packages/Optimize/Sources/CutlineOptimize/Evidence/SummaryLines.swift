internal import CutlineCredit

/// Production and risk of the lines of a scenario's summary.
struct SummaryLines {
  let totals: StrategyTotals
  private let measure: RiskMeasure

  init(_ totals: StrategyTotals, _ measure: RiskMeasure) { (self.totals, self.measure) = (totals, measure) }

  init(_ cells: CellTable, _ accepts: [Bool]) {
    var (kept, out, swapIn) = (CellSums.zero, CellSums.zero, CellSums.zero)
    for (cell, accepted) in accepts.enumerated() {
      if accepted {
        kept += cells.booked[cell]
        swapIn += cells.swapIn[cell]
      } else {
        out += cells.booked[cell]
      }
    }
    self.init(StrategyTotals(kept: kept, swapOut: out, swapIn: swapIn), cells.measure)
  }

  /// Production in the scale of the cells, risk in percent; nil where it is undefined.
  subscript(line: StrategyIntervals.Line, quantity: StrategyIntervals.Quantity) -> Double? {
    if line == .change {
      guard let optimum = self[.optimum, quantity], let actual = self[.actual, quantity] else { return nil }
      return optimum - actual
    }
    let sums =
      switch line {
      case .actual: totals.actual
      case .swapIn: totals.swapIn
      case .swapOut: totals.swapOut
      case .optimum, .change: totals.optimum
      }
    return quantity == .production ? Double(sums.production) : measure.percent(sums)
  }
}
