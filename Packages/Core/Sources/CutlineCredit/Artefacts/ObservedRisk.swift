internal import CutlineCore

/// The observed risk of the cells of a sample, weighted by exposure.
struct ObservedRisk {
  private let risk, weight: [Double]
  let rows: Int

  init(_ sample: Sample) {
    var numerator = [Int64](repeating: 0, count: sample.grid.cellCount)
    var denominator = numerator
    var rows = 0
    for row in sample.cell.indices where sample.isMature[row] {
      numerator[Int(sample.cell[row])] += sample.amounts[2][row]
      denominator[Int(sample.cell[row])] += sample.amounts[3][row]
      rows += 1
    }
    self.rows = rows
    weight = denominator.map { max(0, Double($0)) }
    risk = zip(numerator, denominator).map { $1 > 0 ? sample.measure.multiplier * Double($0) / Double($1) : 0 }
  }

  /// Cells with exposure.
  var cells: Int { weight.count { $0 > 0 } }

  /// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²`, as the native estimators have it; −infinity where nothing varies.
  func r2(of predicted: [Double]) -> Double {
    let total = weight.reduce(0, +)
    guard total > 0 else { return -.infinity }
    let mean = zip(weight, risk).reduce(0) { $0 + $1.0 * $1.1 } / total
    var spread = 0.0
    var residual = 0.0
    for cell in risk.indices {
      spread += weight[cell] * (risk[cell] - mean) * (risk[cell] - mean)
      residual += weight[cell] * (risk[cell] - predicted[cell]) * (risk[cell] - predicted[cell])
    }
    return spread > 0 ? 1 - residual / spread : -.infinity
  }
}
