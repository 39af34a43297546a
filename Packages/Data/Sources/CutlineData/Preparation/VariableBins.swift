internal import CutlineCore
internal import CutlineCredit

/// What happens to rows whose score is missing, special or outside the edges.
enum MissingPolicy: String, Sendable, CaseIterable {
  /// The run stops.
  case error
  /// The rows leave, counted in the waterfall.
  case drop
  /// The rows stay outside the grid, keep their current decision in every strategy and are shown as a line of their own.
  case ownBin = "own-bin"
}

/// What happens to rows whose score lies beyond the outer edges.
enum OutsidePolicy: String, Sendable, CaseIterable {
  case error, drop
  case ownBin = "own-bin"
  /// They are in the outermost bin at their end.
  case edgeBin = "edge-bin"

  /// The same of rows that have no place in the grid; nil where they get one.
  var policy: MissingPolicy? { MissingPolicy(rawValue: rawValue) }
}

/// How one score of the grid is cut into bins.
struct VariableBins: Sendable {
  var source: String
  var direction: Direction
  var numbering: GridAxis.Numbering = .ascending
  var closed: GridAxis.Closed = .right
  /// Empty where a method proposes them, or nobody has said.
  var edges: [Double]
  /// The method that proposes the edges, one of `bin_methods`; nil where they are stated.
  var method: String?
  /// The most bins that it may propose; nil = what the method says.
  var mostBins: Int?
  /// Where its table stands.
  var place = Place.default
  var missing: MissingPolicy = .error
  /// Values that are codes, not scores.
  var special: [(value: Double, policy: MissingPolicy)] = []
  /// What happens to values beyond the outer edges.
  var outside: OutsidePolicy = .error
}

extension VariableBins {
  static let keys = [
    "source", "direction", "numbering", "closed", "edges", "max_bins", "missing", "special", "outside",
  ]
  /// The most edges of a score, less one.
  static let binLimit = 1000

  /// The same for editors.
  static let form: FieldForm = {
    func names<C: CaseIterable & RawRepresentable<String>>(_: C.Type) -> FieldForm {
      .choice(C.allCases.map(\.rawValue))
    }
    let number = FieldForm.number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    return .table([
      .init("source", .text, "The column that holds the score."),
      .init("direction", names(Direction.self), "Which end of the raw score is safe."),
      .init("numbering", names(GridAxis.Numbering.self), "Bin 1 holds the lowest (ascending) or the highest values."),
      .init("closed", names(GridAxis.Closed.self), "Which edge belongs to an interval."),
      .init(
        "edges", .oneOf([.list(of: number, atLeast: 2), .text]),
        "Increasing edges, possibly -inf and inf; or the name of one of bin_methods, such as optimal, which proposes them."
      ),
      .init("max_bins", .integer(2...100), "The most bins where a method proposes them."),
      .init("missing", names(MissingPolicy.self), "What happens to rows without a score."),
      .init("special", .map(of: names(MissingPolicy.self)), "Values that are codes, and what happens to their rows."),
      .init("outside", names(OutsidePolicy.self), "What happens to values beyond the outer edges."),
    ])
  }()

