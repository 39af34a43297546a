internal import CutlineCore

extension Cube {
  /// Where `measure` stands among the measures.
  /// - Throws: `Faults` (data) where the cube does not have it.
  func find(_ measure: Measure) throws -> (index: Int, Measure) {
    guard let index = measures.firstIndex(of: measure) else {
      let names = measures.map(\.name)
      throw Faults.data(
        "cube", "has no measure \(measure)\(DidYouMean.phrase(for: measure.name, among: names))",
        "It has \(names.joined(separator: ", ")).")
    }
    return (index, measures[index])
  }

  /// Σ of a measure per cell, those outside the grid last, over applications of `states` in `period`.
  ///
  /// - Throws: `Faults` (data) naming the column when a sum is not an Int64, or for a measure that the cube does not have;
  ///   so do all of these.
  /// - Complexity: O(combinations of the slice Folds).
  public func sums(of measure: Measure, _ states: [ApplicationState], in period: Period = .main) throws -> [Int64] {
    try foldSlice.sums(of: find(measure), count: cellCount, by: maps(Array(0..<cellCount), states, period))
  }

  /// The same of an amount.
  public func sums(of amount: Amount, _ states: [ApplicationState], in period: Period = .main) throws -> [Int64] {
    try sums(of: Measure(amount), states, in: period)
  }

  /// The five standard amounts together, per cell.
  public func cellSums(_ states: [ApplicationState], in period: Period = .main) throws -> [CellSums] {
    let columns = try Amount.standard.map { try sums(of: $0, states, in: period) }
    return (0..<cellCount).map { cell in
      CellSums(
        accounts: columns[0][cell], requested: columns[1][cell], numerator: columns[2][cell],
        denominator: columns[3][cell], production: columns[4][cell])
    }
  }

  /// Σ of a measure per fold, per cell, over applications of `states` in `period`.
  ///
  /// - Parameters:
  ///   - fold: the fold of each bucket.
  ///   - folds: how many there are.
  /// - Returns: nil where the cube has no buckets.
  public func sums(
    of measure: Measure, _ states: [ApplicationState], in period: Period = .main, fold: [Int], folds: Int
  ) throws -> [[Int64]]? {
    guard let buckets, fold.count == buckets, fold.allSatisfy({ (0..<folds).contains($0) }) else { return nil }
    let cells = cellCount
    let flat = try foldSlice.sums(
      of: find(measure), count: folds * cells,
      by: maps(Array(0..<cells), states, period, fold.map { $0 * cells }))
    return (0..<folds).map { Array(flat[$0 * cells..<($0 + 1) * cells]) }
  }

  /// Σ of a measure per month of `months`, per cell, over applications of `states`.
  public func sumsByMonth(of measure: Measure, _ states: [ApplicationState]) throws -> [[Int64]] {
    let cells = cellCount
    let flat = try monthSlice.sums(
      of: find(measure), count: months.count * cells,
      by: [Array(0..<cells), months.indices.map { $0 * cells }, Self.flags(states)])
    return months.indices.map { Array(flat[$0 * cells..<($0 + 1) * cells]) }
  }

  /// Per axis, per bin: the mean raw score of what a strategy decides about in the main period, `Σ score / (10ˢᶜᵃˡᵉ · n)`,
  /// rounded once; of an empty bin, a value between its edges.
  public func meanScores(_ states: [ApplicationState] = ApplicationState.decidedByScore) throws -> [[Double]] {
    try grid.axes.indices.map { axis in
      let (index, measure) = try find(.score(grid.axes[axis]))
      let bins = grid.axes[axis].binCount
      let stride = grid.axes[(axis + 1)...].reduce(1) { $0 * $1.binCount }
      func byBin(_ measure: (index: Int, Measure)) throws -> [Int64] {
        let bin = (0..<cellCount).map { $0 < grid.cellCount ? $0 / stride % bins : -1 }
        return try foldSlice.sums(of: measure, count: bins, by: maps(bin, states, .main))
      }
      let (sum, count) = (try byBin((index, measure)), try byBin(find(.scoreRows(grid.axes[axis]))))
      let power = Int128(FixedPoint.powers[min(measure.scale, 18)])
      return (0..<bins).map { bin in
        count[bin] > 0
          ? Double(sum[bin]) / Double(power * Int128(count[bin])) : grid.axes[axis].middle(ofBin: bin)
      }
    }
  }

  /// A line for each reason to lie outside the grid that holds applications which a strategy would decide about.
  public func outsideLines() throws -> [OutsideLine] {
    let sums = try cellSums(ApplicationState.booked)
    let booked = try self.sums(of: .rows, ApplicationState.booked)
    let rejected = try self.sums(of: .rows, [.scoreRejected])
    return outside.indices.compactMap { index in
      let cell = grid.cellCount + index
      guard booked[cell] > 0 || rejected[cell] > 0 else { return nil }
      return OutsideLine(
        cell: outside[index], bookedRows: booked[cell], scoreRejectedRows: rejected[cell], booked: sums[cell])
    }
  }

  /// 0 for a state that counts, −1 for others.
  private static func flags(_ states: [ApplicationState]) -> [Int] {
    ApplicationState.all.map { states.contains($0) ? 0 : -1 }
  }

  /// The maps of the slice Folds.
  private func maps(
    _ cells: [Int], _ states: [ApplicationState], _ period: Period, _ fold: [Int]? = nil
  ) -> [[Int]] {
    [
      cells, periods.map { $0 == period ? 0 : -1 }, Self.flags(states),
      fold ?? [Int](repeating: 0, count: buckets ?? 1),
    ]
  }
}

/// Applications of the main period outside the grid, which keep their current decision in every strategy.
public struct OutsideLine: Sendable, Hashable {
  public let cell: OutsideCell
  public let bookedRows, scoreRejectedRows: Int64
  public let booked: CellSums
  public var reason: String { cell.reason }
}
