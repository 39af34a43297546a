public import CutlineCore
internal import CutlineCredit

/// Solves binary linear problems with HiGHS by branch and bound: one thread, one seed, so that the same problem has the
/// same answer unless time runs out.
///
/// HiGHS computes in floating point. Solutions that are better than the incumbent by no more than the larger of
/// `absoluteGap` and `tolerance` are not looked for; where all objective values are whole numbers, differences of 1 are
/// seen. HiGHS lets a point break a row by `tolerance` before it is rounded, and by more afterwards: a row of whole
/// numbers around 10⁸ by 1. So each point is checked here (see `MilpProblem.isKept`); one that breaks a row is cut off
/// by a cover, and the search starts anew. A claim of optimality rests on HiGHS's bound, which is not exact.
///
/// Source: Huangfu, Hall, *Parallelizing the dual revised simplex method*, Math. Prog. Comp. 10 (2018); highs.dev.
public struct HighsSolver: Sendable {
  public var timeLimitSeconds: Double
  /// What the optimum may be missed by, in the unit of the objective. The relative gap is 0.
  public var absoluteGap: Double
  /// What a row or a column's integrality may be broken by in the search, absolute; 1e-10 to 1e-3.
  public var tolerance: Double
  /// Any number; another one gives another search.
  public var seed: UInt64
  private let library: HighsLibrary

  /// - Throws: `Faults` (usage) where HiGHS is not installed: says where it was looked for.
  public init(timeLimitSeconds: Double, absoluteGap: Double, tolerance: Double = 1e-9, seed: UInt64 = 0)
    throws(Faults)
  {
    self.init(
      library: try HighsLibrary.installed.get(), timeLimitSeconds: timeLimitSeconds, absoluteGap: absoluteGap,
      tolerance: tolerance, seed: seed)
  }

  package init(
    library: HighsLibrary, timeLimitSeconds: Double, absoluteGap: Double, tolerance: Double = 1e-9, seed: UInt64 = 0
  ) {
    self.library = library
    self.timeLimitSeconds = timeLimitSeconds
    self.absoluteGap = absoluteGap
    self.tolerance = tolerance
    self.seed = seed
  }

  /// Solver and version, for example `HiGHS 1.15.1`.
  public var version: String { "HiGHS \(library.version)" }

  /// Solves the problem; the calling thread works until that is done.
  ///
  /// - Parameters:
  ///   - start: One value per column, to begin with and to fall back on; dropped where it breaks a row.
  ///   - isCancelled: Asked between the steps of the search, on the calling thread.
  /// - Throws: `Faults` (data) where the problem is malformed or its numbers are out of the solver's range;
  ///   `CancellationError` once `isCancelled` says so.
  /// - Complexity: Exponential in the number of columns at worst.
  ///
  /// Edge cases: a row whose lower bound is above its upper makes the problem infeasible; a problem without columns has
  /// the objective 0.
  public func solve(
    _ problem: MilpProblem, from start: [Bool]? = nil, isCancelled: @escaping () -> Bool = { Task.isCancelled }
  ) throws -> MilpAnswer {
    let begin = ContinuousClock.now
    func answer(_ status: MilpAnswer.Status, _ solution: [Bool]?, bound: Double?, nodes: Int64 = 0) -> MilpAnswer {
      MilpAnswer(
        status, of: problem, solution: solution, bound: bound, seconds: (ContinuousClock.now - begin) / .seconds(1),
        nodes: nodes, version: version)
    }
    try checkLimits()
    try problem.check()
    if isCancelled() { throw CancellationError() }
    if problem.rows.contains(where: { $0.lower > $0.upper }) { return answer(.infeasible, nil, bound: nil) }
    if problem.objective.isEmpty {
      return problem.isKept(by: [], tolerance: tolerance)
        ? answer(.optimal, [], bound: 0) : answer(.infeasible, nil, bound: nil)
    }
    if let start, start.count != problem.objective.count {
      throw Faults.data(
        "milp", "the start has \(start.count) values for \(problem.objective.count) columns", "Give one per column.")
    }
    let known = start.flatMap { problem.isKept(by: $0, tolerance: tolerance) ? $0 : nil }
    var problem = problem
    var nodes: Int64 = 0
    while true {
      let model = try HighsModel(problem, library: library)
      try configure(model, secondsLeft: max(0, timeLimitSeconds - (ContinuousClock.now - begin) / .seconds(1)))
      if let start { try model.start(from: start) }
      let ending = try model.run(isCancelled: isCancelled)
      nodes += model.nodes()
      let (point, bound) = (model.point(), model.bound())
      let covers = point.map { problem.covers(of: $0, tolerance: tolerance) } ?? []
      let solution = covers.isEmpty ? point : nil
      switch ending {
      case .optimal where solution != nil: return answer(.optimal, solution, bound: bound, nodes: nodes)
      case .optimal where covers.isEmpty, .brokenPoint where covers.isEmpty:
        return answer(.other("HiGHS ended without a proof"), solution, bound: bound, nodes: nodes)
      case .optimal, .brokenPoint: problem.rows += covers
      case .infeasible where known != nil:
        return answer(.other("HiGHS calls infeasible what the start solves"), known, bound: nil, nodes: nodes)
      case .infeasible: return answer(.infeasible, nil, bound: nil, nodes: nodes)
      case .timeLimit: return answer(.timeLimit, solution ?? known, bound: bound, nodes: nodes)
      case .interrupted: throw CancellationError()
      case .other(let reason): return answer(.other(reason), solution, bound: bound, nodes: nodes)
      }
    }
  }

  private func configure(_ model: HighsModel, secondsLeft: Double) throws(Faults) {
    try model.set("threads", Int32(1))
    try model.set("random_seed", Int32(seed & 0x7fff_ffff))
    try model.set("time_limit", secondsLeft)
    try model.set("mip_rel_gap", 0.0)
    try model.set("mip_abs_gap", absoluteGap)
    try model.set("mip_feasibility_tolerance", tolerance)
  }

  private func checkLimits() throws(Faults) {
    for (name, value) in [("time limit", timeLimitSeconds), ("absolute gap", absoluteGap)] where !(value >= 0) {
      throw Faults.data("milp", "the \(name) is \(value)", "It must be 0 or more.")
    }
    if !(1e-10...1e-3).contains(tolerance) {
      throw Faults.data("milp", "the tolerance is \(tolerance)", "It must lie between 1e-10 and 1e-3.")
    }
  }
}
