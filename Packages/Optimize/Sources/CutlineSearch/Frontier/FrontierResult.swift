public import CutlineCompute

/// The frontier of a grid by the pruned search, with how it was found.
public struct FrontierResult: Sendable {
  /// Wall-clock seconds.
  public struct Seconds: Sendable, Hashable {
    /// Good strategies to start from.
    public var seed = 0.0
    /// Label searches in the corners.
    public var search = 0.0
    /// From candidates to the frontier.
    public var reduce = 0.0
    public var total: Double { seed + search + reduce }
  }

  /// What was done. Depends on the number of workers only where a limit was reached.
  public struct Statistics: Sendable, Hashable {
    /// Points known before the label searches.
    public var seeds = 0
    /// Label searches; each covers up to eight corners.
    public var searches = 0
    /// Labels kept at nodes, over all searches.
    public var labels: UInt64 = 0
    /// The most at one node.
    public var mostLabelsAtNode: UInt64 = 0
    /// Comparisons of a label with the bounds of its corners.
    public var boundTests: UInt64 = 0
  }

  /// A stretch of risks that the search had to leave. Nil is unbounded.
  public struct OpenInterval: Sendable, Hashable {
    public let from, to: RiskRatio?
  }

  /// By ascending production, which is by ascending risk.
  ///
  /// Where `open` is not empty: every frontier strategy whose risk lies outside the open intervals is among these; within
  /// them some may be missing, and a point at higher risk may yet be dominated by a missing one.
  public let points: [FrontierPoint]
  /// Empty when the frontier is complete.
  public let open: [OpenInterval]
  public var isComplete: Bool { open.isEmpty }
  /// The number of strategies, C(rows + columns, rows), without regard to pins.
  public let strategies: String
  public let statistics: Statistics
  public let instructionSet: InstructionSet
  public let seconds: Seconds
}
