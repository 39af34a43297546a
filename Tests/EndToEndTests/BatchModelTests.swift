import CutlineCore
import CutlineCredit
import CutlineRun
import Foundation
import Testing

/// Shared models, joint draws and what must not be mixed.
@Suite struct BatchModelTests {
  /// `--reuse-models` takes the models as they are, and refuses those of another training.
  @Test func modelsOfAnotherTrainingAreRefused() throws {
    let fixture = try BatchFixture(rows: 4000, resamples: 0)
    #expect(try fixture.batch("-s", "std").code == 0)
    #expect(try fixture.place.read("output/batch.json").contains("\"existing\" :"), "rows of others are counted, too")
    let reused = try fixture.batch("-s", "std", "--reuse-models")
    #expect(reused.code == 0 && reused.err.contains("= supersegment consumer (its models are reused)"), "\(reused.err)")
    for (setting, word) in [
      ("preprocessing.bins.score_bin.edges=[-inf, 490, 510, inf]", "other bins"),
      ("multiplier=6", "other multiplier"), ("date_ini_book_obs=2022-02-01", "other period"),
      ("feature_sets=[\"simple\"]", "other features"),
      ("stages.train.with={ feature_sets = [\"simple\"] }", "other features"),
      ("stages.train.with={ estimators = [\"linear\"] }", "other estimators"),
      ("duplicates=keep", "other training rows"),
    ] {
      if setting.hasPrefix("feature_sets") { continue }
      let refused = try fixture.batch("-s", "std", "--reuse-models", "--set", setting)
      #expect(refused.code == 6, "\(setting): \(refused.err)")
      #expect(refused.err.contains("its model was trained with \(word)"), "\(setting): \(refused.err)")
    }
    // Stages that are connected to others learn otherwise.
    let plan = try fixture.place.tool("plan", "show", "portfolio")
    try fixture.place.write(
      "own.toml",
      plan.out.replacing(
        "use = \"cross-validated\"\nfrom = { cube = \"cube\", sample = \"prepare\" }",
        with: "use = \"cross-validated\"\nfrom = { cube = \"cube\" }"))
    let rewired = try fixture.batch("-s", "std", "--reuse-models", "--set", "plan=own.toml")
    #expect(
      rewired.code == 6 && rewired.err.contains("stage train was connected to other stages"), "\(rewired.err)")
    // Other members are other rows; so are other applications.
    try fixture.place.write(
      "segments.toml", BatchFixture.segments.replacing(", \"CONSUMER_PLUS\"]", with: ", \"NEW_CUSTOMER\"]"))
    let members = try fixture.batch("-s", "std", "--reuse-models")
    #expect(members.code == 6 && members.err.contains("trained with other training rows"), "\(members.err)")
    let outside = try fixture.batch("-s", "plus", "--reuse-models")
    #expect(
      outside.err.contains(
        "segments.toml:13:16: segment plus takes the model of supersegment consumer, whose segment_filters lack CONSUMER_PLUS"
      ), "\(outside.err)")
    try fixture.place.write("segments.toml", BatchFixture.segments)
    let lines = try fixture.place.read("applications.csv").split(separator: "\n").dropLast()
    try fixture.place.write("applications.csv", lines.joined(separator: "\n") + "\n")
    let rows = try fixture.batch("-s", "std", "--reuse-models")
    #expect(rows.code == 6 && rows.err.contains("reads other data than it did"), "\(rows.err)")
    let state = try fixture.place.read("output/batch.json")
    #expect(state.contains("its supersegment consumer has no model"))
    // Without a model there is nothing to reuse.
    #expect(try fixture.batch("-s", "std", "--clean-only").code == 0)
    let none = try fixture.batch("-s", "std", "--reuse-models")
    #expect(none.code == 7 && none.err.contains("holds no models that could be reused"), "\(none.err)")
  }

  /// The draws of an application are the same in every segment: two segments of the same rows are one twice, with the
  /// uncertainty of one. Draws that knew nothing of each other would make the interval narrower by a third.
  @Test func drawsOfSegmentsBelongTogether() throws {
    let segments = """
      [segments.one]
      segment_filter = "EXISTING_CUSTOMER"
      optimum_risk = 3.5

      [segments.two]
      segment_filter = "existing customer"
      optimum_risk = 3.5

      """
    let fixture = try BatchFixture(segments: segments.replacing("existing customer", with: "Existing_Customer"))
    let outcome = try fixture.batch()
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.err.contains("one and two have") && outcome.err.contains("rows in common"))
    let (one, total) = (try fixture.line("segment_one"), try fixture.line("TOTAL"))
    for column in ["optimum_risk_pct", "risk_ci_lower", "risk_ci_upper"] {
      #expect(one[column] == total[column] && one[column] != "", "\(column)")
    }
    for column in ["optimum_production", "production_ci_lower", "production_ci_upper"] {
      let (a, b) = (try #require(Double(one[column] ?? "")), try #require(Double(total[column] ?? "")))
      #expect(abs(b - 2 * a) <= 1e-12 * b, "\(column)")
    }
    #expect(total["note"]?.hasPrefix("rows that count twice: ") == true)
    // The table alone, from the folders: the same bytes.
    let table = try fixture.place.read("output/consolidated_risk_production.csv")
    let again = try fixture.batch("--consolidate-only", "--strict")
    #expect(again.code == 0, "\(again.err)")
    #expect(try fixture.place.read("output/consolidated_risk_production.csv") == table)
    // What a segment says now is what its run must answer: another limit or filter, or the folder of another segment.
    for change in ["optimum_risk = 4", "segment_filter = \"CONSUMER_STD\""] {
      let own = change.hasPrefix("optimum") ? "optimum_risk = 3.5" : "segment_filter = \"Existing_Customer\""
      let at = try #require(fixture.place.read("segments.toml").range(of: own, options: .backwards))
      try fixture.place.write(
        "segments.toml", fixture.place.read("segments.toml").replacingCharacters(in: at, with: change))
      let old = try fixture.batch("--consolidate-only", "--strict")
      #expect(
        old.code == 4 && old.err.contains("two is missing in the consolidated table: run with other"), "\(old.err)")
      #expect(try fixture.line("segment_two")["status"] == "missing" && fixture.line("TOTAL")["status"] == "partial")
      try fixture.place.write("segments.toml", fixture.segments)
    }
    // Of a part the table says so; nobody is missed who was not asked for.
    let part = try fixture.batch("--consolidate-only", "-s", "one", "--strict")
    #expect(part.code == 0 && part.err.contains("the consolidated table is partial: two not chosen"), "\(part.err)")
    let partial = try fixture.line("TOTAL")
    #expect(partial["status"] == "partial" && partial["missing_segments"] == "two (not chosen)")
    // One of other data is named, counted against nobody, and refused under --strict.
    let other = try fixture.place.read("applications.csv").split(separator: "\n").dropLast(200)
    try fixture.place.write("applications.csv", other.joined(separator: "\n") + "\n")
    #expect(try fixture.batch("-s", "two").code == 0)
    let mixed = try fixture.batch("--consolidate-only")
    #expect(mixed.code == 0 && mixed.err.contains("two was run with other data than one"), "\(mixed.err)")
    #expect(try fixture.line("TOTAL")["note"]?.contains("of other data, build or seed than one: two") == true)
    #expect(try fixture.batch("--consolidate-only", "--strict").code == 4)
    // An allocation adds them up, too: applications of both are named, and another period of equal length is refused.
    let shared = try fixture.place.tool("allocate", "--target", "5")
    #expect(shared.err.contains("one and two have rows of one file in common"), "\(shared.err)")
    let moved = ["date_ini_book_obs=2021-12-01", "date_fin_book_obs=2022-11-01"].flatMap { ["--set", $0] }
    let later = try fixture.place.tool.run(["batch", "-c", "base.toml", "-s", "two"] + moved)
    #expect(later.code == 0, "\(later.err)")
    let strange = try fixture.place.tool("allocate", "--target", "5", "-o", "other.csv")
    #expect(strange.code == 2 && strange.err.contains("its run is of 2021-12-01 to 2022-11"), "\(strange.err)")
    #expect(try fixture.batch("-s", "two").code == 0)
    // A run that was changed is no run.
    try fixture.place.write("output/two/data/bins.csv", "changed\n")
    let changed = try fixture.batch("--consolidate-only", "--strict")
    #expect(changed.code == 4 && changed.err.contains("two is missing in the consolidated table"), "\(changed.err)")
    #expect(try fixture.line("segment_two")["status"] == "missing")
  }

  /// Of two different segments: the percentiles of the sums of their draws, by code that knows nothing of the batch.
  @Test func jointIntervalsAreThoseOfTheSummedDraws() throws {
    let segments = """
      [segments.std]
      segment_filter = "CONSUMER_STD"
      optimum_risk = 4.5

      [segments.plus]
      segment_filter = "CONSUMER_PLUS"
      optimum_risk = 8

      """
    let fixture = try BatchFixture(resamples: 30, segments: segments)
    let outcome = try fixture.batch("--set", "stages.intervals.with={ method = \"percentile\", confidence = 0.8 }")
    #expect(outcome.code == 0, "\(outcome.err)")
    var risks: [Int: (bad: Int64, base: Int64, production: Int64)] = [:]
    for run in ["std", "plus"] {
      let folder = fixture.place.path("output/\(run)")
      let draws = try RunArtifact.load(CellDraws.self, stage: "draws", from: folder)
      let scenarios = try RunArtifact.load(ScenarioSet.self, stage: "scenarios", from: folder)
      let strategy = try #require(scenarios.scenarios.first { $0.name == "base" }?.strategy)
      for (draw, number) in draws.head.made.enumerated() {
        for cell in 0..<draws.head.grid.cellCount where strategy.accepts(cell, in: draws.head.grid) {
          let own = draws.cell(cell, ofDraw: draw)
          risks[number, default: (0, 0, 0)].bad += own.booked.numerator + own.swapIn.numerator
          risks[number]?.base += own.booked.denominator + own.swapIn.denominator
          risks[number]?.production += own.booked.production + own.swapIn.production
        }
      }
    }
    #expect(risks.count == 30)
    /// Linear between the two nearest of the sorted values.
    func quantile(_ values: [Double], _ share: Double) -> Double {
      let (sorted, place) = (values.sorted(), share * Double(values.count - 1))
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    let line = try fixture.line("TOTAL")
    #expect(line["interval_method"] == "percentile, 30 joint resamples, 80 %")
    for (column, values) in [
      ("risk", risks.values.map { 700 * Double($0.bad) / Double($0.base) }),
      ("production", risks.values.map { Double($0.production) / 100 }),
    ] {
      for (end, share) in [("lower", 0.1), ("upper", 0.9)] {
        let found = try #require(Double(line["\(column)_ci_\(end)"] ?? ""))
        let expected = quantile(values, share)
        #expect(abs(found - expected) <= 1e-9 * expected, "\(column) \(end): \(found), \(expected)")
      }
    }
  }

  /// Only what bears our manifest is removed, and no link is followed.
  @Test func cleaningRemovesRunsOnly() throws {
    let fixture = try BatchFixture(rows: 3000, resamples: 0)
    let place = fixture.place
    #expect(try fixture.batch("-s", "existing").code == 0)
    try place.write("output/notes.txt", "mine")
    try FileManager.default.createDirectory(atPath: place.path("elsewhere"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: place.path("output/existing"), toPath: place.path("elsewhere/run"))
    try FileManager.default.createSymbolicLink(
      atPath: place.path("output/existing"), withDestinationPath: place.path("elsewhere/run"))
    let link = try fixture.batch("-s", "existing", "--clean-only")
    #expect(link.code == 7 && link.err.contains("is a link, which is not followed"), "\(link.err)")
    #expect(try place.tool("verify", "elsewhere/run").code == 0)
    try FileManager.default.removeItem(atPath: place.path("output/existing"))
    try FileManager.default.moveItem(atPath: place.path("elsewhere/run"), toPath: place.path("output/existing"))
    try place.write("output/existing/mine.txt", "mine")
    let foreign = try fixture.batch("-s", "existing", "--clean")
    #expect(foreign.code == 7 && foreign.err.contains("files that no run wrote (mine.txt)"), "\(foreign.err)")
    #expect(try place.read("output/existing/mine.txt") == "mine")
    try FileManager.default.removeItem(atPath: place.path("output/existing/mine.txt"))
    #expect(try fixture.batch("--clean-only").code == 0)
    #expect(!place.exists("output/existing") && place.exists("output/notes.txt"))
    let nothing = try fixture.batch("--clean-only")
    #expect(nothing.code == 0 && nothing.err.contains("nothing to remove"))
  }
}
