/// Sums of columns over the records of each cell, and the number of records.
public struct CellAggregate: Sendable, Hashable {
  /// Per column of values, one sum per cell.
  public let sums: [[Int64]]
  /// Records per cell.
  public let counts: [Int64]

  /// Adds up the records of each cell; the definition, one record at a time in 128 bits.
  ///
  /// - Parameters:
  ///   - keys: one per record.
  ///   - cellCount: at most 2²⁸; for codes the product of the sizes.
  ///   - values: columns of one value per record; none gives the counts alone.
  /// - Throws: `ComputeError.shape`; `.cellOutside` for the first record whose cell does not exist; `.sumOverflow` when
  ///   a sum is not an Int64 (sums that leave the range on the way and come back are fine).
  /// - Complexity: O(records × columns).
  public static func scalar(keys: CellKeys, cellCount: Int, values: [[Int64]]) throws -> CellAggregate {
    let records = try checked(keys, cellCount, values)
    var totals = [[Int128]](repeating: [Int128](repeating: 0, count: cellCount), count: values.count)
    var counts = [Int64](repeating: 0, count: cellCount)
    for record in 0..<records {
      guard let cell = try keys.cell(of: record, cellCount: cellCount) else { continue }
      for column in values.indices { totals[column][cell] += Int128(values[column][record]) }
      counts[cell] += 1
    }
    let sums = try totals.enumerated().map { column, totals in
      try totals.enumerated().map { cell, total in
        guard let sum = Int64(exactly: total) else { throw ComputeError.sumOverflow(column: column, cell: cell) }
        return sum
      }
    }
    return CellAggregate(sums: sums, counts: counts)
  }

  /// The number of records.
  static func checked(_ keys: CellKeys, _ cellCount: Int, _ values: [[Int64]]) throws -> Int {
    guard cellCount >= 1, cellCount <= 1 << 28 else {
      throw ComputeError.shape("\(cellCount) cells (from 1 to 2^28)")
    }
    guard let records = keys.count else { throw ComputeError.shape("codes that do not fit together") }
    if case .codes(_, let sizes) = keys {
      var product = 1
      for size in sizes { product = size >= 1 && size <= 256 && product <= cellCount ? product * size : 0 }
      guard product == cellCount else {
        throw ComputeError.shape("dimensions of \(sizes) codes (each from 1 to 256) for \(cellCount) cells")
      }
    }
    for column in values where column.count != records {
      throw ComputeError.shape("a column of \(column.count) values for \(records) records")
    }
    return records
  }
}

/// Sums of columns by cell, see `CellAggregate.scalar`, which defines it. The fast form: vectorised, on `workers` threads.
///
/// - Parameters:
///   - cell: per record its cell, −1 leaves it out.
///   - instructionSet: nil chooses the widest.
/// - Throws: what the definition throws, and `ComputeError.unsupported`.
/// - Complexity: O(records × columns) time; O(workers × cells) memory.
public func sumByCell(
  cell: [Int32], cellCount: Int, values: [[Int64]], workers: Int = 1, instructionSet: InstructionSet? = nil
) throws -> CellAggregate {
  try CellAggregate.fast(
    keys: .cells(cell), cellCount: cellCount, values: values, workers: workers, instructionSet: instructionSet)
}
