import CutlineTesting
import Foundation
import Testing

/// A card with REASON and JOB of public data, from the run to other programs and back; one run for all of it.
@Suite(
  .enabled(if: SharedFiles.path("data/classic/hmeq.csv", from: #filePath) != nil, "../shared is not there"),
  .enabled(if: OracleScripts.isAvailable, OracleScripts.missing))
struct ScorecardExchangeRunTests {
  private static func plan(_ data: String) -> String {
    """
    plan = "scorecard"
    [scorecard]
    data_path = "\(data)"
    outcome = "st"
    cutoff = 560
    [scorecard.characteristics.REASON]
    column = "h4"
    reason = { code = "R1", en = "Purpose of the loan", de = "Zweck des Kredits", ru = "Цель кредита" }
    [scorecard.characteristics.JOB]
    column = "h5"
    reason = { code = "R2", en = "Occupation", de = "Beruf", ru = "Профессия" }
    [scorecard.characteristics.DELINQ]
    column = "h8"
    special = { 0 = "none" }
    missing = "neutral"
    reason = { code = "R3", en = "Delinquent credit lines", ru = "Просроченные кредиты" }
    [scorecard.characteristics.DEBTINC]
    column = "h12"
    reason = { code = "R4", en = "Debt against income", de = "Verschuldung", ru = "Долговая нагрузка" }
    [scorecard.characteristics.CLAGE]
    column = "h9"
    protected = true
    [stages.gates]
    with = { on_fail = "report" }
    """
  }

  @Test func aCardWithWordsTravels() throws {
    let place = try Workplace()
    let data = try #require(SharedFiles.path("data/classic/hmeq.csv", from: #filePath))
    try place.write("card.toml", Self.plan(data))
    let run = try place.tool("run", "-c", "card.toml", "-o", "run")
    try #require(run.code == 0, "\(run.err)")
    let card = "run/data/scorecard.json"
    let shown = try place.tool("scorecard", "show", card)
    #expect(
      shown.out.contains("{HomeImp}") && shown.out.contains("Sales") && shown.out.contains("other"), "\(shown.out)")
    try place.write("card.json", place.read(card))
    for (format, options) in [
      ("pmml", []), ("sql", ["--key", "row"]), ("c", ["--function", "card_score"]), ("csv", []), ("json", []),
    ] {
      let made = try place.tool.run(
        ["scorecard", "export", card, "--format", format, "-o", format == "json" ? "copy.json" : "card.\(format)"]
          + options)
      #expect(made.code == 0, "\(made.err)")
      #expect(made.err.contains("1000 test records"), "\(made.err)")
    }
    #expect(try place.read("copy.json") == place.read(card))
    let imported = try place.tool("scorecard", "import", "card.pmml", "--format", "pmml", "-o", "imported.json")
    #expect(imported.code == 0 && imported.err.contains("5 characteristics"), "\(imported.err)")
    #expect(try place.read("imported.json") == place.read(card), "what is imported is the card")
    let oracle = try OracleScripts.python([
      "\(OracleScripts.folder)/scorecard_exchange.py", place.root, "--tool", Tool.executable, "--rows", "4000",
    ])
    #expect(oracle.code == 0, "\(oracle.out) \(oracle.err)")
    #expect(oracle.out.contains("PMML: 4000 records, 0 differ") && oracle.out.contains("SQL: 4000 records, 0 differ"))
    // A language that is not there for all is said, and nothing is written.
    let german = try place.tool("scorecard", "score", card, data, "--reasons", "--lang", "de", "-o", "de.csv")
    #expect(german.code == 2 && german.err.contains("DELINQ") && !place.exists("de.csv"), "\(german.err)")
    let russian = try place.tool("scorecard", "score", card, data, "--reasons", "--lang", "ru", "-o", "ru.csv")
    #expect(russian.code == 0, "\(russian.err)")
    #expect(try place.read("ru.csv").contains("R4,Долговая нагрузка"))
    // Mistakes.
    for (arguments, code, sentence) in [
      (["export", card, "--format", "pmml", "-o", "card.pmml"], Int32(7), "is there already"),
      (["export", card, "--format", "onnx", "-o", "x"], 2, "pmml"), (["export", card, "--format", "c"], 2, "--output"),
      (["export", card, "--format", "c", "--key", "a", "-o", "x"], 2, "--format sql"),
      (["export", card, "--format", "c", "--function", "int", "-o", "x"], 2, "no name of C"),
      (["export", "nothing.json", "--format", "c", "-o", "x"], 7, "nothing.json"),
      (["import", "card.sql", "--format", "pmml", "-o", "y"], 3, "card.sql:1:1"),
      (["import", card, "--format", "json", "--round", "-o", "y"], 2, "--round"),
      (["import", "card.csv", "--format", "optbinning", "-o", "y"], 2, "--pdo"),
    ] {
      let outcome = try place.tool.run(["scorecard"] + arguments)
      #expect(outcome.code == code && outcome.err.contains(sentence), "\(arguments): \(outcome.code) \(outcome.err)")
    }
    #expect(!place.exists("x") && !place.exists("x.vectors.csv") && !place.exists("y"))
  }

  /// Words of few people stand in no file of a run, and in no message.
  @Test func rareWordsAreKeptNowhere() throws {
    let place = try Workplace()
    var text = "bad,job,debt\n"
    for row in 0..<800 {
      let job = row % 100 == 7 ? "CONFIDENTIAL\(row)" : ["clerk", "smith", "Clerk"][row % 3]
      text += "\((row * 7919) % 100 < (job == "smith" ? 45 : 20) ? 1 : 0),\(row == 5 ? "" : job),\(row % 17)\n"
    }
    try place.write("data.csv", text)
    let plan = """
      plan = "scorecard"
      [scorecard]
      data_path = "data.csv"
      outcome = "bad"
      [scorecard.characteristics.job]
      EXTRA
      [scorecard.characteristics.debt]
      [stages.gates]
      with = { on_fail = "report" }
      """
    try place.write("card.toml", plan.replacing("EXTRA", with: "max_bins = 3"))
    let run = try place.tool("run", "-c", "card.toml", "-o", "run")
    #expect(run.code == 0 && run.err.contains("differ from another in case"), "\(run.err)")
    #expect(!run.err.contains("CONFIDENTIAL") && !run.out.contains("CONFIDENTIAL"))
    let grep = Process()
    grep.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    grep.arguments = ["grep", "-rqa", "CONFIDENTIAL", place.path("run")]
    try grep.run()
    grep.waitUntilExit()
    #expect(grep.terminationStatus == 1, "no file of the run holds such a word")
    for (extra, code, sentence) in [
      ("edges = [1, 2]", Int32(3), "holds text"), ("groups = [[\"clerk\"], [\"clerk\"]]", 2, "each level once"),
      ("missing = \"zero\"", 2, "own-bin"),
      ("missing = \"refused\"\n[stages.binning]\nwith = { required = [\"job\"] }", 3, "is missing"),
      ("groups = [[\"clerk\"]]\nedges = [1]", 2, "category"), ("reason = { en = \"Job\" }", 2, "code"),
      ("reason = { code = \"R\", english = \"Job\" }", 2, "two letters"),
    ] {
      let split = extra.split(separator: "\n[", maxSplits: 1).map(String.init)
      let table = split.count > 1 ? "[" + split[1] + "\n" : ""
      try place.write(
        "card.toml", plan.replacing("EXTRA", with: split[0]).replacing("[stages.gates]", with: table + "[stages.gates]")
      )
      let outcome = try place.tool("run", "-c", "card.toml", "-o", "wrong")
      #expect(outcome.code == code && outcome.err.contains(sentence), "\(extra): \(outcome.code) \(outcome.err)")
    }
    try place.write("card.toml", plan.replacing("EXTRA", with: "groups = [[\"smith\"], [\"clerk\", \"Clerk\"]]"))
    let stated = try place.tool("run", "-c", "card.toml", "-o", "stated")
    #expect(stated.code == 0, "\(stated.err)")
    #expect(try place.read("stated/data/scorecard_points.csv").contains("\"{clerk, Clerk}\""))
  }
}
