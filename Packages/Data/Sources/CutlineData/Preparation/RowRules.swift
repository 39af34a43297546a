internal import CutlineCore

/// A filter on the values of one column.
struct RowFilter: Sendable {
  enum Test: Sendable {
    /// Rows with one of these values stay.
    case keep([String])
    /// Rows with one of these values leave.
    case drop([String])
  }
  let column: String
  let test: Test
  /// Whether rows with a missing value stay.
  let missingStays: Bool

  /// The three exclusions that the original pipeline applied without a word, for files that carry these columns.
  static let originalExclusions = [
    RowFilter(column: "fuera_norma", test: .keep(["n"]), missingStays: false),
    RowFilter(column: "fraud_flag", test: .keep(["n"]), missingStays: false),
    RowFilter(column: "nature_holder", test: .drop(["legal"]), missingStays: true),
  ]

  var description: String {
    switch test {
    case .keep(let values): "\(column) is not \(values.joined(separator: " or "))"
    case .drop(let values): "\(column) is \(values.joined(separator: " or "))"
    }
  }

  /// Reads `{ column = "…", keep = [...] }` or `{ column = "…", drop = [...] }`, with `missing = "keep"` or `"drop"`.
  init(_ value: ConfigValue) throws {
    let form = "Write { column = \"channel\", keep = [\"branch\"] } or drop = […], with missing = \"keep\" or \"drop\"."
    guard let table = value.table, let name = table["column"]?.string, !name.isEmpty else {
      throw ConfigError("\(value.place)", "a row filter is \(value.typeName) without a column", form)
    }
    for entry in table.entries where !["column", "keep", "drop", "missing"].contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: ["column", "keep", "drop", "missing"])
      throw ConfigError("\(entry.place)", "unknown key \(entry.key) of a row filter\(hint)", form)
    }
    func texts(_ key: String) throws -> [String]? {
      guard let found = table[key] else { return nil }
      guard let items = found.array, !items.isEmpty else {
        throw ConfigError("\(found.place)", "\(key) of a row filter is \(found.typeName)", form)
      }
      return try items.map { item in
        guard let text = item.string else { throw ConfigError("\(item.place)", "\(key) holds \(item.typeName)", form) }
        return StandardText.standardise(text)
      }
    }
    column = StandardText.standardise(name)
    switch (try texts("keep"), try texts("drop")) {
    case (let keep?, nil): (test, missingStays) = (.keep(keep), try Self.missing(table, default: false, form))
    case (nil, let drop?): (test, missingStays) = (.drop(drop), try Self.missing(table, default: true, form))
    default: throw ConfigError("\(value.place)", "a row filter needs either keep or drop", form)
    }
  }

  private init(column: String, test: Test, missingStays: Bool) {
    self.column = column
    self.test = test
    self.missingStays = missingStays
  }

  private static func missing(_ table: ConfigTable, default value: Bool, _ form: String) throws -> Bool {
    guard let found = table["missing"] else { return value }
    guard let text = found.string, text == "keep" || text == "drop" else {
      throw ConfigError("\(found.place)", "missing of a row filter is \(found.typeName)", form)
    }
    return text == "keep"
  }

  /// Per row: whether it stays.
  func stays(in table: Table, merging: Bool) throws -> [Bool] {
    let text = try table.standardText(column, merging: merging)
    switch test {
    case .keep(let values): return text.rows(where: { values.contains($0) }, missing: missingStays)
    case .drop(let values): return text.rows(where: { !values.contains($0) }, missing: missingStays)
    }
  }

  var toml: String {
    let (key, values) =
      switch test {
      case .keep(let values): ("keep", values)
      case .drop(let values): ("drop", values)
      }
    return "{ column = \"\(column)\", \(key) = [\(values.map { "\"\($0)\"" }.joined(separator: ", "))], "
      + "missing = \"\(missingStays ? "keep" : "drop")\" }"
  }
}

/// Which rows of the file belong to the run.
struct SegmentFilter: Sendable {
  enum Match: String, Sendable, CaseIterable {
    /// Equal to one of the values.
    case exact
    /// The whole value matches the pattern.
    case regex
  }
  /// Empty = all rows.
  var values: [String] = []

