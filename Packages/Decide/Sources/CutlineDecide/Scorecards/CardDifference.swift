internal import CutlineCore

/// What differs between two cards of the same form or not: what each feature is worth of 100, bands and cutoff, and for cards in
/// points the comparison bin by bin.
public struct CardDifference: Sendable, Encodable {
  public struct Share: Sendable, Encodable {
    public let feature: String
    /// Of 100 in all; nil where the card does not have it.
    public let old, new: Double?
    /// In percent of the old; nil for a new feature, one that is gone, and an old one of nothing.
    public let changePct: Double?

    enum CodingKeys: String, CodingKey {
      case feature, old, new
      case changePct = "change_pct"
    }
  }

  public let shares: [Share]
  public let hasSameBands: Bool
  /// Nil where one of the two is an expert card.
  public let points: ScorecardComparison?

  enum CodingKeys: String, CodingKey {
    case shares, points
    case hasSameBands = "same_bands"
  }

  public init(_ old: DecidingCard, _ new: DecidingCard) {
    let (before, after) = (old.shares, new.shares)
    let added = after.map(\.name).filter { name in !before.contains { $0.name == name } }
    shares = (before.map(\.name) + added).map { name in
      let a = before.first { $0.name == name }?.units
      let b = after.first { $0.name == name }?.units
      var change: Double?
      if let a, let b, a > 0 { change = 100 * Double(b - a) / Double(a) }
      return Share(
        feature: name, old: a.map { Double($0) / 100 }, new: b.map { Double($0) / 100 }, changePct: change)
    }
    hasSameBands = old.bands == new.bands
    if case .points(let a) = old, case .points(let b) = new { points = ScorecardComparison(a, b) } else { points = nil }
  }
}
