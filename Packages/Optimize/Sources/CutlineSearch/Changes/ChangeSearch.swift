internal import CutlineCompute

/// The greatest production under a risk limit of strategies that differ from a given one in at most k cells, exactly, for
/// any k: the price of change.
///
/// For each k a Lagrangian dual bounds the production from above,
///
///     min over λ, μ ≥ 0 of  max over S of  Σ p + λ Σ (ρ d − n) + μ (k − |S Δ S₀|)
///
/// whose inner maximum is one pass over rows and cutoffs. A label search then goes over rows with the exact sums of partial
/// strategies (production, slack of the limit in 128 bits, changes) and drops those that another with the same cutoff equals
/// or exceeds in all three, and those that no completion lifts above the best strategy known, by the dual's bounds.
///
/// Grids of two scores (one row for one score) with no negative numerator or denominator. Of equal production the strategy
/// with more slack is given, then the one with fewer changes.
public struct ChangeSearch: Sendable {
  /// What is known about one k.
  public struct Answer: Sendable, Hashable {
    public enum Status: Sendable, Hashable {
      case optimal
      /// No strategy with so few changes keeps the limit.
      case infeasible
      /// More labels than allowed: the best strategy found, if any, is not proven.
      case limitReached
    }

    public let status: Status
    public let point: FrontierPoint?
    /// Cells in which it differs from the given strategy.
    public let changes: Int?
  }

  /// Labels of one k, all rows together.
  public let labelLimit: Int

  public init(labelLimit: Int = 20_000_000) { self.labelLimit = max(1, labelLimit) }

  /// - Parameters:
  ///   - limit: as a fraction of the grid's sums.
  ///   - current: the strategy that changes are counted from, per row.
  ///   - counts: the k asked about, each at least 0.
  ///   - bounds: pinned cells; nil for none.
  /// - Throws: `ComputeError.shape`; `FrontierError.negativeRisk`; `CancellationError`.
  /// - Complexity: some 400 passes of O(rows × columns) for each k, and the labels between bound and optimum.
  public func optima(
    of grid: GridSums, limit: RiskRatio, current: [UInt16], changes counts: [Int], bounds: StrategyBounds? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> [Answer] {
    guard !(grid.numerator + grid.denominator).contains(where: { $0 < 0 }) else {
      throw FrontierError.negativeRisk
    }
    let problem = try ChangeProblem(
      grid, limit: limit, current: current, bounds: bounds ?? StrategyBounds(shape: grid.shape))
    var known: [FrontierPoint] = []
    var answers: [Int: Answer] = [:]
    for count in Set(counts).sorted() where count >= 0 {
      if isCancelled?() ?? false { throw CancellationError() }
      answers[count] = try answer(problem, count, &known, isCancelled)
    }
    return counts.compactMap { answers[$0] }
  }

  private func answer(
    _ problem: ChangeProblem, _ count: Int, _ known: inout [FrontierPoint], _ isCancelled: (@Sendable () -> Bool)?
  ) throws -> Answer {
    var found: [[UInt16]] = []
    let prices = problem.dual(changes: count) { found.append($0) }
    let slack = problem.dualOfSlack(changes: count)
    // Strategies of fewer changes and maximisers of the dual: nothing below the best of them is looked for.
    for accepted in Set(found) {
      let point = try problem.grid.sums(accepted: accepted)
      if problem.limit.admits(point) { known.append(point) }
    }
    known = Array(Set(known))
    func changes(_ point: FrontierPoint) -> Int { problem.changes(point.accepted) }
    let best = known.filter { changes($0) <= count }.max { problem.isBetter($1, than: $0) }
    var labels = ChangeLabels(
      problem, count: count, floor: best?.production, completions: prices + slack + [problem.fewestChanges(count)],
      limit: labelLimit)
    let isComplete = try labels.run(isCancelled)
    let candidate = try labels.best().map { try problem.grid.sums(accepted: $0) }
    let point = [best, candidate].compactMap { $0 }.max { problem.isBetter($1, than: $0) }
    if let point { known.append(point) }
    // A strategy of nothing keeps every limit, and is none.
    guard let point, point.production != 0 || point.denominator != 0 || point.numerator != 0 else {
      return Answer(status: isComplete ? .infeasible : .limitReached, point: nil, changes: nil)
    }
    return Answer(status: isComplete ? .optimal : .limitReached, point: point, changes: changes(point))
  }
}
