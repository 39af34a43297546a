/// Which cell each record belongs to.
public enum CellKeys: Sendable {
  /// The cell's index; −1 leaves the record out.
  case cells([Int32])
  /// One array of codes per dimension, each code below its dimension's size. The cell is the mixed radix number of a
  /// record's codes, the last dimension varying fastest.
  case codes([[UInt8]], sizes: [Int])

  /// Records, or nil where the arrays differ in length.
  var count: Int? {
    switch self {
    case .cells(let cells): return cells.count
    case .codes(let codes, let sizes):
      guard codes.count == sizes.count, let first = codes.first, codes.allSatisfy({ $0.count == first.count })
      else { return nil }
      return first.count
    }
  }

  /// The cell of a record, nil where it is left out.
  /// - Throws: `ComputeError.cellOutside`.
  func cell(of record: Int, cellCount: Int) throws -> Int? {
    switch self {
    case .cells(let cells):
      let cell = Int(cells[record])
      if cell == -1 { return nil }
      guard cell >= 0, cell < cellCount else { throw ComputeError.cellOutside(record: record, found: "cell \(cell)") }
      return cell
    case .codes(let codes, let sizes):
      var cell = 0
      for (dimension, size) in sizes.enumerated() {
        let code = Int(codes[dimension][record])
        guard code < size else {
          throw ComputeError.cellOutside(record: record, found: "code \(code) of dimension \(dimension + 1)")
        }
        cell = cell * size + code
      }
      return cell
    }
  }
}
