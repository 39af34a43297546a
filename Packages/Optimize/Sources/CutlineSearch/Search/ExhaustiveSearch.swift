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
  /// False where time was over first: the points are then the frontier of the strategies that were looked at.
  public let isComplete: Bool
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
    points: [FrontierPoint], isComplete: Bool = true, strategies: String, survivors: UInt64, form: ExhaustiveForm,
    instructionSet: InstructionSet? = nil, devices: [String] = [], seconds: Seconds
  ) {
    self.points = points
    self.isComplete = isComplete
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
  /// Bytes; a grid that needs more is refused.
  public let memoryLimit: Int
  /// Elapsed time after which the search ends with what it has; nil for none.
  public let timeLimitSeconds: Double?

  /// The largest strategy limit and its default: some fifteen seconds of one core with AVX-512.
  public static let largestStrategyLimit: UInt64 = 200_000_000_000

  /// - Parameters:
  ///   - form: `cpu` unless the definition itself is wanted.
  ///   - workers: threads; values below 1 mean 1.
  ///   - instructionSet: forces one, for tests and comparisons.
  ///   - strategyLimit: at most `largestStrategyLimit`.
  ///   - openCL: devices and their use, for the form `opencl`.
  ///   - memoryLimit: in bytes, of the host; no limit by default.
  ///   - timeLimitSeconds: a bound on the time of one frontier; no limit by default.
  public init(
    form: ExhaustiveForm = .cpu, workers: Int = 1, instructionSet: InstructionSet? = nil,
    strategyLimit: UInt64 = Self.largestStrategyLimit, openCL: OpenCLOptions = OpenCLOptions(),
    memoryLimit: Int = .max, timeLimitSeconds: Double? = nil
  ) {
    self.form = form
    self.workers = max(1, workers)
    self.instructionSet = instructionSet
    self.strategyLimit = min(strategyLimit, Self.largestStrategyLimit)
    self.openCL = openCL
    self.memoryLimit = memoryLimit
    self.timeLimitSeconds = timeLimitSeconds
  }

  /// Finds the frontier.
  ///
  /// - Parameters:
  ///   - progress: called with the share done, from 0 to 1, ascending; on any worker, never on two at once.
  ///   - isCancelled: asked often, on any worker.
  /// - Throws: `ComputeError.tooManyStrategies` with the exact count, `.partialSumsTooLarge`, `.unsupported`,
  ///   `.outOfMemory`; `FrontierError.memory` where the limit is too low for the grid; `DeviceError` when a device fails; `CancellationError` when cancelled.
  /// - Complexity: every strategy is tested, O(C(rows + columns, rows)); memory grows with the frontier and roughly with
  ///   the square root of the number of strategies, not with the number of ties.
  public func frontier(
    of grid: GridSums, progress: (@Sendable (Double) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> ExhaustiveResult {
    let strategies = StrategyCount.decimal(rows: grid.rows, columns: grid.columns)
    guard let count = StrategyCount.exact(rows: grid.rows, columns: grid.columns, limit: strategyLimit) else {
      throw ComputeError.tooManyStrategies(count: strategies, limit: strategyLimit)
    }
    try checkMemory(grid)
    let watch = SearchWatch(progress: progress, isCancelled: isCancelled, timeLimitSeconds: timeLimitSeconds)
    switch form {
    case .scalar: return try enumerate(grid, count: count, strategies: strategies, watch: watch)
    case .cpu: return try scan(grid, strategies: strategies, watch: watch)
    case .opencl: return try scanOnDevices(grid, strategies: strategies, watch: watch)
    }
  }

  /// The scalar form holds strategies until it reduces them; the others all halves of strategies, sorted and packed.
  private func checkMemory(_ grid: GridSums) throws {
    var bytes = Double(grid.rows * (grid.columns + 1) * 24)
    if form == .scalar {
      bytes += 0x1p17 * Double(100 + 2 * grid.rows)
    } else if let path = StrategyPath(rows: grid.rows, columns: grid.columns) {
      let halves = PartialStrategies.halves(of: grid, path: path)
      bytes += (halves.before + halves.after) * 100
    }
    guard bytes <= Double(memoryLimit) else {
      throw FrontierError.memory(neededMiB: Int(min(bytes / 0x1p20, 1e15)) + 1, allowedMiB: memoryLimit >> 20)
    }
  }
}
