internal import CModels
internal import CutlineCompute
internal import Dispatch

/// Sums over many rows: chunks of rows are summed by themselves, on any number of threads, and the chunks' sums are added
/// in their order, so that the bits depend on neither threads nor processor.
struct RowChunks: Sendable {
  /// Rows that a kernel takes at once: their standardised values stay in the near caches.
  static let block = 512
  /// Rows of a chunk.
  static let chunk = 8 * block

  let rows: Int
  let workers: Int
  let instructionSet: Int32

  init(rows: Int, workers: Int, instructionSet: InstructionSet? = nil) {
    self.rows = rows
    self.workers = max(1, workers)
    self.instructionSet = (instructionSet ?? .widest).code
  }

  /// `width` sums over all rows.
  ///
  /// - Parameter body: adds the sums of the rows of a range to numbers that are 0 at first.
  func sums(
    _ width: Int, _ body: @escaping @Sendable (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let chunks = (rows + Self.chunk - 1) / Self.chunk
    // As many chunks at a time as keep their sums within some megabytes.
    let round = max(workers, min(64, (1 << 22) / max(1, width)))
    var total = [Double](repeating: 0, count: width)
    for first in stride(from: 0, to: chunks, by: round) {
      let count = min(round, chunks - first)
      let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: count * width)
      defer { memory.deallocate() }
      memory.initialize(repeating: 0)
      // Shared without a lock: each chunk writes numbers of its own.
      nonisolated(unsafe) let shared = memory
      Self.each(count, workers: workers) { index in
        let start = (first + index) * Self.chunk
        guard let base = shared.baseAddress else { return }
        body(start..<min(rows, start + Self.chunk), base + index * width)
      }
      for index in 0..<count {
        for place in 0..<width { total[place] += memory[index * width + place] }
      }
    }
    return total
  }

  /// Calls `body` for 0..<count, on up to `workers` threads.
  static func each(_ count: Int, workers: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard workers > 1, count > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let threads = min(workers, count)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for index in stride(from: thread, to: count, by: threads) { body(index) }
    }
  }

  /// Partial sums of one number as one, in a fixed order.
  static func joined(_ lanes: UnsafePointer<Double>) -> Double {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
  }
}

/// Memory that kernels fill, for as long as a chunk is summed.
struct Scratch: ~Copyable {
  let first: UnsafeMutablePointer<Double>

  init(_ count: Int) {
    first = .allocate(capacity: max(1, count))
    first.initialize(repeating: 0, count: max(1, count))
  }

  deinit { first.deallocate() }
}
