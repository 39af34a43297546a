internal import CutlineCompute
internal import CutlineCore

/// The observed risk of the cells of a grid, weighted by exposure.
struct ObservedRisk {
  private let risk, weight: [Double]
  let rows: Int

  init(_ cube: Cube) throws {
    let sums = try cube.cellSums([.bookedMature]).prefix(cube.grid.cellCount)
    let counts = try cube.sums(of: .rows, [.bookedMature]).prefix(cube.grid.cellCount)
    rows = Int(clamping: counts.reduce(Int128(0)) { $0 + Int128($1) })
    weight = sums.map { max(0, Double($0.denominator)) }
    risk = sums.map { sums in
      sums.denominator > 0 ? cube.measure.multiplier * Double(sums.numerator) / Double(sums.denominator) : 0
    }
  }

  /// Cells with exposure.
  var cells: Int { weight.count { $0 > 0 } }

  /// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²`, as the native estimators have it; −infinity where nothing varies.
  func r2(of predicted: [Double]) -> Double {
    WeightedFit(observed: risk, predicted: predicted, weights: weight).r2
  }
}
