import CutlineCore
import Foundation
import Testing

@testable import CutlineRules

/// Tables that go to DMN and come back, and files of others.
@Suite struct DmnRulesTests {
  static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples/rules/lending")

  static func lending(_ name: String) throws -> RuleTable {
    try RuleTable(Array(Data(contentsOf: folder.appendingPathComponent("\(name).toml"))), of: "\(name).toml")
  }

  /// The lending example of the standard, rebuilt: what is published for its application, by the table and by its DMN.
  @Test func theLendingExampleDecidesAsPublished() throws {
    typealias Value = RuleRecord.Value
    let (yes, no) = (Value.number(1), Value.number(0))
    for isRead in [false, true] {
      func decide(_ name: String, _ values: [String: Value]) throws -> RuleDecision {
        var table = try Self.lending(name)
        if isRead { table = try RuleExchange.table(dmn: RuleExchange.dmn(of: table), of: "x").table }
        return RuleProgram(table).decide(RuleRecord(values))
      }
      let score = try decide(
        "application_score", ["age": .number(35), "marital_status": .text("M"), "employment_status": .text("EMPLOYED")])
      #expect(score.points?.text == "130" && score.fired.count == 3)
      #expect(try decide("pre_bureau_risk", ["existing_customer": yes, "score": .number(130)]).outcome == "LOW")
      #expect(try decide("bureau_call", ["risk": .text("LOW")]).outcome == "MINI")
      #expect(
        try decide("post_bureau_risk", ["existing_customer": yes, "score": .number(130), "credit_score": .number(649)])
          .outcome
          == "LOW")
      #expect(
        try decide("eligibility", ["risk": .text("LOW"), "affordable": yes, "age": .number(35)]).outcome == "ELIGIBLE")
      #expect(
        try decide("eligibility", ["risk": .text("LOW"), "affordable": yes, "age": .number(17)]).outcome == "INELIGIBLE"
      )
      let routing: [String: Value] = [
        "risk": .text("LOW"), "affordable": yes, "bankrupt": no, "credit_score": .number(649),
      ]
      #expect(try decide("routing", routing).outcome == "ACCEPT")
      #expect(try decide("routing", routing.merging(["credit_score": .number(579)]) { $1 }).outcome == "REFER")
      let declined = try decide("routing", routing.merging(["credit_score": .number(579), "bankrupt": yes]) { $1 })
      #expect(declined.outcome == "DECLINE" && declined.fired == ["row_2", "row_4", "row_5"])
    }
  }

  /// Of the tables as they are published one has a gap, which no engine told: a new customer of 130 points.
  @Test func theLendingExampleIsProvedButForOneGap() throws {
    for name in ["post_bureau_risk", "eligibility", "routing", "bureau_call", "application_score"] {
      let proof = RuleProver.proof(of: RuleProgram(try Self.lending(name)))
      #expect(proof.isProved, "\(name): \(proof.findings)")
    }
    let proof = RuleProver.proof(of: RuleProgram(try Self.lending("pre_bureau_risk")))
    let gap = try #require(proof.findings.first { $0.kind == "gap" })
    #expect(gap.record == ["existing_customer": "false", "score": "130"] && !proof.isProved)
  }

  @Test func whatIsWrittenComesBack() throws {
    for name in ["application_score", "pre_bureau_risk", "post_bureau_risk", "eligibility", "routing", "bureau_call"] {
      let table = try Self.lending(name)
      let bytes = try RuleExchange.dmn(of: table)
      let back = try RuleExchange.table(dmn: bytes, of: "x")
      #expect(try RuleExchange.dmn(of: back.table) == bytes && back.notes.isEmpty, "\(name)")
      #expect(back.table.sheet.rules.map(\.cells) == table.sheet.rules.map(\.cells), "\(name)")
      #expect(back.table.sheet.fields == table.sheet.fields && back.table.outcomes == table.outcomes, "\(name)")
    }
    let text = """
      name = "a & b <c>"
      hit = "first"
      default = "manual"
      currency = "EUR"
      note = "n"
      [fields]
      income = { type = "number", unit = "EUR", column = "Monthly Income", domain = [-5, inf] }
      when_made = { type = "date", domain = ["2020-01-01", "2026-12-31"], missing = false }
      word = { type = "text" }
      flag = { type = "bool" }
      [[rules]]
      id = "one"
      cells = { income = '(1.5..20], 30, null', when_made = '< "2024-02-29"', word = '"a\\"b", "ü"', flag = 'true' }
      action = "decline"
      on_missing = "pass"
      reason = { code = "R1", en = "why & how", ru = "почему" }
      note = "x < y"
      [[rules]]
      id = "two"
      when = 'word is missing or not (word in ["a", "c"])'
      action = "manual"
      queue = "expert"
      on_missing = "pass"
      """
    let table = try RuleTable(Array(text.utf8), of: "t.toml")
    let back = try RuleExchange.table(dmn: RuleExchange.dmn(of: table), of: "x").table
    #expect(back.sheet.fields == table.sheet.fields && back.sheet.rules[0].reason == table.sheet.rules[0].reason)
    let (a, b) = (RuleProgram(table), RuleProgram(back))
    for income in [nil, -5.0, 1.5, 1.6, 20, 21, 30] {
      for day in [23_000.0, 23_434, 23_435] {
        for word in [nil, "a\"b", "ü", "a", "c", "z"] {
          for flag in [nil, 0.0, 1] {
            var record = RuleRecord(["when_made": .number(day)])
            record.values["income"] = income.map { .number($0) }
            record.values["word"] = word.map { .text($0) }
            record.values["flag"] = flag.map { .number($0) }
            let (x, y) = (a.decide(record), b.decide(record))
            #expect(x.outcome == y.outcome && x.fired == y.fired && x.queue == y.queue, "\(record)")
          }
        }
      }
    }
  }

  private func said(_ toml: String) -> String {
    do {
      return String(decoding: try RuleExchange.dmn(of: RuleLanguageTests.table(toml)), as: UTF8.self)
    } catch let faults as Faults { return faults.text(.full) } catch { return "\(error)" }
  }

  @Test func whatDmnCannotSayIsRefusedByName() {
    func rule(_ when: String, _ more: String = "action = \"decline\"\non_missing = \"pass\"") -> String {
      "[[rules]]\nid = \"r\"\nwhen = '\(when)'\n\(more)\n"
    }
    for (toml, words) in [
      (rule("age < 18", "action = \"decline\""), "answers a missing value with manual"),
      (rule("age < 18 or loans > 3"), "joins several fields"), (rule("age + 1 > 3"), "computes"),
      (rule("age < 18", "action = \"flag\""), "is a flag"), (rule("city != \"Bonn\""), "excludes words of city"),
      (rule("age < 18", "action = \"decline\"\nvalid_from = 2026-01-01"), "rules of a time"),
      (rule("not (age < 18 or age > 60)"), "a not over age"),
    ] { #expect(said(toml).contains(words), "\(toml): \(said(toml))") }
  }

  private func dmn(_ table: String, extra: String = "") -> String {
    """
    <?xml version="1.0"?>\(extra)
    <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="d"><decision id="d1" name="D One">
    \(table)
    </decision></definitions>
    """
  }

  private func refusal(_ xml: String, _ name: String? = nil) -> String {
    do {
      let (table, notes) = try RuleExchange.table(dmn: Array(xml.utf8), of: "f.dmn", decision: name)
      return "read \(table.rules.count) \(notes)"
    } catch let faults as Faults { return faults.text(.full) } catch { return "\(error)" }
  }

  @Test func filesOfOthersAreReadOrRefusedByName() {
    func table(
      _ policy: String = "hitPolicy=\"FIRST\"", input: String = "Pre-bureau Risk", cell: String = "\"A\",\"B\"",
      output: String = "\"yes\""
    ) -> String {
      """
      <decisionTable \(policy)><input id="i"><inputExpression typeRef="feel:string"><text>\(input)</text></inputExpression></input>
      <output id="o" name="x"/><rule id="_1"><inputEntry><text>\(cell)</text></inputEntry><outputEntry><text>\(output)</text></outputEntry></rule></decisionTable>
      """
    }
    #expect(refusal(dmn(table())) == "read 1 []")
    #expect(refusal(dmn(table(cell: "[1..5)"))).contains("stated as string and compared as number"))
    for (xml, words) in [
      (dmn(table(), extra: "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"), "document type"),
      (dmn(table(cell: "&a;")), "entity"), (dmn(table("hitPolicy=\"ANY\"")), "hit policy ANY"),
      (dmn(table("hitPolicy=\"COLLECT\"")), "collects by listing"),
      (dmn(table("hitPolicy=\"COLLECT\" aggregation=\"MAX\"")), "collects by MAX"),
      (dmn(table("hitPolicy=\"RULE ORDER\"")), "RULE ORDER"),
      (dmn(table("hitPolicy=\"PRIORITY\"")), "no output values"),
      (dmn(table(input: "a.b + 1")), "computes its input"), (dmn(table(cell: "f(3)")), "no test of a cell"),
      (dmn(table(cell: "\"A\", 3")), "compares"), (dmn(table(output: "1 + 2")), "is no text"),
      (dmn(""), "no decision table"), ("<a/>", "is no DMN"),
      (dmn(table() + "").replacing("</definitions>", with: ""), "ends"),
      (dmn(table().replacing("<output id=\"o\" name=\"x\"/>", with: "<output/><output/>")), "2 outputs"),
      (dmn(table().replacing("<inputEntry><text>\"A\",\"B\"</text></inputEntry>", with: "")), "0 cells of 1"),
    ] { #expect(refusal(xml).contains(words), "\(words): \(refusal(xml))") }
    #expect(refusal(dmn(table()), "D Ono").contains("did you mean D One"))
  }

  /// In FEEL a missing value is other than every word, and meets no comparison.
  @Test func missingValuesMeetWhatTheyMeetInFeel() throws {
    for (cell, isMet) in [
      ("not(\"A\")", true), ("not(\"A\", \"B\")", true), ("\"A\"", false), ("null", true), ("-", true), ("< 5", false),
      ("not(5)", false),
    ] {
      let xml = dmn(
        """
        <decisionTable hitPolicy="FIRST"><input><inputExpression typeRef="\(cell.contains("5") ? "number" : "string")"><text>x</text></inputExpression></input>
        <output name="o"/><rule id="r1"><inputEntry><text>\(cell.replacing("<", with: "&lt;"))</text></inputEntry><outputEntry><text>"hit"</text></outputEntry></rule></decisionTable>
        """)
      let program = RuleProgram(try RuleExchange.table(dmn: Array(xml.utf8), of: "f").table)
      #expect((program.decide(RuleRecord()).outcome == "hit") == isMet, "\(cell)")
    }
  }
}
