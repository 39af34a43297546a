internal import CutlineCore
public import CutlineCredit

/// How far a strategy is from a frontier: what more it could bring at its risk, and how much less risky it could be at its
/// production.
///
/// Most production: that of the last point of the frontier whose risk is at most the strategy's. Least risk: that of the first
/// point whose production is at least the strategy's. Compared exactly, in 128 bits. A strategy that is not monotone, or keeps
/// no constraint of the frontier, may lie beyond it; then what it misses is negative.
///
/// O(points).
public struct FrontierDistance: Sendable {
  /// What is known of the frontier.
  public enum Knowledge: String, Sendable {
    /// All monotone strategies: nothing better exists.
    case complete
    /// The same of those that keep the constraints of the run.
    case constrained
    /// A search stopped at a limit, or nobody proves it: at least so much is missed.
    case incomplete
    /// The run searched strategies for its limits only, or none at all: nothing is known.
    case unknown
  }

  public let knowledge: Knowledge
  /// In the scale of the cells; nil where nothing is known, or the strategy has no risk.
  public let mostProduction: Int64?
  /// The sums of the strategy of least risk; nil where nothing is known, or none brings as much.
  public let leastRisk: CellSums?

  public init(of own: CellSums, to frontier: Frontier) {
    guard frontier.answers.isEmpty, !frontier.isFixed else {
      (knowledge, mostProduction, leastRisk) = (.unknown, nil, nil)
      return
    }
    knowledge =
      frontier.statedBy != nil || !frontier.open.isEmpty
      ? .incomplete : frontier.constraints != nil ? .constrained : .complete
    let isUndefined = own.denominator < 0 || own.denominator == 0 && own.numerator != 0
    mostProduction =
      isUndefined ? nil : frontier.points.last { Self.isAtMost($0.sums, own) }.map(\.production)
    leastRisk = frontier.points.first { $0.production >= own.production }.map(\.sums)
  }

  /// Whether the risk of `a` is at most that of `b`; an empty sum has risk 0.
  private static func isAtMost(_ a: CellSums, _ b: CellSums) -> Bool {
    let (one, other) = (a.denominator == 0 ? 1 : a.denominator, b.denominator == 0 ? 1 : b.denominator)
    return Int128(a.numerator) * Int128(other) <= Int128(b.numerator) * Int128(one)
  }
}
