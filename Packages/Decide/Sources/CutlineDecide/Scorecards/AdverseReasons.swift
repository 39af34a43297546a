internal import CutlineCore

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
  /// Each characteristic that suffices alone, with the nearest interval or group that does; from another bin the one with
  /// the fewest points that does. Ties: the lower one.
  public let singleFlips: [SingleFlip]

  /// - Parameters:
  ///   - cutoff: in points.
  ///   - most: reasons that are told.
  /// - Returns: nil for an application that the card does not decline.
  /// - Complexity: O(bins).
  public init?(_ card: Scorecard, _ scored: Scorecard.Scored, cutoff: Int64, most: Int = 4) {
    let least = cutoff * card.scale.unitsPerPoint
    let needed = least - scored.raw
    guard needed > 0, scored.score < least else { return nil }
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
      // Nobody can be advised to have a level that the card does not know.
      let values = characteristic.bins.otherBin ?? characteristic.bins.valueCount
      let enough = (0..<values).filter { characteristic.attributes[$0].points - own >= needed }
      let isValue = from < values
      let best = enough.min { a, b in
        isValue
          ? (abs(a - from), a) < (abs(b - from), b)
          : (characteristic.attributes[a].points, a) < (characteristic.attributes[b].points, b)
      }
      return best.map { SingleFlip(characteristic: index, fromBin: from, toBin: $0) }
    }
  }
}

extension Scorecard {
  /// Whether everybody can be told the reasons in a language; a characteristic that is protected needs none.
  ///
  /// - Throws: `Faults` (usage) with the characteristics that have no sentence in it: another language is never taken in its place.
  public func checkReasons(in language: String) throws {
    let silent = characteristics.filter { own in
      !own.isProtected
        && own.attributes.indices.contains {
          own.attributes[$0].points < own.most && own.reason(of: $0)?.texts[language] == nil
        }
    }
    guard silent.isEmpty else {
      let known = Set(characteristics.flatMap { ($0.reason?.texts.keys).map(Array.init) ?? [] }).sorted()
      throw Faults.usage(
        "--lang \(language)", "has no sentence for \(silent.map(\.name).joined(separator: ", "))",
        "State reason = { code = \"…\", \(language) = \"…\" } of each characteristic; the card has \(known.isEmpty ? "none" : known.joined(separator: ", "))."
      )
    }
  }
}
