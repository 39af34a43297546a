internal import CutlineCore

/// Rows that equal an earlier row in every column.
///
/// Rows are compared by a 64-bit hash first and value by value where hashes meet, so a collision cannot drop a row.
/// O(rows · columns) on average.
struct DuplicateRows {
  /// Rows (from 0) that are identical to an earlier one, ascending.
  let rows: [Int]
  private let hashes: [UInt64]

  init(_ table: Table) {
    var hashes = [UInt64](repeating: 0x9E37_79B9_7F4A_7C15, count: table.rowCount)
    hashes.withUnsafeMutableBufferPointer { hashes in
      for column in table.columns {
        switch column.values {
        case .number(let values), .moment(let values, _):
          for row in hashes.indices { hashes[row] = Self.mix(hashes[row], Self.bits(values[row])) }
        case .text(let text):
          for row in hashes.indices { hashes[row] = Self.mix(hashes[row], UInt64(UInt32(bitPattern: text.codes[row]))) }
        }
      }
    }
    var capacity = 64
    while capacity < table.rowCount * 2 { capacity *= 2 }
    var slots = [Int32](repeating: -1, count: capacity)
    var found: [Int] = []
    for row in 0..<table.rowCount {
      var slot = Int(truncatingIfNeeded: hashes[row] >> 7) & (capacity - 1)
      var isDuplicate = false
      while slots[slot] >= 0 {
        let other = Int(slots[slot])
        if hashes[other] == hashes[row], Self.equal(table, other, row) {
          isDuplicate = true
          break
        }
        slot = (slot + 1) & (capacity - 1)
      }
      if isDuplicate { found.append(row) } else { slots[slot] = Int32(row) }
    }
    rows = found
    self.hashes = hashes
  }

  /// Rows that repeat a value of an earlier, different row, ascending.
  func repeats(of column: Column) -> [Int] {
    let identical = Set(rows)
    var repeats: [Int] = []
    switch column.values {
    case .text(let text):
      var seen = [Bool](repeating: false, count: text.distinctCount)
      for row in text.codes.indices where text.codes[row] >= 0 && !identical.contains(row) {
        let code = Int(text.codes[row])
        if seen[code] { repeats.append(row) }
        seen[code] = true
      }
    case .number(let values), .moment(let values, _):
      var seen: Set<UInt64> = []
      seen.reserveCapacity(values.count)
      for row in values.indices where !values[row].isNaN && !identical.contains(row) {
        if !seen.insert(Self.bits(values[row])).inserted { repeats.append(row) }
      }
    }
    return repeats
  }

  // Zero has two signs and missing many bits; both compare as they print.
  private static func bits(_ value: Double) -> UInt64 { value == 0 ? 0 : value.bitPattern }

  private static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let (high, low) = (hash ^ value &* 0xFF51_AFD7_ED55_8CCD).multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
    return high ^ low
  }

  private static func equal(_ table: Table, _ a: Int, _ b: Int) -> Bool {
    table.columns.allSatisfy { column in
      switch column.values {
      case .number(let values), .moment(let values, _): bits(values[a]) == bits(values[b])
      case .text(let text): text.codes[a] == text.codes[b]
      }
    }
  }
}
