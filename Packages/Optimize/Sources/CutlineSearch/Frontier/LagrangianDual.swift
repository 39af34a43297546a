internal import CSearch
internal import CutlineCompute

/// An upper bound of production under a risk limit, and the price of risk that gives it.
struct LagrangianDual {
  var bound: Double
  var price: Double

  private static let lanes = 8
  private static let bisections = 20

  /// Minimises max P + μ(ρD − N) over μ ≥ 0 for every limit ρ, eight at a time, by bisection of log μ on whether the
  /// maximiser keeps the limit.
  ///
  /// - Parameter visit: gets every maximiser.
  /// Where time is over first, the bounds are those found until then; of limits that were not looked at, what all cells
  /// with production have.
  static func solve(
    lattice: Lattice, limits: [RiskRatio], visit: ([UInt16]) throws -> Void
  ) throws -> [LagrangianDual] {
    let grid = lattice.grid
    let scale =
      grid.production.reduce(1.0) { $0 + Double($1.magnitude) }
      / grid.numerator.reduce(1.0) { $0 + Double($1.magnitude) }
    let all = LagrangianDual(bound: grid.production.reduce(0.0) { $0 + Double(max($1, 0)) }, price: 0)
    var duals: [LagrangianDual] = []
    for first in stride(from: 0, to: limits.count, by: lanes) {
      let batch = (0..<lanes).map { limits[min(first + $0, limits.count - 1)] }
      let risks = batch.map(\.value)
      var prices = [Double](repeating: 0, count: lanes)
      var low = [Double](repeating: scale * 0x1p-24, count: lanes)
      var high = [Double](repeating: scale * 0x1p24, count: lanes)
      var best = [LagrangianDual](repeating: all, count: lanes)
      var bounds = [Double](repeating: 0, count: lanes)
      var accepted = [UInt16](repeating: 0, count: lanes * grid.rows)
      for step in 0..<bisections {
        let state = cutline_lattice_dual(
          lattice.pointer, risks, prices, &bounds, &accepted, lattice.watch.stop)
        guard try lattice.watch.completed(state) else { break }
        for lane in 0..<lanes {
          if bounds[lane] < best[lane].bound { best[lane] = LagrangianDual(bound: bounds[lane], price: prices[lane]) }
          let cutoffs = Array(accepted[lane * grid.rows..<(lane + 1) * grid.rows])
          try visit(cutoffs)
          // The first step has price 0: the greatest production.
          if step > 0 {
            if batch[lane].admits(try grid.sums(accepted: cutoffs)) {
              high[lane] = prices[lane]
            } else {
              low[lane] = prices[lane]
            }
          }
          prices[lane] = (low[lane] * high[lane]).squareRoot()
        }
      }
      duals += best.prefix(limits.count - first)
    }
    return duals
  }
}
