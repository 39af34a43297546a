internal import CutlineCompute
internal import CutlineCore
internal import Dispatch
internal import Synchronization

/// The combinations of a slice: how many codes each dimension has, and the combination of a row.
struct SliceKeys: Sendable {
  let sizes: [Int]
  let key: @Sendable (Int) -> Int
}

/// Adds the measures of rows up by the combinations of one slice or more.
struct SliceSums: Sendable {
  private let rows: CubeRows
  private let slices: [SliceKeys]
  private let workers: Int
  /// Per slice: the combinations that occur; nil where all are kept.
  private let occupied: [OccupiedKeys?]
  private let counts: [Int]

  /// Rows of one piece: many for each combination, so that adding pieces up costs little beside the rows.
  private let pieceRows: Int

  /// - Throws: `Faults` (data) for too many combinations.
  init(_ rows: CubeRows, _ slices: [SliceKeys], workers: Int) throws {
    let keys = try slices.map { slice in
      guard let keys = CubeSlice.keyCount(slice.sizes) else {
        throw Faults.data(
          "cube",
          "cells, months and states combine to more than 2^32 (\(slice.sizes.map(String.init).joined(separator: " × ")))",
          "Use fewer bins, or a file with fewer months.")
      }
      return keys
    }
    self.rows = rows
    self.slices = slices
    self.workers = workers
    let measures = rows.head.measures.count
    occupied = zip(slices, keys).map { slice, keys in
      var found: OccupiedKeys?
      func occupied() -> OccupiedKeys {
        let all = found ?? OccupiedKeys(count: keys, rows: rows.sample.rowCount, slice.key)
        found = all
        return all
      }
      return CubeSlice.isDense(keys, occupied: occupied().keys.count, measures: measures) ? nil : occupied()
    }
    counts = zip(occupied, keys).map { $0?.keys.count ?? $1 }
    pieceRows = max(1 << 18, min(1 << 21, 16 * counts.reduce(0, +)))
  }

  func made() throws -> [CubeSlice] {
    let sums = try fast()
    return try slices.indices.map { index in
      CubeSlice(
        sizes: slices[index].sizes, keys: occupied[index]?.keys, values: try sums?[index] ?? exact(index))
    }
  }

  /// What the workers share.
  private struct Shared {
    var next = 0
    /// Per slice, per measure, per combination.
    var sums: [[[Int64]]]?
    var failure: (any Error)?
  }

  /// - Returns: nil where a sum, or a part of one, left Int64: then the definition decides.
  private func fast() throws -> [[[Int64]]]? {
    let records = rows.sample.rowCount
    let pieces = (records + pieceRows - 1) / pieceRows
    let shared = Mutex(Shared())
    @Sendable func work(_ worker: Int) {
      do {
        var own: [[[Int64]]]?
        while true {
          let piece = shared.withLock { shared in
            defer { shared.next += 1 }
            return shared.failure == nil ? shared.next : pieces
          }
          guard piece < pieces else { break }
          let sums = try self.sums(piece * pieceRows..<min(records, (piece + 1) * pieceRows))
          try Self.add(sums, to: &own)
        }
        guard let own else { return }
        try shared.withLock { try Self.add(own, to: &$0.sums) }
      } catch {
        shared.withLock { $0.failure = error }
      }
    }
    let threads = min(workers, pieces)
    if threads <= 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: threads, execute: work) }
    let (sums, failure) = shared.withLock { ($0.sums, $0.failure) }
    if let failure {
      if case ComputeError.sumOverflow = failure { return nil }
      throw failure
    }
    return sums
  }

  private static func add(_ sums: [[[Int64]]], to total: inout [[[Int64]]]?) throws {
    guard var all = total else {
      total = sums
      return
    }
    total = nil  // so that `all` is the only owner
    for slice in all.indices {
      for measure in all[slice].indices where !all[slice][measure].add(sums[slice][measure]) {
        throw ComputeError.sumOverflow(column: measure, cell: 0)
      }
    }
    total = all
  }

  /// The sums of some rows, the columns made once for all slices.
  private func sums(_ range: Range<Int>) throws -> [[[Int64]]] {
    guard let columns = rows.columns(range) else { throw ComputeError.sumOverflow(column: 0, cell: 0) }
    return try slices.indices.map { index in
      let key = slices[index].key
      let cells =
        if let occupied = occupied[index] { range.map { Int32(occupied.place(key($0))) } } else {
          range.map { Int32(key($0)) }
        }
      let result = try sumByCell(cell: cells, cellCount: counts[index], values: columns, workers: 1)
      return rows.measures(result.sums, counts: result.counts)
    }
  }

  /// One row at a time in 128 bits; the definition.
  private func exact(_ slice: Int) throws -> [[Int64]] {
    let (records, key) = (rows.sample.rowCount, slices[slice].key)
    let places = (0..<records).map { row in occupied[slice]?.place(key(row)) ?? key(row) }
    return try rows.head.measures.enumerated().map { index, measure in
      var totals = [Int128](repeating: 0, count: counts[slice])
      for row in 0..<records { totals[places[row]] += rows.value(index, row) }
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
