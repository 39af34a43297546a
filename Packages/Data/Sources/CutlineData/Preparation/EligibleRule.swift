internal import CutlineCore

/// Which applications count in the transformation rate.
enum EligibleRule: Sendable {
  /// `se_decision_id` is `ok` or `rv`, as in the requirement, where the file has such values; else all.
  case auto
  case all
  case values(column: String, [String])

  static let form = FieldForm.oneOf([
    .choice(["auto", "all"]),
    .table([
      .init("column", .text, "The column that is looked at."),
      .init("values", .list(of: .text, atLeast: 1), "Its values of applications that count."),
    ]),
  ])

  init(_ value: ConfigValue) throws {
    let form = "Write \"auto\", \"all\" or { column = \"se_decision_id\", values = [\"ok\", \"rv\"] }."
    if let word = value.string, word == "all" || word == "auto" {
      self = word == "all" ? .all : .auto
      return
    }
    guard let table = value.table, let column = table["column"]?.string, let items = table["values"]?.array,
      !items.isEmpty, table.entries.count == 2
    else { throw Faults.usage(value.place, "eligible is \(value.typeName)", form) }
    self = .values(
      column: StandardText.standardise(column),
      try items.map { item in
        guard let text = item.string else {
          throw Faults.usage(item.place, "eligible holds \(item.typeName)", form)
        }
        return StandardText.standardise(text)
      })
  }

  /// What `auto` means for a file.
  func resolved(in table: Table) -> Self {
    guard case .auto = self else { return self }
    let wanted = ["ok", "rv"]
    // A column that is not there, or holds dates, has none of the words.
    let words = (try? table.standardText(ApplicationColumns.decision, merging: true))?.values ?? []
    return words.contains(where: wanted.contains) ? .values(column: ApplicationColumns.decision, wanted) : .all
  }

  /// The rows that count.
  /// - Throws: `Faults` (data) when no row of the file does.
  func rows(in table: Table, merging: Bool) throws -> RowSet {
    switch self {
    case .all: return .all(table.rowCount)
    case .auto: return try resolved(in: table).rows(in: table, merging: merging)
    case .values(let column, let wanted):
      // Identifiers may collide in spelling without harm here: only the wanted values matter.
      let text = try table.standardText(column, merging: true)
      let found = RowSet(text.rows(where: { wanted.contains($0) }, missing: false))
      guard !found.isEmpty else {
        throw Faults.data(
          "column \(column)", "no row has a value of eligible (\(wanted.joined(separator: ", ")))",
          "Set eligible = \"all\", or name the column and values that mark applications which may be financed.")
      }
      return found
    }
  }

  /// Sentences on the values that somebody wrote and no row has.
  func unused(in table: Table) throws -> [Remark] {
    guard case .values(let column, let wanted) = self else { return [] }
    let found = try table.standardText(column, merging: true).values
    return wanted.filter { !found.contains($0) }.map {
      "no row has \(word: $0) in \(word: column), which eligible names\(word: DidYouMean.phrase(for: $0, among: found))"
    }
  }

  var toml: String {
    switch self {
    case .auto: "\"auto\""
    case .all: "\"all\""
    case .values(let column, let values):
      "{ column = \"\(column)\", values = [\(values.map { "\"\($0)\"" }.joined(separator: ", "))] }"
    }
  }
}
