internal import CCompute
import Dispatch
import Synchronization

extension CellAggregate {
  /// The same as `scalar`, vectorised, on `workers` threads.
  ///
  /// Columns are taken seven at a time, so that a cell's sums and count are one cache line. Sums wrap around unnoticed
  /// by the result but not by the kernel: where it saw that, the definition decides.
  ///
  /// - Parameters:
  ///   - workers: threads; values below 1 mean 1.
  ///   - instructionSet: nil chooses the widest.
  /// - Throws: what `scalar` throws, and `ComputeError.unsupported`.
  /// - Complexity: O(records × columns) time; O(workers × cells) memory.
  public static func fast(
    keys: CellKeys, cellCount: Int, values: [[Int64]], workers: Int = 1, instructionSet: InstructionSet? = nil
  ) throws -> CellAggregate {
    let records = try checked(keys, cellCount, values)
    let set = try InstructionSet.chosen(instructionSet)
    // A thread is worth its start and its own lines from some ten thousand records on.
    let threads = max(1, min(workers, records / 16_384))
    var sums: [[Int64]] = []
    var counts: [Int64] = []
    let perPass = Int(CUTLINE_SUM_COLUMNS)
    for first in stride(from: 0, to: max(1, values.count), by: perPass) {
      let columns = Array(values[first..<min(first + perPass, values.count)])
      let (lines, flags) = sumLines(
        keys: keys, cellCount: cellCount, columns: columns, records: records, threads: threads, set: set)
      if flags != 0 { return try scalar(keys: keys, cellCount: cellCount, values: values) }
      for column in columns.indices { sums.append(lines.column(column)) }
      if first == 0 { counts = lines.counts }
    }
    return CellAggregate(sums: sums, counts: counts)
  }

  /// One line of sums per cell, and what the kernels met.
  private static func sumLines(
    keys: CellKeys, cellCount: Int, columns: [[Int64]], records: Int, threads: Int, set: InstructionSet
  ) -> (CellLines, Int32) {
    let shared = Mutex<(lines: CellLines?, flags: Int32)>((nil, 0))
    @Sendable func work(_ thread: Int) {
      let own = CellLines(cellCount: cellCount)
      let first = records * thread / threads
      let last = records * (thread + 1) / threads
      let flags = withPointers(columns) { columns in
        withKeys(keys) { keys in
          cutline_sum_by_cell(
            &keys, columns.baseAddress, columns.count, first, last, cellCount, own.base, set.code)
        }
      }
      shared.withLock {
        $0.flags |= flags
        if let lines = $0.lines {
          if lines.add(own) { $0.flags |= Int32(CUTLINE_SUM_OVERFLOW) }
        } else {
          $0.lines = own
        }
      }
    }
    if threads == 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: threads, execute: work) }
    return shared.withLock { ($0.lines ?? CellLines(cellCount: cellCount), $0.flags) }
  }

  private static func withKeys<Result>(_ keys: CellKeys, _ body: (inout cutline_keys) -> Result) -> Result {
    switch keys {
    case .cells(let cells):
      return cells.withUnsafeBufferPointer {
        var keys = cutline_keys(cells: $0.baseAddress, codes: nil, sizes: nil, code_count: 0)
        return body(&keys)
      }
    case .codes(let codes, let sizes):
      return withPointers(codes) { codes in
        sizes.map(UInt32.init).withUnsafeBufferPointer { sizes in
          var keys = cutline_keys(
            cells: nil, codes: codes.baseAddress, sizes: sizes.baseAddress, code_count: codes.count)
          return body(&keys)
        }
      }
    }
  }

  /// The base addresses of all arrays, for the time of `body`.
  private static func withPointers<Element, Result>(
    _ arrays: [[Element]], _ body: (UnsafeBufferPointer<UnsafePointer<Element>?>) -> Result
  ) -> Result {
    func open(_ index: Int, _ pointers: [UnsafePointer<Element>?]) -> Result {
      if index == arrays.count { return pointers.withUnsafeBufferPointer(body) }
      return arrays[index].withUnsafeBufferPointer { open(index + 1, pointers + [$0.baseAddress]) }
    }
    return open(0, [])
  }
}
