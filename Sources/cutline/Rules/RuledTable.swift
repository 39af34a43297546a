internal import CutlineCore
internal import CutlineRules
internal import CutlineWorkspace

/// A table of applications with what rules say of each.
struct RuledTable {
  let program: RuleProgram
  let ruled: RuledRecords
  private let table: Table

  /// - Throws: `Faults` (usage) for a field that is no column, (data) for one of another form.
  init(_ program: RuleProgram, _ table: Table, of path: String, asOf: CalendarDate?) throws {
    if program.table.isDated, asOf == nil {
      throw Faults.usage(
        "--as-of", "is not given, and the table has rules of a time", "Give the day on which they are asked.")
    }
    let columns = try RuleColumns(program, rows: table.rowCount) { field in
      if field.name == "as_of", let asOf {
        return .moment([Double](repeating: Double(asOf.daysSince1960), count: table.rowCount), .date)
      }
      return try Self.column(field, table, of: path).values
    }
    (self.program, self.table) = (program, table)
    ruled = program.decide(columns)
  }

  private static func column(_ field: RuleField, _ table: Table, of path: String) throws -> Column {
    let name = TextColumn.comparable(field.column)
    let found = table.columns.filter { TextColumn.comparable($0.name) == name }
    guard found.count < 2 else {
      throw Faults.usage(
        path,
        "has the columns \(found.map { "\"\($0.name)\"" }.joined(separator: ", ")), which are one name when compared",
        "Rename or leave out one of them.")
    }
    guard let column = found.first else {
      throw Faults.usage(
        path, "has no column \(field.column)\(DidYouMean.phrase(for: field.column, among: table.names))",
        "It must hold every field that the rules read; name the column in the field's column.")
    }
    return column
  }

  /// - Throws: `Faults` (usage) where the table has such a column already, or a rule has no sentence in the language.
  func with(language: String?) throws -> Table {
    let added = try ruled.columns(program, language: language)
    if let taken = added.first(where: { table[$0.name] != nil }) {
      throw Faults.usage(
        "column \(taken.name)", "is in the table already", "Rename it: what the rules say would stand beside it.")
    }
    return try Table(columns: table.columns + added, rowCount: table.rowCount)
  }
}
