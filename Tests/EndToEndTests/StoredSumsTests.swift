import Foundation
import Testing

/// What a run has added up is stored: settings of the stages after it change without the applications being read again.
@Suite struct StoredSumsTests {
  /// The stages that ran, from the events of a run.
  private static func started(_ place: Workplace, _ run: String) throws -> Set<String> {
    var stages: Set<String> = []
    for line in try place.read("\(run)/events.jsonl").split(separator: "\n") {
      let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      if event["kind"] as? String == "stageStarted", let stage = event["stage"] as? String { stages.insert(stage) }
    }
    return stages
  }

  /// Four bins a score: 16 cells have buckets, so that not even folds need rows; audit and resamples, which do, are left out.
  private static let coarse = [
    "--set", "preprocessing.bins.score_bin.edges=[-inf, 470.0, 500.0, 530.0, inf]", "--set",
    "preprocessing.bins.bureau_bin.edges=[-inf, 590.0, 640.0, 690.0, inf]", "--set", "audit_tables=false", "--set",
    "resamples=0",
  ]

  @Test func laterSettingsReadNoApplication() throws {
    let place = try Workplace()
    try place.simulate(rows: 12_000)
    let first = try place.tool.run(["run", "-o", "out"] + Self.coarse)
    #expect(first.code == 0, "\(first.err)")
    #expect(place.exists("out/stages/cube.bin") && place.exists("out/stages/profile.bin"))
    let rows: Set<String> = ["source", "quality", "prepare", "cube", "profile"]
    #expect(try Self.started(place, "out").isSuperset(of: rows))
    for change in [
      ["cv_folds=7"], ["optimum_risk=4.1", "risk_step=0.3"], ["stages.search.use=exhaustive"],
      ["reject_inference_method=acceptance-uplift"], ["stages.exposure.use=regression"],
    ] {
      let again = try place.tool.run(["run", "-o", "out"] + Self.coarse + change.flatMap { ["--set", $0] })
      #expect(again.code == 0, "\(again.err)")
      let started = try Self.started(place, "out")
      #expect(started.isDisjoint(with: rows), "\(change): \(started.sorted())")
      #expect(started.contains("tables"), "\(change)")
    }
    // It is the same as a run that reads everything.
    let fresh = try place.tool.run(
      ["run", "-o", "fresh", "--set", "stages.exposure.use=regression"] + Self.coarse)
    #expect(fresh.code == 0)
    #expect(try place.digest("out") == place.digest("fresh"))
  }

  /// Where the grid is too fine for buckets, folds are made of rows: only then the file is read for them, and the run says so.
  @Test func aFineGridReadsThemForItsFolds() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    // The audit needs rows in any case.
    try place.write(
      "config.toml", try place.read("config.toml").replacing("risk_step", with: "audit_tables = false\nrisk_step"))
    let first = try place.tool("run", "-o", "out")
    #expect(first.code == 0 && first.err.contains("folds are made of rows"), "\(first.err)")
    #expect(try place.tool("run", "-o", "out", "--set", "cv_folds=7").code == 0)
    #expect(try Self.started(place, "out").isSuperset(of: ["source", "prepare", "train"]))
    #expect(try Self.started(place, "out").isDisjoint(with: ["quality", "cube", "profile"]))
    #expect(try place.tool("run", "-o", "out", "--set", "cv_folds=7", "--set", "optimum_risk=4.1").code == 0)
    #expect(try Self.started(place, "out").isDisjoint(with: ["source", "quality", "prepare", "cube", "train"]))
    // One worker makes the same.
    let digest = try place.digest("out")
    #expect(
      try place.tool(
        "run", "-o", "one", "--workers", "1", "--set", "cv_folds=7", "--set", "optimum_risk=4.1"
      ).code == 0)
    #expect(try place.digest("one") == digest)
  }

  /// 1,100 rows of the largest amount that a row may hold end in a sentence that names the column.
  @Test func sumsBeyond64BitsAreAFault() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let lines = try place.read("applications.csv").split(separator: "\n").map(String.init)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
    for column in ["oa_amt", "oa_amt_h0", "todu_amt_pile_h6"] {
      let index = try #require(header.firstIndex { $0 == column })
      let changed = lines.dropFirst().map { line -> String in
        var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if !fields[index].isEmpty { fields[index] = "89000000000000.00" }
        return fields.joined(separator: ",")
      }
      try place.write("large.csv", ([lines[0]] + changed).joined(separator: "\n") + "\n")
      let run = try place.tool(
        "run", "-o", "large", "--set", "data_path=large.csv", "--set", "duplicates=keep", "--set",
        "accept_direction_conflict=\"a test\"", "--skip-dq-checks")
      #expect(run.code == 3, "\(column): \(run.code) \(run.err.suffix(400))")
      // A balance as large makes a predicted amount too large before the observed ones are looked at.
      let isNamed = run.err.contains("column \(column): ") || run.err.contains("cells: a predicted amount of ")
      #expect(isNamed, "\(run.err.suffix(400))")
    }
  }

  /// What was damaged is made again, and that is said.
  @Test func aDamagedCubeIsMadeAgain() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let good = try Data(contentsOf: URL(fileURLWithPath: place.path("out/stages/cube.bin")))
    let said = "cube: runs again, as what an earlier run left of it is missing or was changed since"
    for bad in [good.prefix(good.count - 1), good.dropLast() + [good[good.count - 1] ^ 1]] {
      try bad.write(to: URL(fileURLWithPath: place.path("out/stages/cube.bin")))
      let again = try place.tool("run", "-o", "out")
      #expect(again.code == 0 && again.err.contains(said), "\(again.err)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: place.path("out/stages/cube.bin"))) == good)
    }
    try FileManager.default.removeItem(atPath: place.path("out/data/row_waterfall.csv"))
    #expect(try place.tool("run", "-o", "out").err.contains("tables: runs again, as what"))
    #expect(try !place.tool("run", "-o", "out").err.contains("runs again"))
  }
}
