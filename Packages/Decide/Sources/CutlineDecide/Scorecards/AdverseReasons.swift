/// Why a card declines an application, and what would have changed that.
///
/// The gain of a characteristic is the best points of its bins less its own. Reasons are the characteristics with a gain above 0,
/// the largest first, ties in the card's order. A protected characteristic is told nobody: it stands in the order, not among the reasons.
public struct AdverseReasons: Sendable, Hashable {
  /// A characteristic that would suffice alone.
  public struct SingleFlip: Sendable, Hashable {
    public let characteristic: Int
    public let fromBin, toBin: Int
  }

  /// How many points the score lacks, in units.
  public let needed: Int64
  /// Per characteristic, in units; 0 where it has the best.
  public let gains: [Int64]
  /// All characteristics with a gain, in their order.
  public let order: [Int]
  /// The first of these, at most as many as are told.
  public let reasons: [Int]
  /// The fewest characteristics whose best values reach the cutoff; nil where all of them together do not.
  ///
  /// As gains add, the first of the order are the fewest.
  public let minimalFlip: [Int]?
  /// Whether it names any that is not told.
  public var needsMore: Bool { !(minimalFlip ?? order).allSatisfy(reasons.contains) }
  /// Each characteristic that suffices alone, with the nearest interval that does; from a special or missing bin the interval with
  /// the fewest points that does. Ties: the lower interval.
  public let singleFlips: [SingleFlip]

  /// - Parameters:
  ///   - cutoff: in points.
  ///   - most: reasons that are told.
  /// - Returns: nil for an application that the card does not decline.
  /// - Complexity: O(bins).
  public init?(_ card: Scorecard, _ scored: Scorecard.Scored, cutoff: Int64, most: Int = 4) {
    let needed = cutoff * card.scale.unitsPerPoint - scored.raw
    guard needed > 0 else { return nil }
    self.needed = needed
    let gains = zip(card.characteristics, scored.points).map { max(0, $0.most - $1) }
    self.gains = gains
    order = gains.indices.filter { gains[$0] > 0 }.sorted { (-gains[$0], $0) < (-gains[$1], $1) }
    reasons = Array(order.filter { !card.characteristics[$0].isProtected }.prefix(most))
    var sum: Int64 = 0
    let count = order.firstIndex { index in
      sum += gains[index]
      return sum >= needed
    }
    minimalFlip = count.map { [order] in Array(order[...$0]) }
    singleFlips = gains.indices.compactMap { index in
      let (own, from) = (scored.points[index], scored.bins[index])
      let characteristic = card.characteristics[index]
      let enough = (0..<characteristic.intervalCount).filter { characteristic.attributes[$0].points - own >= needed }
      let isValue = from < characteristic.intervalCount
      let best = enough.min { a, b in
        isValue
          ? (abs(a - from), a) < (abs(b - from), b)
          : (characteristic.attributes[a].points, a) < (characteristic.attributes[b].points, b)
      }
      return best.map { SingleFlip(characteristic: index, fromBin: from, toBin: $0) }
    }
  }
}
