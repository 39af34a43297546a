internal import CutlineCompute
internal import CutlineCore

/// How the values of a variable fall into bins: the only place that says so, for learning, scoring, exports and imports.
///
/// Bins in this order. Of numbers: intervals ascending, right-closed, (−∞, e₁], (e₁, e₂], …, (e_k, ∞). Of words: groups of
/// levels, the least risky first, then `other` for every level that no group names. Then one bin per group of special values;
/// then missing, unless it is refused. A special value inside an interval or a group is special. Words are compared byte by byte,
/// as every engine that runs an export does.
public struct CharacteristicBins: Sendable, Hashable {
  /// What a missing value is worth.
  public enum Missing: String, Sendable, Hashable, Codable, CaseIterable {
    /// A bin with the evidence of its training rows.
    case ownBin = "own-bin"
    /// Average evidence: WoE 0, whatever the training rows say.
    case neutral
    /// Nothing: such a record is not scored.
    case refused
  }

  /// Of numbers; empty where there are groups.
  public let edges: [Double]
  /// Of words; nil where the variable is of numbers.
  public let groups: [[String]]?
  public let specials: [Characteristic.Special]
  public let missing: Missing
  let cuts: BinEdges
  /// The bin of each level and special word, with its spelling: equal texts may differ in their bytes.
  private let places: [String: Place]

  private struct Place: Sendable, Hashable {
    let word: String
    let bin: Int
  }

  /// - Parameters:
  ///   - groups: of levels; nil for numbers.
  ///   - name: of the variable, for what is refused.
  /// - Throws: `Faults` (data) where edges do not ascend, a level or special value comes twice, or both ways are mixed.
  public init(
    edges: [Double] = [], groups: [[String]]? = nil, specials: [Characteristic.Special] = [],
    missing: Missing = .ownBin, of name: String
  ) throws {
    let place = "characteristic \(name)"
    guard !edges.contains(where: \.isInfinite) else {
      throw Faults.data(place, "has an edge that is infinite", Self.inner)
    }
    do { cuts = try BinEdges(edges) } catch {
      throw Faults.data(place, "its edges do not ascend", "List each edge once.")
    }
    let codes = specials.flatMap(\.values)
    guard codes.allSatisfy(\.isFinite), Set(codes).count == codes.count, specials.allSatisfy({ !$0.name.isEmpty }),
      specials.allSatisfy({ groups == nil ? !$0.values.isEmpty : !$0.words.isEmpty })
    else {
      throw Faults.data(place, "has a special value twice, or none in a group", "Give each its place.")
    }
    guard specials.allSatisfy({ groups == nil ? $0.words.isEmpty : $0.values.isEmpty }), groups == nil || edges.isEmpty
    else {
      throw Faults.data(place, "has numbers and words", "Give edges and codes, or groups of levels and words.")
    }
    guard Set(specials.map(\.name)).count == specials.count,
      !specials.contains(where: { [Self.missingLabel, Self.otherLabel].contains($0.name) })
    else {
      throw Faults.data(
        place, "has a special bin twice, or one called missing or other", "Give each a name of its own.")
    }
    var places: [String: Place] = [:]
    let count = groups?.count ?? 0
    let named = (groups ?? []).enumerated().map { ($0, $1) } + specials.enumerated().map { (count + 1 + $0, $1.words) }
    for (bin, words) in named {
      guard !words.isEmpty || bin > count || groups == nil else {
        throw Faults.data(place, "has a group without a level", "Leave it out.")
      }
      for word in words {
        guard !word.isEmpty, !word.unicodeScalars.contains("\0") else {
          throw Faults.data(place, "has an empty level, or one with a zero in it", "Such values are missing.")
        }
        guard places.updateValue(Place(word: word, bin: bin), forKey: word) == nil else {
          throw Faults.data(place, "has a level in two bins", "Name each level once.")
        }
      }
    }
    guard places.count <= Self.mostLevels else {
      throw Faults.data(place, "has \(places.count) levels", "At most \(Self.mostLevels) are told apart.")
    }
    (self.edges, self.groups, self.specials, self.missing) = (edges, groups, specials, missing)
    self.places = places
  }

