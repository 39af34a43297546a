internal import CutlineCore

/// Tables of rules that leave for other programs, and come from them.
public enum RuleExchange {
  /// The table as DMN XML, read back before it is given: what comes back is the same table.
  ///
  /// - Throws: `Faults` (usage) with what DMN cannot say, by rule; (gate) where what was read back differs.
  public static func dmn(of table: RuleTable) throws -> [UInt8] {
    let text = try DmnRules(table).text
    let back = try RuleTable(DmnRulesImport.sheet(Array(text.utf8), of: "the export", decision: nil).sheet)
    guard try DmnRules(back).text == text else {
      throw Faults.gate(
        table.name, "reads back as another table", "This is a fault of the program; please report it with the table.")
    }
    return Array(text.utf8)
  }

  /// - Parameter decision: its name; nil where the file has only one with a table.
  /// - Returns: the table, and what was left out or read otherwise than stated.
  /// - Throws: `Faults` (data) with the line of what is wrong, or what a table of rules cannot say.
  public static func table(dmn bytes: [UInt8], of file: String, decision: String? = nil) throws -> (
    table: RuleTable, notes: [String]
  ) {
    let (sheet, notes) = try DmnRulesImport.sheet(bytes, of: file, decision: decision)
    do { return (try RuleTable(sheet), notes) } catch let faults as Faults { throw faults.recoded(.data) }
  }
}
