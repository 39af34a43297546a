internal import CutlineCompute
internal import CutlineCore

/// A variable of a scorecard: its bins (`CharacteristicBins`) and what each is worth.
public struct Characteristic: Sendable, Hashable, Codable {
  /// Values that are codes and no quantities, or words that are no levels, with points of their own.
  public struct Special: Sendable, Hashable, Codable {
    public let name: String
    /// Of a variable of numbers.
    public let values: [Double]
    /// Of a variable of words.
    public let words: [String]

    public init(name: String, values: [Double] = [], words: [String] = []) {
      (self.name, self.values, self.words) = (name, values, words)
    }

    private enum CodingKeys: String, CodingKey { case name, values, words }

    public init(from decoder: any Decoder) throws {
      let own = try decoder.container(keyedBy: CodingKeys.self)
      try self.init(
        name: own.decode(String.self, forKey: .name),
        values: own.decodeIfPresent([Double].self, forKey: .values) ?? [],
        words: own.decodeIfPresent([String].self, forKey: .words) ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
      var own = encoder.container(keyedBy: CodingKeys.self)
      try own.encode(name, forKey: .name)
      if words.isEmpty { try own.encode(values, forKey: .values) } else { try own.encode(words, forKey: .words) }
    }
  }

  /// One bin.
  public struct Attribute: Sendable, Hashable, Codable {
    /// Of the training table.
    public let good, bad: Int64
    /// 0 for a bin that the training table did not have.
    public let woe: Double
    /// Points before they are rounded.
    public let exact: Double
    /// Points that are added up, in the scale's units.
    public let points: Int64
    /// The reason that an applicant is given where the bin costs points; nil for the characteristic's.
    public var reason: ReasonText?

    public init(good: Int64, bad: Int64, woe: Double, exact: Double, points: Int64, reason: ReasonText? = nil) {
      (self.good, self.bad, self.woe) = (good, bad, woe)
      (self.exact, self.points, self.reason) = (exact, points, reason)
    }

    /// Whether the training table had no such row: its points are those of average evidence.
    public var isUnseen: Bool { good == 0 && bad == 0 }
  }

  /// A reason for an applicant: a code, and a sentence per language.
  public struct ReasonText: Sendable, Hashable, Codable {
    public let code: String
    /// By language of two letters, such as en, de, ru.
    public let texts: [String: String]
    public init(code: String, texts: [String: String]) { (self.code, self.texts) = (code, texts) }
  }

  public let name: String
  /// The column that holds it.
  public let column: String
  public let bins: CharacteristicBins
  /// Per bin.
  public let attributes: [Attribute]
  /// Of the WoE, in log-odds of bad.
  public let coefficient: Double
  public var reason: ReasonText?
  /// Whether no applicant may be given it as a reason, as of an age.
  public var isProtected: Bool

  /// - Throws: `Faults` (data) where bins and attributes do not go together.
  public init(
    name: String, column: String? = nil, bins: CharacteristicBins, attributes: [Attribute], coefficient: Double,
    reason: ReasonText? = nil, isProtected: Bool = false
  ) throws {
    let place = "characteristic \(name)"
    guard !name.isEmpty, attributes.count == bins.count else {
      throw Faults.data(
        place, "has \(attributes.count) attributes for \(bins.count) bins: values, special ones and missing",
        "Give each bin its points.")
    }
    guard attributes.allSatisfy({ $0.good >= 0 && $0.bad >= 0 }) else {
      throw Faults.data(place, "counts fewer than 0 good or bad applications", "Give how many the training table had.")
    }
    let names = [name, column ?? ""] + bins.specials.map(\.name)
    guard !names.contains(where: { $0.unicodeScalars.contains("\0") }) else {
      throw Faults.data(
        "characteristic \(name.replacing("\0", with: "␀"))",
        "has a zero in its name, its column or the name of a special bin",
        "Write it without.")
    }
    guard coefficient.isFinite, attributes.allSatisfy({ $0.exact.isFinite && $0.woe.isFinite }) else {
      throw Faults.data(place, "has points that are no numbers", "Check the model.")
    }
    guard attributes.allSatisfy({ $0.points.magnitude <= Self.mostUnits }) else {
      throw Faults.data(place, "has points beyond \(Self.mostUnits)", "Check the scale.")
    }
    for reason in [reason] + attributes.map(\.reason) { try reason?.check(place) }
    (self.name, self.bins, self.attributes) = (name, bins, attributes)
    self.column = column ?? TextColumn.comparable(name)
    (self.coefficient, self.reason, self.isProtected) = (coefficient, reason, isProtected)
  }

  /// Of numbers, with a bin for missing values.
  public init(
    name: String, column: String? = nil, edges: [Double], specials: [Special] = [], attributes: [Attribute],
    coefficient: Double, reason: ReasonText? = nil, isProtected: Bool = false
  ) throws {
    try self.init(
      name: name, column: column, bins: CharacteristicBins(edges: edges, specials: specials, of: name),
      attributes: attributes, coefficient: coefficient, reason: reason, isProtected: isProtected)
  }

  /// Of one attribute, so that the sum of a thousand is exact, in doubles, too.
  static let mostUnits: Int64 = 1_000_000_000

  private enum CodingKeys: String, CodingKey {
    case name, column, attributes, coefficient, reason
    case isProtected = "protected"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: values.decode(String.self, forKey: .name), column: values.decode(String.self, forKey: .column),
      bins: CharacteristicBins(from: decoder),
      attributes: values.decode([Attribute].self, forKey: .attributes),
      coefficient: values.decode(Double.self, forKey: .coefficient),
      reason: values.decodeIfPresent(ReasonText.self, forKey: .reason),
      isProtected: values.decode(Bool.self, forKey: .isProtected))
  }

  public func encode(to encoder: any Encoder) throws {
    try bins.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(column, forKey: .column)
    try values.encode(attributes, forKey: .attributes)
    try values.encode(coefficient, forKey: .coefficient)
    try values.encodeIfPresent(reason, forKey: .reason)
    try values.encode(isProtected, forKey: .isProtected)
  }

  // MARK: Bins

  public var edges: [Double] { bins.edges }
  public var specials: [Special] { bins.specials }

  /// A bin in words (`CharacteristicBins.label`).
  public func label(of bin: Int) -> String { bins.label(of: bin) }

  public var most: Int64 { attributes.map(\.points).max() ?? 0 }
  public var least: Int64 { attributes.map(\.points).min() ?? 0 }

  /// What an applicant is told for a bin: its own reason, else the characteristic's; nil where neither has one.
  public func reason(of bin: Int) -> ReasonText? { attributes[bin].reason ?? reason }

  /// The same as a code; the name of the characteristic where there is none.
  public func reasonCode(of bin: Int) -> String { reason(of: bin)?.code ?? name }
}

extension Characteristic.ReasonText {
  /// - Throws: `Faults` (data) for a code that is none, or a language that is no two letters.
  func check(_ place: String) throws {
    guard !code.isEmpty, code.utf8.count <= 64, !code.unicodeScalars.contains(where: { $0.value < 32 }) else {
      throw Faults.data(place, "has a reason without a code, or with one of control characters", "Give it 1 to 64.")
    }
    guard texts.keys.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (97...122).contains($0) } }),
      texts.values.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 2000 })
    else {
      throw Faults.data(
        place, "has a reason in a language that is no two letters, or an empty one", "Write en, de, ru and the like.")
    }
  }
}
