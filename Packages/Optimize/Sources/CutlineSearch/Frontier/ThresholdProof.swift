internal import CSearch

/// Closes the gap between a known strategy and the dual bound of a risk limit.
struct ThresholdProof: Sendable {
  let lattice: Lattice
  let bytes: Int
  let labels: UInt64
  let watch: SearchWatch

  /// Two label searches from the best strategy that is known within the limit: the first for more production than is known within the limit, with the limit as its whole cone,
  /// so that labels are dominated by P and N − ρD alone; the second, at that production, for the least risk and the ties.
  func optimum(
    limit: RiskRatio, dual: LagrangianDual, known: FrontierPoint?, search: LabelSearch
  ) throws -> ThresholdResult.Optimum {
    // Where nothing fits the dual falls without end.
    let bound = dual.bound > -0x1p62 ? Int64(min(dual.bound, 0x1p62).rounded(.down)) : .min
    var best = known
    func ended(_ status: ThresholdResult.Status, _ point: FrontierPoint?) -> ThresholdResult.Optimum {
      .init(limit: limit, status: status, point: point, bound: bound, price: dual.price)
    }
    if best.map({ $0.production < bound }) ?? true {
      let task = CornerTask(
        floors: [best.map { $0.production + 1 }], ceilings: [limit], low: limit, high: limit, price: dual.price)
      guard let found = try last(of: task, search: search) else { return ended(.limitReached, best) }
      best = found.point ?? best
    }
    guard let best else { return ended(.infeasible, nil) }
    let risk = RiskRatio(of: best)
    let zero = RiskRatio(trusted: 0, 1)
    let isRiskNonNegative = lattice.grid.numerator.allSatisfy { $0 >= 0 }
    let task = CornerTask(
      floors: [best.production], ceilings: [risk], low: isRiskNonNegative ? zero : nil, high: risk, price: dual.price)
    guard let found = try last(of: task, search: search) else {
      // The production is proven; only a strategy with less risk at it may be missing.
      return .init(limit: limit, status: .limitReached, point: best, bound: best.production, price: dual.price)
    }
    let isEmpty = found.point?.accepted.allSatisfy { $0 == 0 } ?? true
    return ended(isEmpty ? .acceptsNothing : .optimal, found.point)
  }

  /// What a task finds last.
  private struct Finding { let point: FrontierPoint? }

  /// - Returns: nil where a limit was reached.
  private func last(of task: CornerTask, search: LabelSearch) throws -> Finding? {
    var point: FrontierPoint?
    let rows = lattice.grid.rows
    let isDone = try search.search(task, bytes: bytes, labels: labels, watch: watch) { points, accepted in
      guard let last = points.last else { return }
      point = FrontierPoint(
        production: last.production, numerator: last.numerator, denominator: last.denominator,
        accepted: Array(accepted[last.strategy * rows..<(last.strategy + 1) * rows]))
    }
    return isDone ? Finding(point: point) : nil
  }
}
