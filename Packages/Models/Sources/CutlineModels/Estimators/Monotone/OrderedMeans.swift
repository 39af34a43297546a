internal import CutlineCore

/// Weighted least squares of cell means under a partial order: values that never fall from a cell to one above it.
///
/// The set of all cells is split by the upper set U that maximises `Σ_U w (y − m)`, m the weighted mean of all: a maximum
/// closure, found as a minimum cut. In the solution U lies at m or above and the rest at m or below, so both are solved by
/// themselves; where no upper set has a positive sum, the solution is m everywhere. This is exact up to the rounding of
/// sums: gains below 4·10⁻¹⁵ of Σ w |y − m| count as none.
///
/// Every value is kept between the means at which its cell was split off, so that the order holds in every bit.
///
/// Source: W. L. Maxwell, J. A. Muckstadt, *Establishing consistent and realistic reorder intervals in production-distribution
/// systems*, Oper. Res. 33 (1985); J. Spouge, H. Wan, W. Wilbur, *Least squares isotonic regression in two dimensions*, J.
/// Optim. Theory Appl. 117 (2003); R. Luss, S. Rosset, M. Shahar, *Efficient regularized isotonic regression*, Ann. Appl. Stat.
/// 6 (2012).
struct OrderedMeans {
  let cells: OrderedCells
  /// Per cell; 0 where there is no data.
  let weight: [Double]
  /// Per cell; of use where there is weight.
  let mean: [Double]

  private struct Part {
    var cells: [Int]
    var low, high: Double
  }

  /// - Parameter check: called between cuts; throws to stop.
  /// - Returns: per cell with weight its value.
  /// - Complexity: a maximum flow over the cells of a part for each split.
  func solve(_ check: () throws -> Void) throws -> [Double?] {
    var values = [Double?](repeating: nil, count: cells.count)
    var cut = UpperSetCut(cells)
    var open = [Part(cells: Array(0..<cells.count), low: -.infinity, high: .infinity)]
    while let part = open.popLast() {
      try check()
      guard let middle = weightedMean(part.cells) else { continue }
      let upper = cut.upperSet(of: part.cells, gains: part.cells.map { weight[$0] * (mean[$0] - middle) })
      // All of them where the mean's own rounding is all that differs.
      if upper.isEmpty || upper.count == part.cells.count {
        for cell in part.cells where weight[cell] > 0 { values[cell] = min(max(middle, part.low), part.high) }
        continue
      }
      let level = min(max(middle, part.low), part.high)
      let inside = Set(upper)
      open.append(Part(cells: upper, low: level, high: part.high))
      open.append(Part(cells: part.cells.filter { !inside.contains($0) }, low: part.low, high: level))
    }
    return values
  }

  private func weightedMean(_ places: [Int]) -> Double? {
    var (total, sum) = (0.0, 0.0)
    for cell in places where weight[cell] > 0 {
      total += weight[cell]
      sum += weight[cell] * mean[cell]
    }
    return total > 0 ? sum / total : nil
  }
}
