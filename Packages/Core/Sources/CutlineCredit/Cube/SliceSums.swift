internal import CutlineCompute
internal import CutlineCore
internal import Dispatch
internal import Synchronization

/// Adds the measures of rows up by the number of a combination.
struct SliceSums: Sendable {
  private let rows: CubeRows
  private let sizes: [Int]
  private let key: @Sendable (Int) -> Int
  private let workers: Int
  private let occupied: OccupiedKeys?
  private let count: Int

  /// Rows of one piece.
  private static let pieceRows = 1 << 18

  /// - Throws: `Faults` (data) for too many combinations.
  init(_ rows: CubeRows, sizes: [Int], key: @escaping @Sendable (Int) -> Int, workers: Int) throws {
    guard let keys = CubeSlice.keyCount(sizes) else {
      throw Faults.data(
        "cube",
        "cells, months and states combine to more than 2^32 (\(sizes.map(String.init).joined(separator: " × ")))",
        "Use fewer bins, or a file with fewer months.")
    }
    self.rows = rows
    self.sizes = sizes
    self.key = key
    self.workers = workers
    let isDense = keys <= CubeSlice.denseLimit / (8 * rows.head.measures.count)
    occupied = isDense ? nil : OccupiedKeys(count: keys, rows: rows.sample.rowCount, key)
    count = occupied?.keys.count ?? keys
  }

  func slice() throws -> CubeSlice { CubeSlice(sizes: sizes, keys: occupied?.keys, values: try fast() ?? exact()) }

  /// - Returns: nil where a sum, or a part of one, left Int64: then the definition decides.
  private func fast() throws -> [[Int64]]? {
    let records = rows.sample.rowCount
    let pieces = (records + Self.pieceRows - 1) / Self.pieceRows
    let state = Mutex<(next: Int, sums: [[Int64]]?, failure: (any Error)?)>((0, nil, nil))
    @Sendable func work(_ worker: Int) {
      while true {
        let piece = state.withLock { state in
          defer { state.next += 1 }
          return state.next
        }
        guard piece < pieces, state.withLock({ $0.failure == nil }) else { return }
        let range = piece * Self.pieceRows..<min(records, (piece + 1) * Self.pieceRows)
        do {
          guard let sums = try self.sums(range) else { throw ComputeError.sumOverflow(column: 0, cell: 0) }
          try state.withLock { state in
            guard let before = state.sums else { return state.sums = sums }
            var after = before
            state.sums = nil
            for column in after.indices {
              guard after[column].add(sums[column]) else { throw ComputeError.sumOverflow(column: column, cell: 0) }
            }
            state.sums = after
          }
        } catch {
          state.withLock { $0.failure = error }
        }
      }
    }
    let threads = min(workers, pieces)
    if threads <= 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: threads, execute: work) }
    let (sums, failure) = state.withLock { ($0.sums, $0.failure) }
    if let failure {
      if case ComputeError.sumOverflow = failure { return nil }
      throw failure
    }
    return sums
  }

  private func sums(_ range: Range<Int>) throws -> [[Int64]]? {
    guard let columns = rows.columns(range) else { return nil }
    let cells =
      if let occupied { range.map { Int32(occupied.place(key($0))) } } else { range.map { Int32(key($0)) } }
    let result = try sumByCell(cell: cells, cellCount: count, values: columns, workers: 1)
    return rows.weights == nil ? [result.counts] + result.sums : result.sums
  }

  /// One row at a time in 128 bits.
  private func exact() throws -> [[Int64]] {
    let records = rows.sample.rowCount
    return try rows.head.measures.enumerated().map { index, measure in
      var totals = [Int128](repeating: 0, count: count)
      for row in 0..<records {
        let key = key(row)
        totals[occupied?.place(key) ?? key] += rows.value(index, row)
      }
      return try totals.map { total in
        guard let sum = Int64(exactly: total) else { throw measure.overflow() }
        return sum
      }
    }
  }
}

/// The combinations that occur, and the place of each among them.
struct OccupiedKeys: Sendable {
  let keys: [UInt32]
  private let words: [UInt64]
  /// Combinations before each word.
  private let before: [UInt32]

  init(count: Int, rows: Int, _ key: (Int) -> Int) {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for row in 0..<rows {
      let key = key(row)
      words[key >> 6] |= 1 << UInt64(key & 63)
    }
    var keys: [UInt32] = []
    var before = [UInt32](repeating: 0, count: words.count)
    for (index, word) in words.enumerated() {
      before[index] = UInt32(keys.count)
      var rest = word
      while rest != 0 {
        keys.append(UInt32(64 * index + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    self.keys = keys
    self.words = words
    self.before = before
  }

  /// The place of a combination that occurs.
  func place(_ key: Int) -> Int {
    let below = words[key >> 6] & ((1 << UInt64(key & 63)) - 1)
    return Int(before[key >> 6]) + below.nonzeroBitCount
  }
}

extension [Int64] {
  /// Adds another array of the same length; false where a sum leaves Int64.
  fileprivate mutating func add(_ other: [Int64]) -> Bool {
    var overflowed = false
    for index in indices {
      let (sum, overflow) = self[index].addingReportingOverflow(other[index])
      self[index] = sum
      overflowed = overflowed || overflow
    }
    return !overflowed
  }
}
