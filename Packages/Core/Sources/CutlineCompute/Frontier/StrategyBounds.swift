/// The least and most columns that each row may accept; pinned cells as a constraint on strategies.
///
/// A monotone strategy that accepts cell (r, c) accepts every cell (i, j) with i ≤ r and j ≤ c, and one that rejects it
/// rejects every (i, j) with i ≥ r and j ≥ c. So a pinned cell bounds rows on one side of it, and bounds of rows are all
/// that pins can say.
public struct StrategyBounds: Sendable, Hashable {
  /// A cell by its row and column from the safe end, from 0 on.
  public struct Cell: Sendable, Hashable {
    public let row, column: Int

    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// Per row, not increasing.
  public private(set) var least, most: [UInt16]

  /// No constraint.
  public init(of grid: GridSums) {
    least = [UInt16](repeating: 0, count: grid.rows)
    most = [UInt16](repeating: UInt16(grid.columns), count: grid.rows)
  }

  /// The bounds of pinned cells.
  ///
  /// - Throws: `FrontierError.outsideGrid`; `.contradictoryPins` where no strategy is left.
  /// - Complexity: O(rows × pins).
  public init(of grid: GridSums, accepting: [Cell], rejecting: [Cell]) throws {
    self.init(of: grid)
    for cell in accepting + rejecting
    where !(0..<grid.rows).contains(cell.row) || !(0..<grid.columns).contains(cell.column) {
      throw FrontierError.outsideGrid(
        "a pinned cell in row \(cell.row + 1), column \(cell.column + 1) of a grid of \(grid.rows) × \(grid.columns)")
    }
    for cell in accepting {
      for row in 0...cell.row { least[row] = max(least[row], UInt16(cell.column + 1)) }
    }
    for cell in rejecting {
      for row in cell.row..<grid.rows { most[row] = min(most[row], UInt16(cell.column)) }
    }
    for row in 0..<grid.rows where least[row] > most[row] {
      throw FrontierError.contradictoryPins(row: row, least: Int(least[row]), most: Int(most[row]))
    }
  }

  /// Whether a strategy honours the bounds.
  public func contains(_ accepted: [UInt16]) -> Bool {
    accepted.count == least.count
      && accepted.indices.allSatisfy { least[$0] <= accepted[$0] && accepted[$0] <= most[$0] }
  }
}