  /// Per row: whether it matches; nil where the segment is missing.
  func matches(in table: Table, match: Match, merging: Bool) throws -> [Bool?] {
    let text = try table.standardText(ApplicationColumns.segment, merging: merging)
    let wanted: [Bool]
    switch match {
    case .exact:
      let set = Set(values.map(StandardText.standardise))
      wanted = text.values.map(set.contains)
    case .regex:
      let patterns = try values.map { pattern in
        do {
          return try Regex(pattern).ignoresCase()
        } catch {
          throw ConfigError(
            "segment_filter", "\"\(pattern)\" is not a regular expression",
            "Correct it, or use segment_match = \"exact\".")
        }
      }
      wanted = text.values.map { value in patterns.contains { value.wholeMatch(of: $0) != nil } }
    }
    if !wanted.contains(true) {
      let known = text.values.sorted().prefix(10).joined(separator: ", ")
      let hint = values.first.map { DidYouMean.phrase(for: StandardText.standardise($0), among: text.values) } ?? ""
      throw DataError(
        "column \(ApplicationColumns.segment)",
        "no row is in the segment \(values.joined(separator: ", ")) (\(match.rawValue) match)\(hint)",
        "Segments found: \(known).")
    }
    return (0..<table.rowCount).map { row in text.code(row).map { wanted[$0] } }
  }
}

/// Which applications count in the transformation rate.
enum EligibleRule: Sendable {
  case all
  case values(column: String, [String])

  init(_ value: ConfigValue) throws {
    let form = "Write \"all\" or { column = \"se_decision_id\", values = [\"ok\", \"rv\"] }."
    if value.string == "all" {
      self = .all
      return
    }
    guard let table = value.table, let column = table["column"]?.string, let items = table["values"]?.array,
      !items.isEmpty, table.entries.count == 2
    else { throw ConfigError("\(value.place)", "eligible is \(value.typeName)", form) }
    self = .values(
      column: StandardText.standardise(column),
      try items.map { item in
        guard let text = item.string else {
          throw ConfigError("\(item.place)", "eligible holds \(item.typeName)", form)
        }
        return StandardText.standardise(text)
      })
  }

  /// Per row: whether it counts.
  /// - Throws: `DataError` when no row of the file does.
  func rows(in table: Table, merging: Bool) throws -> [Bool] {
    switch self {
    case .all: return [Bool](repeating: true, count: table.rowCount)
    case .values(let column, let wanted):
      // Identifiers may collide in spelling without harm here: only the wanted values matter.
      let text = try table.standardText(column, merging: true)
      let found = text.rows(where: { wanted.contains($0) }, missing: false)
      guard found.contains(true) else {
        throw DataError(
          "column \(column)", "no row has a value of eligible (\(wanted.joined(separator: ", ")))",
          "Set eligible = \"all\", or name the column and values that mark applications which may be financed.")
      }
      return found
    }
  }

  var toml: String {
    switch self {
    case .all: "\"all\""
    case .values(let column, let values):
      "{ column = \"\(column)\", values = [\(values.map { "\"\($0)\"" }.joined(separator: ", "))] }"
    }
  }
}

extension Table {
  /// A text column, as its values are compared.
  /// - Throws: `DataError` when the column is missing, is not text, or two spellings collide.
  func standardText(_ name: String, merging: Bool) throws -> StandardText {
    let column = try column(name)
    switch column.values {
    case .text(let text): return try StandardText(text, name: name, merging: merging)
    case .number(let numbers):
      // A column of codes such as 1 and 2, or an empty one, is compared by its printed form.
      return try StandardText(
        TextColumn(numbers.map { $0.isNaN ? nil : NumberText.plain($0) }), name: name, merging: merging)
    case .moment: throw DataError("column \(name)", "holds dates, but text is needed", "Name another column.")
    }
  }
}

/// Numbers as people write them in a text comparison.
enum NumberText {
  /// Whole numbers without a point.
  static func plain(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }
}
