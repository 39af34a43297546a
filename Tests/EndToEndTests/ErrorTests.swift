import Foundation
import Testing

/// Every wrong input has its own sentence and exit code, and leaves nothing behind.
@Suite struct ErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let settings: [String]
    let code: Int32
    let said: [String]
    var testDescription: String { name }
  }

  static let configurationCases = [
    Case(
      name: "reversed dates", settings: ["date_ini_book_obs=\"2023-01-01\""], code: 2,
      said: ["ends before it begins: 2023-01-01 to 2022-12-01"]),
    Case(
      name: "one recent date", settings: ["date_ini_book_obs_mr=\"2023-01-01\""], code: 2,
      said: ["date_ini_book_obs_mr is set, date_fin_book_obs_mr is not"]),
    Case(
      name: "overlapping periods",
      settings: ["date_ini_book_obs_mr=\"2022-06-01\"", "date_fin_book_obs_mr=\"2023-01-01\""], code: 2,
      said: ["overlaps the main period"]),
    Case(
      name: "edges", settings: ["preprocessing.bins.score_bin.edges=[1, 3, 2]"], code: 2,
      said: ["edges of score_bin do not increase: 3.0 is followed by 2.0"]),
    Case(
      name: "equal edges", settings: ["preprocessing.bins.score_bin.edges=[1, 1]"], code: 2, said: ["do not increase"]),
    Case(name: "one variable", settings: ["variables=[\"score_bin\"]"], code: 2, said: ["variables"]),
    Case(
      name: "a variable without bins", settings: ["variables=[\"score_bin\", \"bureau_bin\", \"x\"]"], code: 2,
      said: ["there are no bins for the variable x"]),
    Case(
      name: "uplift out of range", settings: ["reject_uplift_factor=11"], code: 2,
      said: ["reject_uplift_factor is the number 11"]),
    Case(
      name: "unknown method", settings: ["reject_inference_method=parcelling"], code: 2,
      said: ["did you mean parceling"]),
    Case(
      name: "unknown stage", settings: ["stages.serach.use=exhaustive"], code: 2,
      said: ["the plan has no stage serach; did you mean search"]),
    Case(
      name: "unknown implementation", settings: ["stages.search.use=exhaustve"], code: 2,
      said: ["did you mean exhaustive"]),
    Case(
      name: "unknown direction", settings: ["preprocessing.bins.score_bin.direction=higher_is_safer"], code: 2,
      said: ["did you mean higher-is-safer"]),
    Case(
      name: "missing file", settings: ["data_path=nowhere.csv"], code: 7,
      said: ["nowhere.csv: cannot be read: No such file"]),
    Case(
      name: "missing column", settings: ["keep_vars=[\"score_rff\"]"], code: 3,
      said: ["score_rff is not in the data; did you mean score_rf"]),
    Case(
      name: "no such segment", settings: ["segment_filter=CONSUMER_STT"], code: 3,
      said: ["no row is in the segment", "did you mean consumer_std"]),
    Case(
      name: "empty period", settings: ["date_ini_book_obs=\"2032-01-01\"", "date_fin_book_obs=\"2032-02-01\""], code: 3,
      said: ["no row lies in the main period"]),
    Case(
      name: "eligible codes", settings: ["eligible={ column = \"se_decision_id\", values = [\"ok\"] }"], code: 3,
      said: ["no row has a value of eligible (ok)"]),
    Case(
      name: "missing scores", settings: ["preprocessing.bins.score_bin.missing=error"], code: 3,
      said: ["score_rf is missing", "\"drop\" or \"own-bin\""]),
    Case(
      name: "wrong direction", settings: ["preprocessing.bins.score_bin.direction=higher-is-riskier"], code: 4,
      said: ["direction contradicts the data", "p = "]),
    Case(
      name: "one source twice", settings: ["bins.bureau_bin.source=score_rf"], code: 2,
      said: ["both score_bin and bureau_bin are cut from score_rf"]),
    Case(
      name: "a huge grid",
      settings: [
        "bins.score_bin.edges=[\((0..<500).map(String.init).joined(separator: ","))]",
        "bins.bureau_bin.edges=[\((0..<500).map(String.init).joined(separator: ","))]",
      ], code: 2,
      said: ["the grid has 249001 cells"]),
    Case(name: "a step too far", settings: ["risk_step=5"], code: 2, said: ["leaves no positive limit"]),
    Case(
      name: "an absent segment", settings: ["segment_filter=[\"CONSUMER_STD\", \"NOPE\"]"], code: 3,
      said: ["no row is in the segment nope"]),
    Case(name: "a device as a file", settings: ["data_path=/dev/zero"], code: 7, said: ["/dev/zero: is not a file"]),
    Case(name: "duplicates", settings: ["duplicates=error"], code: 3, said: ["is identical to an earlier row"]),
  ]

  @Test(arguments: configurationCases)
  func configuration(_ wrong: Case) throws {
    let place = try Workplace()
    try place.simulate(rows: 5000)
    let arguments = ["run", "-o", "out"] + wrong.settings.flatMap { ["--set", $0] }
    let run = try place.tool.run(arguments)
    #expect(run.code == wrong.code, "\(run.err)")
    for text in wrong.said { #expect(run.err.contains(text), "\(run.err)") }
    // At most what the stages before had finished, with its manifest.
    #expect(try place.names(except: "out.failed") == ["applications.csv", "config.toml"])
    if place.exists("out.failed") { #expect(try place.tool("verify", "out.failed").code == 0) }
  }

  @Test func aTypoNamesFileLineAndColumn() throws {
    let place = try Workplace()
    try place.write("config.toml", "[preprocessing]\n  optimum_rsk = 1.1\n")
    let run = try place.tool("run")
    #expect(run.code == 2)
    #expect(run.err.contains("config.toml:2:3: unknown key optimum_rsk of [preprocessing]; did you mean optimum_risk"))
    #expect(try place.tool("check").code == 2)
    #expect(try place.tool("run", "-c", "nope.toml").err.contains("nope.toml: there is no such configuration file"))
    #expect(try place.names() == ["config.toml"])
  }

  /// Data that is wrong: written by hand from a simulated file.
  @Test(arguments: [
    ("empty file", "nothing", Int32(3), "the file is empty"),
    ("header only", "header", 3, "no application"),
    ("25 % missing", "missing", 3, "25.0 % of score_rf are missing"),
    ("a collision of spellings", "collision", 3, "two of its values are one value when compared, found "),
    ("an unknown status", "status", 3, "holds a status that is not known; did you mean booked, found boooked."),
    (
      "a negative pile", "negative", 3,
      "todu_amt_pile_h6, row 1: holds an amount that cannot be, found a value like -9"
    ),
    ("text in an amount", "text", 3, "holds text where a number is needed, found a value like aaa"),
    ("a repeated id", "id", 3, "repeat the authorization_id"),
    ("two columns of one name", "columns", 3, "are one name when compared"),
  ])
  func data(_ name: String, kind: String, code: Int32, said: String) throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    var lines = try place.read("applications.csv").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    func column(_ name: String) throws -> Int { try #require(lines[0].firstIndex(of: name)) }
    let (score, status, pile) = (try column("score_rf"), try column("status_name"), try column("todu_amt_pile_h6"))
    switch kind {
    case "header": lines = [lines[0]]
    case "missing": for row in 1..<lines.count { lines[row][score] = row % 4 == 0 ? "" : "500" }
    case "collision": lines[1][status] = "Booked"
    case "status": lines[1][status] = "boooked"
    case "negative": lines[1][pile] = "-5"
    case "text": lines[1][try column("oa_amt")] = "abc"
    case "id": lines[2][0] = lines[1][0]
    case "columns": lines[0][try column("early_bad")] = "Score RF"
    default: lines = []
    }
    try place.write("applications.csv", lines.map { $0.joined(separator: ",") + "\n" }.joined())
    let run = try place.tool("run", "-o", "out")
    #expect(run.code == code, "\(run.err)")
    #expect(run.err.contains(said), "\(run.err)")
    // At most what the stages before had finished, with its manifest.
    #expect(try place.names(except: "out.failed") == ["applications.csv", "config.toml"])
    if place.exists("out.failed") { #expect(try place.tool("verify", "out.failed").code == 0) }
  }

  @Test func amountsThatAreRoundedAreCounted() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    var lines = try place.read("applications.csv").split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let amount = try #require(lines[0].firstIndex(of: "oa_amt"))
    for row in 1...3 { lines[row][amount] = "1000.12500049" }
    try place.write("applications.csv", lines.map { $0.joined(separator: ",") }.joined(separator: "\n"))
    let run = try place.tool("run", "-o", "out")
    #expect(run.code == 0)
    let said = "3 amounts of oa_amt have more than 6 decimals and are rounded to units of 10^-6"
    #expect(run.err.contains(said), "\(run.err)")
  }

  @Test func cutoffsOfAnotherGridAreRefused() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let wide = try place.read("out/data/cutoff_summary_wide.csv").split(separator: "\n").map(String.init)
    for name in ["99", "cut_99", "bin_99"] {
      try place.write("cutoffs.csv", wide.enumerated().map { $1 + ($0 == 0 ? ",\(name)\n" : ",1\n") }.joined())
      let evaluated = try place.tool("evaluate", "out", "cutoffs.csv")
      #expect(evaluated.code == 3)
      #expect(evaluated.err.contains("\(name) names a bin that the grid does not have"), "\(evaluated.err)")
    }
  }

  @Test func oneBadByteIsOneError() throws {
    let place = try Workplace()
    for (text, said) in [("a\n\u{FFFD}\n", "is not valid UTF-8"), ("a\nb\0\n", "holds a NUL byte")] {
      var bytes = Array(text.utf8)
      if let at = bytes.firstIndex(of: 0xEF) { bytes.replaceSubrange(at..<at + 3, with: [0xD3]) }
      try Data(bytes).write(to: URL(fileURLWithPath: place.path("bad.csv")))
      for _ in 0..<5 {
        let run = try place.tool("table", "bad.csv")
        #expect(run.code == 3)
        #expect(run.err.contains(said), "\(run.err)")
      }
    }
  }

  @Test func keysWithoutEndAreRefused() throws {
    let place = try Workplace()
    try place.write("config.toml", String(repeating: "a.", count: 50_000) + "b = 1\n")
    let run = try place.tool("check")
    #expect(run.code == 2)
    #expect(run.err.contains("more than 500 dots"), "\(run.err)")
  }

  @Test func outputsThatWouldOverwriteInputsAreRefused() throws {
    let place = try Workplace()
    try place.simulate(rows: 100)
    let before = try place.read("applications.csv")
    #expect(try place.tool("table", "applications.csv", "-o", "applications.csv").code == 2)
    #expect(try place.tool("simulate", "-o", "x.csv", "--truth", "x.csv").code == 2)
    for folder in [".", "x/", "/"] { #expect(try place.tool("simulate", "-o", folder).code == 2, "\(folder)") }
    #expect(try place.read("applications.csv") == before)
    #expect(!place.exists("x.csv"))
  }

  @Test func skippedChecksAreSaidEverywhere() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let run = try place.tool("run", "-o", "out", "--skip-dq-checks")
    #expect(run.code == 0)
    #expect(run.out.contains("SKIPPED"))
    #expect(try place.read("out/data/data_quality.csv").contains("skipped"))
    let cube = try Data(contentsOf: URL(fileURLWithPath: place.path("out/stages/cube.bin")))
    #expect(cube.firstRange(of: Data("\"qualitySkipped\":true".utf8)) != nil)
  }

  @Test func aForeignFolderIsNotReplaced() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try FileManager.default.createDirectory(atPath: place.path("mine"), withIntermediateDirectories: true)
    try place.write("mine/letter.txt", "dear")
    let run = try place.tool("run", "-o", "mine")
    #expect(run.code == 7)
    #expect(try place.read("mine/letter.txt") == "dear")
  }

  @Test func verifyFindsAChange() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    try place.write("out/data/row_waterfall.csv", "role,reason,rows\n")
    let verify = try place.tool("verify", "out")
    #expect(verify.code == 6)
    #expect(verify.err.contains("data/row_waterfall.csv"))
    #expect(try place.tool("verify", ".").code == 7)
  }

  /// What stands on a console is often kept: a value comes only where it is asked for, and never into a file.
  @Test func valuesAreShownWhereTheyAreAskedFor() throws {
    let place = try Workplace()
    try place.write("t.csv", "id,when\n1,2022-01-31\n2,Ann Planted\n")
    let silent = try place.tool("table", "t.csv", "--type", "when=date:%Y-%m-%d")
    let asked = try place.tool("table", "t.csv", "--type", "when=date:%Y-%m-%d", "--show-values")
    for outcome in [silent, asked] {
      #expect(outcome.code == 3 && outcome.err.contains("column when, row 2"), "\(outcome.err)")
    }
    #expect(!silent.err.contains("Planted") && silent.err.contains("--show-values"), "\(silent.err)")
    #expect(asked.err.contains("found \"Ann Planted\"") && !asked.err.contains("--show-values"), "\(asked.err)")
  }

  /// `log_level` says what the console shows; the run folder keeps every event.
  @Test func theConsoleShowsWhatItsLevelAsksFor() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    var said: [String: String] = [:]
    for level in ["DEBUG", "info", "WARNING", "ERROR"] {
      let outcome = try place.tool(
        "run", "-o", "o", "--fresh", "--set", "log_level=\(level)")
      #expect(outcome.code == 0, "\(outcome.err)")
      said[level] = outcome.err
    }
    let (debug, info) = (said["DEBUG"] ?? "", said["info"] ?? "")
    let (warning, error) = (said["WARNING"] ?? "", said["ERROR"] ?? "")
    #expect(debug.contains(" ms)") && debug.contains("✓ search") && debug.contains("phase"))
    #expect(info.contains("✓ search") && !info.contains(" ms)"))
    #expect(!warning.contains("✓") && !warning.contains("configuration:"))
    let warnings = warning.split(separator: "\n").count { $0.contains("warning: ") }
    #expect(warnings > 0 && info.split(separator: "\n").count { $0.contains("warning: ") } == warnings)
    #expect(!error.contains("warning: ") && error.contains("\(warnings) warning"), "\(error)")
    let events = try String(contentsOfFile: place.root + "/o/events.jsonl", encoding: .utf8)
    #expect(events.split(separator: "\n").count { $0.contains("\"warning\"") } == warnings)
    let wrong = try place.tool("run", "--set", "log_level=VERBOSE")
    #expect(wrong.code == 2 && wrong.err.contains("It may be DEBUG, INFO, WARNING, ERROR."), "\(wrong.err)")
  }
}
