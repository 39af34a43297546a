public import CutlineCompute

/// Why a frontier or a threshold has no result. Callers add where it happened.
public enum FrontierError: ComputeFailure, Hashable {
  /// Pins that no monotone strategy honours: a line (all variables but the last, from 0 on from the safe end) must
  /// accept more bins of the last variable than it may.
  case contradictoryPins(line: [Int], least: Int, most: Int)
  /// A pin or bounds outside the grid.
  case outsideGrid(String)
  /// A risk limit whose denominator is not positive.
  case limit(numerator: Int64, denominator: Int64)
  /// Cells with a negative numerator or denominator, in a search that adds risks up.
  case negativeRisk
  /// The grid alone needs more memory than is allowed.
  case memory(neededMiB: Int, allowedMiB: Int)

  /// What is wrong and what was found; no full stop.
  public var problem: String {
    switch self {
    case .contradictoryPins(let line, let least, let most):
      "the pins contradict each other: of the bins at \(StrategyBounds.text(line)) from the safe end, at least \(least) "
        + "of the last variable must be accepted and at most \(most)"
    case .outsideGrid(let text): text
    case .limit(let numerator, let denominator):
      "the risk limit \(numerator)/\(denominator) has no positive denominator"
    case .negativeRisk: "cells have a negative risk numerator or denominator"
    case .memory(let needed, let allowed):
      "the grid is large: its search needs at least \(needed) MiB of memory, and \(allowed) are allowed"
    }
  }

  /// What to do, as a sentence.
  public var advice: String {
    switch self {
    case .contradictoryPins:
      "A cell that is always accepted accepts all safer cells with it; remove one of the pins."
    case .outsideGrid: "Name cells of the grid."
    case .limit: "State it as a fraction with a positive denominator."
    case .negativeRisk: "Check the amounts of these cells."
    case .memory: "Allow more, or use fewer bins."
    }
  }

  public var origin: String { "search" }
  public var cause: ComputeCause {
    switch self {
    case .memory: .data
    default: .settings
    }
  }
}
