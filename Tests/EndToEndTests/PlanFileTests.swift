import CutlineWorkspace
import Foundation
import Testing

/// Plans as files: the built-in ones, a user's own, and every mistake in one.
@Suite struct PlanFileTests {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test func theProgramCarriesTheFilesOfTheFolder() throws {
    let folder = Self.repository + "/Plans"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(BuiltInPlan.all.map { $0.name + ".toml" } == files, "add the file to CTexts/texts.c")
    for plan in BuiltInPlan.all {
      let file = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(plan.name).toml"))
      #expect(Data(plan.text.utf8) == file, "\(plan.name)")
    }
  }

  @Test func builtInPlansAreShownAndChecked() throws {
    let place = try Workplace()
    for plan in BuiltInPlan.all {
      let shown = try place.tool("plan", "show", plan.name)
      #expect(shown.code == 0 && shown.out == plan.text, "\(shown.err)")
    }
    #expect(try place.tool("plan", "show", "none").code == 0)
    #expect(try place.tool("plan", "show").err.contains("names no plan. Built in: portfolio"))
    #expect(try place.tool("plan", "shwo").err.contains("did you mean show"))
    #expect(try place.tool("plan", "show", "portfolo").err.contains("did you mean portfolio"))
  }

  private static let own = """
    table = "run"

    [choose]
    estimator = "train"

    [inert]
    colour = "nothing is drawn"

    [goals]
    checked = ["quality"]

    [[stage]]
    id = "source"
    kind = "source"
    use = "file"

    [[stage]]
    id = "quality"
    kind = "quality"
    use = "standard"
    from = { source = "source" }

    [[stage]]
    id = "prepare"
    kind = "prepare"
    use = "standard"
    from = { source = "source", quality = "quality" }

    [[stage]]
    id = "cube"
    kind = "cube"
    use = "standard"
    from = { sample = "prepare" }

    [[stage]]
    id = "train"
    kind = "train"
    use = "ridge"
    from = { cube = "cube" }
    with = { cv_folds = 3 }

    [[stage]]
    id = "second"
    kind = "train"
    use = "linear"
    from = { cube = "cube" }

    """

  /// A workplace whose configuration starts from a plan of its own, in another folder.
  private func ownPlan() throws -> Workplace {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try FileManager.default.createDirectory(atPath: place.path("plans"), withIntermediateDirectories: true)
    try place.write("plans/own.toml", Self.own)
    let config = try place.read("config.toml").replacing("[preprocessing", with: "[run")
      .split(separator: "\n").filter { !$0.hasPrefix("reject_inference_method") }.joined(separator: "\n")
    try place.write("plans/config.toml", "plan = \"own.toml\"\n" + config + "\n")
    return place
  }

  @Test func aPlanOfOnesOwnSaysWhatItsTableMeans() throws {
    let place = try ownPlan()
    let shown = try place.tool("plan", "show", "plans/own.toml")
    #expect(shown.code == 0 && shown.out == Self.own, "\(shown.err)")
    let plan = try place.tool(
      "plan", "-c", "plans/config.toml", "--settings", "--set", "estimator=linear", "--set", "cv_folds=7", "--set",
      "colour=red")
    #expect(plan.code == 0, "\(plan.err)")
    #expect(plan.out.contains("train: train.linear"))
    // What the plan's stage says itself stands; the other one takes the table's.
    #expect(plan.out.contains("cv_folds = 3   # plans/own.toml:") && plan.out.contains("cv_folds = 7   # --set"))
    #expect(plan.err.contains("colour has no effect: nothing is drawn"))
    #expect(plan.err.contains("optimum_risk has no effect: no stage in use takes it"))
    let part = try place.tool("run", "-c", "plans/config.toml", "-o", "out", "--until", "checked")
    #expect(part.code == 0 && place.exists("out/stages/quality.json"), "\(part.err)")
    #expect(!place.exists("out/stages/train.json"))
  }

