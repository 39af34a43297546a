internal import CutlineCompute
@_spi(Run) internal import CutlineCore
public import CutlineCredit
internal import Foundation

/// A scorecard in points: the score of an application is the sum of the points of its bins, by definition, so that every
/// breakdown adds up.
public struct Scorecard: Sendable, Hashable, Codable {
  public static let mediaType = "application/vnd.cutline.scorecard+json"
  /// What a run calls it.
  public static let fileName = "scorecard.json"
  private static let format = "cutline-scorecard-2"
  /// Numbers only, and always a bin for missing values.
  private static let olderFormat = "cutline-scorecard-1"

  public let scale: PointScale
  /// The initial score, before and after rounding; 0 where the constant is spread.
  public let initialExact: Double
  public let initial: Int64
  public let characteristics: [Characteristic]
  public let bands: ScoreBands
  /// What is accepted scores this or more, in points; nil where nothing is decided by it.
  public let cutoff: Int64?
  /// What scores are cut to, in points.
  public let least, most: Int64?

  /// - Throws: `Faults` (data) for a card without a characteristic or with one twice; (usage) for bands or a cutoff that no
  ///   application can reach.
  public init(
    scale: PointScale, initialExact: Double = 0, initial: Int64 = 0, characteristics: [Characteristic],
    bands: ScoreBands = .standard, cutoff: Int64? = nil, least: Int64? = nil, most: Int64? = nil
  ) throws {
    guard !characteristics.isEmpty, characteristics.count <= 1000 else {
      throw Faults.data("scorecard", "has \(characteristics.count) characteristics", "Give one to a thousand.")
    }
    guard Set(characteristics.map(\.name)).count == characteristics.count else {
      throw Faults.data("scorecard", "has a characteristic twice", "Name each once.")
    }
    if let least, let most, least >= most {
      throw Faults.usage("min_score", "\(least) is not below max_score, \(most)", "Correct one of the two.")
    }
    guard
      ([least, most, cutoff].compactMap { $0 } + bands.all.map(\.from)).allSatisfy({
        $0.magnitude <= Characteristic.mostUnits
      })
    else {
      throw Faults.data(
        "scorecard", "has a cutoff, a band or a limit of scores beyond \(Characteristic.mostUnits)",
        "Leave out what binds nobody.")
    }
    guard initial.magnitude <= Characteristic.mostUnits else {
      throw Faults.data("scorecard", "has an initial score beyond \(Characteristic.mostUnits)", "Check the scale.")
    }
    (self.scale, self.initialExact, self.initial) = (scale, initialExact, initial)
    (self.characteristics, self.bands, self.cutoff) = (characteristics, bands, cutoff)
    (self.least, self.most) = (least, most)
  }

  private enum CodingKeys: String, CodingKey {
    case format, scale, initial, characteristics, bands, cutoff
    case initialExact = "initial_exact"
    case least = "min_score"
    case most = "max_score"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let format = try values.decode(String.self, forKey: .format)
    guard [Self.format, Self.olderFormat].contains(format) else {
      throw Faults.integrity(
        "scorecard", "its format is \(format), not \(Self.format)", "Use the cutline that wrote it.")
    }
    try self.init(
      scale: values.decode(PointScale.self, forKey: .scale),
      initialExact: values.decode(Double.self, forKey: .initialExact),
      initial: values.decode(Int64.self, forKey: .initial),
      characteristics: values.decode([Characteristic].self, forKey: .characteristics),
      bands: values.decode(ScoreBands.self, forKey: .bands),
      cutoff: values.decodeIfPresent(Int64.self, forKey: .cutoff),
      least: values.decodeIfPresent(Int64.self, forKey: .least), most: values.decodeIfPresent(Int64.self, forKey: .most)
    )
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(scale, forKey: .scale)
    try values.encode(initialExact, forKey: .initialExact)
    try values.encode(initial, forKey: .initial)
    try values.encode(characteristics, forKey: .characteristics)
    try values.encode(bands, forKey: .bands)
    try values.encodeIfPresent(cutoff, forKey: .cutoff)
    try values.encodeIfPresent(least, forKey: .least)
    try values.encodeIfPresent(most, forKey: .most)
  }

  /// Reads a card that a run or a version has given.
  /// - Throws: `Faults` (io), (data) for what is no scorecard.
  public static func read(_ path: String) throws -> Scorecard {
    try decode(Array(FileSystem.read(path, limit: 64 << 20)), of: path)
  }

  /// - Throws: `Faults` (data) for what is no scorecard.
  public static func decode(_ bytes: [UInt8], of source: String) throws -> Scorecard {
    do {
      try JsonMembers.check(bytes, of: source)
      return try CanonicalJSON.decode(Scorecard.self, from: Data(bytes))
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Faults.data(source, "is no scorecard", "Name a \(fileName) of a run, or the content of a version.")
    }
  }

  /// - Throws: `Faults` (data) for what is no scorecard.
  static func check(_ content: [UInt8]) throws {
    _ = try decode(content, of: "the content")
  }

