internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

/// The cells of a grid in the order that searches use: in every score the safest bin first.
struct SafeOrder {
  /// Bins per score; one score is a grid of one row.
  let shape: [Int]
  private let grid: CellGrid
  /// Per place in the searches' order: the cell of the table.
  private let cells: [Int]
  /// The same for combinations of the bins of all scores but the last.
  private let lines: [Int]

  /// - Throws: `Faults` (usage) where there is no score.
  init(_ grid: CellGrid) throws {
    guard !grid.axes.isEmpty else { throw Faults.usage("search", "the grid has no score", "Name at least one.") }
    self.grid = grid
    let bins = grid.axes.map(\.binCount)
    shape = bins.count == 1 ? [1] + bins : bins
    cells = Self.order(grid)
    lines = Self.order(CellGrid(axes: Array(grid.axes.dropLast())))
  }

  /// By the strides of the table's cells, so that a place costs no look at each of its bins.
  private static func order(_ grid: CellGrid) -> [Int] {
    var order = [0]
    var stride = grid.cellCount
    for axis in grid.axes {
      stride /= axis.binCount
      let steps = (0..<axis.binCount).map { axis.bin(atPosition: $0) * stride }
      var longer: [Int] = []
      longer.reserveCapacity(order.count * steps.count)
      for first in order { for step in steps { longer.append(first + step) } }
      order = longer
    }
    return order
  }

  /// How many strategies there are, where a formula says so: up to three scores. With more, counting takes longer than
  /// searching.
  var strategyCount: String? { shape.count { $0 > 1 } <= 3 ? StrategyCount.decimal(shape: shape) : nil }

  /// Whether the searches on a lattice of two scores can be used.
  var isPlane: Bool { shape.count == 2 }

  /// One value a cell, row-major from the safest bins.
  func arranged(_ value: (Int) -> Int64) -> [Int64] { cells.map(value) }

  /// Accepted counts per combination from the safest on, as a strategy by bin number.
  func strategy(_ accepted: [UInt16]) -> Strategy {
    var byBin = [Int](repeating: 0, count: lines.count)
    for (place, line) in lines.enumerated() { byBin[line] = Int(accepted[place]) }
    return Strategy(accepted: byBin)
  }

  /// The counts of a strategy in the searches' order.
  func accepted(_ strategy: Strategy) -> [UInt16] { lines.map { UInt16(strategy.accepted[$0]) } }

  /// The sums that a search adds up.
  func sums(of cells: CellTable) throws -> GridSumsND {
    try GridSumsND(
      shape: shape, production: arranged { cells.total($0).production },
      numerator: arranged { cells.total($0).numerator }, denominator: arranged { cells.total($0).denominator })
  }

  /// The same for the searches of two scores.
  func plane(_ sums: GridSumsND) throws -> GridSums {
    try GridSums(
      rows: shape[0], columns: shape[1], production: sums.production, numerator: sums.numerator,
      denominator: sums.denominator)
  }

  /// A search's point, by bin number.
  func point(_ point: FrontierPoint) -> Frontier.Point {
    Frontier.Point(
      production: point.production, numerator: point.numerator, denominator: point.denominator,
      strategy: strategy(point.accepted))
  }

  /// The place of a cell given by its bins (from 1), per score from the safe end.
  /// - Throws: `Faults` (usage) when there is no such cell.
  func position(_ bins: [Int], at place: String) throws -> [Int] {
    let counts = grid.axes.map(\.binCount)
    guard bins.count == counts.count, zip(bins, counts).allSatisfy({ (1...$1).contains($0) }) else {
      throw Faults.usage(
        place, "the grid has no cell \(bins.map(String.init).joined(separator: ","))",
        "Name \(counts.count) bins, up to \(counts.map(String.init).joined(separator: ", ")).")
    }
    return (counts.count == 1 ? [0] : [])
      + zip(grid.axes, bins).map { axis, bin in axis.safestIsLast ? axis.binCount - bin : bin - 1 }
  }
}
