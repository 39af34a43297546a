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

  static let form = FieldForm.table([
    .init("column", .text, "The column that is looked at."),
    .init("keep", .list(of: .text, atLeast: 1), "Rows with one of these values stay."),
    .init("drop", .list(of: .text, atLeast: 1), "Rows with one of these values leave."),
    .init("missing", .choice(["keep", "drop"]), "What happens to rows without a value."),
  ])

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
      throw Faults.usage(value.place, "a row filter is \(value.typeName) without a column", form)
    }
    for entry in table.entries where !["column", "keep", "drop", "missing"].contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: ["column", "keep", "drop", "missing"])
      throw Faults.usage(entry.place, "unknown key \(entry.key) of a row filter\(hint)", form)
    }
    func texts(_ key: String) throws -> [String]? {
      guard let found = table[key] else { return nil }
      guard let items = found.array, !items.isEmpty else {
        throw Faults.usage(found.place, "\(key) of a row filter is \(found.typeName)", form)
      }
      return try items.map { item in
        guard let text = item.string else { throw Faults.usage(item.place, "\(key) holds \(item.typeName)", form) }
        return StandardText.standardise(text)
      }
    }
    column = StandardText.standardise(name)
    switch (try texts("keep"), try texts("drop")) {
    case (let keep?, nil): (test, missingStays) = (.keep(keep), try Self.missing(table, default: false, form))
    case (nil, let drop?): (test, missingStays) = (.drop(drop), try Self.missing(table, default: true, form))
    default: throw Faults.usage(value.place, "a row filter needs either keep or drop", form)
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
      throw Faults.usage(found.place, "missing of a row filter is \(found.typeName)", form)
    }
    return text == "keep"
  }

  /// Per row: whether it stays.
  ///
  /// - Parameter isPreset: a file that has none of what a preset leaves out is fine; a value that somebody wrote is meant.
  /// - Throws: `Faults` (data) for a value that no row has.
  func stays(in table: Table, merging: Bool, isPreset: Bool = false) throws -> [Bool] {
    let text = try table.standardText(column, merging: merging)
    let test = numbers(in: table)
    let wanted =
      switch test {
      case .keep(let values), .drop(let values): values
      }
    if !isPreset, let absent = wanted.first(where: { !text.values.contains($0) }) {
      throw Faults.data(
        "row_filters on column \(column)",
        "no row has \(absent)\(text.hint(for: absent))",
        found: text.found(text.values), "Correct it, or leave it out.")
    }
    switch test {
    case .keep(let values): return text.rows(where: { values.contains($0) }, missing: missingStays)
    case .drop(let values): return text.rows(where: { !values.contains($0) }, missing: missingStays)
    }
  }

  /// Values of a numeric column are compared as numbers: 1.0 is 1.
  private func numbers(in table: Table) -> Test {
    guard case .number? = table[column]?.values else { return test }
    func plain(_ values: [String]) -> [String] { values.map { Double($0).map(NumberText.shortest) ?? $0 } }
    return switch test {
    case .keep(let values): .keep(plain(values))
    case .drop(let values): .drop(plain(values))
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