  // MARK: Places

  public var isOfWords: Bool { groups != nil }
  /// Bins of values: intervals; or groups and, after them, `other`.
  public var valueCount: Int { (groups?.count ?? edges.count) + 1 }
  /// The bin of levels that no group names; nil for numbers.
  public var otherBin: Int? { groups?.count }
  /// All bins that have points.
  public var count: Int { valueCount + specials.count + (missing == .refused ? 0 : 1) }
  /// Nil where missing values are refused.
  public var missingBin: Int? { missing == .refused ? nil : count - 1 }

  /// What to write where an infinite edge was.
  static let inner = "List the inner edges only: the first interval begins at −∞ and the last one ends at ∞ by itself."
  private static let mostLevels = 10_000
  private static let missingLabel = "missing"
  private static let otherLabel = "other"

  /// The bin of a number; nil where missing values are refused. For bins of numbers. O(log bins + special values).
  public func bin(of value: Double) -> Int? {
    if value.isNaN { return missingBin }
    if let group = specials.firstIndex(where: { $0.values.contains(value) }) { return valueCount + group }
    return cuts.bin(of: value)
  }

  /// The bin of a text. For bins of words. O(length).
  public func bin(of word: String) -> Int? {
    if word.isEmpty { return missingBin }
    guard let place = places[word], place.word.utf8.elementsEqual(word.utf8) else { return otherBin }
    return place.bin
  }

  /// The bin of what a record holds; nil where it is missing and that is refused, or a text where numbers are needed. A number
  /// among words is the level of its shortest spelling.
  public func bin(of value: CardValue) -> Int? {
    switch value {
    case .missing: missingBin
    case .number(let number): isOfWords && !number.isNaN ? bin(of: NumberText.shortest(number)) : bin(of: number)
    case .word(let word): isOfWords ? bin(of: word) : word.isEmpty ? missingBin : nil
    }
  }

  /// The bin that a word of a configuration means: `missing`, `other`, the name of a special bin, the bin as it is labelled, a level, or a
  /// number that lies in it; nil for what is none.
  func bin(meant word: String) -> Int? {
    if word == Self.missingLabel { return missingBin }
    if word == Self.otherLabel { return otherBin }
    if let named = (0..<count).first(where: { label(of: $0) == word }) { return named }
    guard isOfWords else { return StrictNumber.value(word).flatMap { bin(of: $0) } }
    let place = bin(of: word)
    return place == otherBin ? nil : place
  }

  /// A bin in words: the interval as it is evaluated, the levels of a group in braces.
  public func label(of bin: Int) -> String {
    if bin == missingBin { return Self.missingLabel }
    if bin == otherBin { return Self.otherLabel }
    guard bin < valueCount else { return specials[bin - valueCount].name }
    if let groups { return "{\(groups[bin].joined(separator: ", "))}" }
    let from = bin == 0 ? "(-∞" : "(\(NumberText.shortest(edges[bin - 1]))"
    return "\(from), \(bin == edges.count ? "∞)" : "\(NumberText.shortest(edges[bin]))]")"
  }

  /// The weight of evidence of each bin: 0 of missing values where they are neutral.
  func evidence(_ table: WoeTable) -> [Double] {
    var woe = table.woe
    if missing == .neutral, let missingBin { woe[missingBin] = 0 }
    return woe
  }
}

extension CharacteristicBins: Codable {
  private enum CodingKeys: String, CodingKey { case edges, groups, specials, missing }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      edges: values.decodeIfPresent([Double].self, forKey: .edges) ?? [],
      groups: values.decodeIfPresent([[String]].self, forKey: .groups),
      specials: values.decode([Characteristic.Special].self, forKey: .specials),
      // Cards of format 1 have a bin for missing values.
      missing: values.decodeIfPresent(Missing.self, forKey: .missing) ?? .ownBin, of: "of a card")
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    if let groups { try values.encode(groups, forKey: .groups) } else { try values.encode(edges, forKey: .edges) }
    try values.encode(specials, forKey: .specials)
    try values.encode(missing, forKey: .missing)
  }
}
