internal import CutlineCore

/// Which applications were offered a loan, also where it was not taken.
enum EligibleRule: Sendable {
  /// `se_decision_id` is `ok` or `rv`, as in the requirement, where the file has such values; else all.
  case auto
  case all
  case values(RowRule)

  static let form = FieldForm.oneOf([.choice(["auto", "all"]), RowRule.form("applications that count")])

  init(_ value: ConfigValue) throws {
    if let word = value.string, word == "all" || word == "auto" {
      self = word == "all" ? .all : .auto
      return
    }
    self = .values(
      try RowRule(
        value, of: "eligible",
        "Write \"auto\", \"all\" or { column = \"se_decision_id\", values = [\"ok\", \"rv\"] }."))
  }

  /// What `auto` means for a file.
  func resolved(in table: Table) -> Self {
    guard case .auto = self else { return self }
    let wanted = ["ok", "rv"]
    // A column that is not there, or holds dates, has none of the words.
    let words = (try? table.standardText(ApplicationColumns.decision, merging: true))?.values ?? []
    return words.contains(where: wanted.contains)
      ? .values(RowRule(column: ApplicationColumns.decision, values: wanted)) : .all
  }

  /// The rows that count.
  /// - Throws: `Faults` (data) when no row of the file does.
  func rows(in table: Table) throws -> RowSet {
    switch self {
    case .all: return .all(table.rowCount)
    case .auto: return try resolved(in: table).rows(in: table)
    case .values(let values):
      return try values.rows(
        in: table, key: "eligible",
        "Set eligible = \"all\", or name the column and values that mark applications which may be financed.")
    }
  }

  /// Sentences on the values that somebody wrote and no row has.
  func unused(in table: Table) throws -> [Remark] {
    guard case .values(let values) = self else { return [] }
    return try values.unused(in: table, key: "eligible")
  }

  var toml: String {
    switch self {
    case .auto: "\"auto\""
    case .all: "\"all\""
    case .values(let values): values.toml
    }
  }
}
