internal import CSearch
internal import CutlineCompute
import Dispatch
import Synchronization

/// Label searches of many tasks on several workers, within limits.
struct LabelCrew {
  struct Found {
    var candidates: CandidateStore
    var open: [FrontierResult.OpenInterval] = []
    var statistics = FrontierResult.Statistics()
  }

  let lattice: Lattice
  let instructionSet: InstructionSet
  let search: FrontierSearch
  let memory: PlaneMemory
  /// What the strategies hold that were known before.
  let bytesKnown: Int
  let watch: SearchWatch

  /// - Throws: the first error of a worker.
  func run(_ tasks: [CornerTask]) throws -> Found {
    let threads = memory.workers(atMost: min(search.workers, tasks.count))
    let rest = max(memory.rest(workers: threads) - bytesKnown, memory.limit / 16)
    let labelBytes = rest / 4 * 3 / threads
    let next = Atomic<Int>(0)
    let candidateBytes = Atomic<Int>(0)
    let labels = Atomic<UInt64>(0)
    let total = Mutex(Found(candidates: CandidateStore(rows: lattice.grid.rows)))
    let open = Mutex<[(task: Int, interval: FrontierResult.OpenInterval)]>([])

    @Sendable func work() {
      do {
        let worker = try LabelSearch(lattice, instructionSet: instructionSet)
        var candidates = CandidateStore(rows: lattice.grid.rows)
        var searches = 0
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= tasks.count { break }
          // Divided while it exceeds the limits: a narrower cone has fewer labels.
          var pending = [tasks[index]]
          while let task = pending.popLast() {
            let spent = labels.load(ordering: .relaxed)
            let full = candidateBytes.load(ordering: .relaxed) > rest / 4
            var done = false
            if spent < search.labelLimit, !full, !watch.isExpired {
              let labelsBefore = worker.counts.labels
              let before = candidates.count
              searches += 1
              done = try worker.search(
                task, bytes: labelBytes, labels: search.labelLimit - spent, watch: watch,
                found: { candidates.add($0, $1) })
              labels.wrappingAdd(worker.counts.labels - labelsBefore, ordering: .relaxed)
              candidateBytes.wrappingAdd((candidates.count - before) * memory.bytesPerPoint, ordering: .relaxed)
              if !done, !watch.isExpired, labels.load(ordering: .relaxed) < search.labelLimit, let halves = task.halves
              {
                pending += [halves.1, halves.0]
                continue
              }
            }
            if !done { open.withLock { $0.append((index, .init(from: task.low, to: task.high))) } }
          }
          watch.advance(by: 1, of: UInt64(tasks.count))
        }
        let counts = worker.counts
        total.withLock {
          $0.candidates.add(candidates)
          $0.statistics.searches += searches
          $0.statistics.labels += counts.labels
          $0.statistics.boundTests += counts.tests
          $0.statistics.mostLabelsAtNode = max($0.statistics.mostLabelsAtNode, counts.most_at_node)
        }
      } catch { watch.fail(error) }
    }
    if threads == 1 {
      work()
    } else {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in work() }
    }
    try watch.check()
    var found = total.withLock { $0 }
    // By ascending risk; neighbours are joined.
    let intervals = open.withLock { $0 }.enumerated()
      .sorted { ($0.element.task, $0.offset) < ($1.element.task, $1.offset) }
    for interval in intervals.map(\.element.interval) {
      if let last = found.open.last, last.to == interval.from, last.to != nil {
        found.open[found.open.count - 1] = .init(from: last.from, to: interval.to)
      } else {
        found.open.append(interval)
      }
    }
    return found
  }
}
