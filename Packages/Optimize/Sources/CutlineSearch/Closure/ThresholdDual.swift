internal import CClosure

/// A proof, in integers that anyone can add up, that no strategy within a limit on risk has a production above `bound`.
///
/// With w = ⌈(p P + u D − v N) / 2^shift⌉ of a cell, and r = w − (its flow out) + (its flow in), let W be the sum of r over
/// the cells that bounds accept and of max(0, r) over those that they leave free. Then P ≤ ⌊2^shift · W / p⌋:
///
/// - Flow runs from a cell to a safer neighbour. A strategy has with a cell all safer ones, so that no flow leaves it, and
///   Σ w ≤ Σ r ≤ W over its cells.
/// - Within the limit u D − v N ≥ 0, because u/v is not below the limit and D ≥ 0, or v = 0. So p P ≤ 2^shift · Σ w.
///
/// Sums exceed 64 bits: p, u, v are below 2⁶¹ and sums of cells below 2⁵³; 128 bits hold them.
public struct ThresholdDual: Sendable, Hashable {
  /// What flows from a cell to its neighbour that is one bin safer in one dimension.
  public struct Arc: Sendable, Hashable {
    /// In row-major order.
    public let cell: Int
    public let dimension: Int
    /// Positive.
    public let flow: Int64

    public init(cell: Int, dimension: Int, flow: Int64) {
      self.cell = cell
      self.dimension = dimension
      self.flow = flow
    }
  }

  /// Multipliers of production (positive), of the denominator and of the numerator (not negative); u/v is not below the
  /// limit, unless both are 0 and production alone is bounded. A negative limit makes u negative.
  public let p, u, v: Int64
  /// From 0 to 60.
  public let shift: Int
  /// By ascending cell, then dimension; between free cells only.
  public let arcs: [Arc]
  /// What the numbers above prove.
  public let bound: Int64
}

extension ClosureSearch {
  /// The dual of a threshold as a proof of its `relaxation`.
  ///
  /// It is the tightest multiplier that the threshold search finds. The bound can be above `relaxation`, which takes the
  /// cells that bounds accept together: here each one's weight is rounded up, which makes less than one unit of weight, or
  /// 2^shift / p of production, for each of them. And where strategies lie on the limit but none below it, a finite price
  /// of risk need not reach their production in rounded weights.
  ///
  /// - Parameters:
  ///   - limit: in the units of the cells.
  ///   - bounds: pinned cells; nil for none.
  ///   - isCancelled: asked before and after.
  /// - Returns: nil where no strategy within the bounds is within the limit.
  /// - Throws: as `threshold`.
  /// - Complexity: some cuts of all free cells.
  public func dual(
    of grid: GridSumsND, limit: RiskRatio, bounds: StrategyBounds? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> ThresholdDual? {
    if isCancelled?() ?? false { throw CancellationError() }
    let session = try Session(grid, bounds: bounds, limits: limits)
    var dual = cutline_dual()
    let status = try session.run(progress: nil, isCancelled: isCancelled) { limits in
      cutline_closure_certify(session.closure, limit.numerator, limit.denominator, &limits, &dual)
    }
    if isCancelled?() ?? false { throw CancellationError() }
    guard status == CUTLINE_CLOSURE_DONE else { return nil }
    let dimensions = grid.shape.count
    // The flows belong to the session.
    let arcs = withExtendedLifetime(session) {
      UnsafeBufferPointer(start: dual.flow, count: grid.cellCount * dimensions).enumerated()
        .filter { $0.element != 0 }
        .map { ThresholdDual.Arc(cell: $0.offset / dimensions, dimension: $0.offset % dimensions, flow: $0.element) }
    }
    return ThresholdDual(
      p: dual.p, u: dual.u, v: dual.v, shift: Int(dual.shift), arcs: arcs, bound: dual.bound)
  }
}
