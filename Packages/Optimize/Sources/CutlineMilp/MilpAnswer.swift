/// What a solver found out about a `MilpProblem`.
public struct MilpAnswer: Sendable, Equatable {
  /// What is proven. Only `infeasible` says that there is no solution.
  public enum Status: Sendable, Equatable {
    /// No solution is better by more than the solver's gap (see `HighsSolver`).
    case optimal
    case infeasible
    /// Time was up: `solution` may be the best one, or nil although there are some.
    case timeLimit
    /// The solver gave up, with its reason.
    case other(String)
  }

  public let status: Status
  /// The incumbent, rounded; nil where there is none. It keeps all rows (see `MilpProblem.isKept`).
  public let solution: [Bool]?
  /// Value of the rounded incumbent, by the problem's own numbers.
  public let objective: Double?
  /// No solution has a greater objective, up to the solver's tolerance; nil where nothing is known or there is no
  /// solution. Never below `objective`.
  public let bound: Double?
  /// (`bound` − `objective`) / |`objective`|, 0 where they are equal, infinite over 0; nil where one is not known.
  public let gap: Double?
  /// Time spent, including the copy to the solver.
  public let seconds: Double
  /// Nodes of the branch-and-bound tree; 0 where the problem was decided before.
  public let nodes: Int64
  /// Name and version of the solver.
  public let version: String
}

extension MilpAnswer {
  /// Objective and gap follow from the incumbent and the solver's bound.
  init(
    _ status: Status, of problem: MilpProblem, solution: [Bool]?, bound: Double?, seconds: Double, nodes: Int64,
    version: String
  ) {
    let objective = solution.map(problem.value)
    let bound = bound.map { max($0, objective ?? $0) }
    self.status = status
    self.solution = solution
    self.objective = objective
    self.bound = bound
    if let objective, let bound {
      self.gap = bound == objective ? 0 : (bound - objective) / abs(objective)
    } else {
      self.gap = nil
    }
    self.seconds = seconds
    self.nodes = nodes
    self.version = version
  }
}
