import CutlineCompute
import CutlineCore
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
    let files = try ExportedFiles(ExportedModels.all()) {
      try ModelExport.text(of: $0.model, as: .sql, options: options)
    }
    let said = try Scratch.python(["\(Scratch.oracles)/run_sql.py", files.place.path("cases.json")])
    try #require(said.code == 0, "\(said.text)")
    for (k, exported) in files.cases.enumerated() {
      let columns = ExportedModels.columns(exported.model)
      let expected = try ExportedModels.expected(exported.model, columns)
      let found = try files.place.doubles("\(k).result")
      #expect(ExportedModels.difference(exported, expected, found, tolerance: 1e-12, floor: 1e-290) == nil)
    }
  }

  /// Of hard numbers: half way cases of readers that round twice.
  @Test(.enabled(if: hasSQLite, "needs Python with SQLite and its mathematical functions"))
  func everyNumberIsReadAsItself() throws {
    var random = RandomStream(seed: 9)
    var values: [Double] = [0.1, 5e-300, 1e300, .pi, 1e22, 1e23, 9_007_199_254_740_994]
    for k in 0..<20_000 {
      let digits = Double(random.index(below: 1 << 30)) / [1e3, 1e5, 1e9, 1e14][k % 4]
      values.append(k % 2 == 0 ? digits : random.uniform() * [1e-8, 1, 1e9][k % 3])
    }
    let place = try Scratch()
    for (part, start) in stride(from: 0, to: values.count, by: 1000).enumerated() {
      let slice = Array(values[start..<min(start + 1000, values.count)])
      // Σ value × [x = index]: each number alone.
      let bins = try BinnedValues(bins: BinEdges(slice.indices.dropFirst().map { Double($0) - 0.5 }), values: slice)
      let files = try ExportedFiles(
        [.init(name: "\(part)", model: ExportedModels.model("numbers", .steps(bins)), isExact: true)], rows: 1
      ) {
        try ModelExport.text(of: $0.model, as: .sql)
      }
      try files.place.write([slice.indices.map(Double.init)], to: "0.rows")
      let said = try Scratch.python(["\(Scratch.oracles)/run_sql.py", files.place.path("cases.json")])
      try #require(said.code == 0, "\(said.text)")
      let found = try files.place.doubles("0.result")
      #expect(zip(slice, found).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
    withExtendedLifetime(place) {}
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
