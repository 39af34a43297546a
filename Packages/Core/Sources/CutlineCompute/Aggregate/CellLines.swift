internal import CCompute

/// One cache line of sums per cell, and one more for the records outside; starts at zero.
///
/// It owns memory of its own because an array's elements do not begin at a cache line, which costs a third of the speed.
/// Unchecked, because one thread at a time adds to it.
final class CellLines: @unchecked Sendable {
  private static let width = Int(CUTLINE_SUM_LINE)
  let cellCount: Int
  let base: UnsafeMutablePointer<Int64>

  init(cellCount: Int) {
    let count = (cellCount + 1) * Self.width
    self.cellCount = cellCount
    base = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 64)
      .initializeMemory(as: Int64.self, repeating: 0, count: count)
  }

  deinit { base.deallocate() }

  /// Adds another thread's lines; true where a sum left the range of Int64.
  func add(_ other: CellLines) -> Bool {
    var overflowed = false
    for place in 0..<cellCount * Self.width {
      let (sum, overflow) = base[place].addingReportingOverflow(other.base[place])
      base[place] = sum
      overflowed = overflowed || overflow
    }
    return overflowed
  }

  /// The sums of one column over all cells; the last column counts records.
  func column(_ column: Int) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: cellCount) { values, count in
      for cell in 0..<cellCount { values.initializeElement(at: cell, to: base[cell * Self.width + column]) }
      count = cellCount
    }
  }

  var counts: [Int64] { column(Self.width - 1) }
}
