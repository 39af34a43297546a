public import CutlineCompute

/// The exact frontier of all monotone strategies of a grid of two variables, without enumerating them.
///
/// The result is that of `ExhaustiveSearch`, bit for bit: the same definition of risk and feasibility, one point per
/// distinct (production, risk), ties by the larger denominator and then by the lexicographically smallest cutoffs. It
/// takes milliseconds where enumeration takes years, on any grid, since its work grows with the frontier.
///
/// Method: strategies are paths through a lattice. Between neighbouring known strategies lies a corner, the only place
/// where the frontier can differ from what is known; partial paths that can no longer end in a corner are dropped by a
/// Lagrangian bound, and partial paths that another one dominates over the corner's whole range of risks are dropped
/// too. `docs/methods/frontier.md` has the proof. Cells of any sign are allowed: where partial sums of denominators can
/// be negative, dominance also asks for a larger denominator, which is slower and equally exact.
public struct FrontierSearch: Sendable {
  public let workers: Int
  /// Nil chooses the widest that the processor has.
  public let instructionSet: InstructionSet?
  /// Bytes for labels and candidates of all workers together.
  public let memoryLimit: Int
  /// Labels kept at nodes, in one search.
  public let labelLimit: UInt64
  /// Elapsed time after which what is not closed stays open; nil for none. Only with it does a result depend on the
  /// machine.
  public let timeLimitSeconds: Double?

  /// - Parameters:
  ///   - workers: threads; values below 1 mean 1.
  ///   - memoryLimit: in bytes; at least 64 KiB. What the grid itself takes is counted; of the rest three quarters are for
  ///     labels, shared by the workers, one for points. There are no more workers than it has room for.
  ///   - labelLimit: a bound on the work; no limit by default.
  ///   - timeLimitSeconds: a bound on the time of one frontier; no limit by default.
  ///   - instructionSet: forces one, for tests and comparisons.
  public init(
    workers: Int = 1, memoryLimit: Int = 4 << 30, labelLimit: UInt64 = .max, timeLimitSeconds: Double? = nil,
    instructionSet: InstructionSet? = nil
  ) {
    self.workers = max(1, workers)
    self.memoryLimit = max(memoryLimit, 64 << 10)
    self.labelLimit = labelLimit
    self.timeLimitSeconds = timeLimitSeconds
    self.instructionSet = instructionSet
  }

  /// Finds the frontier.
  ///
  /// - Parameters:
  ///   - bounds: pinned cells; nil for none.
  ///   - productionFloor: strategies below it are left out.
  ///   - progress: called with the share done, from 0 to 1, ascending; on any worker, never on two at once.
  ///   - isCancelled: asked often, on any worker.
  /// - Returns: all points; where a limit was reached, those found, with the intervals of risk that stay open.
  /// - Throws: `ComputeError.unsupported`, `.outOfMemory`; `FrontierError.outsideGrid` for bounds of another grid, `.memory`
  ///   where the grid alone takes more than the limit; `CancellationError` when cancelled.
  /// - Complexity: O(rows × columns) per eight points for the bounds, and as many labels as the corners need; linear in
  ///   the points in practice, exponential in the worst case, which the limits stop.
  public func frontier(
    of grid: GridSums, bounds: StrategyBounds? = nil, productionFloor: Int64? = nil,
    progress: (@Sendable (Double) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> FrontierResult {
    let watch = SearchWatch(progress: progress, isCancelled: isCancelled, timeLimitSeconds: timeLimitSeconds)
    let result = try search(
      grid, bounds: bounds ?? StrategyBounds(shape: grid.shape), productionFloor: productionFloor, warm: [],
      watch: watch)
    watch.finish()
    return result
  }

  /// - Parameter warm: strategies that are good on a similar grid.
  func search(
    _ grid: GridSums, bounds: StrategyBounds, productionFloor: Int64?, warm: [[UInt16]], watch: SearchWatch
  ) throws -> FrontierResult {
    let set = try InstructionSet.chosen(instructionSet)
    let clock = ContinuousClock()
    let start = clock.now
    try watch.check()
    let memory = PlaneMemory(rows: grid.rows, columns: grid.columns, limit: memoryLimit)
    try memory.check()
    guard let lattice = try Lattice(grid, bounds: bounds, watch: watch) else {
      return try nothingSearched(grid, bounds: bounds, productionFloor: productionFloor, instructionSet: set)
    }
    let known = try KnownStrategies(lattice, bytes: memory.known)
    try known.add(bounds.least)
    for accepted in warm { try known.add(accepted) }
    try known.seed(batches: warm.isEmpty ? Self.seedBatches : Self.warmSeedBatches, bisections: Self.bisections)
    let extremes = try known.addExtremes()
    try known.improve(rounds: warm.isEmpty ? Self.improvementRounds : 1)
    try watch.check()
    let points = try known.frontier()
    let tasks = CornerTask.covering(
      points, extremes: extremes, productionFloor: productionFloor, price: known.price)
    let seeded = clock.now

    let crew = LabelCrew(
      lattice: lattice, instructionSet: set, search: self, memory: memory, bytesKnown: known.bytes, watch: watch)
    var found = try crew.run(tasks)
    // Where something stays open, what was known before is better than nothing.
    if !found.open.isEmpty {
      let most = memory.knownPoints(besides: found.candidates.count)
      try known.withFrontier { found.candidates.add($0, $1, atMost: most) }
    }
    let searched = clock.now

    var statistics = found.statistics
    statistics.seeds = points.count
    let frontier = found.candidates.frontier().filter { $0.production >= productionFloor ?? .min }
    var seconds = FrontierResult.Seconds()
    seconds.seed = (seeded - start) / .seconds(1)
    seconds.search = (searched - seeded) / .seconds(1)
    seconds.reduce = (clock.now - searched) / .seconds(1)
    return FrontierResult(
      points: frontier, open: found.open,
      strategies: StrategyCount.decimal(rows: grid.rows, columns: grid.columns), statistics: statistics,
      instructionSet: set, seconds: seconds)
  }

  /// What is left when time is over before a search could begin: one strategy, and everything is open.
  private func nothingSearched(
    _ grid: GridSums, bounds: StrategyBounds, productionFloor: Int64?, instructionSet: InstructionSet
  ) throws -> FrontierResult {
    let points = FrontierPoint.frontier(of: [try grid.sums(accepted: bounds.least)])
    return FrontierResult(
      points: points.filter { $0.production >= productionFloor ?? .min }, open: [.init(from: nil, to: nil)],
      strategies: StrategyCount.decimal(rows: grid.rows, columns: grid.columns), statistics: .init(),
      instructionSet: instructionSet, seconds: .init())
  }

  /// Measured: more and better seeds cost more than the label searches then save.
  static let seedBatches = 16
  static let warmSeedBatches = 4
  static let bisections = 10
  static let improvementRounds = 2
}
