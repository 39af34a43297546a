public import CutlineCore
internal import CutlineCredit
public import Foundation

/// A strategy as JSON that says what it is: format `cutline-strategy-1`.
///
/// An object with `format`, `strategy` (its header), `scores`, `rules` and `otherwise`. A score has `column`, `variable`,
/// `direction`, `codes` (each with `value` and `outcome`), `missing` and `outside` (outcomes), and `least` and `greatest`, the
/// values from which on it is outside, both inside; null for none. A rule has `intervals`, one a score: `low` and `high`, null for
/// no end, and whether each end is inside. docs/methods/exports.md says in which order they are asked.
public struct PortableStrategy: Codable, Sendable {
  public static let format = StoredFormat("cutline-strategy", 1, "exported strategy")

  struct Code: Codable {
    let value: Double
    let outcome: StrategyRules.Outcome
  }

  struct Score: Codable {
    let column, variable: String
    let direction: Direction
    let codes: [Code]
    let missing: StrategyRules.Outcome
    let outside: StrategyRules.Outcome
    let least, greatest: Double?

    private enum CodingKeys: String, CodingKey {
      case column, variable, direction, codes, missing, outside, least, greatest
    }

    /// Nothing is left out: null says that there is no end.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(column, forKey: .column)
      try container.encode(variable, forKey: .variable)
      try container.encode(direction, forKey: .direction)
      try container.encode(codes, forKey: .codes)
      try container.encode(missing, forKey: .missing)
      try container.encode(outside, forKey: .outside)
      try container.encode(least, forKey: .least)
      try container.encode(greatest, forKey: .greatest)
    }
  }

  struct Interval: Codable {
    let low, high: Double?
    let lowIncluded, highIncluded: Bool

    private enum CodingKeys: String, CodingKey {
      case low, high
      case lowIncluded = "low_included"
      case highIncluded = "high_included"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(low, forKey: .low)
      try container.encode(lowIncluded, forKey: .lowIncluded)
      try container.encode(high, forKey: .high)
      try container.encode(highIncluded, forKey: .highIncluded)
    }

    func contains(_ x: Double) -> Bool {
      let isAbove = low.map { lowIncluded ? x >= $0 : x > $0 } ?? true
      return isAbove && (high.map { highIncluded ? x <= $0 : x < $0 } ?? true)
    }
  }

  struct Rule: Codable {
    let intervals: [Interval]
    let outcome: StrategyRules.Outcome
  }

  let format: String
  public let strategy: StrategyHeader
  let scores: [Score]
  let rules: [Rule]
  let otherwise: StrategyRules.Outcome

  private init(_ own: StrategyRules) {
    format = Self.format.text
    strategy = own.header
    scores = own.scores.map { score in
      Score(
        column: score.column, variable: score.variable, direction: score.direction,
        codes: score.codes.map { Code(value: $0.value, outcome: $0.outcome) }, missing: score.missing,
        outside: score.outside, least: score.least, greatest: score.greatest)
    }
    rules = own.rules.map { intervals in
      Rule(
        intervals: zip(own.scores, intervals).map { score, interval in
          Interval(
            low: interval.low, high: interval.high, lowIncluded: interval.low != nil && score.closed == .left,
            highIncluded: interval.high != nil && score.closed == .right)
        }, outcome: .accept)
    }
    otherwise = .reject
  }

  /// The bytes of a file: sorted keys, shortest numbers that read back as the same.
  public static func encode(_ rules: StrategyRules) throws -> Data {
    try CanonicalJSON.encode(PortableStrategy(rules), pretty: true) + Data([10])
  }

  /// Reads what `encode` wrote.
  ///
  /// - Parameter source: the file, for sentences.
  /// - Throws: `Faults` (integrity) for another thing or a newer format, `Faults` (data) for a damaged one.
  public static func decode(_ data: Data, source: String) throws -> PortableStrategy {
    _ = try format.check(data, at: source)
    if let key = DuplicateKeys.first(in: data) {
      throw Faults.data(
        source, "has the key \(key.prefix(40).debugDescription) twice in one object", "Export the strategy again.")
    }
    let read: PortableStrategy
    do { read = try CanonicalJSON.decode(PortableStrategy.self, from: data) } catch {
      throw Faults.data(source, "is a damaged strategy: a field is missing or wrong", "Export the strategy again.")
    }
    guard !read.scores.isEmpty, read.rules.allSatisfy({ $0.intervals.count == read.scores.count }) else {
      throw Faults.data(source, "has a rule without an interval for each score", "Export the strategy again.")
    }
    return read
  }

  /// The columns of its scores, in their order.
  public var columns: [String] { scores.map(\.column) }

  /// Decides a record: a value per score, NaN = missing. O(scores · rules).
  public func decide(_ values: [Double]) -> StrategyRules.Outcome {
    for (score, x) in zip(scores, values) {
      if let code = score.codes.first(where: { $0.value == x }) { return code.outcome }
      if x.isNaN { return score.missing }
      if score.least.map({ x < $0 }) ?? false || score.greatest.map({ x > $0 }) ?? false { return score.outside }
    }
    let rule = rules.first { rule in zip(rule.intervals, values).allSatisfy { $0.contains($1) } }
    return rule?.outcome ?? otherwise
  }
}
