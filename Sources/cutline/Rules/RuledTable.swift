internal import CutlineCore
internal import CutlineRules
internal import CutlineWorkspace

/// A table of applications with what rules say of each.
struct RuledTable {
  let program: RuleProgram
  let ruled: RuledRecords

  /// - Throws: `Faults` (usage) for a field that is no column, (data) for one of another form.
  init(_ program: RuleProgram, _ table: Table, of path: String, asOf: CalendarDate?) throws {
    let columns = try RuleColumns(program, rows: table.rowCount) { field in
      if field.name == "as_of", let asOf {
        return .moment([Double](repeating: Double(asOf.daysSince1960), count: table.rowCount), .date)
      }
      return try AnsweredTable.column(field.column, table, of: path).values
    }
    self.program = program
    ruled = program.decide(columns)
  }
}
