import CutlineTesting
import CutlineCredit
import CutlineRun
import Foundation
import Testing

/// Programs in other languages in the places of stages, by the built tool.
@Suite struct ProcessPluginTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private static let module = "\(repository)/Plugins/python/cutline_stage.py"
  private static let boosted = "\(repository)/Examples/plugins/python-estimator/boosted.py"
  private static let uplift = "\(repository)/Examples/plugins/r-reject-inference/uplift.R"

  private static func succeeds(_ command: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // A program that cannot be started is one that is not there.
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  static let hasScikitLearn = succeeds(["python3", "-c", "import sklearn"])
  static let hasR = succeeds(["Rscript", "-e", "1"])

  private func use(_ stage: String, _ command: [String], _ more: String = "") -> String {
    let words = command.map { "'\($0)'" }.joined(separator: ", ")
    return "[stages.\(stage)]\nuse = \"process\"\nwith = { command = [\(words)]\(more) }\n"
  }

  /// A configuration that extends the simulated one.
  private func plan(_ place: Workplace, _ name: String, _ text: String) throws {
    try place.write(name, "extends = \"config.toml\"\n" + text)
  }

  /// Gives what a run before left: the folder that a spy has copied, or a stored artefact.
  private static let replay = """
    import json, os, shutil, sys
    request = json.load(sys.stdin)
    saved, out = sys.argv[1], request["output"]
    if os.path.isdir(saved):
        shutil.copytree(saved, out["path"], dirs_exist_ok=True)
    else:
        with open(saved) as file, open(f"{out['path']}/{out['type']}.json", "w") as target:
            json.dump(json.load(file)["value"], target)
    """

  /// Copies its input, and gives the least that its kind allows.
  private static let spy = """
    import json, shutil, sys
    request = json.load(sys.stdin)
    port, target = sys.argv[1:]
    shutil.copytree(request["input"][port]["path"], target)
    with open(request["output"]["path"] + "/quality-report.json", "w") as file:
        json.dump({"checks": [], "skipped": False, "duplicateRows": []}, file)
    """

  /// Every artefact crosses in both directions without losing anything that a result depends on.
  @Test func aPlanOfProgramsGivesTheSameBytes() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    try place.write("replay.py", Self.replay)
    try place.write("spy.py", Self.spy)
    try place.write(
      "keep.py",
      "import json, shutil, sys\nrequest = json.load(sys.stdin)\n"
        + "for port in ['sample', 'cube']: shutil.copytree(request['input'][port]['path'], 'saved-' + port)\n"
        + "json.dump({'method': 'x', 'multiplier': [1] * 200, 'cappedCells': 0}, "
        + "open(request['output']['path'] + '/reject-adjustment.json', 'w'))\n")
    try plan(
      place, "spied.toml",
      """
      [[stage]]
      id = "spy"
      kind = "quality"
      use = "process"
      from = { source = "source" }
      with = { command = ["python3", "spy.py", "source", "saved-source"] }
      [[stage]]
      id = "keep"
      kind = "infer-rejects"
      use = "process"
      from = { cube = "cube", surface = "train", sample = "prepare" }
      with = { command = ["python3", "keep.py"], reads = ["sample"] }
      """)
    // Without resamples: cells that a program makes get none.
    let first = try place.tool("run", "-c", "spied.toml", "-o", "native", "--set", "resamples=0")
    #expect(first.code == 0, "\(first.err)")
    let stored = ["quality", "train", "exposure", "infer-rejects", "cells", "search"]
    try plan(
      place, "programs.toml",
      (stored.map { ($0, "native/stages/\($0).json") } + [
        ("source", "saved-source"), ("prepare", "saved-sample"), ("cube", "saved-cube"),
      ])
      .map { use($0.0, ["python3", "replay.py", $0.1]) }.joined())
    let second = try place.tool("run", "-c", "programs.toml", "-o", "programs", "--set", "resamples=0")
    #expect(second.code == 0, "\(second.err)")
    // Scenarios of a program are taken as they are where the search is Cutline's own, which proves them.
    try plan(place, "picked.toml", use("scenarios", ["python3", "replay.py", "native/stages/scenarios.json"]))
    #expect(try place.tool("run", "-c", "picked.toml", "-o", "picked", "--set", "resamples=0").code == 0)
    for file in try FileManager.default.contentsOfDirectory(atPath: place.path("native/data"))
    where !file.hasPrefix("data_quality_spy") {
      #expect(try place.read("native/data/\(file)") == place.read("picked/data/\(file)"), "\(file)")
      // What a program states nobody has proved, so that it has no certificate.
      if file.hasPrefix("certif") {
        #expect(!place.exists("programs/data/\(file)"))
      } else if file == "gates.csv" {
        #expect(try place.read("programs/data/\(file)").contains("\nproof,SKIPPED,"))
      } else {
        #expect(try place.read("native/data/\(file)") == place.read("programs/data/\(file)"), "\(file)")
      }
    }
    for stage in stored where stage != "search" {
      #expect(try place.read("native/stages/\(stage).json") == place.read("programs/stages/\(stage).json"), "\(stage)")
    }
    // Of a frontier that a program gives it is kept who says that it is complete.
    let own = try RunArtifact.load(Frontier.self, stage: "search", from: place.path("native"))
    let stated = try RunArtifact.load(Frontier.self, stage: "search", from: place.path("programs"))
    #expect(own.points == stated.points && own.statedBy == nil)
    #expect(stated.statedBy?.hasPrefix("python3 replay.py") == true)
    let cubes = try ["native", "programs"].map {
      try Data(contentsOf: URL(fileURLWithPath: place.path("\($0)/stages/cube.bin")))
    }
    #expect(cubes[0] == cubes[1])
    #expect(try place.tool("verify", "programs").code == 0)
    let third = try place.tool("run", "-c", "programs.toml", "-o", "programs", "--set", "resamples=0")
    #expect(third.err.contains("= train (unchanged)"))
  }

  @Test func filesOfAProgramAreFilesOfTheRun() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try place.write(
      "tables.py",
      """
      import sys
      sys.path.insert(0, sys.argv[1])
      import cutline_stage
      stage = cutline_stage.Stage()
      cells = stage.load("cells")
      stage.write_rows("data/booked.csv", ["cell", "production"],
                       ([i, c["production"] / 100] for i, c in enumerate(cells["booked"])))
      """)
    let folder = (Self.module as NSString).deletingLastPathComponent
    let several = """
      [[stage]]
      id = "other"
      kind = "train"
      use = "linear"
      from = { cube = "cube", sample = "prepare" }
      [[stage]]
      id = "side-by-side"
      kind = "compare-surfaces"
      use = "process"
      from = { cube = "cube", surfaces = ["train", "other"] }
      with = { command = ["sh", "-c", "cd $CUTLINE_FOLDER; cat > output/request; cp input/surfaces/2/* output"] }

      """
    try plan(
      place, "tables.toml",
      several + use("tables", ["python3", "tables.py", folder])
        + use("models", ["sh", "-c", "echo x > $CUTLINE_FOLDER/output/m"]))
    let run = try place.tool("run", "-c", "tables.toml", "-o", "out")
    #expect(run.code == 0, "\(run.err)")
    #expect(try place.read("out/data/booked.csv").hasPrefix("cell,production\n0,"))
    #expect(try place.read("out/m") == "x\n")
    #expect(try place.read("out/request").contains("\"surfaces\":[{\"stage\":\"train\",\"type\":\"risk-surface\""))
    #expect(try place.read("out/risk-surface.json").contains("\"estimator\" : \"linear\""))
    #expect(try place.tool("verify", "out").code == 0)
  }

  /// The example of the page is a program that works.
  @Test func theExampleOfThePageRuns() throws {
    let page = try String(contentsOfFile: "\(Self.repository)/docs/plugins-process.md", encoding: .utf8)
    let code = try #require(page.firstMatch(of: /```python\n((?s:.*?))```/)).1
    let place = try Workplace()
    try place.simulate(rows: 3000)
    try place.write("cell_means.py", String(code))
    try plan(place, "means.toml", use("train", ["python3", "cell_means.py"], ", config = { prior = 5000.0 }"))
    let run = try place.tool("run", "-c", "means.toml", "-o", "out", "--json", "--show-values")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.err.contains("train: drawn towards"))
    #expect(run.err.contains("explain: nothing is explained: the surface of python3 cell_means.py is the risk of each"))
    #expect(!place.exists("out/data/shap_summary.csv"))
    let surface = try place.read("out/stages/train.json")
    #expect(surface.contains("\"estimator\":\"python3 cell_means.py\""), "\(surface.prefix(300))")
    let digest = try place.digest("out")
    #expect(try place.tool("run", "-c", "means.toml", "-o", "again", "--workers", "1").code == 0)
    #expect(try place.digest("again") == digest)
  }

  /// Files are found beside the configuration when they are not in the current folder.
  @Test func scriptsAreFoundBesideTheConfiguration() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try FileManager.default.createDirectory(atPath: place.path("sub"), withIntermediateDirectories: true)
    try place.write("sub/train.sh", "exit 9\n")
    try place.write(
      "sub/plan.toml", "extends = \"../config.toml\"\n" + use("train", ["sh", "train.sh"], ", inputs = ['train.sh']"))
    let run = try place.tool("run", "-c", "sub/plan.toml", "-o", "out")
    #expect(run.code == 3)
    #expect(run.err.contains("train.sh of stage train is sub/train.sh, beside the configuration"), "\(run.err)")
    #expect(run.err.contains("error: stage train: sh sub/train.sh: ended with status 9."))
    #expect(!place.exists("out"))
  }

  struct Garbage: Sendable, CustomTestStringConvertible {
    let stage, script, said: String
    var testDescription: String { said }
  }

  /// Scripts with `cutline_stage` at hand; each gives something that a consumer could not use.
  private static let garbage = [
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau_bin', 'risk'], [])",
      said: "risk.csv: 200 of 200 cells are missing, the first is score_bin 1, bureau_bin 1"),
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau', 'risk'], [])",
      said: "risk.csv, line 1: there is no column \"bureau\""),
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau_bin'], [])",
      said: "risk.csv, line 1: the column risk is missing"),
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau_bin', 'risk'], [[1, 1, 0.1]] * 2)",
      said: "risk.csv, line 3: the cell score_bin 1, bureau_bin 1 stands a second time"),
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau_bin', 'risk'], [[11, 1, 0.1]])",
      said: "risk.csv, line 2, column score_bin: is no whole number in 1...10"),
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau_bin', 'risk'], [[1, 1, float('nan')]])",
      said: "risk.csv, line 2, column risk: is no finite number"),
    Garbage(
      stage: "train", script: "s.write_rows('risk.csv', ['score_bin', 'bureau_bin', 'risk'], [[1, 1]])",
      said: "risk.csv, line 2: has 2 fields, not 3"),
    Garbage(
      stage: "train", script: "s.write_cells('risk.csv', 'risk', [1e9] * 200)",
      said: "risk: is 1000000000.0 in cell 0 (score_bin 1, bureau_bin 1). It must be a number in -1000.0...1000.0"),
    Garbage(
      stage: "train",
      script: "s.write_cells('risk.csv', 'risk', [0] * 200); s.write({'estimater': 'x'}, 'surface.json')",
      said: "surface.json: has the unknown key estimater"),
    Garbage(
      stage: "train", script: "v['risk'] = v['risk'][:7]; s.write(v)", said: "risk: has 7 values for 200 cells"),
    Garbage(
      stage: "train", script: "v['grid']['axes'][1]['edges'][1] += 1; s.write(v)",
      said: "grid: is not the grid of the input: bureau_bin differs"),
    Garbage(stage: "train", script: "v['multiplier'] = 6; s.write(v)", said: "multiplier: is 6.0"),
    Garbage(stage: "train", script: "del v['folds']; s.write(v)", said: "risk-surface.json: has no key folds"),
    Garbage(stage: "train", script: "v['risk'][3] = 'x'; s.write(v)", said: "risk-surface.json: risk[3]"),
    Garbage(stage: "exposure", script: "v['ratio'] = -1; s.write(v)", said: "ratio: is -1.0"),
    Garbage(
      stage: "infer-rejects", script: "s.write_cells('multiplier.csv', 'multiplier', [-1] * 200)",
      said: "multiplier: is -1.0 in cell 0"),
    Garbage(stage: "infer-rejects", script: "v['cappedCells'] = 201; s.write(v)", said: "cappedCells: is 201 of 200"),
    Garbage(stage: "cells", script: "v['swapIn'].pop(); s.write(v)", said: "swapIn: has 199 values for 200 cells"),
    Garbage(
      stage: "cells", script: "v['swapIn'][5]['production'] = 2**63 - 1; s.write(v)",
      said: "oa_amt_h0: adds up to 2^53 hundredths or more"),
    Garbage(
      stage: "cells",
      script: "c = [i for i, n in enumerate(v['rejectedRows']) if n][0]; v['swapIn'][c]['numerator'] = -1; s.write(v)",
      said: "has a numerator below 0"),
    Garbage(
      stage: "cells", script: "v['booked'][5]['production'] += 1; s.write(v)", said: "booked[5]: is not the sum"),
    Garbage(
      stage: "cells", script: "v['basis']['months'] = 11; s.write(v)", said: "basis: is not that of the cube"),
    Garbage(
      stage: "search", script: "v['points'][3]['strategy']['accepted'] = [0] * 9; s.write(v)",
      said: "points[3].strategy: has 9 cutoffs for 10 combinations"),
    Garbage(
      stage: "search", script: "v['points'][3]['strategy']['accepted'] = [20] + [0] * 9; s.write(v)",
      said: "points[3].strategy: is not monotone"),
    Garbage(
      stage: "search", script: "v['points'][3]['strategy']['accepted'] = [21] * 10; s.write(v)",
      said: "points[3].strategy: accepts 21 of 20 bins"),
    Garbage(
      stage: "search", script: "v['points'][3]['production'] += 1; s.write(v)",
      said: "points[3]: has production"),
    Garbage(stage: "search", script: "v['points'].reverse(); s.write(v)", said: "points[1]: does not rise"),
    Garbage(stage: "search", script: "v['points'] = []; s.write(v)", said: "points: is empty"),
    Garbage(
      stage: "scenarios", script: "v['scenarios'][0]['name'] = '../../x'; s.write(v)",
      said: "scenarios[0]: its name is taken or does not make a name of a file"),
    Garbage(
      stage: "scenarios", script: "v['scenarios'][0]['point'] = 10**6; s.write(v)", said: "scenarios[0]: names point"),
    Garbage(
      stage: "scenarios", script: "v['scenarios'][0]['limit'] = '0.01'; s.write(v)",
      said: "scenarios[0]: its strategy does not keep 0.01 %"),
    Garbage(stage: "scenarios", script: "v['scenarios'][0]['limit'] = 'x'; s.write(v)", said: "decimal number"),
    Garbage(
      stage: "quality", script: "v['duplicateRows'] = [10**9]; s.write(v)", said: "duplicateRows: names row 1000000000"),
    Garbage(
      stage: "quality", script: "v['checks'][0]['status'] = 'failed'; s.write(v)", said: "data quality: "),
    Garbage(
      stage: "prepare", script: "open(s.output_path('sample.csv'), 'w'); s.write({}, 'sample.json')",
      said: "sample.json: has no key grid"),
    Garbage(
      stage: "train", script: "print('{\"interface\":1}'); s.write_cells('risk.csv', 'risk', [0] * 200)",
      said: "was written for process interface 1, this is 2. Since interface 2 it is given the cube"),
    Garbage(stage: "train", script: "raise SystemExit('no')", said: "ended with status 1"),
    Garbage(stage: "cube", script: "s.write({}, 'cube.json')", said: "cube.json: has no key grid"),
    Garbage(stage: "profile", script: "s.write({}, 'score-profile.json')", said: "score-profile.json: has no key"),
    Garbage(stage: "source", script: "s.write({'columns': []}, 'columns.json')", said: "columns.json: has no column"),
    Garbage(
      stage: "tables", script: "s.write({}, 'manifest.json')", said: "manifest.json: is a name that the run keeps"),
  ]

  @Test func garbageEndsInOneSentence() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    #expect(try place.tool("run", "-o", "native").code == 0)
    let folder = (Self.module as NSString).deletingLastPathComponent
    for (number, item) in Self.garbage.enumerated() {
      try place.write(
        "garbage.py",
        """
        import json, os, sys
        sys.path.insert(0, '\(folder)')
        import cutline_stage
        s = cutline_stage.Stage()
        saved = 'native/stages/' + s.id + '.json'
        v = json.load(open(saved))['value'] if os.path.exists(saved) else None
        \(item.script)
        """)
      try plan(place, "garbage.toml", use(item.stage, ["python3", "garbage.py"]))
      // In a folder that holds the native run, so that only what is needed runs again.
      let run = try place.tool("run", "-c", "garbage.toml", "-o", "native")
      #expect(run.code == 3, "\(number) \(item.said): \(run.err)")
      let lines = run.err.split(separator: "\n").filter { $0.hasPrefix("error:") }
      #expect(lines.count == 1)
      let error = String(lines.first ?? "")
      // A check that failed is an answer, not garbage.
      let giver = item.said.hasPrefix("data quality") ? "" : "python3 garbage.py: "
      #expect(error.hasPrefix("error: stage \(item.stage): \(giver)"), "\(error)")
      #expect(error.contains(item.said), "\(error)")
    }
    #expect(try place.tool("verify", "native").code == 0, "the old run stands")
  }

  /// A signal to the tool, whichever, ends its programs; one that can be caught leaves no folder either.
  @Test(arguments: [SIGINT, SIGTERM, SIGKILL]) func programsEndWithTheTool(_ signal: Int32) throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try plan(
      place, "sleep.toml",
      use("train", ["sh", "-c", "echo $$ $CUTLINE_FOLDER > started.tmp; mv started.tmp started; sleep 300"]))
    let process = try place.tool.start(["run", "-c", "sleep.toml", "-o", "out"])
    for _ in 0..<1000 where !place.exists("started") { Thread.sleep(forTimeInterval: 0.02) }
    let words = try place.read("started").split(whereSeparator: \.isWhitespace)
    let pid = try #require(words.first.flatMap { pid_t($0) })
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == signal)
    for _ in 0..<200 where kill(pid, 0) == 0 && !Self.isZombie(pid) { Thread.sleep(forTimeInterval: 0.02) }
    #expect(kill(pid, 0) != 0 || Self.isZombie(pid))
    let folder = String(try #require(words.last))
    if signal == SIGKILL {
      // The next program sweeps it.
      #expect(
        try place.tool("run", "-c", "sleep.toml", "-o", "out", "--set", "stages.train.with.command=[\"false\"]").code
          == 3)
    }
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(!place.exists("out"))
  }

  private static func isZombie(_ pid: pid_t) -> Bool {
    // Gone meanwhile: not a zombie, and `kill` says so.
    (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") Z ") ?? false
  }

  @Test func aProgramThatIsNotThereIsAFaultOfTheConfiguration() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try plan(place, "none.toml", use("train", ["no-such-program"]))
    let run = try place.tool("run", "-c", "none.toml", "-o", "out")
    #expect(run.code == 2)
    #expect(run.err.contains("error: none.toml:4:20: there is no program no-such-program in PATH"))
    #expect(!run.err.contains("stage source"))
    try plan(place, "port.toml", use("train", ["true"], ", reads = [\"samples\"]"))
    let port = try place.tool("check", "-c", "port.toml")
    #expect(port.code == 2)
    #expect(port.err.contains("port.toml:4:38: reads names samples, which is no optional port of train"), "\(port.err)")
    #expect(port.err.contains("did you mean sample"))
    try plan(place, "unset.toml", "[stages.train]\nuse = \"process\"\n")
    let unset = try place.tool("check", "-c", "unset.toml")
    #expect(unset.code == 2)
    #expect(unset.err.contains("command is not set"))
  }

  @Test(.enabled(if: hasScikitLearn, "needs python3 with scikit-learn")) func theBoostedEstimatorRuns() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    try plan(
      place, "boosted.toml",
      use("train", ["python3", Self.boosted], ", config = { trees = 50 }, inputs = ['\(Self.module)']"))
    let run = try place.tool("run", "-c", "boosted.toml", "-o", "one", "--workers", "1", "--show-values")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.err.contains("monotone in 2 variables"))
    #expect(try place.read("one/stages/train.json").contains("gradient boosting (scikit-learn)"))
    #expect(try place.tool("run", "-c", "boosted.toml", "-o", "two", "--workers", "2").code == 0)
    #expect(try place.digest("one") == place.digest("two"))
    let wrong = try place.tool(
      "run", "-c", "boosted.toml", "-o", "three", "--set", "stages.train.with.config={ tree = 5 }",
      "--show-values")
    #expect(wrong.code == 3)
    #expect(wrong.err.contains("config has the unknown key tree"))
  }

  @Test(.enabled(if: hasR, "needs Rscript")) func theRejectInferenceInRGivesTheFormula() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    let more = ", config = { }"
    try plan(place, "r.toml", use("infer-rejects", ["Rscript", Self.uplift, "1.5", "3", "0"], more))
    let run = try place.tool("run", "-c", "r.toml", "-o", "r")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.err.contains("infer-rejects: acceptance"))
    // Without a prior it is the native acceptance-uplift, but for cells without applications.
    let native = try place.tool(
      "run", "-o", "native", "--set", "reject_inference_method=acceptance-uplift", "--set", "stress=global")
    #expect(native.code == 0, "\(native.err)")
    let (a, b) = (try multipliers(place, "r"), try multipliers(place, "native"))
    #expect(a.count == 200)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 || $1 == 1 })
    let wrong = try place.tool(
      "run", "-c", "r.toml", "-o", "x", "--set",
      "stages.infer-rejects.with.command=[\"Rscript\", \"\(Self.uplift)\", \"1.5\"]")
    #expect(wrong.code == 3)
    #expect(wrong.err.contains("usage: uplift.R UPLIFT CAP PRIOR"))
  }

  private func multipliers(_ place: Workplace, _ run: String) throws -> [Double] {
    let text = try place.read("\(run)/stages/infer-rejects.json")
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let value = try #require(json?["value"] as? [String: Any])
    return try #require(value["multiplier"] as? [Double])
  }
}