  /// Reads `[bins.<name>]`.
  init(name: String, _ value: ConfigValue) throws {
    guard let table = value.table else {
      throw Faults.usage(
        value.place, "bins.\(name) is \(value.typeName)", "It must be a table with source, direction and edges.")
    }
    for entry in table.entries where !Self.keys.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: Self.keys)
      throw Faults.usage(
        entry.place, "unknown key \(entry.key) of bins.\(name)\(hint)",
        "Its keys: \(Self.keys.joined(separator: ", ")).")
    }
    func required(_ key: String) throws -> ConfigValue {
      guard let found = table[key] else {
        throw Faults.usage(value.place, "bins.\(name) has no \(key)", "Add \(key) to [preprocessing.bins.\(name)].")
      }
      return found
    }
    func choice<C: CaseIterable & RawRepresentable<String>>(_ key: String, _ value: ConfigValue, _: C.Type) throws -> C
    {
      if let text = value.string, let choice = C(rawValue: text) { return choice }
      let names = C.allCases.map(\.rawValue)
      let hint = value.string.map { DidYouMean.phrase(for: $0, among: names) } ?? ""
      throw Faults.usage(
        value.place, "\(key) of bins.\(name) is \(value.typeName)\(hint)",
        "It must be one of \(names.joined(separator: ", ")).")
    }
    let sourceValue = try required("source")
    guard let column = sourceValue.string, !column.isEmpty else {
      throw Faults.usage(
        sourceValue.place, "source of bins.\(name) is \(sourceValue.typeName)", "It must name a column.")
    }
    let method = table["edges"].flatMap { $0.string.flatMap { $0.isEmpty ? nil : $0 } }
    self.init(
      source: StandardText.standardise(column),
      direction: try choice("direction", required("direction"), Direction.self),
      edges: try method != nil ? [] : table["edges"].map { try Self.edges(name, $0) } ?? [])
    (self.method, place) = (method, value.place)
    mostBins = try table["max_bins"].map { try Self.mostBins(name, $0, method: method) }
    if let value = table["numbering"] { numbering = try choice("numbering", value, GridAxis.Numbering.self) }
    if let value = table["closed"] { closed = try choice("closed", value, GridAxis.Closed.self) }
    if let value = table["missing"] { missing = try choice("missing", value, MissingPolicy.self) }
    if let value = table["outside"] { outside = try choice("outside", value, OutsidePolicy.self) }
    if let value = table["special"] {
      guard let codes = value.table else {
        throw Faults.usage(
          value.place, "special of bins.\(name) is \(value.typeName)", "Write special = { 9999 = \"drop\" }.")
      }
      for entry in codes.entries {
        guard let code = Self.special(entry.key) else {
          throw Faults.usage(
            entry.place, "special code \(entry.key) of bins.\(name) is neither a number nor .A to .Z",
            "Name codes by number, 9999 = \"drop\", or special missing values by letter, \".A\" = \"drop\".")
        }
        if special.contains(where: { $0.value == code || (code.isNaN && Missing($0.value) == Missing(code)) }) {
          throw Faults.usage(
            entry.place, "special of bins.\(name) names the code \(Self.name(ofSpecial: code)) twice",
            "Name each code once.")
        }
        special.append((code, try choice("special code \(entry.key)", entry.value, MissingPolicy.self)))
      }
    }
  }

  private static func mostBins(_ name: String, _ value: ConfigValue, method: String?) throws -> Int {
    guard let number = value.integer.flatMap({ Int(exactly: $0) }), (2...100).contains(number) else {
      throw Faults.usage(
        value.place, "max_bins of bins.\(name) is \(value.typeName)", "It must be a whole number in 2...100.")
    }
    guard method != nil else {
      throw Faults.usage(
        value.place, "max_bins of bins.\(name) has no effect: its edges are not proposed",
        "Write edges = \"optimal\", or leave max_bins out.")
    }
    return number
  }

  /// Reads and checks a list of edges: at least two, strictly increasing, infinities only at the ends.
  static func edges(_ name: String, _ value: ConfigValue) throws -> [Double] {
    guard let items = value.array, items.count >= 2 else {
      throw Faults.usage(
        value.place, "the edges of \(name) are \(value.typeName)",
        "They must be a list of at least two numbers, or the name of a method: edges = \"optimal\".")
    }
    guard items.count <= binLimit + 1 else {
      throw Faults.usage(value.place, "\(name) has \(items.count - 1) bins", "Use at most \(binLimit).")
    }
    var edges: [Double] = []
    for item in items {
      guard let edge = item.number, !edge.isNaN else {
        throw Faults.usage(
          item.place, "an edge of \(name) is \(item.typeName)", "It must be a number, -inf or inf.")
      }
      if let last = edges.last, edge <= last {
        throw Faults.usage(
          item.place, "the edges of \(name) do not increase: \(last) is followed by \(edge)",
          "List each edge once, in ascending order.")
      }
      edges.append(edge)
    }
    return edges
  }

  /// A number, or the value of a special missing `.A` to `.Z`, `._`.
  private static func special(_ key: String) -> Double? {
    if key.count == 2, key.hasPrefix("."), let letter = key.utf8.last { return Missing(letter: letter)?.value }
    return Double(key).flatMap { $0.isFinite ? $0 : nil }
  }

  /// How a special code is written.
  static func name(ofSpecial value: Double) -> String { Missing(value)?.description ?? NumberText.shortest(value) }

  func axis(named name: String) -> GridAxis {
    GridAxis(
      name: name, source: source, direction: direction, numbering: numbering, closed: closed, edges: edges,
      codes: special.map(\.value).filter { !$0.isNaN })
  }

  /// For the manifest, in the configuration's own form.
  var toml: String {
    let codes = special.map { "\"\(Self.name(ofSpecial: $0.value))\" = \"\($0.policy.rawValue)\"" }.joined(
      separator: ", ")
    return
      "{ source = \(ConfigValue.quoted(source)), direction = \"\(direction.rawValue)\", numbering = \"\(numbering.rawValue)\", "
      + "closed = \"\(closed.rawValue)\", missing = \"\(missing.rawValue)\", outside = \"\(outside.rawValue)\", "
      + "special = { \(codes) }" + (mostBins.map { ", max_bins = \($0)" } ?? "")
      + (method.map { ", edges = \(ConfigValue.quoted($0)) }" }
        ?? (edges.isEmpty ? " }" : ", edges = \(Self.toml(edges)) }"))
  }

  /// Edges as a configuration has them.
  static func toml(_ edges: [Double]) -> String {
    "[" + edges.map { $0.isInfinite ? ($0 < 0 ? "-inf" : "inf") : ConfigValue.number($0) }.joined(separator: ", ") + "]"
  }

  /// The same with edges, as if they had been stated.
  func with(edges: [Double]) -> VariableBins {
    var bins = self
    bins.edges = edges
    return bins
  }
}