  @Test func itsKeysAreKnownEverywhere() throws {
    let place = try ownPlan()
    let schema = try place.tool("schema", "-c", "plans/config.toml").out
    #expect(schema.contains("\"estimator\"") && schema.contains("\"run\"") && !schema.contains("\"preprocessing\""))
    let described = try place.tool("describe", "--configuration", "-c", "plans/config.toml").out
    #expect(
      described.contains("estimator\n    The implementation of train: cross-validated, ridge, linear"), "\(described)")
    let wrong = try place.tool("check", "-c", "plans/config.toml", "--set", "run.estmator=linear")
    #expect(wrong.err.contains("unknown key estmator of [run]; did you mean estimator"), "\(wrong.err)")
    let value = try place.tool("check", "-c", "plans/config.toml", "--set", "optimum_risk=-1")
    #expect(value.code == 2 && value.err.contains("optimum_risk is the number -1"), "\(value.err)")
  }

  /// An option that the plan has no stage for is refused, not dropped.
  @Test func optionsThatMeanNothingHereAreRefused() throws {
    let place = try ownPlan()
    let training = try place.tool("check", "-c", "plans/config.toml", "--training-only")
    #expect(training.code == 2 && training.err.contains("no stage training-only"), "\(training.err)")
    let none = try place.tool("check", "--set", "plan=none", "--skip-dq-checks")
    #expect(none.code == 2 && none.err.contains("no stage called quality"), "\(none.err)")
  }

  @Test(arguments: [
    ("", "own.toml: holds no stage"), ("tabel = \"x\"\n", "own.toml:1:1: unknown table or key tabel of a plan"),
    ("table = 3\n", "own.toml:1:9: table is the number 3"),
    ("table = \"stages\"\n", "own.toml:1:9: table stages is a word of every configuration"),
    ("table = \"a.b\"\n", "table a.b holds a dot"),
    ("table = \"t\"\n[choose]\nk = \"frist\"\n", "own.toml:3:5: the plan has no stage frist; did you mean first"),
    ("table = \"t\"\n[choose]\nk = 3\n", "own.toml:3:5: k is the number 3"),
    ("table = \"t\"\n[when]\nk = 3\n", "own.toml:3:5: k is the number 3"),
    ("table = \"t\"\n[when]\nk = { frist = \"x\" }\n", "the plan has no stage frist; did you mean first"),
    ("[choose]\nk = \"first\"\n", "own.toml:1:2: speaks of keys of a table, and the plan names none"),
    ("table = \"t\"\n[choose]\nk = \"first\"\n[inert]\nk = \"no\"\n", "own.toml:5:1: k is in [choose], too"),
    ("[goals]\nfirst = [\"first\"]\n", "own.toml:2:1: the goal first is a stage, too"),
    ("[goals]\nall = [\"frist\"]\n", "own.toml:2:8: the plan has no stage frist"),
    ("[goals]\nall = \"first\"\n", "own.toml:2:7: all is the text \"first\""),
    ("goals = 3\n", "own.toml:1:9: goals is the number 3"),
    ("[[stage]]\nid = \"first\"\nkind = \"source\"\nuse = \"file\"\n", "two [[stage]] tables have the id first"),
    ("[[stage]]\nid = \"x\"\nkind = \"suorce\"\nuse = \"file\"\n", "own.toml:4:7: there is no kind suorce"),
    ("[[stage]]\nid = \"x\"\nkind = \"quality\"\nuse = \"standard\"\n", "port source of stage x is not connected"),
    (
      "[[stage]]\nid = \"a\"\nkind = \"quality\"\nuse = \"standard\"\nfrom = { source = \"a\" }\n",
      "own.toml:5:19: port source of stage a takes a source table"
    ),
    ("extends = \"own.toml\"\n", "extends itself"), ("= 3\n", "own.toml:1:1: not valid TOML"),
  ])
  func everyMistakeOfAPlanHasItsPlace(text: String, said: String) throws {
    let place = try Workplace()
    let stage = "[[stage]]\nid = \"first\"\nkind = \"source\"\nuse = \"file\"\n"
    try place.write("own.toml", text.isEmpty ? "" : text + stage)
    try place.write("config.toml", "plan = \"own.toml\"\n")
    for arguments in [["check"], ["plan", "show", "own.toml"]] {
      let outcome = try place.tool.run(arguments)
      #expect(outcome.code == 2 && outcome.err.contains(said), "\(outcome.err)")
    }
  }

  @Test func whatIsNoPlanIsRefused() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(atPath: place.path("folder"), withIntermediateDirectories: true)
    for (value, said) in [
      (
        "3",
        "config.toml:1:8: plan is the number 3. It may be \"portfolio\" (the default), \"scorecard\", \"none\", or the path"
      ),
      ("\"\"", "plan is the text \"\""), ("[\"a\"]", "plan is a list of 1"),
      ("\"folder\"", "folder is a folder, not a plan"), ("\"nowhere.toml\"", "there is no plan nowhere.toml"),
      ("\"/dev/zero\"", "is not a file but a device"),
    ] {
      try place.write("config.toml", "plan = \(value)\n[preprocessing]\n")
      let check = try place.tool("check")
      #expect(check.code == (value.contains("/dev/") ? 7 : 2) && check.err.contains(said), "\(check.err)")
    }
  }

  /// A circle of files ends, by whatever names they go.
  @Test func circlesOfFilesEnd() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(atPath: place.path("folder"), withIntermediateDirectories: true)
    for base in ["config.toml", "./config.toml", "folder/../config.toml"] {
      try place.write("config.toml", "extends = \"\(base)\"\n")
      let check = try place.tool("check")
      #expect(check.code == 2 && check.err.contains("extends itself") && check.err.count < 300, "\(check.err)")
    }
  }
}
