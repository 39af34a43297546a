internal import CutlineCore
public import CutlineRules

/// The three parts into which a threshold t with two margins cuts the probability of bad.
///
/// upper = t + high and lower = t − low are added as the decimals that were typed, then rounded once to the nearest double:
/// decline where p ≥ upper, approve where p ≤ lower and p < t, else unsure.
public struct GreyZone: Sendable, Hashable {
  public enum Verdict: UInt8, Sendable, CaseIterable {
    case approve, decline, unsure
    /// p is no probability: NaN, or outside of 0 to 1.
    case error

    /// As results spell it.
    public var word: String {
      switch self {
      case .approve: "approve"
      case .decline: "decline"
      case .unsure: "unsure"
      case .error: "model_error"
      }
    }
  }

  public let threshold, lower, upper: Double

  /// - Parameters:
  ///   - threshold: t, between 0 and 1, neither included.
  ///   - low, high: margins, at least 0.
  /// - Throws: `Faults` (usage) for others, and for numbers of more than 15 digits.
  public init(threshold: RuleNumber, low: RuleNumber, high: RuleNumber) throws {
    guard threshold > .zero, threshold.double < 1 else {
      throw Faults.usage("threshold", "\(threshold.text) does not lie between 0 and 1", "Give one within, such as 0.5.")
    }
    for (name, margin) in [("margin_low", low), ("margin_high", high)] where margin < .zero {
      throw Faults.usage(name, "\(margin.text) is below 0", "A margin is 0 or more.")
    }
    guard let lower = threshold.subtracting(low), let upper = threshold.adding(high) else {
      throw Faults.usage("threshold", "and its margins do not fit into 127 bits", "Give fewer digits.")
    }
    (self.threshold, self.lower, self.upper) = (threshold.double, lower.double, upper.double)
  }

  /// - Complexity: O(1).
  public func verdict(_ p: Double) -> Verdict {
    guard p >= 0, p <= 1 else { return .error }
    if p >= upper { return .decline }
    return p <= lower && p < threshold ? .approve : .unsure
  }

  /// Sides that never decide: no probability lies beyond their end.
  public var silentSides: [Verdict] { (lower < 0 ? [.approve] : []) + (upper > 1 ? [.decline] : []) }
}
