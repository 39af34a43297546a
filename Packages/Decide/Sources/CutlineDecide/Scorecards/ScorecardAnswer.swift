internal import CutlineCore

/// What a card says of one record, as every export must say it: the score and the principal reasons.
public struct ScorecardAnswer: Sendable, Hashable {
  /// In units; nil for a record that the card refuses.
  public let score: Int64?
  /// Codes, the reason that costs most points first.
  public let reasons: [String]

  /// Reasons that are told.
  static let mostReasons = 4

  public init(score: Int64?, reasons: [String]) { (self.score, self.reasons) = (score, reasons) }

  /// - Complexity: O(bins).
  public init(_ card: Scorecard, _ values: [CardValue]) {
    // A record that is refused has no score and no reasons; why is said where one record is scored.
    guard let scored = try? card.score(values) else {
      self.init(score: nil, reasons: [])
      return
    }
    self.init(score: scored.score, reasons: Self.codes(card, scored))
  }

  /// The codes of the characteristics that may be told, those with the largest gain first, ties in the card's order: of who is
  /// declined they are those of `AdverseReasons`.
  static func codes(_ card: Scorecard, _ scored: Scorecard.Scored) -> [String] {
    let gains = zip(card.characteristics, scored.points).map { $0.isProtected ? 0 : $0.most - $1 }
    let order = gains.indices.filter { gains[$0] > 0 }.sorted { (-gains[$0], $0) < (-gains[$1], $1) }
    return order.prefix(mostReasons).map { card.characteristics[$0].reasonCode(of: scored.bins[$0]) }
  }
}
