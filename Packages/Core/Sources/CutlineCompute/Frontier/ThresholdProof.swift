internal import CCompute

/// Closes the gap between a known strategy and the dual bound of a risk limit.
struct ThresholdProof: @unchecked Sendable {
  // Unchecked, because the C points are plain values that the compiler does not know to be.
  let lattice: Lattice
  /// The frontier of known strategies, by ascending production.
  let known: [cutline_point]
  let bytes: Int
  let labels: UInt64
  let watch: SearchWatch

  /// Two label searches: the first for more production than is known within the limit, with the limit as its whole cone,
  /// so that labels are dominated by P and N − ρD alone; the second, at that production, for the least risk and the ties.
  func optimum(limit: RiskRatio, dual: LagrangianDual, search: LabelSearch) throws -> ThresholdResult.Optimum {
    let bound = Int64(dual.bound.rounded(.down))
    var best = lastKnown(within: limit)
    if best.map({ $0.production < bound }) ?? true {
      let task = CornerTask(
        floors: [best.map { $0.production + 1 }], ceilings: [limit], low: limit, high: limit, price: dual.price)
      try run(task, search: search) { points, _ in
        if let last = points.last { best = last }
      }
    }
    guard let best else {
      return .init(limit: limit, status: .infeasible, point: nil, bound: bound, price: dual.price)
    }
    let risk = RiskRatio(trusted: best.numerator, max(best.denominator, 1))
    let zero = RiskRatio(trusted: 0, 1)
    let isRiskNonNegative = lattice.grid.numerator.allSatisfy { $0 >= 0 }
    let task = CornerTask(
      floors: [best.production], ceilings: [risk], low: isRiskNonNegative ? zero : nil, high: risk, price: dual.price)
    var point: FrontierPoint?
    try run(task, search: search) { points, accepted in
      guard let last = points.last else { return }
      let rows = lattice.grid.rows
      point = FrontierPoint(
        production: last.production, numerator: last.numerator, denominator: last.denominator,
        accepted: Array(accepted[last.strategy * rows..<(last.strategy + 1) * rows]))
    }
    let isEmpty = point?.accepted.allSatisfy { $0 == 0 } ?? true
    return .init(
      limit: limit, status: isEmpty ? .acceptsNothing : .optimal, point: point, bound: bound, price: dual.price)
  }

  private func run(
    _ task: CornerTask, search: LabelSearch,
    found: (UnsafeBufferPointer<cutline_point>, UnsafeBufferPointer<UInt16>) -> Void
  ) throws {
    guard try search.search(task, bytes: bytes, labels: labels, watch: watch, found: found) else {
      throw FrontierError.overLimit(bytes: bytes, labels: labels)
    }
  }

  /// By bisection, since risk rises with production on the frontier.
  private func lastKnown(within limit: RiskRatio) -> cutline_point? {
    var low = 0
    var high = known.count
    while low < high {
      let middle = (low + high) / 2
      let x = known[middle]
      let point = FrontierPoint(
        production: x.production, numerator: x.numerator, denominator: x.denominator, accepted: [])
      if limit.admits(point) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? known[low - 1] : nil
  }
}
