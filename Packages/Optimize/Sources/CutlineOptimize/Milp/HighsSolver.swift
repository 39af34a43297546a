public import CutlineCore

/// Solves binary linear problems with HiGHS by branch and bound: one thread, one seed, so that the same problem has the
/// same answer unless time runs out.
///
/// HiGHS computes in floating point. It searches only for solutions that are better than the incumbent by more than the
/// larger of `absoluteGap` and `tolerance`, and lets each row be broken by up to `tolerance`. An exact claim therefore
/// needs a check of the answer in exact arithmetic, and rows and an objective whose smallest differences are well above
/// the tolerance.
///
/// Source: Huangfu, Hall, *Parallelizing the dual revised simplex method*, Math. Prog. Comp. 10 (2018); highs.dev.
public struct HighsSolver: Sendable {
  public var timeLimitSeconds: Double
  /// What the optimum may be missed by, in the unit of the objective. The relative gap is 0.
  public var absoluteGap: Double
  /// What a row or a column's integrality may be broken by, absolute.
  public var tolerance: Double
  /// Any number; another one gives another search.
  public var seed: UInt64
  private let library: HighsLibrary

  /// - Throws: `ConfigError` where HiGHS is not installed: says where it was looked for.
  public init(timeLimitSeconds: Double, absoluteGap: Double, tolerance: Double = 1e-6, seed: UInt64 = 0)
    throws(ConfigError)
  {
    self.init(
      library: try HighsLibrary.installed.get(), timeLimitSeconds: timeLimitSeconds, absoluteGap: absoluteGap,
      tolerance: tolerance, seed: seed)
  }

  init(library: HighsLibrary, timeLimitSeconds: Double, absoluteGap: Double, tolerance: Double = 1e-6, seed: UInt64 = 0)
  {
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
  ///   - start: One value per column, to begin with; dropped where it breaks a row.
  ///   - isCancelled: Asked between the steps of the search, on the calling thread.
  /// - Throws: `NumericError` where the problem is malformed or its numbers are out of the solver's range;
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
      return problem.violation(of: []) > 0 ? answer(.infeasible, nil, bound: nil) : answer(.optimal, [], bound: 0)
    }
    let model = try HighsModel(problem, library: library)
    try configure(model)
    if let start {
      guard start.count == problem.objective.count else {
        throw NumericError(
          "milp", "the start has \(start.count) values for \(problem.objective.count) columns", "Give one per column.")
      }
      try model.start(from: start)
    }
    let ending = try model.run(isCancelled: isCancelled)
    let (solution, bound, nodes) = (model.incumbent(), model.bound(), model.nodes())
    switch ending {
    case .optimal:
      return solution == nil
        ? answer(.other("no solution came with the optimum"), nil, bound: bound, nodes: nodes)
        : answer(.optimal, solution, bound: bound, nodes: nodes)
    case .infeasible: return answer(.infeasible, nil, bound: nil, nodes: nodes)
    case .timeLimit: return answer(.timeLimit, solution, bound: bound, nodes: nodes)
    case .interrupted: throw CancellationError()
    case .other(let reason): return answer(.other(reason), solution, bound: bound, nodes: nodes)
    }
  }

  private func configure(_ model: HighsModel) throws(NumericError) {
    try model.set("threads", Int32(1))
    try model.set("random_seed", Int32(seed & 0x7fff_ffff))
    try model.set("time_limit", timeLimitSeconds)
    try model.set("mip_rel_gap", 0.0)
    try model.set("mip_abs_gap", absoluteGap)
    try model.set("mip_feasibility_tolerance", tolerance)
  }

  private func checkLimits() throws(NumericError) {
    for (name, value) in [("time limit", timeLimitSeconds), ("absolute gap", absoluteGap)] where !(value >= 0) {
      throw NumericError("milp", "the \(name) is \(value)", "It must be 0 or more.")
    }
    if !(1e-10...1e-3).contains(tolerance) {
      throw NumericError("milp", "the tolerance is \(tolerance)", "It must lie between 1e-10 and 1e-3.")
    }
  }
}
