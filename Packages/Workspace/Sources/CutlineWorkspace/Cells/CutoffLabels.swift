internal import CutlineCore
public import CutlineCredit

/// How cutoffs are written: by the numbers of the bins.
public struct CutoffLabels {
  public let grid: CellGrid
  /// Per axis, the numbers of its bins.
  public let labels: [[Int]]

  public init(grid: CellGrid, labels: [[Int]]) {
    self.grid = grid
    self.labels = labels
  }

  /// Names of the combinations of the bins of all axes but the last: `3`, `3_1` with more axes, `all` with one.
  public var combinations: [String] {
    let outer = CellGrid(axes: Array(grid.axes.dropLast()))
    guard !outer.axes.isEmpty else { return ["all"] }
    return (0..<outer.cellCount).map { index in
      outer.bins(index).enumerated().map { String(labels[$0.offset][$0.element]) }.joined(separator: "_")
    }
  }

  /// The cutoffs of a strategy: the riskiest bin accepted per combination, nothing where none is.
  public func cutoffs(_ strategy: Strategy) -> [String] {
    let texts = cutoffsByCount
    return strategy.accepted.map { texts[$0] }
  }

  /// Per number of bins accepted, from 0 on, the cutoff as text.
  var cutoffsByCount: [String] {
    guard let last = grid.axes.last, let own = labels.last else { return [""] }
    return [""] + (0..<last.binCount).map { String(own[last.bin(atPosition: $0)]) }
  }

  /// How many bins of the last axis a cutoff accepts.
  /// - Throws: `Faults` (data) for a number that is no bin.
  func accepted(_ cutoff: Double, at place: String) throws -> Int {
    guard let last = grid.axes.last, let own = labels.last, !cutoff.isNaN else { return 0 }
    guard let bin = own.firstIndex(where: { Double($0) == cutoff }) else {
      throw Faults.data(
        place, "the cutoff \(cutoff) is no bin of \(last.name)",
        "Its bins run from \(own[0]) to \(own[own.count - 1]); empty accepts nothing.")
    }
    return last.safestIsLast ? last.binCount - bin : bin + 1
  }
}
