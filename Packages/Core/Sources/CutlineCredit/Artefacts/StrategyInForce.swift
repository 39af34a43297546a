public import CutlineCore

/// The strategy that decided about the applications of the main period: estimated from their decisions, or stated.
public struct StrategyInForce: StoredArtifact {
  public static let typeName = "strategy in force"

  public let strategy: Strategy
  /// Whether somebody states it; else it is the monotone strategy that contradicts the fewest decisions.
  public let isStated: Bool
  /// Per cell: booked and score-rejected applications of the main period.
  public let booked, rejected: [Int64]

  public init(strategy: Strategy, isStated: Bool, booked: [Int64], rejected: [Int64]) {
    (self.strategy, self.isStated, self.booked, self.rejected) = (strategy, isStated, booked, rejected)
  }

  /// Decisions that it would have made otherwise: booked where it rejects, rejected where it accepts.
  public func overrides(in grid: CellGrid) -> (booked: Int64, rejected: Int64) {
    booked.indices.reduce(into: (0, 0)) { sums, cell in
      if strategy.accepts(cell, in: grid) { sums.1 += rejected[cell] } else { sums.0 += booked[cell] }
    }
  }

  /// Share of decisions that it explains; nil where there is none.
  public func agreement(in grid: CellGrid) -> Double? {
    let all = booked.reduce(0, +) + rejected.reduce(0, +)
    let overrides = overrides(in: grid)
    return all > 0 ? 1 - Double(overrides.booked + overrides.rejected) / Double(all) : nil
  }
}

extension Strategy {
  /// Cells about which the two decide otherwise, and how many of them this one accepts.
  public func changes(from other: Strategy, in grid: CellGrid) -> (cells: Int, opened: Int) {
    (0..<grid.cellCount).reduce(into: (0, 0)) { count, cell in
      let isAccepted = accepts(cell, in: grid)
      guard isAccepted != other.accepts(cell, in: grid) else { return }
      count.0 += 1
      if isAccepted { count.1 += 1 }
    }
  }
}
