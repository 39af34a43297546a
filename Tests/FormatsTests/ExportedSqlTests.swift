import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFormats
import Foundation
import TestSupport
import Testing

/// SQLite runs the statements and gives the values of the form.
@Suite struct ExportedSqlTests {
  static let hasSQLite = Scratch.pythonHas(
    "import sqlite3; sqlite3.connect(':memory:').execute('select exp(1), floor(2.5)')")

  @Test(.enabled(if: hasSQLite, "needs Python with SQLite and its mathematical functions"))
  func sqliteGivesTheValuesOfTheForm() throws {
    var options = ModelExport.Options()
    options.table = "main.the \"table\""
    let files = try ExportedFiles(ExportedModels.all.get()) {
      try ModelExport.text(of: $0.model, as: .sql, options: options)
    }
    let said = try Scratch.python(["\(Scratch.oracles)/run_sql.py", files.place.path("cases.json")])
    try #require(said.code == 0, "\(said.text)")
    for (k, exported) in files.cases.enumerated() {
      let found = try files.place.doubles("\(k).result")
      #expect(ExportedModels.difference(exported, found, tolerance: 1e-12, floor: 1e-200) == nil)
    }
  }

  /// Of hard numbers: half way cases of readers that round twice.
  @Test(.enabled(if: hasSQLite, "needs Python with SQLite and its mathematical functions"))
  func everyNumberIsReadAsItself() throws {
    var random = RandomStream(seed: 9)
    var values: [Double] = [0.1, 5e-300, 1e300, .pi, 1e22, 1e23, 9_007_199_254_740_994]
    for k in 0..<6_000 {
      let digits = Double(random.index(below: 1 << 30)) / [1e3, 1e5, 1e9, 1e14][k % 4]
      values.append(k % 2 == 0 ? digits : random.uniform() * [1e-8, 1, 1e9][k % 3])
    }
    // Each number alone: the value of one bin.
    let bins = try BinnedValues(bins: BinEdges(values.indices.dropFirst().map { Double($0) - 0.5 }), values: values)
    let model = try ExportedModels.model("numbers", .steps(bins))
    let files = try ExportedFiles([.init(name: "numbers", model: model, isExact: true, rows: 1)]) {
      try ModelExport.text(of: $0.model, as: .sql)
    }
    try files.place.write([values.indices.map(Double.init)], to: "0.rows")
    let said = try Scratch.python(["\(Scratch.oracles)/run_sql.py", files.place.path("cases.json")])
    try #require(said.code == 0, "\(said.text)")
    let found = try files.place.doubles("0.result")
    #expect(found.count == values.count && zip(values, found).allSatisfy { $0.bitPattern == $1.bitPattern })
  }

  /// A table that was imported without types: texts, some of which are no numbers.
  @Test(.enabled(if: hasSQLite, "needs Python with SQLite and its mathematical functions"))
  func textThatIsNoNumberIsMissing() throws {
    let place = try Scratch()
    let form = try ModelForm.linear(intercept: 1, coefficients: [2])
    let model = try Model(name: "m", features: [.init("x", codes: [9999])], unit: "fraction", form: form)
    try place.write(ModelExport.text(of: model, as: .sql), to: "m.sql")
    try place.write(
      """
      import sqlite3, sys
      texts = ["500", "500.25", "", "abc", "NaN", "650,5", "12abc", "0", "-3", " 4 ", "9999", "9999.0", None]
      connection = sqlite3.connect(":memory:")
      connection.execute('CREATE TABLE applications (id INTEGER, "x" TEXT)')
      connection.executemany("INSERT INTO applications VALUES (?, ?)", list(enumerate(texts)))
      rows = connection.execute(open(sys.argv[1]).read()).fetchall()
      assert [row[2] for row in sorted(rows)] == [1001, 1001.5] + [None] * 5 + [1, -5, 9, None, None, None], rows

      """, to: "texts.py")
    let said = try Scratch.python([place.path("texts.py"), place.path("m.sql")])
    #expect(said.code == 0, "\(said.text)")
  }

  @Test func aColumnCalledAsAFeatureIsRefused() throws {
    var options = ModelExport.Options()
    options.column = "Score"
    let model = try ExportedModels.model("m", .linear(intercept: 1, coefficients: [2]))
    expectFaults(.usage) { try ModelExport.text(of: model, as: .sql, options: options) }
  }

  @Test func namesAreQuoted() throws {
    let form = try ModelForm.linear(intercept: 1, coefficients: [2])
    let model = try ExportedModels.model("m", form)
    var options = ModelExport.Options()
    options.table = "risk.\"x\"; DROP TABLE y; --"
    let text = try ModelExport.text(of: model, as: .sql, options: options)
    #expect(text.contains("FROM \"risk\".\"\"\"x\"\"; DROP TABLE y; --\" AS t"))
    for name in ["", "a..b", String(repeating: "a", count: 200), "a\nb"] {
      options.table = name
      expectFaults(.usage, "\(name)") { try ModelExport.text(of: model, as: .sql, options: options) }
    }
  }

  @Test func whatIsTooLargeIsRefused() throws {
    let axes = try (0..<2).map { _ in try BinEdges((0..<599).map(Double.init)) }
    let cells = try ModelForm.cells(axes: axes, values: [Double](repeating: 0.1, count: 360_000))
    let model = try ExportedModels.model("large", cells)
    #expect(expectFaults(.data) { try ModelExport.text(of: model, as: .sql) }?.advice == "Export it to C or JSON.")
  }
}
