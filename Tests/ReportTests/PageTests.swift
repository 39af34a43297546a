import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineReport

/// Pages: text stays text, numbers are those of the tables, what is missing is seen.
@Suite struct PageTests {
  /// What people and files may call things: each must come out as text.
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "<a href=\"data:text/html,x\">",
    "{{7*7}}", "${alert(1)}", "{0}{1}", "\u{202E}txt.exe", "\u{0000}\u{0007}\u{001B}[31mred", "شريحة العملاء",
    "Сегмент «Розница»", String(repeating: "w", count: 200), "=HYPERLINK(\"http://x\")", "'quoted", "line\nbreak",
    "\u{85}",
    "<meta http-equiv=refresh content=0>", "<base href=//x>", "`backtick`", "<iframe srcdoc=x>", "\u{2028}\u{2029}",
  ]

  @Test(arguments: hostile) func textStaysText(_ text: String) {
    let html = Html.tag("p", ["title": text], .text(text)).markup
    // Nothing but the element that this module has opened, and its end.
    #expect(html.count { $0 == "<" } == 2 && html.count { $0 == ">" } == 2)
    #expect(html.hasPrefix("<p title=\"") && html.hasSuffix("</p>"))
    #expect(html.count { $0 == "\"" } == 2)
    #expect(!html.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" })
    #expect(!html.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) })
  }

  /// What `CsvText` writes is read back, field for field.
  @Test(arguments: 0..<40) func tablesAreReadAsTheyWereWritten(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), label: "stored tables")
    let alphabet = Array("ab,\"\n\r'=+-@ é1.5") + ["\u{FF1D}", "\t"]
    func field() -> String {
      String((0..<random.index(below: 7)).map { _ in alphabet[random.index(below: alphabet.count)] })
    }
    let columns = (0..<3).map { ColumnNote("c\($0)", unit: "text", "") }
    let rows = (0..<20).map { _ in (0..<3).map { _ in field() } }
    let file = ResultFile(path: "data/x.csv", columns: columns, rows: rows)
    let table = try StoredTable(path: file.path, csv: file.bytes)
    #expect(table.columns == ["c0", "c1", "c2"])
    // An apostrophe that somebody wrote before a formula cannot be told from the one that guards it.
    for (read, written) in zip(table.rows, rows) {
      for (a, b) in zip(read, written) { #expect(a == b || "'" + a == b) }
    }
    for cut in [1, 2, 5] where file.bytes.count > cut {
      // Half a table is none, unless it ends with a whole line of the same width.
      if let half = try? StoredTable(path: "x", csv: Array(file.bytes.dropLast(cut))) {
        #expect(half.rows.count < rows.count)
      }
    }
  }

  @Test func theLanguageLacksNothingAndValuesAreNoPlaces() {
    #expect(Words.english.missing == [])
    #expect(Words.english(.title, "{0}{1}") == "Acceptance strategy: {0}{1}")
    let half = Words(language: "xx", table: [.title: "Título: {0}"])
    #expect(half(.title, "a") == "Título: a" && half(.annex) == "annex" && !half.missing.isEmpty)
  }

  @Test func numbersAreRoundedOnce() {
    #expect(ShownNumber.text("5.359090511600479", .percent) == "5.36 %")
    #expect(ShownNumber.text("635885514.57", .amount) == "635.9\u{202F}M")
    #expect(ShownNumber.text("12345", .amount) == "12.35\u{202F}k")
    #expect(ShownNumber.text("999", .amount) == "999")
    #expect(ShownNumber.text("-33410000", .amount) == "-33.41\u{202F}M")
    #expect(ShownNumber.text("1234567", .count) == "1\u{202F}234\u{202F}567")
    #expect(ShownNumber.grouped("-12345") == "−12\u{202F}345" && ShownNumber.grouped("1234") == "1234")
    for none in ["", "inf", "nan", "abc"] { #expect(ShownNumber.text(none, .percent) == nil) }
  }

  private func page(_ files: [ResultFile], said: [StageFiles.Said] = []) throws -> String {
    let small = try SmallPortfolio()
    let tables = RunTables([StageFiles(FileSet(files: files), said: said)])
    let words = Words.english
    let facts = try ReportFacts(
      tables: tables, summary: small.cube.summary, grid: small.cube.grid, measure: small.cube.measure,
      said: said.map { ("stage", $0) },
      folder: "data", currency: "EUR")
    let gates = try Gates(facts: facts, words: words).all()
    let figures = try Figures([], words: words)
    let page = ReportPage(facts: facts, gates: gates, figures: figures, words: words, records: tables.records)
    return try page.html().markup
  }

  /// A run that has nothing still has a report, and nothing in it is green.
  @Test func whatIsMissingIsSeen() throws {
    let page = try page([])
    #expect(!page.contains("class=\"pass\""))
    #expect(page.components(separatedBy: "class=\"skipped\"").count == 9, "eight gates")
    #expect(page.contains("What was not looked at has not passed."))
    #expect(page.components(separatedBy: "class=\"hole\"").count >= 5)
  }

  private static func table(_ name: String, _ columns: [String], _ rows: [[String]]) -> ResultFile {
    ResultFile(path: "data/\(name).csv", columns: columns.map { ColumnNote($0, unit: "text", "meaning") }, rows: rows)
  }

  @Test(arguments: [("passed", "pass"), ("warning", "warn"), ("failed", "fail"), ("skipped", "skipped")])
  func qualityIsAsTheChecksSay(status: String, state: String) throws {
    let page = try page([
      Self.table("data_quality", ["check", "status", "detail"], [["a", "passed", "x"], ["b", status, "y"]])
    ])
    #expect(page.contains("<li class=\"\(state)\"><b>\(state.uppercased())</b><strong><a href=\"#data\">Data quality"))
  }

  @Test func nothingLookedAtIsNoPass() throws {
    let quality = try page([Self.table("data_quality", ["check", "status", "detail"], [])])
    #expect(quality.contains("<li class=\"skipped\"><b>SKIPPED</b><strong><a href=\"#data\">Data quality"))
    let certificate = try page([ResultFile(path: "data/certificate.json", bytes: Array("{\"limits\":[]}".utf8))])
    #expect(certificate.contains("<b>SKIPPED</b><strong><a href=\"#strategy\">Proof of optimality"))
  }

  /// An index that was compared leaves a line of its own; what was not compared has not passed for that.
  @Test(arguments: [("[]", "pass"), ("[\"back-test: immature\"]", "skipped")])
  func alertsPassWhereAllWasLookedAt(unseen: String, state: String) throws {
    let alerts = ResultFile(
      path: "data/drift_alerts_base.json",
      bytes: Array(
        (#"{"alerts":[{"severity":"info","message":"stable","period":"MR"}],"summary":{"info":1},"not_looked_at":"#
          + "\(unseen)}").utf8))
    let page = try page([Self.table("strategies", ["strategy"], [["base"]]), alerts])
    #expect(
      page.contains("<li class=\"\(state)\"><b>\(state.uppercased())</b><strong><a href=\"#limits\">Drift alerts"))
    #expect(page.contains("Not looked at: back-test: immature.") == (state == "skipped"))
  }

  /// Overrides that would agree with anything have not shown that the assumption is right.
  @Test(arguments: [
    (bad: 30, effective: 25.0, high: 1.3, state: "pass"), (bad: 30, effective: 25.0, high: 2.2, state: "warn"),
    (bad: 30, effective: 6.0, high: 1.3, state: "skipped"), (bad: 9, effective: 9.0, high: 1.3, state: "skipped"),
  ])
  func overridesPassWhereTheyCouldHaveFailed(bad: Int, effective: Double, high: Double, state: String) throws {
    let check = ResultFile(
      path: "data/reject_check.json",
      bytes: Array(
        ("{\"status\":\"estimated\",\"badOverrides\":\(bad),\"effectiveBads\":\(effective),\"ratio\":1.05,"
          + "\"ratioInterval\":{\"low\":0.8,\"high\":\(high)},\"overrideBound\":1.5,"
          + "\"methods\":[{\"method\":\"none\",\"verdict\":\"inside\"}]}").utf8))
    #expect(
      try page([check]).contains(
        "<li class=\"\(state)\"><b>\(state.uppercased())</b><strong><a href=\"#evidence\">Risk of the rejected"))
  }

  /// A model that no resample changes makes the interval too narrow.
  @Test(arguments: [("the bins", "pass"), ("the risk model", "warn")])
  func intervalsWithoutTheModelAreNoPass(notCovered: String, state: String) throws {
    let intervals = ResultFile(
      path: "data/intervals.json",
      bytes: Array(
        ("{\"confidence\":0.95,\"made\":100,\"notCovered\":[\"\(notCovered)\"],"
          + "\"scenarios\":[{\"name\":\"base\",\"probabilityWithinLimit\":0.97}]}").utf8))
    let page = try page([Self.table("strategies", ["strategy"], [["base"]]), intervals])
    #expect(
      page.contains("<li class=\"\(state)\"><b>\(state.uppercased())</b><strong><a href=\"#results\">Uncertainty"))
  }

  /// An optimum lies at its limit: being above it in the recent period says something only beyond its noise.
  @Test(arguments: [
    (months: 6, low: "4.2", state: "pass"), (months: 6, low: "5.1", state: "warn"), (months: 6, low: "", state: "warn"),
    (months: 3, low: "4.2", state: "warn"),
  ])
  func aRecentPeriodIsHeldAgainstItsNoise(months: Int, low: String, state: String) throws {
    func test(_ months: Int, _ risk: String, _ verdict: String) -> String {
      "{\"months\":\(months),\"scenario\":\"base\",\"promised\":{\"risk\":\(risk),\"bad\":40},"
        + "\"observed\":{\"risk\":\(risk),\"bad\":40},\"verdict\":\"\(verdict)\"}"
    }
    let six = months == 6 ? test(6, "5", "within noise") : test(6, "null", "immature")
    let page = try page([
      Self.table("strategies", ["strategy", "limit_pct"], [["base", "5"]]),
      Self.table(
        "risk_production_summary_mr_base",
        ["Metric", "Risk (%)", "risk_low", "risk_high", "maturity", "share_observed"],
        [["Optimum selected", "5.5", low, low.isEmpty ? "" : "6.9", "partly mature", "40"]]),
      ResultFile(path: "data/backtest_base.json", bytes: Array("[\(test(3, "2", "within noise")),\(six)]".utf8)),
    ])
    #expect(
      page.contains("<li class=\"\(state)\"><b>\(state.uppercased())</b><strong><a href=\"#evidence\">Recent period"))
    #expect(page.contains("Observed outcomes (40 % of the exposure)"))
  }

  /// What a reader of tables has of the gates is what the page says.
  @Test func gatesAreATable() throws {
    let small = try SmallPortfolio()
    let tables = RunTables([StageFiles(FileSet(files: []))])
    let facts = try ReportFacts(
      tables: tables, summary: small.cube.summary, grid: small.cube.grid, measure: small.cube.measure, said: [],
      folder: "data", currency: "EUR")
    let file = GateTable.file(try Gates(facts: facts, words: .english).all(), in: "data")
    let table = try GateTable(csv: file.bytes, at: file.path)
    #expect(file.path == "data/gates.csv" && table.lines.count == 8)
    #expect(table.lines.allSatisfy { $0.state == "SKIPPED" } && Set(table.lines.map(\.gate)).count == 8)
    #expect(table.notPassed.hasPrefix("SKIPPED data_quality; SKIPPED proof"))
    for name in table.lines.map(\.gate) { #expect(Gate.title(of: name, .english) != name) }
    #expect(throws: Faults.self) {
      try GateTable(csv: Array("gate,state,detail,source\nproof,GREEN,,\n".utf8), at: "x")
    }
  }

  @Test func whatStagesSaidIsThere() throws {
    let page = try page(
      [], said: [.init(isWarning: true, text: "<b>few</b> rows"), .init(isWarning: false, text: "all is well")])
    #expect(page.contains("<strong>warning</strong> stage: &lt;b&gt;few&lt;/b&gt; rows"))
    #expect(page.contains("<strong>note</strong> stage: all is well"))
  }

  /// The portfolio's page: what is not complete stands above the figures, names are text, numbers are fields.
  @Test(arguments: hostile) func thePortfolioSaysWhatIsMissing(name: String) async throws {
    let columns = [
      "group", "kind", "period", "scenario", "status", "segments", "missing_segments", "actual_production",
      "actual_risk_pct", "optimum_production", "optimum_risk_pct", "production_delta_pct", "note",
    ]
    let file = Self.table(
      "x", columns,
      [
        [name, "segment", "main", "base", "complete", name, "", "1000000", "5.5", "1100000", "5.0123456", "10", ""],
        ["south", "segment", "main", "base", "missing", "", "south (failed)", "", "", "", "", "", ""],
        [
          "TOTAL", "total", "main", "base", "partial", name, "south (failed)", "1000000", "5.5", "1100000", "5.0123456",
          "10", "months differ",
        ],
      ])
    let gates = Self.table(
      "y", ["segment", "gate", "state", "detail"],
      [
        [name, "proof", "PASS", "all"], [name, "recent_period", "SKIPPED", name],
        ["south", "proof", "WARN", "one open"],
      ])
    let page = String(
      decoding: try await PortfolioPage(
        csv: file.bytes, gates: gates.bytes, currency: "EUR", reports: [name: "a/report.html"]
      ).bytes,
      as: UTF8.self)
    #expect(page.contains("<data value=\"5.0123456\"") && page.contains(">5.01 %<"))
    #expect(page.contains(">Proof of optimality<") && page.contains(">PASS<") && page.contains(">WARN<"))
    #expect(page.contains(">SKIPPED<") && page.contains(">–<"))
    #expect(page.contains("south: missing (south (failed))") && page.contains("months differ"))
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<iframe"))
    await #expect(throws: Faults.self) {
      try await PortfolioPage(csv: Array("a,b\n1,2\n".utf8), gates: gates.bytes, currency: "EUR", reports: [:])
    }
  }
}
