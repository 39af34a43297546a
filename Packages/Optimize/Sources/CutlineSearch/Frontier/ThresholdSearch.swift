internal import CSearch
public import CutlineCompute
import Dispatch
import Synchronization

/// The strategy of greatest production under each of some risk limits, exactly, without the rest of the frontier.
///
/// For a limit ρ the answer is the frontier's last point with risk ≤ ρ, bit for bit. A Lagrangian dual bounds its
/// production from above and gives a first strategy; a label search over what lies between the two either finds better
/// ones or shows that there are none. `docs/methods/frontier.md` has the proof.
public struct ThresholdSearch: Sendable {
  public let workers: Int
  /// Nil chooses the widest that the processor has.
  public let instructionSet: InstructionSet?
  /// Bytes for labels, of all workers together.
  public let memoryLimit: Int
  /// Labels kept at nodes for one limit.
  public let labelLimit: UInt64
  /// Elapsed time after which limits that are not proven stay so; nil for none.
  public let timeLimitSeconds: Double?

  /// - Parameters: as for `FrontierSearch`, but that the label limit is for each risk limit.
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

  /// Finds the optimum of every limit.
  ///
  /// - Parameters:
  ///   - limits: risks as fractions of the same units as the grid's sums, multiplier divided out.
  ///   - bounds: pinned cells; nil for none.
  ///   - progress: called with the share done, from 0 to 1, ascending; on any worker, never on two at once.
  ///   - isCancelled: asked often, on any worker.
  /// - Throws: `ComputeError.unsupported`, `.outOfMemory`; `FrontierError.outsideGrid`, `.memory`;
  ///   `CancellationError` when cancelled.
  /// - Complexity: some twenty passes of O(rows × columns) per eight limits, and the labels between bound and optimum.
  public func optima(
    of grid: GridSums, limits: [RiskRatio], bounds: StrategyBounds? = nil,
    progress: (@Sendable (Double) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> ThresholdResult {
    let set = try InstructionSet.chosen(instructionSet)
    let clock = ContinuousClock()
    let start = clock.now
    let watch = SearchWatch(progress: progress, isCancelled: isCancelled, timeLimitSeconds: timeLimitSeconds)
    try watch.check()
    let bounds = bounds ?? StrategyBounds(shape: grid.shape)
    let memory = PlaneMemory(rows: grid.rows, columns: grid.columns, limit: memoryLimit)
    try memory.check()
    guard let lattice = try Lattice(grid, bounds: bounds, watch: watch) else {
      let most = grid.production.reduce(Int64(0)) { $0 + max($1, 0) }
      let optima = limits.map {
        ThresholdResult.Optimum(limit: $0, status: .limitReached, point: nil, bound: most, price: 0)
      }
      return ThresholdResult(
        optima: optima, labels: 0, instructionSet: set, seconds: (clock.now - start) / .seconds(1))
    }
    let (duals, known) = try begin(lattice, bounds: bounds, limits: limits, bytes: memory.known)

    let next = Atomic<Int>(0)
    let optima = Mutex([ThresholdResult.Optimum?](repeating: nil, count: limits.count))
    let labels = Atomic<UInt64>(0)
    let threads = memory.workers(atMost: min(workers, limits.count))
    let rest = memory.rest(workers: threads)
    let proof = ThresholdProof(
      lattice: lattice, bytes: rest / threads, labels: labelLimit, watch: watch)
    @Sendable func work() {
      do {
        let search = try LabelSearch(lattice, instructionSet: set)
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= limits.count { break }
          let optimum = try proof.optimum(limit: limits[index], dual: duals[index], known: known[index], search: search)
          optima.withLock { $0[index] = optimum }
          watch.advance(by: 1, of: UInt64(limits.count))
        }
        labels.wrappingAdd(search.counts.labels, ordering: .relaxed)
      } catch { watch.fail(error) }
    }
    if threads == 1 {
      work()
    } else {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in work() }
    }
    try watch.check()
    watch.finish()
    return ThresholdResult(
      optima: optima.withLock { $0.compactMap { $0 } }, labels: labels.load(ordering: .relaxed), instructionSet: set,
      seconds: (clock.now - start) / .seconds(1))
  }

  /// The duals, and per limit the best strategy met within it. What else was met is given up before labels need room.
  private func begin(
    _ lattice: Lattice, bounds: StrategyBounds, limits: [RiskRatio], bytes: Int
  ) throws -> ([LagrangianDual], [FrontierPoint?]) {
    let known = try KnownStrategies(lattice, bytes: bytes)
    try known.add(bounds.least)
    _ = try known.addExtremes()
    let duals = try LagrangianDual.solve(lattice: lattice, limits: limits) { try known.add($0) }
    try known.improve(rounds: FrontierSearch.improvementRounds)
    return (duals, try known.last(within: limits))
  }
}
