import Foundation
import Testing

/// All segments of a portfolio in one call.
@Suite struct BatchTests {
  /// One batch with a segment that fails, and all that is said and left of it.
  @Test func aFailedSegmentDoesNotStopTheOthers() throws {
    let lost = "\n[segments.lost]\nsegment_filter = \"CONSUMER_STDD\"\n"
    let fixture = try BatchFixture(segments: BatchFixture.segments + lost)
    let place = fixture.place
    let first = try fixture.batch()
    #expect(first.code == 3, "\(first.err)")
    #expect(first.err.contains("did you mean consumer_std"), "\(first.err)")
    #expect(first.err.contains("rows are in no segment: new_customer"), "\(first.err)")
    #expect(first.out.contains("lost") && first.out.contains("failed") && first.out.contains("TOTAL") == false)
    for run in ["_supersegment_consumer", "std", "plus", "existing"] {
      #expect(try place.tool("verify", "output/\(run)").code == 0, "\(run)")
    }
    #expect(!place.exists("output/lost") && place.exists("output/_supersegment_consumer/models"))
    #expect(!place.exists("output/std/data/shap_values.csv") || place.exists("output/std/data/cutoff_summary_wide.csv"))
    let state = try place.read("output/batch.json")
    #expect(state.contains("\"isFinished\" : true") && state.contains("\"condition\" : \"failed\""))
    #expect(!state.contains("NEW_CUSTOMER") && !state.contains("new_customer"), "no value of an application is kept")
    // The file was read once for its digest, and once for its rows, whatever the number of runs.
    let read = try ["_supersegment_consumer", "std", "plus", "existing"].reduce(0) {
      try $0
        + place.read("output/\($1)/events.jsonl").components(separatedBy: "applications.csv: read for its digest").count
        - 1
    }
    #expect(read <= 1)
    // The portfolio as a whole.
    let total = try fixture.line("TOTAL")
    #expect(total["status"] == "partial" && total["missing_segments"] == "lost (failed, exit 3)")
    // In the cents of the amounts, without the noise of a difference of doubles.
    #expect(total["production_delta"]?.split(separator: ".").dropFirst().first?.count ?? 0 <= 2)
    let missing = try fixture.line("segment_lost")
    #expect(missing["status"] == "missing" && missing["optimum_risk_pct"] == "" && missing["n_segments"] == "0")
    try expectSums(fixture, ["consumer/std", "consumer/plus", "segment_existing"], "TOTAL")
    try expectSums(fixture, ["consumer/std", "consumer/plus"], "consumer")
    try expectIntervals(fixture)
    // Each is the run that it would be alone.
    try place.write(
      "alone.toml",
      """
      extends = "base.toml"
      [preprocessing]
      segment_filter = "CONSUMER_STD"
      optimum_risk = 4.5

      """)
    let alone = try place.tool("run", "-c", "alone.toml", "-m", "output/_supersegment_consumer", "-o", "alone")
    #expect(alone.code == 0, "\(alone.err)")
    #expect(try place.digest("alone") == place.digest("output/std"))
    // A second call runs what has failed.
    let inode = try place.inode("output/std")
    let second = try fixture.batch()
    #expect(
      second.code == 3 && second.err.contains("= std (unchanged)") && second.err.contains("✗ lost"), "\(second.err)")
    #expect(try place.inode("output/std") == inode)
    // A changed file of a run makes it run again; a changed setting only its segment.
    try place.write("output/plus/data/bins.csv", "changed\n")
    try place.write(
      "segments.toml",
      BatchFixture.segments.replacing("optimum_risk = 3.5", with: "optimum_risk = 3.6"))
    let third = try fixture.batch("--strict")
    #expect(third.code == 3 && third.err.contains("Nothing was run"), "\(third.err)")
    let fourth = try fixture.batch()
    #expect(fourth.code == 0, "\(fourth.err)")
    for word in ["= std (unchanged)", "✓ plus", "✓ existing", "= supersegment consumer (unchanged)"] {
      #expect(fourth.err.contains(word), "\(word): \(fourth.err)")
    }
  }

  /// Workers, order and repetition give the same bytes.
  @Test func workersGiveTheSameBytes() throws {
    let fixture = try BatchFixture(rows: 4000, resamples: 0)
    let recent = ["--set", "date_ini_book_obs_mr=2023-01-01", "--set", "date_fin_book_obs_mr=2023-06-01"]
    func batch(_ words: String...) throws -> Tool.Outcome {
      try fixture.place.tool.run(["batch", "-c", "base.toml"] + words + recent)
    }
    let one = try batch("-o", "one")
    #expect(one.code == 0, "\(one.err)")
    let two = try batch("-o", "two", "-p", "-w", "2", "--memory", "100000")
    #expect(two.code == 0, "\(two.err)")
    #expect(two.err.contains("2 at a time"))
    for run in ["_supersegment_consumer", "std", "plus", "existing"] {
      #expect(try fixture.place.digest("one/\(run)") == fixture.place.digest("two/\(run)"), "\(run)")
    }
    let table = "consolidated_risk_production.csv"
    #expect(try fixture.place.read("one/\(table)") == fixture.place.read("two/\(table)"))
    // The recent period of one segment is that of its run.
    let own = try fixture.rows("one/existing/data/risk_production_summary_mr_base.csv")
    let best = try #require(own.first { $0["Metric"] == "Optimum selected" })
    let lines = try fixture.rows("one/\(table)")
    let line = try #require(
      lines.first { $0["group"] == "segment_existing" && $0["scenario"] == "base" && $0["period"] == "mr" })
    #expect(line["optimum_risk_pct"] == best["Risk (%)"] && line["optimum_risk_pct"] != "")
    #expect(line["optimum_todu_amt_pile_h6"] == best["todu_amt_pile_h6"])
    #expect(line["interval_method"] == "none: no resamples are made of the recent period")
    // Too little memory for two: one after the other, said so, and the same.
    let small = try batch("-o", "two", "-p", "-w", "2", "--memory", "1")
    #expect(small.code == 0 && small.err.contains("1 of 2 segments at a time: 1 MiB (--memory)"), "\(small.err)")
  }

  /// A killed batch goes on where it was.
  @Test func aKilledBatchResumes() throws {
    let fixture = try BatchFixture(rows: 4000, resamples: 0)
    let process = try fixture.place.tool.start(["batch", "-c", "base.toml"])
    while process.isRunning, !(try isDone("std", fixture.place)) { usleep(20_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try isDone("std", fixture.place))
    let again = try fixture.batch()
    #expect(again.code == 0 && again.err.contains("= std (unchanged)"), "\(again.err)")
    #expect(
      try fixture.place.names(except: "applications.csv", "config.toml", "base.toml", "segments.toml") == ["output"])
    let inside = try FileManager.default.contentsOfDirectory(atPath: fixture.place.path("output")).sorted()
    #expect(
      inside == [
        "_supersegment_consumer", "batch.json", "consolidated_gates.csv", "consolidated_risk_production.csv",
        "consolidated_risk_production.html",
        "existing", "plus", "std",
      ])
  }

  private func isDone(_ name: String, _ place: Workplace) throws -> Bool {
    guard place.exists("output/batch.json") else { return false }
    return try place.read("output/batch.json").split(separator: "\"condition\" :").contains {
      $0.contains("\"name\" : \"\(name)\"") && $0.hasPrefix(" \"done\"")
    }
  }

  /// Sums of the parts are the sums of the group, and its risk is a ratio of sums.
  private func expectSums(_ fixture: BatchFixture, _ parts: [String], _ group: String) throws {
    for scenario in ["pessimistic", "base", "optimistic"] {
      let whole = try fixture.line(group, scenario)
      let lines = try parts.map { try fixture.line($0, scenario) }.filter { $0["status"] == "complete" }
      #expect(lines.count == Int(whole["n_segments"] ?? ""))
      func number(_ line: [String: String], _ column: String) throws -> Double {
        try #require(Double(line[column] ?? ""), "\(column)")
      }
      for line in ["actual", "optimum", "swap_in", "swap_out"] {
        for column in ["production", "todu_30ever_h6", "todu_amt_pile_h6"] {
          let sum = try lines.map { try number($0, "\(line)_\(column)") }.reduce(0, +)
          let own = try number(whole, "\(line)_\(column)")
          #expect(abs(own - sum) <= 1e-9 * max(1, abs(sum)), "\(group) \(scenario) \(line) \(column)")
        }
        guard line == "optimum" || line == "actual" else { continue }
        let risk =
          try 700 * number(whole, "\(line)_todu_30ever_h6") / number(whole, "\(line)_todu_amt_pile_h6")
        #expect(abs(try number(whole, "\(line)_risk_pct") - risk) <= 1e-9 * risk)
      }
    }
  }

  /// Of one segment the interval is the run's own of the whole estimator, in every digit; of a group it holds the estimate.
  private func expectIntervals(_ fixture: BatchFixture) throws {
    for (group, run) in [("consumer/std", "std"), ("segment_existing", "existing")] {
      let line = try fixture.line(group)
      let summary = try fixture.rows("output/\(run)/data/risk_production_summary_base.csv")
      let best = try #require(summary.first { $0["Metric"] == "Optimum selected" })
      #expect(line["optimum_risk_pct"] == best["Risk (%)"] && line["optimum_todu_30ever_h6"] == best["todu_30ever_h6"])
      let intervals = try fixture.rows("output/\(run)/data/intervals.csv")
      for quantity in ["production", "risk"] {
        let own = try #require(
          intervals.first {
            $0["scenario"] == "base" && $0["basis"] == "whole-estimator" && $0["line"] == "optimum"
              && $0["quantity"] == quantity
          })
        #expect(line["\(quantity)_ci_lower"] == own["low"] && own["low"] != "", "\(run) \(quantity)")
        #expect(line["\(quantity)_ci_upper"] == own["high"])
      }
    }
    for group in ["TOTAL", "consumer"] {
      let line = try fixture.line(group)
      let ends = try ["risk_ci_lower", "optimum_risk_pct", "risk_ci_upper"].map { try #require(Double(line[$0] ?? "")) }
      #expect(ends[0] < ends[1] && ends[1] < ends[2], "\(group)")
      #expect(line["interval_method"] == "bca, 24 joint resamples, 95 %")
      #expect(line["interval_basis"] == "whole-estimator")
    }
  }
}
