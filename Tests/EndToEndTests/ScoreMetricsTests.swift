import CutlineCompute
import Foundation
import Testing

@testable import CutlineMonitor

/// `cutline score-metrics`, from the file to the tables, and its formulas against scikit-learn and scipy.
@Suite struct ScoreMetricsTests {
  private func rows(_ place: Workplace, _ path: String) throws -> [[String: String]] {
    let lines = try place.read(path).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let head = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(zip(head, $0), uniquingKeysWith: { a, _ in a }) }
  }

  private func number(_ row: [String: String], _ key: String) throws -> Double {
    try #require(Double(row[key] ?? ""), "\(key) of \(row)")
  }

  /// Adds columns: a score that knows the outcome, one of one class's making, and weights.
  private func plant(_ place: Workplace) throws {
    let lines = try place.read("applications.csv").split(separator: "\n").map(String.init)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let at = try #require(header.firstIndex(of: "early_bad"))
    let planted = lines.dropFirst().map { line -> String in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      // Of the id, so that a row that stands twice stays the same.
      let draw = RandomStream.hash(fields[0].utf8) % 1000
      let (bad, noise) = (Double(fields[at]) ?? 0, 1.1 * Double(draw) / 1000)
      // Of every second application the dated score was made anew when its outcome was known.
      let isLate = draw % 2 == 0
      return line
        + ",\(bad + noise),5,\(1 + draw % 3),\((isLate ? bad : 0) + noise),\(isLate ? "2030-01-31" : "2000-01-31")"
    }
    try place.write(
      "applications.csv",
      ([lines[0] + ",late_score,constant,exposure,dated_score,made_on"] + planted).joined(separator: "\n") + "\n")
  }

  @Test func scoresOfOneConfiguration() throws {
    let place = try Workplace()
    try place.simulate(rows: 5000)
    try plant(place)
    let words = [
      "score-metrics", "--score", "score_bin", "--score", "risk_score_rf", "--score", "late_score", "--score",
      "constant",
    ]
    let said = try place.tool.run(words + ["-o", "scores", "--fail-on-leak"])
    #expect(said.code == 4, "\(said.code) \(said.err)")
    #expect(said.err.contains("late_score may know the outcome") && said.out.contains("through-the-door"))
    let all = try rows(place, "scores/score_discriminance.csv")
    #expect(Set(all.compactMap { $0["score"] }) == ["score_rf", "risk_score_rf", "late_score", "constant", "combined"])
    let booked = all.filter { $0["population"] == "booked" && $0["period"] == "main" }
    for row in booked where row["score"] != "constant" {
      let (area, low, high) = (try number(row, "auroc"), try number(row, "auroc_low"), try number(row, "auroc_high"))
      #expect(low < area && area < high)
      #expect(try number(row, "gini") == 2 * area - 1)
      let name = "all_main_\(try #require(row["score"]))"
      // The area under the points of the file, and the tenths, are those of the table.
      let roc = try rows(place, "scores/roc/\(name).csv").map { (try number($0, "fpr"), try number($0, "tpr")) }
      let under = zip(roc, roc.dropFirst()).reduce(0.0) { $0 + ($1.1.0 - $1.0.0) * ($1.1.1 + $1.0.1) / 2 }
      #expect(abs(under - area) < 1e-12)
      let lift = try rows(place, "scores/lift_tables/\(name).csv")
      #expect(lift.count == 10)
      let (counted, bads) = (try lift.map { try number($0, "n_bads") }.reduce(0, +), try number(row, "n_bads"))
      #expect(abs(counted - bads) < 1e-9)
      let last = (try number(lift[9], "cumulative_pct_bads"), try number(lift[9], "cumulative_lift"))
      #expect(last == (100, 1))
      var (recall, precision) = (0.0, 0.0)
      for point in try rows(place, "scores/pr/\(name).csv") {
        precision += (try number(point, "recall") - recall) * (try number(point, "precision"))
        recall = try number(point, "recall")
      }
      let stated = try number(row, "average_precision")
      #expect(abs(precision - stated) < 1e-12)
    }
    let constant = try #require(booked.first { $0["score"] == "constant" })
    #expect(constant["auroc"] == "0.5" && constant["auroc_low"] == "")
    let pairs = try rows(place, "scores/delong_comparisons.csv")
    #expect(pairs.count { $0["period"] == "main" } == 10)
    for pair in pairs {
      if let p = Double(pair["p_value"] ?? "") {
        let held = try number(pair, "p_holm")
        #expect(held >= p)
      }
    }
    let leaks = try rows(place, "scores/leak_warnings.csv")
    #expect(Set(leaks.filter { $0["warning"] == "true" }.compactMap { $0["score"] }) == ["late_score"])
    // The same bytes again, and no folder is replaced unasked.
    let before = try place.read("scores/score_discriminance.csv")
    #expect(try place.tool.run(words + ["-o", "scores"]).code == 2)
    let dates = [
      "--score", "dated_score", "--score-date", "made_on", "--set", "date_ini_book_obs=2021-01-01",
    ]
    let again = try place.tool.run(words + dates + ["-o", "scores", "--force", "--weight", "exposure"])
    #expect(again.code == 0, "\(again.err)")
    // Each score has a line for its dates; only that which was made anew is better where it is late.
    let late = try rows(place, "scores/leak_warnings.csv").filter { $0["test"] == "later dates" }
    #expect(Set(late.compactMap { $0["score"] }).isSuperset(of: ["score_rf", "late_score", "dated_score"]))
    #expect(late.filter { $0["warning"] == "true" }.compactMap { $0["score"] } == ["dated_score"], "\(late)")
    let weighted = try rows(place, "scores/score_discriminance.csv")
    #expect(weighted.allSatisfy { $0["weighting"] == "exposure" })
    let low = try number(weighted[0], "auroc_low")
    #expect(weighted[0]["auroc"] != all[0]["auroc"] && low > 0.5)
    #expect(try place.tool.run(words + ["-o", "third"]).code == 0)
    #expect(try place.read("third/score_discriminance.csv") == before)
    // One application: rows with a reason.
    let booked2022 = try place.read("applications.csv").split(separator: "\n").first {
      $0.contains(",2022-03-") && $0.contains(",booked,")
    }
    let head = try #require(place.read("applications.csv").split(separator: "\n").first)
    try place.write("one.csv", "\(head)\n\(try #require(booked2022))\n")
    let one = try place.tool("score-metrics", "--set", "data_path=one.csv", "--skip-dq-checks", "-o", "one")
    #expect(one.code == 0, "\(one.err)")
    let alone = try rows(place, "one/score_discriminance.csv").filter { $0["score"] == "score_rf" }
    #expect(alone.count == 2 && alone.allSatisfy { $0["auroc"] == "" && $0["n_records"] == "1" })
    #expect(alone.allSatisfy { $0["reason"]?.hasSuffix("application among 1") == true }, "\(alone)")
    for (options, code, text) in [
      (["--score", "scor_rf"], 2, "the file has no column scor_rf; did you mean score_rf"),
      (["--outcome", "score_rf"], 3, "is neither 0 nor 1"),
      (["--score-date", "score_rf"], 3, "holds no dates"),
      (["--score-date", "made_onn"], 2, "did you mean made_on"),
      (["-s", "nobody", "--segments-config", "none.toml"], 2, "there is no such file of segments"),
    ] as [([String], Int32, String)] {
      let refused = try place.tool.run(["score-metrics", "-o", "refused"] + options)
      #expect(refused.code == code && refused.err.contains(text), "\(options): \(refused.code) \(refused.err)")
      #expect(!place.exists("refused"))
    }
  }

  @Test func segmentsAndSupersegments() throws {
    let fixture = try BatchFixture(rows: 5000)
    let place = fixture.place
    try place.write(
      "segments.toml",
      BatchFixture.segments
        + "\n[segments.short]\nsegment_filter = \"EXISTING_CUSTOMER\"\ndate_fin_book_obs = \"2021-01-31\"\n")
    let said = try place.tool("score-metrics", "-c", "base.toml", "-s", "std", "plus", "-o", "scores")
    #expect(said.code == 0, "\(said.err)")
    let all = try rows(place, "scores/score_discriminance.csv")
    #expect(Set(all.compactMap { $0["name"] }) == ["std", "plus", "consumer"])
    func bads(_ name: String) throws -> Double {
      try number(
        try #require(
          all.first {
            $0["name"] == name && $0["score"] == "score_rf" && $0["population"] == "booked" && $0["period"] == "main"
          }),
        "n_bads")
    }
    let counted = (try bads("std"), try bads("plus"), try bads("consumer"))
    #expect(counted.0 + counted.1 == counted.2)
    #expect(all.allSatisfy { $0["level"] == ($0["name"] == "consumer" ? "supersegment" : "segment") })
    #expect(
      place.exists("scores/lift_tables/SS_consumer_main_score_rf.csv")
        && place.exists("scores/cap/std_main_combined.csv"))
    // Nothing is read for a name that is none.
    try place.write(
      "base.toml",
      try place.read("base.toml").replacing("[preprocessing]\n", with: "[preprocessing]\ndata_path = \"gone.csv\"\n"))
    let unknown = try place.tool("score-metrics", "-c", "base.toml", "-s", "stdd", "-o", "none")
    #expect(unknown.code == 2 && unknown.err.contains("stdd is no segment of segments.toml"), "\(unknown.err)")
  }

  /// Areas, precision, H, capture and standard errors of random cases, ties and weights included.
  @Test(.enabled(if: OracleScripts.has("import sklearn, scipy"), "needs scikit-learn")) func independentCode() throws {
    let place = try Workplace()
    var stream = RandomStream(seed: 8, label: "oracle")
    var cases: [[String: Any]] = []
    for number in 0..<12 {
      let spread = number % 3 == 0 ? 6 : 1000
      let isBad = [true, true, false, false] + (0..<146).map { _ in stream.uniform() < 0.25 }
      let score = isBad.map { Double(stream.index(below: spread) + ($0 ? spread / 4 : 0)) }
      let weights = number % 2 == 1 ? isBad.map { _ in Int64(1 + stream.index(below: 5)) } : nil
      let counts = try #require(ScoreCounts(score, isHigherRiskier: true, isBad: isBad, weights: weights))
      let areas = try #require(RocAreas([score], isBad: isBad, weights: weights))
      let captured = try [5, 10, 15, 20].map { ("\($0)", try #require(counts.captured(Int64($0), of: 100))) }
      cases.append([
        "y": isBad.map { $0 ? 1 : 0 }, "s": score, "w": weights ?? NSNull(), "auc": try #require(counts.area),
        "ap": try #require(counts.averagePrecision), "h": try #require(CostCurve(counts)?.hMeasure),
        "se": try #require(areas.covariance?[0][0].squareRoot()),
        "captured": Dictionary(uniqueKeysWithValues: captured),
      ])
    }
    try JSONSerialization.data(withJSONObject: cases).write(to: URL(fileURLWithPath: place.path("cases.json")))
    let outcome = try OracleScripts.scoreMetrics(place.root)
    #expect(outcome.code == 0 && outcome.out.contains("12 cases"), "\(outcome.out) \(outcome.err)")
  }
}
