internal import CutlineCore

/// A monotone acceptance strategy on a grid.
///
/// For every combination of the bins of all axes but the last (row-major, by bin number), how many bins of the last
/// axis are accepted, counted from its safe end.
public struct Strategy: Sendable, Codable, Hashable {
  public let accepted: [Int]

  public init(accepted: [Int]) { self.accepted = accepted }

  /// Whether it accepts every cell that `other` accepts.
  public func contains(_ other: Strategy) -> Bool { zip(accepted, other.accepted).allSatisfy(>=) }

  /// The cutoff of a combination: the riskiest bin number still accepted (from 1), nil where nothing is accepted.
  public func cutoff(_ combination: Int, in grid: CellGrid) -> Int? {
    guard let last = grid.axes.last, accepted[combination] > 0 else { return nil }
    return last.bin(atPosition: accepted[combination] - 1) + 1
  }

  /// Whether a cell is accepted.
  public func accepts(_ cell: Int, in grid: CellGrid) -> Bool {
    guard let last = grid.axes.last else { return false }
    let bin = cell % last.binCount
    let position = last.safestIsLast ? last.binCount - 1 - bin : bin
    return position < accepted[cell / last.binCount]
  }

  /// The first pair of neighbouring combinations where the safer one accepts less, or nil when the strategy is monotone.
  public func firstViolation(in grid: CellGrid) -> (safer: Int, riskier: Int)? {
    let outer = CellGrid(axes: Array(grid.axes.dropLast()))
    for combination in accepted.indices {
      var bins = outer.bins(combination)
      for axis in outer.axes.indices {
        let step = outer.axes[axis].safestIsLast ? 1 : -1
        let own = bins[axis]
        guard (0..<outer.axes[axis].binCount).contains(own + step) else { continue }
        bins[axis] = own + step
        let safer = outer.index(bins)
        bins[axis] = own
        if accepted[safer] < accepted[combination] { return (safer, combination) }
      }
    }
    return nil
  }
}

/// The sums of a strategy, by what happens to the applications.
public struct StrategyTotals: Sendable, Codable, Hashable {
  /// Booked applications that stay accepted.
  public let kept: CellSums
  /// Booked applications that would be rejected.
  public let swapOut: CellSums
  /// Rejected applications that would be accepted, as predicted.
  public let swapIn: CellSums

  public init(kept: CellSums, swapOut: CellSums, swapIn: CellSums) {
    (self.kept, self.swapOut, self.swapIn) = (kept, swapOut, swapIn)
  }

  /// Everything booked today.
  public var actual: CellSums { kept + swapOut }
  /// Everything the strategy accepts.
  public var optimum: CellSums { kept + swapIn }
}

extension CellTable {
  /// Adds up what `strategy` accepts. O(cells).
  public func totals(of strategy: Strategy) -> StrategyTotals {
    var kept = CellSums.zero
    var swapOut = CellSums.zero
    var swapped = CellSums.zero
    for cell in booked.indices {
      if strategy.accepts(cell, in: grid) {
        kept += booked[cell]
        swapped += swapIn[cell]
      } else {
        swapOut += booked[cell]
      }
    }
    return StrategyTotals(kept: kept, swapOut: swapOut, swapIn: swapped)
  }
}
