import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// What somebody wrote and nothing in the file answers to is said; what cannot be meant is refused.
@Suite("Settings without effect")
struct WithoutEffectTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func notes(_ text: String, _ change: (inout ReadOptions) -> Void) throws -> String {
    var options = ReadOptions()
    options.findsTypes = true
    change(&options)
    let path = try folder.write(Array(text.utf8), to: "t.csv")
    return try TableReader.read(path, options: options).facts.notes.map { "\($0)" }.joined(separator: "\n")
  }

  @Test(arguments: [1, 2])
  func tokensThatNoFieldIs(workers: Int) throws {
    let rows = (0..<50).map { "\($0),\($0 == 49 ? "NA" : "x")" }.joined(separator: "\n")
    let said = try notes("a,b\n\(rows)\n") {
      $0.missingTokens = ["NA", "n/a", "-"]
      $0.workers = workers
      $0.csvChunkBytes = 64
    }
    #expect(said.contains("no field is n/a") && said.contains("no field is -") && !said.contains("is NA"))
  }

  @Test func tokensOfNumbersCount() throws {
    let said = try notes("a,b\n1,2\n-999,3\n") { $0.missingTokens = ["-999"] }
    #expect(!said.contains("missing_tokens"))
  }

  @Test func tokensInOtherFormats() throws {
    let table = try Table(
      columns: [
        Column(name: "a", values: .text(TextColumn(["NA", "x"]))), Column(name: "b", values: .number([9, 1])),
      ], rowCount: 2)
    try TableWriter.write(table, to: folder.file("t.xpt"))
    var options = ReadOptions()
    options.missingTokens = ["NA", "9", "n/a"]
    options.columnTypes["b"] = try ColumnType(["number:1.234,5"], of: "b")
    let notes = try TableReader.read(folder.file("t.xpt"), options: options).facts.notes.map { "\($0)" }
    #expect(notes.count { $0.contains("missing_tokens") } == 1 && notes.contains { $0.contains("n/a") })
    #expect(notes.contains { $0.contains("column b: the stated form has no effect, as the file holds numbers") })
  }

  @Test func signsThatStandNowhere() throws {
    #expect(try notes("a,b\n1,2\n") { $0.escape = "\\" }.contains("stands before no character"))
    #expect(try !notes("a,b\nx\\,y,2\n") { $0.escape = "\\" }.contains("stands before"))
    #expect(try notes("a,b\n1,2\n") { $0.quote = "'" }.contains("no field is quoted with"))
    #expect(try !notes("a,b\n'x,y',2\n") { $0.quote = "'" }.contains("is quoted"))
  }

  @Test func formsThatNoValueIsIn() throws {
    let said = try notes("d\n31/01/2022\n01/02/2022\n") {
      $0.columnTypes["d"] = try? ColumnType(["date:%d/%m/%Y", "date:%Y-%m-%d"], of: "d")
    }
    #expect(said.contains("column d: no value is in the form %Y-%m-%d") && !said.contains("form %d"))
  }

  @Test(arguments: ["1", "e", "-", "+", "Z"])
  func marksThatNumbersAreMadeOf(mark: Character) {
    expectFaults(.usage) { try notes("a;b\n1;2\n") { $0.decimalMark = mark } }
    expectFaults(.usage) { try notes("a;b\n1;2\n") { $0.thousandsMark = mark } }
  }

  @Test func namesThatNameNothing() {
    expectFaults(.usage) { try notes("a\n1\n") { $0.encoding = "" } }
    expectFaults(.usage) { try notes("a\n1\n") { $0.dateFormats = ["%Y%Y"] } }
  }

  @Test func wordsThatNoRowHas() async throws {
    var applications = Applications.plausible()
    applications.add(5) { $0.extra = ["m_ct_direct_age": "N"] }
    let said = try await applications.said(
      """
      eligible = { column = "se_decision_id", values = ["ok", "rvv"] }
      values = { flag = ["y", "1"], no_flag = ["n"] }
      """)
    #expect(said.contains { $0.contains("no row has rvv in se_decision_id, which eligible names") })
    #expect(said.count { $0.contains("no reject flag holds") } == 2)
    let none = try await Applications.plausible().said("values = { flag = [\"y\"] }")
    #expect(none.contains { $0.contains("no column of the file is a reject flag") })
  }

  @Test func keysBesideWhichNothingStands() async throws {
    let said = try await Applications.plausible().said(
      """
      segment_match = "prefix"
      inv_var1 = true
      accept_direction_conflict = "known"
      bins.inner.outside = "drop"
      """)
    for start in ["segment_match", "inv_var1", "accept_direction_conflict", "outside of bins.inner"] {
      #expect(said.contains { $0.hasPrefix("\(start) has no effect") }, "\(start): \(said)")
    }
    #expect(try await !Applications.plausible().said().contains { $0.contains("has no effect") })
  }

  @Test(arguments: [
    "bins.bureau.special = { 9999 = \"drop\", \"9999.0\" = \"own-bin\" }",
    "bins.bureau.special = { \".A\" = \"drop\", \".a\" = \"own-bin\" }",
    "score_measures = [\"m_ct_direct_a\"]\nreject_flags = [\"M_CT_DIRECT_A\"]",
    "reject_flags = []",
  ])
  func contradictions(settings: String) {
    #expect(throws: Faults.self) {
      let config = try Applications.config(settings)
      try config.validate(at: FieldPlaces(stage: .default))
    }
  }

  @Test(arguments: [("2023-05", "date:%Y-%m"), ("05/2023", "date:%m/%Y"), ("1683000000000", "date:unix-milliseconds")])
  func theLineThatReadsTheDates(text: String, type: String) throws {
    let path = try folder.write(Array("mis_date,x\n\(text),1\n\(text),2\n".utf8), to: "t.csv")
    let table = try TableReader.read(path).table
    let fault = expectFaults(.data) { try table.days("mis_date") }
    #expect(fault?.description.contains("types = { mis_date = \"\(type)\" }") == true, "\(fault as Any)")
  }
}
