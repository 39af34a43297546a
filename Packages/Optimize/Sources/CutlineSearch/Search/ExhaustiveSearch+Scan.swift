internal import CSearch
internal import CutlineCompute
import Dispatch
import Synchronization

extension ExhaustiveSearch {
  /// A share of the work: some outer groups of a junction.
  private struct Portion: Sendable {
    let junction: Int
    let groups: Range<Int>
    let pairs: UInt64
  }

  /// Pairs of a portion, about a millisecond of work.
  private static let portionPairs = 1 << 23

  /// All pairs of partial strategies against the envelope, then the frontier of those that pass.
  func scan(_ grid: GridSums, strategies: String, watch: SearchWatch) throws -> ExhaustiveResult {
    let set = try InstructionSet.chosen(instructionSet)
    guard let path = StrategyPath(rows: grid.rows, columns: grid.columns) else {
      throw ComputeError.tooManyStrategies(count: strategies, limit: strategyLimit)
    }
    let clock = ContinuousClock()
    let start = clock.now
    try watch.check()
    let junctions = try PartialStrategies(grid: grid, path: path).junctions
    let portions = Self.portions(of: junctions)
    let total = portions.reduce(0) { $0 + $1.pairs }
    let seeds = try ScanEnvelope.seeded(for: grid)
    let prepared = clock.now

    let next = Atomic<Int>(0)
    let isCut = Atomic<Bool>(false)
    let found = Mutex<(candidates: [cutline_candidate], survivors: UInt64)>(([], 0))
    @Sendable func work(_ envelope: ScanEnvelope) {
      do {
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= portions.count { break }
          try watch.check()
          if watch.isExpired {
            isCut.store(true, ordering: .relaxed)
            break
          }
          let portion = portions[index]
          try envelope.scan(junctions[portion.junction], groups: portion.groups, instructionSet: set)
          watch.advance(by: portion.pairs, of: total)
        }
        let candidates = envelope.candidates()
        found.withLock {
          $0.candidates += candidates
          $0.survivors += envelope.survivors
        }
      } catch { watch.fail(error) }
    }
    let threads = min(workers, portions.count)
    if threads <= 1 {
      work(seeds)
    } else {
      let envelopes = try (0..<threads).map { _ in try seeds.copy() }
      DispatchQueue.concurrentPerform(iterations: threads) { work(envelopes[$0]) }
    }
    try watch.check()
    let scanned = clock.now

    var (candidates, survivors) = found.withLock { $0 }
    let kept = cutline_frontier(&candidates, candidates.count)
    let points = candidates[..<kept].map {
      FrontierPoint(
        production: $0.production, numerator: $0.numerator, denominator: $0.denominator,
        accepted: path.accepted($0.path))
    }
    var seconds = ExhaustiveResult.Seconds()
    seconds.prepare = (prepared - start) / .seconds(1)
    seconds.scan = (scanned - prepared) / .seconds(1)
    seconds.reduce = (clock.now - scanned) / .seconds(1)
    watch.finish()
    return ExhaustiveResult(
      points: points, isComplete: !isCut.load(ordering: .relaxed), strategies: strategies, survivors: survivors,
      form: .cpu, instructionSet: set, seconds: seconds)
  }

  private static func portions(of junctions: [PartialStrategies.Junction]) -> [Portion] {
    var portions: [Portion] = []
    for (index, junction) in junctions.enumerated() {
      let group = Int(CUTLINE_GROUP)
      let step = max(1, portionPairs / (junction.inner.groups * group * group))
      for first in stride(from: 0, to: junction.outer.groups, by: step) {
        let last = min(first + step, junction.outer.groups)
        let outer = min(last * group, junction.outer.count) - first * group
        portions.append(
          Portion(junction: index, groups: first..<last, pairs: UInt64(outer) * UInt64(junction.inner.count)))
      }
    }
    return portions
  }
}
