internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The strategies of one segment as sums that add up cell by cell: value, slack, and what is left of the segment's own limits.
///
/// Rows are the combinations of all scores but the last, from the safe end; row sums run along the last score. Of one or two
/// scores a strategy is a falling list of counts, one a row.
struct JointGrid {
  /// What a sum of cells has, and a strategy must leave at 0 or more: max_risk, min_risk, the upper end of max_change.
  typealias Rests = (Int128, Int128, Int128)

  struct Sums {
    var production = Int64(0), numerator = Int64(0), denominator = Int64(0)
    var slack = Int128(0)
    var rests: Rests = (0, 0, 0)
  }

  let rows, columns: Int
  /// Per row and number of accepted columns.
  let sums: [[Sums]]
  /// What the empty strategy has: rests of limits that are no sums of cells.
  let start: Sums
  let leastProduction: Int64
  let hasRests: Bool
  /// Whether a risk above 0 is asked for, which what accepts nothing does not have.
  private let needsRisk: Bool
  private let grid: CellGrid
  /// Per row in the order from the safe end: its combination in the grid.
  private let lines: [Int]

  /// - Throws: `Faults` (data) for sums too large to compare.
  init(_ segment: SegmentFrontier, _ cells: CellTable, _ budget: RiskBudget) throws {
    grid = cells.grid
    let axes = grid.axes
    columns = axes.last?.binCount ?? 1
    let outer = CellGrid(axes: Array(axes.dropLast()))
    rows = outer.cellCount
    lines = (0..<outer.cellCount).map { place in
      outer.index(zip(outer.axes, outer.bins(place)).map { $0.bin(atPosition: $1) })
    }
    let bounds = segment.bounds
    let most = try bounds.maxRisk.map { try segment.measure.fraction(of: $0) }
    let least = try bounds.minRisk.map { try segment.measure.fraction(of: $0) }
    var start = Sums()
    var floor = bounds.leastProduction ?? .min
    var hasCeiling = false
    if let change = bounds.maxChange, let today = segment.today {
      let range = SegmentOptions.changeRange(today.production, change)
      (floor, start.rests.2, hasCeiling) = (max(floor, range.low), Int128(range.high), true)
    }
    (self.start, leastProduction) = (start, floor)
    needsRisk = bounds.minRisk.map { $0.mantissa > 0 } ?? false
    hasRests = most != nil || least != nil || hasCeiling
    sums = lines.map { [columns, grid] line in
      var running = Sums()
      var all = [running]
      for place in 0..<columns {
        let cell = cells.total(line * columns + (grid.axes.last?.bin(atPosition: place) ?? 0))
        running.production += cell.production
        running.numerator += cell.numerator
        running.denominator += cell.denominator
        let (n, d) = (Int128(running.numerator), Int128(running.denominator))
        running.slack = Int128(budget.numerator) * d - Int128(budget.denominator) * n
        if let most { running.rests.0 = Int128(most.numerator) * d - Int128(most.denominator) * n }
        if let least { running.rests.1 = Int128(least.denominator) * n - Int128(least.numerator) * d }
        if hasCeiling { running.rests.2 = -Int128(running.production) }
        all.append(running)
      }
      return all
    }
  }

  /// Whether a whole strategy keeps the segment's own limits, and has a risk.
  func admits(_ sums: Sums) -> Bool {
    sums.production >= leastProduction && sums.rests.0 >= 0 && sums.rests.1 >= 0 && sums.rests.2 >= 0
      && (sums.denominator > 0 || !needsRisk && sums.denominator == 0 && sums.numerator == 0)
  }

  /// Counts from the safe end, as a strategy by bin number.
  func strategy(_ accepted: [Int]) -> Strategy {
    var byBin = [Int](repeating: 0, count: lines.count)
    for (place, line) in lines.enumerated() { byBin[line] = accepted[place] }
    return Strategy(accepted: byBin)
  }

  /// The greatest Σ weight over the rows from one on, by row and the count of the row before; its own limits aside. O(cells).
  func completions(_ weight: (Sums) -> Int128) -> [[Int128]] {
    var rest = [[Int128]](repeating: [Int128](repeating: 0, count: columns + 1), count: rows + 1)
    for row in (0..<rows).reversed() {
      var most = Int128.min
      for count in 0...columns {
        most = max(most, weight(sums[row][count]) + rest[row + 1][count])
        rest[row][count] = most
      }
    }
    return rest
  }
}

extension JointGrid.Sums {
  static func + (a: Self, b: Self) -> Self {
    Self(
      production: a.production + b.production, numerator: a.numerator + b.numerator,
      denominator: a.denominator + b.denominator, slack: a.slack + b.slack,
      rests: (a.rests.0 + b.rests.0, a.rests.1 + b.rests.1, a.rests.2 + b.rests.2))
  }

  /// Whether nothing that is to be great is smaller.
  func isNotBelow(_ other: Self) -> Bool {
    production >= other.production && slack >= other.slack && rests.0 >= other.rests.0 && rests.1 >= other.rests.1
      && rests.2 >= other.rests.2
  }
}
