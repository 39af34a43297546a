import Foundation
import Testing

/// The recent period, the audit and `cutline track` as a user has them.
@Suite struct RecentRunTests {
  /// Without intervals, which have tests of their own and take most of the time of a run.
  private static let plain = "resamples=0"
  static let dates = ["date_ini_book_obs_mr=2023-01-01", "date_fin_book_obs_mr=2023-06-01"]
  private static func set(_ settings: [String]) -> [String] {
    ([plain, "changes_most=0"] + settings).flatMap { ["--set", $0] }
  }

  private static func table(_ place: Workplace, _ path: String) throws -> [[String: String]] {
    let lines = try place.read(path).split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(zip(lines[0], $0), uniquingKeysWith: { own, _ in own }) }
  }

  @Test(
    .enabled(if: OracleScripts.isAvailable, OracleScripts.missing),
    arguments: [
      dates,
      // Both periods have outcomes, a few months none.
      [
        "date_ini_book_obs=2021-07-01", "date_fin_book_obs=2022-06-01", "date_ini_book_obs_mr=2022-07-01",
        "date_fin_book_obs_mr=2023-06-01",
      ],
      ["preprocessing.bins.score_bin.missing=\"own-bin\"", "preprocessing.bins.bureau_bin.missing=\"own-bin\""] + dates,
    ])
  func aSimulatedPortfolioAgrees(_ settings: [String]) throws {
    let place = try Workplace()
    try place.simulate(rows: 12_000, seed: 17)
    let run = try place.tool.run(["run", "-o", "out"] + Self.set(settings))
    #expect(run.code == 0, "\(run.err)")
    let check = try OracleScripts(
      config: place.path("config.toml"), data: place.path("applications.csv"), settings: settings, rows: nil
    ).monitor(place.path("out"))
    #expect(check.code == 0, "\(check.out)\(check.err)")
    #expect(check.out.contains("checked audit: 36") && check.out.contains("checked recent: 69"), "\(check.out)")
    #expect(try place.tool("verify", "out").code == 0)
  }

  @Test(
    .enabled(if: OracleScripts.isAvailable, OracleScripts.missing),
    .enabled(if: PublicPortfolio.isPresent, PublicPortfolio.missing))
  func thePublicPortfolioAgrees() throws {
    let place = try Workplace()
    let csv = try #require(PublicPortfolio.csv)
    let settings = Self.dates
    let run = try place.tool.run(
      ["run", "-c", PublicPortfolio.example, "-o", "out"] + Self.set(settings + ["data_path=\(csv)", "resamples=24"]))
    #expect(run.code == 0, "\(run.err)")
    let check = try OracleScripts(config: PublicPortfolio.example, data: csv, settings: settings, rows: nil).monitor(
      place.path("out"))
    #expect(check.code == 0, "\(check.out)\(check.err)")
    // The exported strategy decides every row as this audit does.
    guard ExportTests.hasEngines else { return }
    let said = try ExportTests.decideAudit(place, "base")
    #expect(said.code == 0, "\(said.out)\(said.err)")
    #expect(said.out.ranges(of: " 0 differences, 0 unlike").count >= ExportTests.engines.count, "\(said.out)")
  }

  /// The same bytes whatever the number of workers; a second run takes all from the first.
  @Test func theFilesDoNotDependOnWorkers() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    for (folder, workers) in [("one", "1"), ("many", "3")] {
      let run = try place.tool.run(
        ["run", "-o", folder, "-w", workers] + Self.set(Self.dates + ["stages.audit.with={ compress_above = 1000 }"]))
      #expect(run.code == 0, "\(run.err)")
    }
    #expect(try place.digest("one") == place.digest("many"))
    #expect(place.exists("one/data/audit_base.csv.gz") && place.exists("one/data/audit_base_mr.csv.gz"))
    let again = try place.tool.run(
      ["run", "-o", "one"] + Self.set(Self.dates + ["stages.audit.with={ compress_above = 1000 }"]))
    #expect(again.out.contains("stages unchanged"), "\(again.out)")
  }

  @Test func periodsWithNothingToLookAt() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    // Not asked for.
    let none = try place.tool.run(["run", "-o", "none"] + Self.set([]))
    #expect(none.code == 0 && none.err.contains("no recent period is asked for"), "\(none.err)")
    #expect(!place.exists("none/data/backtest_base.csv") && !place.exists("none/data/audit_base_mr.csv"))
    #expect(place.exists("none/data/audit_base.csv"))
    // Dates that no application has.
    let empty = try place.tool.run(
      ["run", "-o", "empty"] + Self.set(["date_ini_book_obs_mr=2030-01-01", "date_fin_book_obs_mr=2030-06-01"]))
    #expect(empty.code == 0 && empty.err.contains("there is nothing to look at"), "\(empty.err)")
    #expect(!place.exists("empty/data/risk_production_summary_mr_base.csv"))
    // Months of the main period.
    let shared = try place.tool.run(
      ["run", "-o", "shared"]
        + Self.set(["date_ini_book_obs_mr=2022-10-01", "date_fin_book_obs_mr=2023-03-01", "allow_overlap=true"]))
    #expect(shared.code == 0 && shared.err.contains("lie in both periods"), "\(shared.err)")
    let before = try place.tool.run(
      ["run", "-o", "before"] + Self.set(["date_ini_book_obs_mr=2019-01-01", "date_fin_book_obs_mr=2019-12-01"]))
    #expect(before.code == 0 && before.err.contains("lies before the main one"), "\(before.err)")
    // Nothing has an outcome, and nothing is known after three months.
    let immature = try place.tool.run(
      ["run", "-o", "immature"] + Self.set(["date_ini_book_obs_mr=2023-04-01", "date_fin_book_obs_mr=2023-06-01"]))
    #expect(immature.code == 0 && immature.err.contains("(immature)"), "\(immature.err)")
    #expect(immature.err.contains("back-tests say nothing: immature") && immature.out.contains("immature"))
    let summary = try Self.table(place, "immature/data/risk_production_summary_mr_base.csv")
    #expect(summary.first?["maturity"] == "immature" && summary.first?["share_observed"] == "0")
    let tests = try Self.table(place, "immature/data/backtest_base.csv")
    #expect(tests.count == 4 && tests.allSatisfy { $0["verdict"] == "immature" && $0["ratio"] == "" })
  }

  @Test func aRunIsFollowed() throws {
    let place = try Workplace()
    try place.simulate(rows: 30_000, seed: 9)
    let run = try place.tool.run(
      ["run", "-o", "out"] + Self.set(["date_ini_book_obs=2021-01-01", "date_fin_book_obs=2021-12-01"]))
    #expect(run.code == 0, "\(run.err)")
    let track = try place.tool("track", "out", "applications.csv", "--to", "2023-06")
    #expect(track.code == 0, "\(track.err)")
    #expect(track.out.contains("base, promised:") && track.out.contains("2022-01"), "\(track.out)")
    let rows = try Self.table(place, "out.track/data/track_base.csv")
    #expect(rows.count == 19 && rows.last?["month"] == "all" && rows[0]["month"] == "2022-01")
    // Every column of counts adds up, and outcomes stop where the file's do.
    for name in ["applications", "booked", "accepted", "booked_against", "rejected_against", "mature", "bad"] {
      let counts = rows.map { Int($0[name] ?? "") ?? -1 }
      #expect(counts.dropLast().reduce(0, +) == counts.last && (counts.last ?? 0) > 0, "\(name)")
    }
    #expect(rows[17]["verdict"] == "immature" && rows[17]["risk"] == "" && rows[17]["maturity"] == "0")
    #expect(rows.last?["ratio_low"] != "" && rows.last?["verdict"] != "immature")
    #expect(try place.tool("verify", "out.track").code == 0)
    // The months of the run itself: what it keeps, to the last application.
    let same = try place.tool(
      "track", "out", "applications.csv", "--from", "2021-01", "--to", "2021-12", "-o", "same")
    #expect(same.code == 0, "\(same.err)")
    let own = try #require(try Self.table(place, "same/data/track_base.csv").last)
    let totals = try Self.table(place, "out/data/audit_totals.csv").filter { $0["scenario"] == "base" }
    func audit(_ group: String, _ column: String) -> String? {
      totals.first { $0["classification"] == group }?[column]
    }
    #expect(
      own["kept_booked"] == audit("keep", "rows") && own["kept_production"] == audit("keep", "oa_amt_h0_expected"))
    #expect(own["booked_against"] == audit("swap_out", "rows"))
    #expect(own["rejected_against"] == audit("swap_in", "rows"))
    #expect(own["acceptance"] == own["promised_acceptance"] && own["followed"] == own["promised_followed"])
    // The same applications: as risky as promised, and nothing else could be.
    #expect(
      own["compared_with"] == "kept" && own["ratio"] == "1" && own["verdict"] == "within noise" && own["p"] == "1")
    #expect(own["own_months"] == "12" && own["risk"] == own["promised_kept_risk"])
    #expect(own["kept_production"] == own["promised_kept_production"])
    #expect(own["promised_kept_risk"] != own["promised_strategy_risk"])
    #expect(same.out.contains("12 of 12 months hold the run's own applications"), "\(same.out)")
    #expect(!same.err.contains("warning") && same.out.contains("data-quality checks of a run were not made"))
    #expect(try place.read("same/data/track.json").contains("\"qualityChecked\" : false"))
    // A planted change of what is booked later, told by the numerator of each application.
    let lines = try place.read("applications.csv").split(separator: "\n", omittingEmptySubsequences: false)
    let head = lines[0].split(separator: ",")
    let (date, bad) = (
      try #require(head.firstIndex(of: "mis_date")), try #require(head.firstIndex(of: "todu_30ever_h6"))
    )
    let changed = lines.map { line in
      var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == head.count, fields[date].hasPrefix("2022"), let value = Double(fields[bad]) else {
        return String(line)
      }
      fields[bad] = String(format: "%.2f", 2 * value)
      return fields.joined(separator: ",")
    }
    try place.write("worse.csv", changed.joined(separator: "\n"))
    #expect(try place.tool("track", "out", "worse.csv", "-o", "worse").code == 0)
    let worse = try #require(try Self.table(place, "worse/data/track_base.csv").last)
    #expect(worse["verdict"] == "deteriorated" && worse["own_months"] == "0", "\(worse)")
    // As the run's back-test has it, but for the noise: a run does not keep the rows of a grid without hash classes.
    let tested = try place.tool.run(
      ["run", "-o", "tested"]
        + Self.set([
          "date_ini_book_obs=2021-01-01", "date_fin_book_obs=2021-12-01", "date_ini_book_obs_mr=2022-01-01",
          "date_fin_book_obs_mr=2022-12-01",
        ]))
    #expect(tested.code == 0 && tested.out.contains("recent period: optimum"), "\(tested.err)\(tested.out)")
    #expect(try place.tool("track", "tested", "applications.csv", "-o", "later").code == 0)
    let later = try #require(try Self.table(place, "later/data/track_base.csv").last)
    let back = try #require(
      try Self.table(place, "tested/data/backtest_base.csv").first {
        $0["group"] == "base" && $0["outcome_months"] == "6"
      })
    for (own, other) in [
      ("verdict", "verdict"), ("ratio", "ratio"), ("promised_kept_risk", "promised_risk"), ("risk", "observed_risk"),
      ("mature", "observed_rows"), ("bad", "observed_bad"),
    ] {
      #expect(later[own] == back[other], "\(own)")
    }
  }

  @Test func whatCannotBeFollowedIsRefused() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    #expect(try place.tool.run(["run", "-o", "out"] + Self.set([])).code == 0)
    for (arguments, code, said) in [
      (["track", "nowhere", "applications.csv"], Int32(7), "holds no manifest.json"),
      (["track", "out", "nothing.csv"], 7, "nothing.csv"),
      (["track", "out", "applications.csv", "--from", "2023-13"], 2, "is no month"),
      (["track", "out", "applications.csv", "--from", "2023-05", "--to", "2023-01"], 2, "Exchange --from and --to"),
      (["track", "out", "applications.csv", "--false-alarms", "2"], 2, "is no share"),
      (["track", "out", "applications.csv", "--from", "2030-01"], 3, "no booked application is left"),
    ] {
      let outcome = try place.tool.run(arguments)
      #expect(outcome.code == code && outcome.err.contains(said), "\(arguments): \(outcome.code) \(outcome.err)")
    }
    try place.write("out/data/row_waterfall.csv", "changed\n")
    let damaged = try place.tool("track", "out", "applications.csv")
    #expect(damaged.code == 6 && damaged.err.contains("not what the run wrote"), "\(damaged.err)")
  }

  /// The result of `track` goes beside the run, and never onto it.
  @Test func trackLeavesTheRunWhereItIs() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    #expect(try place.tool("run", "-o", "out", "--set", "audit_tables=false").code == 0)
    #expect(try place.tool("run", "-o", "other", "--set", "audit_tables=false").code == 0)
    try FileManager.default.createSymbolicLink(atPath: place.path("link"), withDestinationPath: place.path("out"))
    for output in ["out", "link", "out/sub", "other"] {
      let refused = try place.tool("track", "out", "applications.csv", "-o", output)
      #expect(refused.code == 2, "\(output): \(refused.err)")
    }
    #expect(try place.tool("verify", "out").code == 0 && place.tool("verify", "other").code == 0)
    #expect(try place.tool("track", "out", "applications.csv").code == 0)
    #expect(try place.tool("track", "out", "applications.csv").code == 0)
    #expect(place.exists("out.track/data/track.json"))
    #expect(try place.tool("verify", "out").code == 0)
  }
}
