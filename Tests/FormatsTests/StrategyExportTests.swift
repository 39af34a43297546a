import CutlineCore
import CutlineCredit
import CutlineFormats
import Foundation
import TestSupport
import Testing

/// Engines that are not ours decide by the exports as the grid does.
@Suite struct StrategyExportTests {
  private static let rows = 2_000
  private static let hasPmml = Scratch.pythonHas(
    "import pypmml, jpype, shutil, sys; sys.exit(not shutil.which('java'))")
  private static let hasPython = Scratch.pythonHas("import sqlite3")
  private static let hasCompiler = Scratch.pythonHas("import shutil, sys; sys.exit(not shutil.which('cc'))")

  private struct Line: Encodable { let file, rows, result: String, columns: [String] }

  /// Exports all strategies, has them decide their records, and compares.
  private static func decides(_ format: StrategyExport.Format) throws {
    let place = try Scratch()
    let cases = ExportedStrategies.all()
    var lines: [Line] = []
    for (k, own) in cases.enumerated() {
      let rules = try own.rules()
      try place.write(StrategyExport.text(of: rules, as: format), to: "\(k).\(format.fileExtension)")
      try place.write(own.columns(rows: rows), to: "\(k).rows")
      lines.append(
        Line(
          file: place.path("\(k).\(format.fileExtension)"), rows: place.path("\(k).rows"),
          result: place.path("\(k).result"), columns: rules.scores.map(\.column)))
    }
    try JSONEncoder().encode(lines).write(to: URL(fileURLWithPath: place.path("cases.json")))
    let said = try Scratch.python(["\(Scratch.oracles)/strategies.py", place.path("cases.json")])
    try #require(said.code == 0, "\(said.text)")
    for (k, own) in cases.enumerated() {
      let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: place.path("\(k).result"))), as: UTF8.self)
      let found = text.split(separator: "\n").map(String.init)
      let columns = own.columns(rows: rows)
      try #require(found.count == rows)
      for row in 0..<rows {
        let values = columns.map { $0[row] }
        let due = own.expected(values).rawValue
        // JSON, in which its reader asks, has no infinities.
        if format == .pmml, values.contains(where: \.isInfinite), found[row] == "None" { continue }
        try #require(found[row] == due, "\(own.name) as \(format), row \(row): \(values)")
      }
    }
  }

  @Test(.enabled(if: hasPython, "needs Python with SQLite")) func sqliteDecidesAsTheGrid() throws {
    try Self.decides(.sql)
  }

  @Test(.enabled(if: hasPython && hasCompiler, "needs Python and a C compiler")) func compiledCDecidesAsTheGrid() throws
  {
    try Self.decides(.c)
  }

  @Test(.enabled(if: hasPython, "needs Python")) func aReaderOfDmnDecidesAsTheGrid() throws { try Self.decides(.dmn) }

  @Test(.enabled(if: hasPython, "needs Python")) func aReaderOfJsonDecidesAsTheGrid() throws { try Self.decides(.json) }

  @Test(.enabled(if: hasPmml, "needs Python with pypmml and JPype1, and Java")) func pypmmlDecidesAsTheGrid() throws {
    try Self.decides(.pmml)
  }

  /// The rules themselves, and JSON that was read back; every outcome occurs.
  @Test func theRulesDecideAsTheGrid() throws {
    var seen: Set<StrategyRules.Outcome> = []
    for own in ExportedStrategies.all() {
      let rules = try own.rules()
      let read = try PortableStrategy.decode(PortableStrategy.encode(rules), source: own.name)
      #expect(read.strategy == rules.header && read.columns == rules.scores.map(\.column))
      let columns = own.columns(rows: Self.rows)
      for row in 0..<Self.rows {
        let values = columns.map { $0[row] }
        let due = own.expected(values)
        try #require(rules.decide(values) == due && read.decide(values) == due, "\(own.name): \(values)")
        seen.insert(due)
      }
    }
    #expect(seen.count == StrategyRules.Outcome.allCases.count)
  }

  /// With two scores the bands are the runs of equal cutoffs, whatever the numbering; together they are the grid.
  @Test func bandsAreAsFewAsCanBe() throws {
    for own in ExportedStrategies.all() {
      let bands = try own.rules().bands
      let outer = own.grid.axes.dropLast()
      guard let axis = outer.first, outer.count == 1 else { continue }
      let counts = axis.numbering == .ascending ? own.strategy.accepted : own.strategy.accepted.reversed()
      let runs = 1 + zip(counts, counts.dropFirst()).count { $0 != $1 }
      #expect(bands.count == runs, "\(own.name)")
      #expect(bands.first?.outer[0].low == nil && bands.last?.outer[0].high == nil)
      #expect(zip(bands, bands.dropFirst()).allSatisfy { $0.outer[0].high == $1.outer[0].low })
    }
  }

  /// What is exported as cutoffs in raw scores is read as the same strategy.
  @Test func cutoffsReadBack() throws {
    for own in ExportedStrategies.all() {
      let rules = try own.rules()
      var text = "strategy = \"committee\"\n"
      for row in rules.conditions {
        text += "[[rule]]\n"
        for (score, condition) in zip(rules.scores, row) {
          text += "\(ConfigValue.quoted(score.column)) = \(ConfigValue.quoted(condition))\n"
        }
      }
      let read = try ScoreCutoffs(toml: text, on: own.grid, path: "cutoffs.toml")
      #expect(
        read.strategies.map(\.name) == ["committee"] && read.strategies[0].strategy == own.strategy, "\(own.name)")
      #expect((read.strategies[0].doubt != nil) == (own.name == "not monotone"))
    }
  }

  @Test(arguments: [
    ("<= 484", "> 460", "460 is no edge of y; the nearest are 449.4 and 462.8"),
    ("<= 484", ">= 462.8", "bins of y are closed on the right: 462.8 belongs to the bin below it"),
    ("<= 484", "<= 462.8", "accepts values of y and rejects safer ones"),
    ("<= 484", "462.8", "is no condition on a score"),
    ("<= 484", "(484..473.5]", "the condition on y holds no bin"),
    ("<= 473.5", "> 462.8", "says nothing of x in (473.5, 484"),
    ("<= 495.6", "> 462.8", "x in (484"),
    ("none", "> 462.8", "none is no band of x"),
  ])
  func cutoffsThatAreNoneAreRefused(_ first: String, _ second: String, _ problem: String) throws {
    let edges = [-Double.infinity, 449.4, 462.8, 473.5, 484, 495.6, .infinity]
    let grid = CellGrid(axes: [ExportedStrategies.axis("x", edges), ExportedStrategies.axis("y", edges)])
    let text = """
      [[rule]]
      x = "\(first)"
      y = "\(second)"
      [[rule]]
      x = "> 484"
      y = "all"
      """
    let fault = expectFaults(.data) { try ScoreCutoffs(toml: text, on: grid, path: "c.toml") }
    #expect(fault?.problem.contains(problem) == true, "\(fault?.problem ?? "")")
  }

  @Test func whatTheRunDoesIsRead() throws {
    let grid = CellGrid(axes: [
      ExportedStrategies.axis("a", [0, 1, 2]), ExportedStrategies.axis("b", [0, 1, 2]),
      ExportedStrategies.axis("c", [0, 1, 2]),
    ])
    let bins = """
      { "a bin" = { missing = "own-bin", outside = "error", special = { "9999" = "drop", ".A" = "own-bin", "-1" = "own-bin" } }, "b bin" = { missing = "drop", outside = "edge-bin", special = { } } }
      """
    let policies = try ScorePolicy.policies(of: grid, bins: bins, place: "manifest.json")
    #expect(
      policies == [
        ScorePolicy(
          codes: [.init(value: 9999, outcome: .outside), .init(value: -1, outcome: .keep)], missing: .keep,
          outside: .outside), ScorePolicy(clampsBeyond: true), ScorePolicy(),
      ])
    let apart = "{ \"a bin\" = { missing = \"drop\", special = { \".A\" = \"own-bin\" } } }"
    expectFaults(.usage) { try ScorePolicy.policies(of: grid, bins: apart, place: "manifest.json") }
  }

  @Test func namesThatCannotBeAreRefused() throws {
    let own = ExportedStrategies.all()[0]
    for name in ["", "a\nb", "SELECT", String(repeating: "a", count: 200)] {
      expectFaults(.usage, "\(name)") { try own.rules(columns: ["score_rf": name]) }
    }
    var options = StrategyExport.Options()
    options.column = "Score_RF"
    expectFaults(.usage) { try StrategyExport.text(of: own.rules(), as: .sql, options: options) }
    options = StrategyExport.Options()
    options.function = "double"
    expectFaults(.usage) { try StrategyExport.text(of: own.rules(), as: .c, options: options) }
  }

  /// No other dialect can be run here; what they share with the one that is run is the same text.
  @Test func dialectsAskTheSame() throws {
    func conditions(_ dialect: StrategyExport.Dialect) throws -> [String] {
      var options = StrategyExport.Options()
      options.dialect = dialect
      return try StrategyExport.text(of: ExportedStrategies.all()[0].rules(), as: .sql, options: options)
        .split(separator: "\n").filter { $0.contains("WHEN s") }
        .map { line in String(line.filter { $0 != "d" }) }  // Oracle's doubles end in d.
    }
    let (ansi, tsql, oracle) = (try conditions(.ansi), try conditions(.tsql), try conditions(.oracle))
    #expect(ansi.count > 4 && tsql == ansi && oracle == ansi)
  }
}
