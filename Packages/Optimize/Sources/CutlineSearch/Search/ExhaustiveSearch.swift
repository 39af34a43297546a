public import CutlineCompute

/// How the exhaustive search is carried out. The result does not depend on it.
public enum ExhaustiveForm: String, Sendable, CaseIterable, Codable {
  /// Plain enumeration; the definition of the result.
  case scalar
  /// Vectorised C kernels on all workers.
  case cpu
  /// Kernels of OpenCL, on the devices of `OpenCLOptions`.
  case opencl
}

/// The frontier of a grid, with how it was found.
public struct ExhaustiveResult: Sendable {
  /// Wall-clock seconds.
  public struct Seconds: Sendable, Hashable {
    /// Partial sums, bounds.
    public var prepare = 0.0
    /// The enumeration.
    public var scan = 0.0
    /// From candidates to the frontier.
    public var reduce = 0.0
    public var total: Double { prepare + scan + reduce }
  }

  /// By ascending production, which is by ascending risk.
  public let points: [FrontierPoint]
  /// The number of strategies, C(rows + columns, rows).
  public let strategies: String
  /// Strategies that passed the bounds; unlike `points` it depends on form and workers.
  public let survivors: UInt64
  public let form: ExhaustiveForm
  /// Nil for the scalar form and that of OpenCL.
  public let instructionSet: InstructionSet?
  /// Names of the devices of the form `opencl`, otherwise empty.
  public let devices: [String]
  public let seconds: Seconds

  init(
    points: [FrontierPoint], strategies: String, survivors: UInt64, form: ExhaustiveForm,
    instructionSet: InstructionSet? = nil, devices: [String] = [], seconds: Seconds
  ) {
    self.points = points
    self.strategies = strategies
    self.survivors = survivors
    self.form = form
    self.instructionSet = instructionSet
    self.devices = devices
    self.seconds = seconds
  }
}

/// The exact frontier of all monotone strategies of a grid of two variables.
///
/// A strategy accepts, per row, a number of columns from the safe end; a safer row accepts at least as many as a riskier
/// one. It has production P = Σ production, and risk N/D = Σ numerator / Σ denominator over its cells. 0 over 0 has risk
/// 0; any other numerator over 0, and every negative denominator, is infeasible. A strategy is on the frontier when no
/// feasible one has P not lower and risk not higher with one of them better; the one that accepts nothing takes part.
/// There is one point per distinct (P, risk): the one with the larger denominator, then the lexicographically smallest
/// vector of accepted columns from row 0 (the safest) on. Risks are compared exactly, by 128-bit cross products.
///
/// The points are the same for every form, instruction set and number of workers.
public struct ExhaustiveSearch: Sendable {
  public let form: ExhaustiveForm
  public let workers: Int
  /// Nil chooses the widest that the processor has.
  public let instructionSet: InstructionSet?
  /// Grids with more strategies are refused.
  public let strategyLimit: UInt64
  /// For the form `opencl`.
  public let openCL: OpenCLOptions

  /// The largest strategy limit and its default: some fifteen seconds of one core with AVX-512.
  public static let largestStrategyLimit: UInt64 = 200_000_000_000

  /// - Parameters:
  ///   - form: `cpu` unless the definition itself is wanted.
  ///   - workers: threads; values below 1 mean 1.
  ///   - instructionSet: forces one, for tests and comparisons.
  ///   - strategyLimit: at most `largestStrategyLimit`.
  ///   - openCL: devices and their use, for the form `opencl`.
  public init(
    form: ExhaustiveForm = .cpu, workers: Int = 1, instructionSet: InstructionSet? = nil,
    strategyLimit: UInt64 = Self.largestStrategyLimit, openCL: OpenCLOptions = OpenCLOptions()
  ) {
    self.form = form
    self.workers = max(1, workers)
    self.instructionSet = instructionSet
    self.strategyLimit = min(strategyLimit, Self.largestStrategyLimit)
    self.openCL = openCL
  }

  /// Finds the frontier.
  ///
  /// - Parameters:
  ///   - progress: called with the share done, from 0 to 1, ascending; on any worker, never on two at once.
  ///   - isCancelled: asked often, on any worker.
  /// - Throws: `ComputeError.tooManyStrategies` with the exact count, `.partialSumsTooLarge`, `.unsupported`,
  ///   `.outOfMemory`; `DeviceError` when a device fails; `CancellationError` when cancelled.
  /// - Complexity: every strategy is tested, O(C(rows + columns, rows)); memory grows with the frontier and roughly with
  ///   the square root of the number of strategies, not with the number of ties.
  public func frontier(
    of grid: GridSums, progress: (@Sendable (Double) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> ExhaustiveResult {
    let strategies = StrategyCount.decimal(rows: grid.rows, columns: grid.columns)
    guard let count = StrategyCount.exact(rows: grid.rows, columns: grid.columns, limit: strategyLimit) else {
      throw ComputeError.tooManyStrategies(count: strategies, limit: strategyLimit)
    }
    let watch = SearchWatch(progress: progress, isCancelled: isCancelled)
    switch form {
    case .scalar: return try enumerate(grid, count: count, strategies: strategies, watch: watch)
    case .cpu: return try scan(grid, strategies: strategies, watch: watch)
    case .opencl: return try scanOnDevices(grid, strategies: strategies, watch: watch)
    }
  }
}
