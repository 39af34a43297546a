internal import CutlineCompute
internal import CutlineCore

/// The cells of a two-score grid in the order that searches use: safest row and safest column first.
struct SafeOrder {
  let rows, columns: Int
  private let grid: CellGrid

  /// - Throws: `ConfigError` unless the grid has two scores.
  init(_ grid: CellGrid) throws {
    guard grid.axes.count == 2 else {
      throw ConfigError(
        "search", "the grid has \(grid.axes.count) scores", "The searches of this version take exactly two.")
    }
    self.grid = grid
    rows = grid.axes[0].binCount
    columns = grid.axes[1].binCount
  }

  /// One value a cell, row-major from the safest row and column.
  func arranged(_ value: (Int) -> Int64) -> [Int64] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        value(grid.index([grid.axes[0].bin(atPosition: row), grid.axes[1].bin(atPosition: column)]))
      }
    }
  }

  /// Accepted counts per row from the safest on, as a strategy by bin number.
  func strategy(_ accepted: [Int]) -> Strategy {
    var byBin = [Int](repeating: 0, count: rows)
    for row in 0..<rows { byBin[grid.axes[0].bin(atPosition: row)] = accepted[row] }
    return Strategy(accepted: byBin)
  }

  /// The sums that a search adds up.
  func sums(of cells: CellTable) throws -> GridSums {
    try GridSums(
      rows: rows, columns: columns, production: arranged { cells.total($0).production },
      numerator: arranged { cells.total($0).numerator }, denominator: arranged { cells.total($0).denominator })
  }

  /// A search's point, by bin number.
  func point(_ point: FrontierPoint) -> Frontier.Point {
    Frontier.Point(
      production: point.production, numerator: point.numerator, denominator: point.denominator,
      strategy: strategy(point.accepted.map(Int.init)))
  }

  /// The place of a cell given by its bins (from 1), counted from the safe end.
  /// - Throws: `ConfigError` when there is no such cell.
  func cell(_ bins: [Int], at place: String) throws -> [Int] {
    guard bins.count == 2, (1...rows).contains(bins[0]), (1...columns).contains(bins[1]) else {
      throw ConfigError(place, "the grid has no cell \(bins)", "Name two bins, up to \(rows) and \(columns).")
    }
    func position(_ axis: GridAxis, _ bin: Int) -> Int { axis.safestIsLast ? axis.binCount - bin : bin - 1 }
    return zip(grid.axes, bins).map(position)
  }
}
