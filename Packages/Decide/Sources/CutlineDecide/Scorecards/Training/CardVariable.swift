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
  /// Whether nobody may be given it as a reason.
  public var isProtected = false

  init(_ name: String) {
    self.name = name
    column = TextColumn.comparable(name)
  }

  static let keys = ["column", "direction", "special", "max_bins", "edges", "protected"]

  static let form: FieldForm = {
    let number = FieldForm.number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    return .table([
      .init("column", .text, "The column that holds it; left out = the name."),
      .init(
        "direction", .choice(Direction.allCases.map(\.rawValue)), "Which end is safe; left out = what the data says."),
      .init(
        "special", .map(of: .text),
        "Values that are codes, each with the name of its bin: { 96 = \"codes\", 98 = \"codes\" }."),
      .init("max_bins", .integer(2...100), "The most intervals; left out = what the method says."),
      .init("edges", .list(of: number, atLeast: 1), "Inner edges, ascending; left out = the method proposes them."),
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
      guard !numbers.isEmpty, numbers.count == value.array?.count, numbers.allSatisfy(\.isFinite),
        zip(numbers, numbers.dropFirst()).allSatisfy(<)
      else { throw refused("a list of numbers, each above the one before") }
      edges = numbers
    case "protected":
      guard let flag = value.boolean else { throw refused("true or false") }
      isProtected = flag
    default: specials = try Self.specials(value, place)
    }
  }

  /// Codes by the name of their bin, in the order in which the names come first.
  private static func specials(_ value: ConfigValue, _ place: String) throws -> [Characteristic.Special] {
    guard let table = value.table else {
      throw Faults.usage(
        value.place, "special of \(place) is \(value.typeName)", "It must be a table, such as { 96 = \"codes\" }.")
    }
    var found: [(name: String, values: [Double])] = []
    for entry in table.entries {
      guard let code = Double(entry.key), code.isFinite, let name = entry.value.string, !name.isEmpty else {
        throw Faults.usage(
          entry.value.place, "special code \(entry.key) of \(place) is \(entry.value.typeName)",
          "It must be a number with the name of its bin.")
      }
      if let place = found.firstIndex(where: { $0.name == name }) {
        found[place].values.append(code)
      } else {
        found.append((name, [code]))
      }
    }
    return found.map { Characteristic.Special(name: $0.name, values: $0.values) }
  }

  /// As a configuration has it.
  var toml: String {
    var parts = ["column = \(ConfigValue.quoted(column))"]
    if let direction { parts.append("direction = \"\(direction.rawValue)\"") }
    if let mostBins { parts.append("max_bins = \(mostBins)") }
    if let edges { parts.append("edges = [\(edges.map(ConfigValue.number).joined(separator: ", "))]") }
    if isProtected { parts.append("protected = true") }
    if !specials.isEmpty {
      let codes = specials.flatMap { special in
        special.values.map { "\"\(NumberText.shortest($0))\" = \(ConfigValue.quoted(special.name))" }
      }
      parts.append("special = { \(codes.joined(separator: ", ")) }")
    }
    return "{ \(parts.joined(separator: ", ")) }"
  }
}
