internal import CutlineCore
public import CutlineCredit

/// A variable that a scorecard may use: `[scorecard.characteristics.NAME]`.
public struct CardVariable: Sendable, Hashable {
  public let name: String
  /// The column that holds it; the name where nothing is said.
  public var column: String
  /// Which end is safe; nil = what the data says.
  public var direction: Direction?
  public var specials: [Characteristic.Special] = []
  public var mostBins: Int?
  /// Inner edges that are stated; nil where the method proposes them.
  public var edges: [Double]?
  /// Groups of levels that are stated, in any order; nil where the method proposes them.
  public var groups: [[String]]?
  /// Whether its numbers are names and no quantities.
  public var isCategory = false
  public var missing = CharacteristicBins.Missing.ownBin
  /// What an applicant is told where it costs points.
  public var reason: Characteristic.ReasonText?
  /// What an applicant is told where a bin costs points, by the words that name the bin (`BinWord`).
  public var binReasons: [BinReason] = []
  /// Whether nobody may be given it as a reason.
  public var isProtected = false

  /// A reason of one bin.
  public struct BinReason: Sendable, Hashable {
    public let bin: String
    public let reason: Characteristic.ReasonText
  }

  init(_ name: String) {
    self.name = name
    column = TextColumn.comparable(name)
  }

  static let keys = [
    "column", "direction", "special", "max_bins", "edges", "groups", "category", "missing", "reason", "reasons",
    "protected",
  ]

  static let form: FieldForm = {
    let number = FieldForm.number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    return .table([
      .init("column", .text, "The column that holds it; left out = the name."),
      .init(
        "direction", .choice(Direction.allCases.map(\.rawValue)), "Which end is safe; left out = what the data says."),
      .init(
        "special", .map(of: .text),
        "Values or words that are codes, each with the name of its bin: { 96 = \"codes\", 98 = \"codes\" }."),
      .init("max_bins", .integer(2...100), "The most intervals; left out = what the method says."),
      .init("edges", .list(of: number, atLeast: 1), "Inner edges, ascending; left out = the method proposes them."),
      .init(
        "groups", .list(of: .list(of: .text, atLeast: 1), atLeast: 1),
        "Groups of levels of a text; left out = the method proposes them. Levels that none names are in the bin other."),
      .init("category", .boolean, "Whether its numbers are names and no quantities; text always is."),
      .init(
        "missing", .choice(CharacteristicBins.Missing.allCases.map(\.rawValue)),
        "What a missing value is worth: own-bin = the evidence of such rows, neutral = average evidence, refused = it is not scored."
      ),
      .init(
        "reason", .map(of: .text),
        "What an applicant is told where it costs points: a code, and a sentence by language: { code = \"R1\", en = \"…\", de = \"…\" }."
      ),
      .init(
        "reasons", .map(of: .map(of: .text)),
        "Reasons of single bins, each as reason: by a level, a number that lies in the bin, the name of a special bin, other or missing: { missing = { code = \"R9\", en = \"…\" } }."
      ),
      .init("protected", .boolean, "Whether nobody may be given it as a reason."),
    ])
  }()

  /// Reads one of the configuration.
  /// - Throws: `Faults` (usage) for what is no such table.
  static func read(_ name: String, _ value: ConfigValue) throws -> CardVariable {
    let place = "characteristics.\(name)"
    guard let table = value.table else {
      throw Faults.usage(
        value.place, "\(place) is \(value.typeName)", "It must be a table; an empty one has all defaults.")
    }
    if let entry = table.entries.first(where: { !keys.contains($0.key) }) {
      throw Faults.usage(
        entry.place, "unknown key \(entry.key) of \(place)\(DidYouMean.phrase(for: entry.key, among: keys))",
        "Its keys: \(keys.joined(separator: ", ")).")
    }
    var variable = CardVariable(name)
    for entry in table.entries { try variable.set(entry.key, entry.value, place) }
    return variable
  }

