internal import CutlineCompute

/// The frontier of all closed regions of a grid of any number of dimensions under constraints, by visiting every one of
/// them: the definition that faster searches are compared with, and the only one that takes any constraint.
///
/// Cells may have any sign. Feasibility, the frontier and its ties are those of `FrontierPoint.frontier(of:)`, over the
/// strategies that the constraints admit.
public struct RegionEnumeration: Sendable {
  /// Grids with more strategies are refused, before the search where the count is known and otherwise on reaching it.
  public let strategyLimit: UInt64
  /// Elapsed time after which the search ends with what it has; nil for none.
  public let timeLimitSeconds: Double?
  /// Bytes; a grid that needs more is refused.
  public let memoryLimit: Int

  /// - Parameters:
  ///   - strategyLimit: the default takes a core a minute or so.
  ///   - timeLimitSeconds, memoryLimit: no limits by default.
  public init(
    strategyLimit: UInt64 = 2_000_000_000, timeLimitSeconds: Double? = nil, memoryLimit: Int = .max
  ) {
    self.strategyLimit = strategyLimit
    self.timeLimitSeconds = timeLimitSeconds
    self.memoryLimit = memoryLimit
  }

  /// Finds the frontier.
  ///
  /// - Parameters:
  ///   - constraints: bounds make the search smaller; the others only choose among what it visits.
  ///   - progress: called with the share done, from 0 to 1, ascending.
  ///   - isCancelled: asked often.
  /// - Returns: the points by ascending production, empty where no feasible strategy is admitted; the number of strategies
  ///   within the bounds that were visited; and whether these are all.
  /// - Throws: `ComputeError.tooManyStrategies`; `.shape` and `.sumsTooLarge` for constraints of another grid or of too
  ///   large values; `FrontierError.outsideGrid`, `.contradictoryPins`; `CancellationError`.
  /// - Complexity: O(strategies × (1 + constraints)) time; memory grows with the frontier only.
  public func frontier(
    of grid: GridSumsND, constraints: StrategyConstraints = StrategyConstraints(),
    progress: (@Sendable (Double) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> (points: [FrontierPoint], visited: UInt64, isComplete: Bool) {
    try constraints.check(for: grid)
    try checkMemory(grid, constraints)
    let bounds = try (constraints.bounds ?? StrategyBounds(shape: grid.shape)).tightened()
    let total = bounds.isTrivial ? try count(grid) : nil
    let watch = SearchWatch(progress: progress, isCancelled: isCancelled, timeLimitSeconds: timeLimitSeconds)
    try watch.check()
    let found = try scan(grid, constraints, bounds, total: total, watch)
    watch.finish()
    return found
  }

  /// Sums of lines, and strategies until they are reduced.
  private func checkMemory(_ grid: GridSumsND, _ constraints: StrategyConstraints) throws {
    let further = constraints.sums.count + 2 * constraints.risks.count
    let bytes = grid.cellCount * (48 + 8 * further + 24) + (1 << 17) * (100 + 2 * grid.countsPerStrategy)
    guard bytes <= memoryLimit else {
      throw FrontierError.memory(neededMiB: bytes >> 20 + 1, allowedMiB: memoryLimit >> 20)
    }
  }

  /// The number of strategies, nil where it is not known.
  private func count(_ grid: GridSumsND) throws -> UInt64? {
    guard let text = StrategyCount.decimal(shape: grid.shape) else { return nil }
    guard let count = UInt64(text), count <= strategyLimit else {
      throw ComputeError.tooManyStrategies(count: text, limit: strategyLimit)
    }
    return count
  }

  private func scan(
    _ grid: GridSumsND, _ constraints: StrategyConstraints, _ bounds: StrategyBounds, total: UInt64?,
    _ watch: SearchWatch
  ) throws -> (points: [FrontierPoint], visited: UInt64, isComplete: Bool) {
    let limited = constraints.sums.map(\.values) + constraints.risks.flatMap { [$0.numerator, $0.denominator] }
    let axes = SwappedAxes(longestLastOf: grid.shape)
    var walk = try RegionWalk(
      axes?.grid(grid) ?? grid, bounds: axes?.bounds(bounds) ?? bounds,
      further: limited.map { axes?.values($0) ?? $0 })
    var frontier = RunningFrontier(production: grid.production)
    let floor = constraints.productionFloor ?? .min
    let prefixes = walk.prefixes
    var visited: UInt64 = 0
    var reported: UInt64 = 0
    repeat {
      let before = walk.sumsBefore
      var place = walk.place(line: walk.lastLine, count: walk.lastCounts.lowerBound)
      for count in walk.lastCounts {
        let sums = before + prefixes[place]
        if sums.production >= floor, !frontier.excludes(sums), limited.isEmpty || constraints.admits(walk, place: place)
        {
          var accepted = walk.counts.map { UInt16($0) }
          accepted[walk.lastLine] = UInt16(count)
          frontier.insert(
            FrontierPoint(
              production: sums.production, numerator: sums.numerator, denominator: sums.denominator,
              accepted: axes?.restored(accepted) ?? accepted))
        }
        place += 1
      }
      visited += UInt64(walk.lastCounts.count)
      if visited > strategyLimit {
        throw ComputeError.tooManyStrategies(count: "at least \(visited)", limit: strategyLimit)
      }
      if visited - reported >= 1 << 16 {
        try watch.check()
        if let total {
          watch.advance(by: visited - reported, of: total)
        } else {
          watch.report(walk.share)
        }
        reported = visited
        if watch.isExpired, walk.advance() { return (frontier.frontier(), visited, false) }
      }
    } while walk.advance()
    return (frontier.frontier(), visited, true)
  }
}

extension StrategyConstraints {
  /// Whether limited sums and risks admit the present region of a walk; `place` is that of its last line.
  fileprivate func admits(_ walk: RegionWalk, place: Int) -> Bool {
    var quantity = 0
    func next() -> Int64 {
      defer { quantity += 1 }
      return walk.further(quantity, place: place)
    }
    for limit in sums where !limit.admits(next()) { return false }
    for limit in risks where !limit.admits(numerator: next(), denominator: next()) { return false }
    return true
  }
}
