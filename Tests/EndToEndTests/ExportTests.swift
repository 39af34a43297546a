import Foundation
import Testing

/// Strategies handed on: exports that other engines decide by, and cutoffs in raw scores that come back.
@Suite struct ExportTests {
  static let engines = ["sql", "c", "json", "dmn"]
  static let hasEngines = OracleScripts.has("import shutil, sqlite3, sys; sys.exit(not shutil.which('cc'))")
  private static let hasPmml = OracleScripts.has(
    "import pypmml, jpype, shutil, sys; sys.exit(not shutil.which('java'))")
  private static let hasWorkbooks = OracleScripts.has(
    "import ctypes.util, openpyxl, sys; sys.exit(not ctypes.util.find_library('xlsxwriter'))")

  private static func place(rows: Int, _ settings: [String] = []) throws -> Workplace {
    let place = try Workplace()
    try place.simulate(rows: rows, seed: 23)
    let run = try place.tool.run(["run", "-o", "out"] + (["resamples=0"] + settings).flatMap { ["--set", $0] })
    guard run.code == 0 else { throw Workplace.Failed(said: run.err) }
    return place
  }

  /// Exports to every format that is read here, and has the engines decide each row of the audit.
  static func decideAudit(_ place: Workplace, _ scenario: String) throws -> Tool.Outcome {
    let formats = engines + (hasPmml ? ["pmml"] : [])
    for format in formats {
      let made = try place.tool("export", "out", "--scenario", scenario, "--format", format, "-o", "s.\(format)")
      guard made.code == 0 else { throw Workplace.Failed(said: made.err) }
    }
    let audit = "out/data/audit_\(scenario).csv"
    return try OracleScripts.strategies(
      ["--audit", place.path(place.exists(audit) ? audit : audit + ".gz"), "score_rf,risk_score_rf"]
        + formats.map { place.path("s.\($0)") })
  }

  @Test(
    .enabled(if: hasEngines, "needs Python with SQLite and a C compiler"),
    arguments: [
      [],
      [
        "preprocessing.bins.score_bin.missing=\"own-bin\"", "preprocessing.bins.score_bin.numbering=\"descending\"",
        "preprocessing.bins.bureau_bin.special={ 9999 = \"own-bin\", 0 = \"drop\" }",
        "preprocessing.bins.bureau_bin.closed=\"left\"",
      ],
    ])
  func everyEngineDecidesAsTheAudit(_ settings: [String]) throws {
    let place = try Self.place(rows: 5_000, settings)
    let said = try Self.decideAudit(place, "base")
    #expect(said.code == 0, "\(said.out)\(said.err)")
    #expect(said.out.ranges(of: " 0 differences, 0 unlike").count >= Self.engines.count, "\(said.out)")
    #expect(settings.isEmpty || !said.out.contains("'keep': 0"))
    let check = try place.tool("export", "out", "--format", "json", "--check", "applications.csv", "-o", "again.json")
    #expect(check.code == 0 && check.err.contains(" rows, 0 differences"), "\(check.err)")
    #expect(try place.read("again.json") == place.read("s.json"))
    // Cutoffs in raw scores are the strategy of the run, under its name.
    #expect(try place.tool("export", "out", "--format", "csv", "-o", "s.csv").code == 0)
    let own = try place.tool("evaluate", "out", "s.csv", "--distance")
    let wide = try place.tool("evaluate", "out", "out/data/cutoff_summary_wide.csv", "--distance")
    let line = own.out.split(separator: "\n").last
    #expect(own.code == 0 && line?.hasPrefix("base,") == true && line?.hasSuffix(",complete") == true, "\(own.err)")
    #expect(wide.out.split(separator: "\n").contains { $0 == line })
  }

  @Test(.enabled(if: hasWorkbooks, "needs libxlsxwriter, and Python with openpyxl")) func spreadsheetsAreReadBack()
    throws
  {
    let place = try Self.place(rows: 4_000)
    let made = try place.tool("export", "out", "--format", "xlsx", "-o", "s.xlsx", "--name", "=cmd()")
    #expect(made.code == 0, "\(made.err)")
    let said = try OracleScripts.strategies(["--workbook", place.path("s.xlsx"), place.path("out"), "base"])
    #expect(said.code == 0, "\(said.out)\(said.err)")
    #expect(try place.tool("export", "out", "--format", "xlsx", "-o", "t.xlsx", "--name", "=cmd()").code == 0)
    let files = try ["s.xlsx", "t.xlsx"].map { try Data(contentsOf: URL(fileURLWithPath: place.path($0))) }
    #expect(files[0] == files[1])
  }

  @Test(.enabled(if: OracleScripts.isAvailable, OracleScripts.missing)) func aCommitteesCutoffsAreEvaluated() throws {
    let place = try Self.place(rows: 4_000)
    try place.write(
      "own.csv",
      """
      strategy,score_rf,risk_score_rf
      Risk committee,<= 470,none
      Risk committee,> 470,> 620
      everything,all,all
      as today,(480..500],> 600
      as today,<= 480,> 650
      as today,> 500,> 540

      """)
    let said = try place.tool("evaluate", "out", "own.csv", "-o", "own")
    #expect(said.code == 0 && said.out.contains("\nRisk committee,"), "\(said.err)")
    let check = try OracleScripts.strategies(
      ["--evaluation", place.path("out"), place.path("own"), place.path("own.csv"), place.path("config.toml")])
    #expect(check.code == 0 && check.out.contains("evaluation: 3 strategies"), "\(check.out)\(check.err)")
    #expect(try place.tool("verify", "own").code == 0)
    for name in [
      "optimal_solution", "data_summary_desagregado", "risk_production_summary", "decisions", "decision_matrix",
    ] {
      #expect(place.exists("own/data/\(name)_risk-committee.csv"))
    }
    #expect(!place.exists("own/data/pareto_optimal_solutions.csv"))
    // A second time nothing runs; the run itself is never replaced.
    let again = try place.tool("evaluate", "out", "own.csv", "-o", "own")
    #expect(again.code == 0 && again.out == said.out)
    for output in ["out", "out/data"] {
      #expect(try place.tool("evaluate", "out", "own.csv", "-o", output).code == 2)
    }
    try place.write("own.toml", "[[rule]]\nscore_rf = \"all\"\nrisk_score_rf = \"> 621\"\n")
    let refused = try place.tool("evaluate", "out", "own.toml")
    #expect(refused.code == 3 && refused.err.contains("the nearest are 620 and 630"), "\(refused.err)")
  }

  @Test func whatCannotBeExportedIsRefused() throws {
    let place = try Self.place(rows: 4_000, ["stages.search.with={ production_floor = 1e12 }"])
    let infeasible = try place.tool("export", "out", "--format", "sql")
    #expect(infeasible.code == 5 && infeasible.err.contains("infeasible"), "\(infeasible.err)")
    let other = try Self.place(rows: 4_000)
    for arguments in [
      ["--format", "excel"], ["--format", "xlsx"], [], ["--format", "sql", "--scenario", "bas"],
      ["--format", "c", "--dialect", "tsql"], ["--format", "sql", "--column", "score=x"],
      ["--format", "sql", "--dialect", "mysql"], ["--format", "c", "--function", "double"],
    ] {
      let said = try other.tool.run(["export", "out"] + arguments)
      #expect(said.code == 2, "\(arguments) \(said.err)")
    }
    try place.write("out/data/cutoff_summary_wide.csv", "changed")
    #expect(try place.tool("export", "out", "--format", "sql").code == 6)
  }
}