  private mutating func set(_ key: String, _ value: ConfigValue, _ place: String) throws {
    func refused(_ allowed: String) -> Faults {
      Faults.usage(value.place, "\(key) of \(place) is \(value.typeName)", "It must be \(allowed).")
    }
    switch key {
    case "column":
      guard let text = value.string, !text.isEmpty else { throw refused("the name of a column") }
      column = TextColumn.comparable(text)
    case "direction":
      guard let text = value.string, let found = Direction(rawValue: text) else {
        throw refused("one of \(Direction.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      direction = found
    case "max_bins":
      guard let number = value.integer.flatMap({ Int(exactly: $0) }), (2...100).contains(number) else {
        throw refused("a whole number in 2...100")
      }
      mostBins = number
    case "edges":
      let numbers = value.array?.compactMap(\.number) ?? []
      guard !numbers.contains(where: \.isInfinite) else {
        throw Faults.usage(value.place, "edges of \(place) hold an infinite one", CharacteristicBins.inner)
      }
      guard !numbers.isEmpty, numbers.count == value.array?.count, numbers.allSatisfy(\.isFinite),
        zip(numbers, numbers.dropFirst()).allSatisfy(<)
      else { throw refused("a list of numbers, each above the one before") }
      edges = numbers
    case "groups":
      let lists = value.array?.compactMap { $0.array?.compactMap(\.string) } ?? []
      let words = lists.flatMap(\.self)
      guard !lists.isEmpty, lists.count == value.array?.count, !lists.contains(where: \.isEmpty),
        zip(lists, value.array ?? []).allSatisfy({ $0.count == $1.array?.count }), Set(words).count == words.count,
        !words.contains("")
      else { throw refused("a list of lists of levels, each level once") }
      groups = lists
    case "category":
      guard let flag = value.boolean else { throw refused("true or false") }
      isCategory = flag
    case "missing":
      guard let text = value.string, let found = CharacteristicBins.Missing(rawValue: text) else {
        throw refused("one of \(CharacteristicBins.Missing.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      missing = found
    case "reason": reason = try Self.reason(value, place)
    case "reasons":
      guard let table = value.table, !table.entries.isEmpty else {
        throw refused("a table of reasons by bin, such as { missing = { code = \"R9\", en = \"…\" } }")
      }
      binReasons = try table.entries.map {
        BinReason(bin: $0.key, reason: try Self.reason($0.value, "\(place).reasons.\($0.key)"))
      }
    case "protected":
      guard let flag = value.boolean else { throw refused("true or false") }
      isProtected = flag
    default: specials = try Self.specials(value, place)
    }
  }

  private static func reason(_ value: ConfigValue, _ place: String) throws -> Characteristic.ReasonText {
    let words = (value.table?.entries ?? []).map { ($0.key, $0.value.string ?? "") }
    let texts = Dictionary(words, uniquingKeysWith: { a, _ in a })
    guard let code = texts["code"] else {
      throw Faults.usage(
        value.place, "reason of \(place) has no code", "Write { code = \"R1\", en = \"…\", de = \"…\", ru = \"…\" }.")
    }
    let reason = Characteristic.ReasonText(code: code, texts: texts.filter { $0.key != "code" })
    do { try reason.check(place) } catch let faults as Faults {
      throw Faults.usage(value.place, "reason: \(faults.problem)", faults.advice)
    }
    return reason
  }

  /// Codes by the name of their bin, in the order in which the names come first: each as a word, and as a number where it is one.
  private static func specials(_ value: ConfigValue, _ place: String) throws -> [Characteristic.Special] {
    guard let table = value.table else {
      throw Faults.usage(
        value.place, "special of \(place) is \(value.typeName)", "It must be a table, such as { 96 = \"codes\" }.")
    }
    var found: [(name: String, words: [String])] = []
    for entry in table.entries {
      guard !entry.key.isEmpty, let name = entry.value.string, !name.isEmpty else {
        throw Faults.usage(
          entry.value.place, "special code \(entry.key) of \(place) is \(entry.value.typeName)",
          "It must be a number or a word with the name of its bin.")
      }
      if let place = found.firstIndex(where: { $0.name == name }) {
        found[place].words.append(entry.key)
      } else {
        found.append((name, [entry.key]))
      }
    }
    return found.map { special in
      let numbers = special.words.compactMap(Double.init).filter(\.isFinite)
      return Characteristic.Special(name: special.name, values: numbers, words: special.words)
    }
  }

  /// Special values as bins of words or of numbers have them.
  /// - Throws: `Faults` (usage) for a word where the column holds numbers.
  func specials(ofWords: Bool) throws -> [Characteristic.Special] {
    try specials.map { special in
      if ofWords { return Characteristic.Special(name: special.name, words: special.words) }
      guard special.values.count == special.words.count else {
        throw Faults.usage(
          "characteristics.\(name)", "has a special code that is no number, and its column holds numbers",
          "Give numbers, or say category = true.")
      }
      return Characteristic.Special(name: special.name, values: special.values)
    }
  }

  private static func toml(_ reason: Characteristic.ReasonText) -> String {
    let texts = [("code", reason.code)] + reason.texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return "{ \(texts.map { "\($0) = \(ConfigValue.quoted($1))" }.joined(separator: ", ")) }"
  }

  /// As a configuration has it.
  var toml: String {
    var parts = ["column = \(ConfigValue.quoted(column))"]
    if let direction { parts.append("direction = \"\(direction.rawValue)\"") }
    if let mostBins { parts.append("max_bins = \(mostBins)") }
    if let edges { parts.append("edges = [\(edges.map(ConfigValue.number).joined(separator: ", "))]") }
    if let groups {
      let lists = groups.map { "[\($0.map(ConfigValue.quoted).joined(separator: ", "))]" }
      parts.append("groups = [\(lists.joined(separator: ", "))]")
    }
    if isCategory { parts.append("category = true") }
    if missing != .ownBin { parts.append("missing = \"\(missing.rawValue)\"") }
    if let reason { parts.append("reason = \(Self.toml(reason))") }
    if !binReasons.isEmpty {
      let own = binReasons.map { "\(ConfigValue.quoted($0.bin)) = \(Self.toml($0.reason))" }
      parts.append("reasons = { \(own.joined(separator: ", ")) }")
    }
    if isProtected { parts.append("protected = true") }
    if !specials.isEmpty {
      let codes = specials.flatMap { special in
        special.words.map { "\(ConfigValue.quoted($0)) = \(ConfigValue.quoted(special.name))" }
      }
      parts.append("special = { \(codes.joined(separator: ", ")) }")
    }
    return "{ \(parts.joined(separator: ", ")) }"
  }
}
