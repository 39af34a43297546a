import Foundation
import Testing

/// Any graph of stages: additions, replacements, plans from nothing, parts, drawings, and every mistake in its wiring.
@Suite struct PlanGraphTests {
  private static let sideBySide = """

    [[stage]]
    id = "linear"
    kind = "train"
    use = "linear"
    from = { cube = "cube", sample = "prepare" }

    [[stage]]
    id = "estimators"
    kind = "compare-surfaces"
    use = "standard"
    from = { cube = "cube", surfaces = ["train", "linear"] }

    [[stage]]
    id = "exact"
    kind = "search"
    use = "exhaustive"
    from = { cells = "cells" }

    [[stage]]
    id = "searches"
    kind = "compare-frontiers"
    use = "standard"
    from = { cells = "cells", frontiers = ["search", "exact"] }
    with = { limits = [4.5, 5.0] }
    """

  @Test func estimatorsAndSearchesStandSideBySide() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    try place.write("two.toml", "extends = \"config.toml\"\n" + Self.sideBySide)
    let run = try place.tool("run", "-c", "two.toml", "-o", "out")
    #expect(run.code == 0, "\(run.err)")
    let surfaces = try place.read("out/data/surface_comparison.csv").split(separator: "\n")
    #expect(surfaces.count == 3 && surfaces[1].hasPrefix("train,logistic,") && surfaces[2].hasPrefix("linear,linear,"))
    let frontiers = try place.read("out/data/frontier_comparison.csv").split(separator: "\n")
    let fields = frontiers.map { $0.split(separator: ",") }
    // Both are complete and exact: all points are common.
    #expect(fields.count == 3 && fields[1][2] == fields[1][3] && fields[1][2] == fields[2][2])
    let limits = try place.read("out/data/frontier_comparison_limits.csv").split(separator: "\n").dropFirst()
    #expect(limits.count == 4)
    for pair in stride(from: 1, through: 3, by: 2).map({ (limits[$0], limits[$0 + 1]) }) {
      #expect(
        pair.0.replacing(",search,", with: ",") == pair.1.replacing(",exact,", with: ","), "\(pair)")
    }
    #expect(try place.tool("verify", "out").code == 0)
    // Two stages that would write one file.
    try place.write(
      "clash.toml",
      "extends = \"two.toml\"\n[[stage]]\nid = \"again\"\nkind = \"compare-surfaces\"\nuse = \"standard\"\n"
        + "from = { cube = \"cube\", surfaces = \"train\" }\n")
    let clash = try place.tool("run", "-c", "clash.toml", "-o", "clash")
    #expect(
      clash.code == 2 && clash.err.contains("file data/surface_comparison.csv: is given by stage"), "\(clash.err)")
    let apart = try place.tool(
      "run", "-c", "clash.toml", "-o", "clash", "--set", "stages.again.with.folder=data/again")
    #expect(apart.code == 0, "\(apart.err)")
    #expect(place.exists("clash/data/again/surface_comparison.csv"))
  }

  @Test func aPlanFromNothing() throws {
    let place = try Workplace()
    try place.simulate(rows: 500)
    try place.write(
      "own.toml",
      """
      plan = "none"

      [[stage]]
      id = "first"
      kind = "source"
      use = "file"
      with = { path = "applications.csv" }

      [[stage]]
      id = "second"
      kind = "source"
      use = "file"
      with = { path = "applications.csv" }

      [[stage]]
      id = "checks"
      kind = "quality"
      use = "standard"
      from = { source = "second" }
      with = { keep_vars = ["mis_date"] }
      """)
    let plan = try place.tool("plan", "-c", "own.toml")
    #expect(
      plan.out
        == "wave 1\n  first: source.file\n  second: source.file\nwave 2\n  checks: quality.standard  (source ← second)\n"
    )
    let run = try place.tool("run", "-c", "own.toml", "-o", "out")
    #expect(run.code == 0 && place.exists("out/stages/checks.json"), "\(run.err)")
  }

  @Test func drawingsHoldEveryStageAndConnection() throws {
    let place = try Workplace()
    try place.simulate(rows: 10)
    let dot = try place.tool("plan", "--format", "dot").out
    #expect(dot.hasPrefix("digraph plan {") && dot.contains("scenarios") && dot.hasSuffix("}\n"))
    #expect(dot.split(separator: "\n").count { $0.contains("->") } == 92)
    let mermaid = try place.tool("plan", "--format", "mermaid").out
    #expect(mermaid.hasPrefix("flowchart LR\n") && mermaid.contains("-- sample -->"))
    #expect(try place.tool("plan", "--format", "png").code == 2)
    #expect(try place.tool("plan", "--until", "train").out.contains("train") == true)
    #expect(try !place.tool("plan", "--until", "train").out.contains("search"))
  }

  @Test func partsOfAPlanRun() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let until = try place.tool("run", "-o", "part", "--until", "cells")
    #expect(
      until.code == 0 && place.exists("part/stages/cells.json") && !place.exists("part/data/row_waterfall.csv"),
      "\(until.err)")
    #expect(try place.tool("run", "-o", "out").code == 0)
    let digest = try place.digest("out")
    let from = try place.tool("run", "-o", "out", "--from", "search")
    #expect(from.err.contains("✓ search") && from.err.contains("✓ scenarios") && from.err.contains("= cells"))
    #expect(try place.digest("out") == digest)
    #expect(try place.tool("run", "--from", "serch").err.contains("did you mean search"))
  }

  @Test(arguments: [
    ("id = \"x\"\nkind = \"serch\"\nuse = \"frontier\"", "there is no kind serch; did you mean search"),
    ("id = \"x\"\nkind = \"search\"\nuse = \"frontir\"", "there is no search called frontir; did you mean frontier"),
    ("id = \"x\"\nkind = \"search\"\nuse = \"frontier\"", "port cells of stage x is not connected"),
    ("id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cell = \"cells\" }", "did you mean cells"),
    (
      "id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cells = \"train\" }",
      "takes a cell table, but train gives a risk surface"
    ),
    (
      "id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cells = \"cels\" }",
      "which is not in the plan; did you mean cells"
    ),
    (
      "id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cells = [\"cells\", \"cells\"] }",
      "takes one stage, found 2"
    ),
    ("id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cells = 3 }", "port cells is the number 3"),
    (
      "id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nform = { cells = \"cells\" }",
      "unknown key form of a stage; did you mean from"
    ),
    ("id = \"x\"\nuse = \"frontier\"", "the stage has no kind"),
    (
      "id = \"x\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cells = \"cells\" }\nwith = { pin = [] }",
      "unknown key pin of stage x"
    ),
    (
      "id = \"cells\"\nkind = \"cells\"\nuse = \"standard\"\nfrom = { sample = \"prepare\", surface = \"train\", exposure = \"exposure\", rejects = \"cells\" }",
      "takes a reject adjustment, but cells gives a cell table"
    ),
    ("id = \"train\"\nkind = \"train\"\nuse = \"ridge\"\nfrom = { sample = [] }", "port sample is a list of 0"),
    (
      "id = \"train\"\nkind = \"search\"\nuse = \"frontier\"\nfrom = { cells = \"cells\" }",
      "takes a risk surface, but train gives a frontier"
    ),
  ])
  func everyWiringMistakeHasItsPlace(stage: String, said: String) throws {
    let place = try Workplace()
    try place.simulate(rows: 10)
    try place.write("bad.toml", "extends = \"config.toml\"\n\n[[stage]]\n\(stage)\n")
    let check = try place.tool("check", "-c", "bad.toml")
    #expect(check.code == 2 && check.err.contains(said), "\(check.err)")
    #expect(check.err.contains("bad.toml:"), "\(check.err)")
  }

  @Test func theSchemaKnowsEveryKey() throws {
    let place = try Workplace()
    let text = try place.tool("schema").out
    let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    let keys = try #require(properties["preprocessing"]?["properties"] as? [String: Any])
    for key in ["data_path", "bins", "optimum_risk", "reject_inference_method", "variables", "date_ini_book_obs"] {
      #expect(keys[key] != nil, "\(key)")
    }
    let stages = try #require(properties["stages"]?["properties"] as? [String: [String: Any]])
    #expect(Set(stages.keys).isSuperset(of: ["source", "prepare", "train", "search", "scenarios", "tables"]))
    #expect(text.contains("\"swap_in_risk_limit\"") && text.contains("\"higher-is-safer\""))
  }

  /// Every worked example is a configuration that is right.
  @Test func examplesAreChecked() throws {
    let place = try Workplace()
    let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples")
    try FileManager.default.copyItem(at: examples, to: URL(fileURLWithPath: place.path("Examples")))
    // What the example of a program imports.
    try FileManager.default.createDirectory(atPath: place.path("Plugins"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: examples.deletingLastPathComponent().appendingPathComponent("Plugins/python"),
      to: URL(fileURLWithPath: place.path("Plugins/python")))
    let files = try #require(FileManager.default.enumerator(atPath: place.path("Examples")))
      .compactMap { $0 as? String }.filter { $0.hasSuffix("config.toml") }
    #expect(files.count >= 4)
    for file in files {
      let path = "Examples/" + file
      let folder = (path as NSString).deletingLastPathComponent
      // Some extend a simulated portfolio, as their pages say.
      if try place.read(path).contains("extends = \"portfolio.toml\"") {
        let made = try place.tool(
          "simulate", "--rows", "20", "-o", folder + "/applications.csv", "--config", folder + "/portfolio.toml")
        #expect(made.code == 0, "\(made.err)")
      }
      let check = try place.tool("check", "-c", path)
      // The other languages need not be there.
      if check.err.contains("there is no program Rscript in PATH") { continue }
      #expect(check.code == 0, "\(path): \(check.err)")
    }
  }

  /// The settings of a run reach every stage of the kinds that take them, unless its own say otherwise.
  @Test func settingsReachAddedStages() throws {
    let place = try Workplace()
    try place.simulate(rows: 10)
    try place.write(
      "two.toml",
      """
      extends = "config.toml"

      [[stage]]
      id = "linear"
      kind = "train"
      use = "linear"
      from = { cube = "cube", sample = "prepare" }

      [[stage]]
      id = "own"
      kind = "train"
      use = "linear"
      from = { cube = "cube", sample = "prepare" }
      with = { cv_folds = 4 }

      [[stage]]
      id = "limits"
      kind = "search"
      use = "threshold"
      from = { cells = "cells" }
      """)
    let plan = try place.tool(
      "plan", "-c", "two.toml", "--settings", "--set", "cv_folds=7", "--set", "optimum_risk=3.0")
    #expect(plan.code == 0, "\(plan.err)")
    let lines = plan.out.split(separator: "\n")
    func setting(_ id: String, _ key: String) -> String {
      let own = lines.drop { !$0.hasPrefix("  \(id): ") }.dropFirst().prefix { $0.hasPrefix("      ") }
      return own.first { $0.hasPrefix("      \(key) = ") }.map {
        String($0.dropFirst(9 + key.count).prefix { $0 != " " })
      } ?? ""
    }
    #expect(setting("train", "cv_folds") == "7" && setting("linear", "cv_folds") == "7")
    #expect(setting("own", "cv_folds") == "4")
    #expect(setting("limits", "optimum_risk") == "3" || setting("limits", "optimum_risk") == "3.0")
  }
}
