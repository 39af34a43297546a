internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A card of either form, as a version keeps it: in points, or with an expert's weights.
public enum DecidingCard: Sendable, Hashable {
  case points(Scorecard)
  case weights(WeightCard)

  private struct Format: Decodable { let format: String }

  /// - Throws: `Faults` (data) for what is neither.
  public init(_ content: [UInt8], at place: String) throws {
    do {
      try JsonMembers.check(content, of: place)
      let format = try CanonicalJSON.decode(Format.self, from: Data(content)).format
      self =
        try format == WeightCard.format
        ? .weights(CanonicalJSON.decode(WeightCard.self, from: Data(content)))
        : .points(CanonicalJSON.decode(Scorecard.self, from: Data(content)))
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Faults.data(
        place, "is no scorecard",
        "Give a \(Scorecard.fileName) of a run with plan = \"scorecard\", or an expert card (\(WeightCard.format)).")
    }
  }

  public var content: [UInt8] {
    get throws {
      switch self {
      case .points(let card): Array(try CanonicalJSON.encode(card, pretty: true)) + [10]
      case .weights(let card): Array(try CanonicalJSON.encode(card, pretty: true)) + [10]
      }
    }
  }

  var mediaType: String {
    switch self {
    case .points: Scorecard.mediaType
    case .weights: WeightCard.mediaType
    }
  }

  /// The columns that hold what it scores, per characteristic or feature, by the names that tables are searched by.
  public var columns: [String] {
    switch self {
    case .points(let card): card.characteristics.map(\.column)
    case .weights(let card): card.features.map(\.source)
    }
  }

  public var names: [String] {
    switch self {
    case .points(let card): card.characteristics.map(\.name)
    case .weights(let card): card.features.map(\.name)
    }
  }

  public var bands: ScoreBands {
    switch self {
    case .points(let card): card.bands
    case .weights(let card): card.bands
    }
  }

  /// Units of a score in one point.
  public var unit: Int64 {
    switch self {
    case .points(let card): card.scale.unitsPerPoint
    case .weights: 1
    }
  }

  var unreachable: [String] {
    switch self {
    case .points(let card): card.unreachable
    case .weights(let card): card.unreachable
    }
  }

  /// Whether the columns hold words, which an expert card's never do.
  public var areOfWords: [Bool] {
    switch self {
    case .points(let card): card.characteristics.map(\.bins.isOfWords)
    case .weights(let card): card.features.map { _ in false }
    }
  }

  /// The scores of all rows, in units.
  ///
  /// - Parameters:
  ///   - columns: one for each of `columns`, of one length.
  ///   - rows: how many there are.
  /// - Throws: `Faults` (data) for a value that the card does not take.
  public func scores(_ columns: [CardColumn], rows: Int) throws -> [Int64] {
    switch self {
    case .points(let card): return try ScorecardBatch(card).scores(columns)
    case .weights(let card):
      let numbers = try zip(card.features, columns).map { feature, column in
        guard case .numbers(let numbers) = column else {
          throw Faults.data(
            "column \(feature.source)", "holds no numbers", "State its form with --type \(feature.source)=number.")
        }
        return numbers
      }
      return try card.scores(numbers, rows: rows)
    }
  }

  /// The share of each in what decides, by name, in hundredths of 100: of an expert card its weight, of a card in points the range of
  /// its points.
  var shares: [(name: String, units: Int64)] {
    let weights: [Double]
    switch self {
    case .points(let card): weights = card.characteristics.map { Double($0.most - $0.least) }
    case .weights(let card): weights = card.features.map { max($0.weight, 0) }
    }
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return names.map { ($0, 0) } }
    return zip(
      names, LargestRemainder.units(weights.map { 100 * $0 / sum }, decimals: 2, total: 10_000)
    ).map { ($0, $1) }
  }
}

extension Scorecard {
  /// The score of bins, in units; nil where they are not those of the card.
  func score(bins: [Int]) -> Int64? {
    guard bins.count == characteristics.count,
      zip(bins, characteristics).allSatisfy({ $1.attributes.indices.contains($0) })
    else { return nil }
    return cut(zip(bins, characteristics).reduce(initial) { $0 + $1.1.attributes[$1.0].points })
  }
}

extension Characteristic {
  /// Whether both cut their values at the same places.
  func hasSameBins(as other: Characteristic) -> Bool {
    bins == other.bins
  }
}
