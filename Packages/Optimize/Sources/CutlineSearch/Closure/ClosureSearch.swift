internal import CClosure
internal import CutlineCompute

/// Exact search over the closed regions of a grid of any number of dimensions, without enumerating them.
///
/// A region has production P, and risk N/D over its cells; 0 over 0 has risk 0, any other numerator over 0 is infeasible.
/// Accepting nothing takes part unless bounds exclude it. For multipliers p, v ≥ 0 and a risk ρ the region that maximises p P + v (ρ D − N) is a
/// maximum closure, found as a minimum cut that starts from the one before. Between two neighbouring supported points
/// the cells whose forcing would cost more than the gap allows are fixed; a decision diagram over the cells that stay
/// free carries labels (P, N, D) with bounds; where it grows too large the search takes smaller steps, splits, and at
/// last branches on a cell. Sums are Int64, ratios are compared in 128 bits, bounds are rounded outwards.
///
/// The method is described in `docs/methods/n-dimensional-frontier.md`. It needs P ≥ 0 and D ≥ 0 in every cell, and D > 0
/// where N < 0. There is one point per distinct production and risk. Its counts reach its sums exactly; among several
/// strategies with that production and risk it is one that the search met, the same in every run, which need not have
/// the largest denominator nor the smallest counts.
public struct ClosureSearch: Sendable {
  public let limits: ClosureLimits

  public init(limits: ClosureLimits = ClosureLimits()) { self.limits = limits }

  /// The greatest production at a risk of at most `numerator` / `denominator`, and with it the least risk.
  ///
  /// - Parameters:
  ///   - numerator, denominator: the threshold in the units of the cells, denominator > 0.
  ///   - bounds: pinned cells; nil for none.
  ///   - isCancelled: asked often.
  /// - Throws: `ClosureError`; `FrontierError.outsideGrid` for bounds of another grid, `.contradictoryPins` for bounds
  ///   that no strategy honours, `.memory` where the grid alone takes more than the limit; `ComputeError.outOfMemory`, `CancellationError`.
  /// - Complexity: some cuts, each about O(cells) when warm, and labels that depend on the data; exponential at worst.
  public func threshold(
    of grid: GridSumsND, numerator: Int64, denominator: Int64, bounds: StrategyBounds? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> ThresholdOptimum {
    guard denominator > 0 else { throw ClosureError.threshold(numerator: numerator, denominator: denominator) }
    let session = try Session(grid, bounds: bounds, limits: limits)
    var best = cutline_region()
    var bound: Int64 = 0
    var relaxation: Int64 = 0
    let status = try session.run(progress: nil, isCancelled: isCancelled) { limits in
      cutline_closure_threshold(session.closure, numerator, denominator, &limits, &best, &bound, &relaxation)
    }
    if status == CUTLINE_CLOSURE_INFEASIBLE {
      return ThresholdOptimum(status: .infeasible, point: nil, bound: 0, relaxation: 0, work: session.work)
    }
    guard !session.regions.isEmpty else {
      // A limit came before anything was found.
      return ThresholdOptimum(
        status: .limitReached, point: nil, bound: bound, relaxation: relaxation, work: session.work)
    }
    let counts = ClosureFrontier.counts(
      words: session.words, from: 0, lines: grid.countsPerStrategy, lastSize: grid.lastSize)
    let point = FrontierPoint(
      production: best.production, numerator: best.numerator, denominator: best.denominator, accepted: counts)
    let isEmpty = best.production == 0 && best.numerator == 0 && best.denominator == 0
    return ThresholdOptimum(
      status: status == CUTLINE_CLOSURE_LIMIT ? .limitReached : isEmpty ? .infeasible : .optimal, point: point,
      bound: bound, relaxation: relaxation, work: session.work)
  }

  /// All strategies that no other one dominates (production not lower, risk not higher, one of them better).
  ///
  /// - Parameters:
  ///   - bounds: pinned cells; nil for none.
  ///   - productionFloor: strategies below it are left out, and neither searched for nor listed as open.
  ///   - tolerance: with a share ε > 0, a subset of strategies such that for every strategy one of them has no more risk
  ///     and at least 1 − ε times its production; 0 gives the complete frontier. At most 0.5.
  ///   - progress: called with the share of gaps closed.
  ///   - isCancelled: asked often.
  /// - Returns: with a limit reached, real strategies that none of the others dominates, and the list of corners where
  ///   points may be missing. Empty where no strategy within the bounds has a defined risk and reaches the floor.
  /// - Throws: as for a threshold.
  public func frontier(
    of grid: GridSumsND, bounds: StrategyBounds? = nil, productionFloor: Int64? = nil, tolerance: Double = 0,
    progress: (@Sendable (Double) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> ClosureFrontier {
    guard tolerance >= 0, tolerance <= 0.5 else {
      throw ClosureError.limit("the tolerance is \(tolerance), outside 0 ... 0.5")
    }
    let session = try Session(
      grid, bounds: bounds, limits: limits, productionFloor: productionFloor, tolerance: tolerance)
    _ = try session.run(progress: progress, isCancelled: isCancelled) { limits in
      cutline_closure_frontier(session.closure, &limits)
    }
    progress?(1)
    return ClosureFrontier(
      sums: session.regions, words: session.words, lines: grid.countsPerStrategy, lastSize: grid.lastSize,
      open: session.open, tolerance: tolerance, work: session.work)
  }
}
