internal import CutlineCompute
import Dispatch
import Synchronization

extension FrontierSearch {
  /// The exact frontiers of many grids of one shape, such as the bootstrap replicates of a cell table; each is what
  /// `frontier(of:)` gives.
  ///
  /// Some strategies of the first grid's frontier start the searches of the others. Workers take whole grids and share
  /// the memory limit.
  ///
  /// - Throws: as `frontier(of:)`; `ComputeError.shape` where shapes differ.
  /// - Complexity: the sum over the grids.
  public func frontiers(
    of grids: [GridSums], bounds: StrategyBounds? = nil, progress: (@Sendable (Double) -> Void)? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> [FrontierResult] {
    try frontiers(of: grids, bounds: bounds, progress: progress, isCancelled: isCancelled) { _, result in result }
  }

  /// The same, keeping of each frontier only what `summary` makes of it. It is called on any worker, with the grid's
  /// place.
  public func frontiers<Summary: Sendable>(
    of grids: [GridSums], bounds: StrategyBounds? = nil, progress: (@Sendable (Double) -> Void)? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil, summary: @Sendable (Int, FrontierResult) throws -> Summary
  ) throws -> [Summary] {
    guard let first = grids.first else { return [] }
    guard grids.allSatisfy({ $0.rows == first.rows && $0.columns == first.columns }) else {
      throw ComputeError.shape("grids of different shapes for one call")
    }
    let watch = SearchWatch(progress: progress, isCancelled: isCancelled)
    let threads = min(workers, grids.count)
    let single = FrontierSearch(
      workers: 1, memoryLimit: memoryLimit / threads, labelLimit: labelLimit, instructionSet: instructionSet)
    let limits = bounds ?? StrategyBounds(shape: first.shape)
    // Progress counts grids, so the searches have a watch without it.
    let inner = SearchWatch(progress: nil, isCancelled: isCancelled)
    let start = try single.search(first, bounds: limits, productionFloor: nil, warm: [], watch: inner)
    let warm = stride(from: 0, to: start.points.count, by: 8).map { start.points[$0].accepted }
    let summaries = Mutex([Summary?](repeating: nil, count: grids.count))
    let initial = try summary(0, start)
    summaries.withLock { $0[0] = initial }
    watch.advance(by: 1, of: UInt64(grids.count))
    let next = Atomic<Int>(1)
    @Sendable func work() {
      do {
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= grids.count { break }
          try watch.check()
          let result = try single.search(
            grids[index], bounds: limits, productionFloor: nil, warm: warm, watch: inner)
          let made = try summary(index, result)
          summaries.withLock { $0[index] = made }
          watch.advance(by: 1, of: UInt64(grids.count))
        }
      } catch { watch.fail(error) }
    }
    if threads == 1 {
      work()
    } else {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in work() }
    }
    try watch.check()
    watch.finish()
    return summaries.withLock { $0.compactMap { $0 } }
  }
}
