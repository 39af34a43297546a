import CutlineCore
import CutlineData
import Foundation
import Testing

@testable import CutlineRules

/// `shared/oracles/decisions/escalation.json`: 2,458 applications, both ways with a missing income.
@Suite struct RuleOracleTests {
  @Test(.enabled(if: SharedOracle.path("oracles/decisions/escalation_expected.csv") != nil, "../shared is not there"))
  func theOracleAgrees() throws {
    func read(_ name: String) throws -> Table {
      let path = try #require(SharedOracle.path("oracles/decisions/\(name)"))
      var options = ReadOptions()
      options.findsTypes = true
      return try TableReader.read(path, options: options).table
    }
    let (applications, expected) = (try read("escalation_applications.csv"), try read("escalation_expected.csv"))
    // The oracle holds rows on purpose outside of what may be; the shipped domains send these to people.
    let shipped = try BuiltInRules.table("escalation").sheet
    for (policy, column) in [("pass", "action_income_may_be_missing"), ("manual", "action_all_manual")] {
      var sheet = shipped
      for place in sheet.fields.indices {
        sheet.fields[place].domain = nil
        sheet.fields[place].type = .init("number")
      }
      for place in sheet.rules.indices where sheet.rules[place].id.text == "income_over_1m" {
        sheet.rules[place].onMissing = .init(policy)
      }
      let program = RuleProgram(try RuleTable(sheet))
      let columns = try RuleColumns(program, rows: applications.rowCount) { field in
        try #require(
          applications.columns.first { TextColumn.comparable($0.name) == TextColumn.comparable(field.column) }
        ).values
      }
      let ruled = program.decide(columns)
      func words(_ name: String, _ row: Int) -> String? {
        guard case .text(let text)? = expected[name]?.values else { return nil }
        return text[row]
      }
      var seen: Set<String> = []
      for row in 0..<applications.rowCount {
        let told = RuleEvaluationTests.told(ruled, program, row)
        let outcome = program.table.outcomes[Int(ruled.verdicts[row].outcome)]
        seen.insert(outcome)
        #expect(outcome == words(column, row), "row \(row)")
        #expect(
          told[0] == (words("fired", row)?.split(whereSeparator: { " ;|,".contains($0) }).map(String.init) ?? []),
          "row \(row)")
        #expect(
          told[1] == (words("unknown", row)?.split(whereSeparator: { " ;|,".contains($0) }).map(String.init) ?? []),
          "row \(row)")
      }
      #expect(seen == ["decline", "manual", "pass"] && applications.rowCount == 2458)
    }
  }
}

enum SharedOracle {
  static func path(_ name: String) -> String? {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/\(name)").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
