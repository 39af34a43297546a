public import CutlineCore

/// Edges that were proposed for one score.
public struct BinProposal: StoredArtifact {
  public static let typeName = "bin proposal"

  /// The inner edges, ascending; the first bin has no lower end and the last no upper one.
  public let cuts: [Double]
  /// What is best about them, and its value; nil where the method optimises nothing.
  public let objective: String?
  public let value: Double?
  /// The value without the declared direction, the better of rising and falling; nil where it was not looked at.
  public let freeValue: Double?

  public init(cuts: [Double], objective: String? = nil, value: Double? = nil, freeValue: Double? = nil) {
    (self.cuts, self.objective, self.value, self.freeValue) = (cuts, objective, value, freeValue)
  }

  /// Edges for a grid.
  public var edges: [Double] { [-.infinity] + cuts + [.infinity] }

  /// By how much more the free direction must be worth for the data to contradict the declared one.
  public static let contradiction = 1.25

  /// Whether the other direction is worth more than 1.25 times what the declared one is.
  public var contradictsDirection: Bool {
    guard let value, let freeValue else { return false }
    return freeValue > Self.contradiction * value && freeValue > 0
  }
}