  /// The same card with its columns spelt as a table spells them, for programs that tell capitals apart.
  ///
  /// - Throws: `Faults` (usage) where the table lacks one, or spells two names that are one when compared.
  public func respelt(_ names: [String], of table: String) throws -> Scorecard {
    let known = Dictionary(grouping: names, by: TextColumn.comparable)
    return try Scorecard(
      scale: scale, initialExact: initialExact, initial: initial,
      characteristics: characteristics.map { own in
        guard let found = known[TextColumn.comparable(own.column)], found.count == 1 else {
          throw Faults.usage(
            table, "has not exactly one column \(own.column)\(DidYouMean.phrase(for: own.column, among: names))",
            "It must hold every characteristic of the card.")
        }
        return try Characteristic(
          name: own.name, column: found[0], bins: own.bins, attributes: own.attributes, coefficient: own.coefficient,
          reason: own.reason, isProtected: own.isProtected)
      }, bands: bands, cutoff: cutoff, least: least, most: most)
  }

  // MARK: Scores

  /// What a record scores.
  public struct Scored: Sendable, Hashable {
    /// Per characteristic.
    public let bins: [Int]
    /// Per characteristic, in units.
    public let points: [Int64]
    /// The sum in units, before it is cut.
    public let raw: Int64
    /// In units.
    public let score: Int64
    public var isCut: Bool { raw != score }
  }

  /// - Parameter values: per characteristic.
  /// - Throws: `Faults` (data) for a missing value that the card refuses, or a text where it takes numbers.
  public func score(_ values: [CardValue]) throws -> Scored {
    try scored(of: values.count) { characteristics[$0].bins.bin(of: values[$0]) }
  }

  /// - Parameter numbers: per characteristic, NaN where missing.
  /// - Throws: `Faults` (data) for a missing value that the card refuses.
  public func score(_ numbers: [Double]) throws -> Scored {
    try scored(of: numbers.count) { characteristics[$0].bins.bin(of: .number(numbers[$0])) }
  }

  private func scored(of count: Int, _ bin: (Int) -> Int?) throws -> Scored {
    guard count == characteristics.count else {
      throw Faults.data(
        "record", "has \(count) values for \(characteristics.count) characteristics", "Give each its value.")
    }
    var (bins, points, raw) = ([Int](), [Int64](), initial)
    bins.reserveCapacity(count)
    points.reserveCapacity(count)
    for index in 0..<count {
      guard let bin = bin(index) else {
        throw Faults.data(
          "characteristic \(characteristics[index].name)",
          "is missing, which the card refuses, or text where it takes numbers", "Give a value.")
      }
      let own = characteristics[index].attributes[bin].points
      bins.append(bin)
      points.append(own)
      raw += own
    }
    return Scored(bins: bins, points: points, raw: raw, score: cut(raw))
  }

  /// Within `min_score` and `max_score`, in units.
  public func cut(_ raw: Int64) -> Int64 {
    let unit = scale.unitsPerPoint
    return min(max(raw, (least ?? .min / 16) * unit), (most ?? .max / 16) * unit)
  }

  /// Units as points.
  public func points(_ units: Int64) -> Double { Double(units) / Double(scale.unitsPerPoint) }

  /// The lowest and highest score that any record can have, in units.
  public var range: ClosedRange<Int64> {
    let low = characteristics.reduce(initial) { $0 + $1.least }
    let high = characteristics.reduce(initial) { $0 + $1.most }
    let unit = scale.unitsPerPoint
    let (floor, ceiling) = ((least ?? .min / 16) * unit, (most ?? .max / 16) * unit)
    return min(max(low, floor), ceiling)...min(max(high, floor), ceiling)
  }

  /// Bands and a cutoff that no record reaches, in sentences; a card with any is none to decide by.
  public var unreachable: [String] {
    let unit = scale.unitsPerPoint
    var found = bands.all.indices.filter { index in
      let (from, below) = (bands.all[index].from * unit, index == 0 ? Int64.max : bands.all[index - 1].from * unit)
      return range.upperBound < from || range.lowerBound >= below
    }.map { "no record reaches the band \(bands.all[$0].name)" }
    if let cutoff, !(range.lowerBound < cutoff * unit && cutoff * unit <= range.upperBound) {
      found.append("the cutoff \(cutoff) decides about nobody")
    }
    guard !found.isEmpty else { return [] }
    return found.map {
      "\($0): scores lie in \(NumberText.shortest(points(range.lowerBound))) to \(NumberText.shortest(points(range.upperBound)))"
    }
  }

  /// The card as a model: its points, in the same sums. What exports of models take.
  /// - Throws: `Faults` (data) for a card of words: features of models are numbers.
  public func model(named name: String) throws -> Model {
    if let own = characteristics.first(where: \.bins.isOfWords) {
      throw Faults.data(
        "characteristic \(own.name)", "is of words, and features of models are numbers",
        "Use cutline scorecard export.")
    }
    return try Model(
      name: name, features: characteristics.map { Model.Feature($0.name, missing: .form) }, unit: "points",
      parameters: ["pdo": scale.pdo, "base_points": scale.basePoints, "base_odds": scale.baseOdds],
      form: .scorecard(form(perUnit: Double(scale.unitsPerPoint))))
  }

  /// The sum of points of numbers, words by their bins (`CharacteristicBins.numbers`).
  func form(perUnit unit: Double) throws -> ScorecardForm {
    try ScorecardForm(
      base: Double(initial) / unit,
      characteristics: characteristics.map { own in try own.bins.values(own.attributes.map { Double($0.points) / unit })
      }
    )
  }
}
