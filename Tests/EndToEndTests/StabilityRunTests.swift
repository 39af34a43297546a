import CutlineTesting
import Foundation
import Testing

/// Drift, trends and alerts of whole runs.
@Suite struct StabilityRunTests {
  @Test func aRunSaysWhatHasMovedAndMayStopAPipeline() throws {
    let place = try Workplace()
    try place.simulate(rows: 20_000)
    let recent = ["--set", "date_ini_book_obs_mr=2023-01-01", "--set", "date_fin_book_obs_mr=2023-06-01"]
    let run = try place.tool.run(["run", "-o", "out", "--fail-on", "critical"] + recent)
    for name in [
      "stability_psi.csv", "stability_bins.csv", "stability_monthly.csv", "score_order.csv", "bin_inversions.csv",
      "monthly_metrics_all.csv", "trend_anomalies_all.csv", "metric_trends_all.csv", "drift_alerts_base.json",
      "drift_alerts_pessimistic.json", "drift_alerts_optimistic.json",
    ] { #expect(place.exists("out/data/\(name)"), "\(name)") }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(try place.read("out/data/drift_alerts_base.json").utf8))
        as? [String: Any])
    let summary = try #require(json["summary"] as? [String: Int])
    #expect(Set(summary.keys) == ["info", "warning", "critical"])
    let alerts = try #require(json["alerts"] as? [[String: Any]])
    #expect(alerts.count == summary.values.reduce(0, +) && !alerts.isEmpty)
    for alert in alerts {
      #expect(
        Set(alert.keys)
          == [
            "timestamp", "severity", "source", "variable", "psi_value", "status", "message", "segment", "period",
          ])
    }
    #expect(alerts.contains { $0["variable"] as? String == "__overall__" })
    let critical = alerts.contains { $0["severity"] as? String == "critical" }
    #expect(run.code == (critical ? 4 : 0), "\(run.err)")
    let shown = try place.tool("stability", "out")
    #expect(shown.code == 0, "\(shown.err)")
    let failing = try place.tool("stability", "out", "--fail-on", "warning")
    let loud = alerts.contains { $0["severity"] as? String != "info" }
    #expect(failing.code == (loud ? 4 : 0))
    #expect(try place.tool("stability", "out", "--fail-on", "info").code == 2)
    // The tables are those of the same distribution: shares of a variable add up.
    let bins = try place.read("out/data/stability_bins.csv").split(separator: "\n").dropFirst()
    let amounts = bins.filter { $0.hasPrefix("oa_amt,") }
    let shares = amounts.compactMap {
      Double($0.split(separator: ",", omittingEmptySubsequences: false).suffix(4)[safe: 0] ?? "")
    }
    #expect(!shares.isEmpty && abs(shares.reduce(0, +) - 1) < 1e-9)

    try place.write("out/data/stability_psi.csv", try place.read("out/data/stability_psi.csv") + "x")
    #expect(try place.tool("stability", "out").code == 6)
  }

  @Test func withoutARecentPeriodNothingIsCalledStable() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let run = try place.tool("run", "-o", "out", "--fail-on", "critical")
    #expect(run.err.contains("not looked at: distributions: no recent period is asked for"), "\(run.err)")
    let rows = try place.read("out/data/stability_psi.csv").split(separator: "\n")
    #expect(rows.count == 1)
    let shown = try place.tool("stability", "out")
    #expect(shown.out.contains("not looked at: back-test"))
    let part = try place.tool("run", "-o", "part", "--until", "search", "--fail-on", "critical")
    #expect(part.code == 2 && part.err.contains("no stage of kind alerts"), "\(part.err)")
    let old = try place.tool("run", "-o", "part", "--until", "search")
    #expect(old.code == 0)
    #expect(try place.tool("stability", "part").code == 2)
  }

  /// Other columns of the file are followed by their names, new categories are listed.
  @Test func columnsOfTheFileAreFollowed() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    let text = try place.read("applications.csv")
    var lines = text.split(separator: "\n").map(String.init)
    let header = lines[0].split(separator: ",").map(String.init)
    let date = try #require(header.firstIndex(of: "mis_date"))
    for row in lines.indices {
      let month = lines[row].split(separator: ",", omittingEmptySubsequences: false)[date]
      lines[row] += row == 0 ? ",channel" : month >= "2023" ? ",app" : row % 3 == 0 ? "," : ",branch"
    }
    try place.write("applications.csv", lines.joined(separator: "\n") + "\n")
    let recent = ["--set", "date_ini_book_obs_mr=2023-01-01", "--set", "date_fin_book_obs_mr=2023-06-01"]
    let run = try place.tool.run(["run", "-o", "out", "--set", "stability_variables=[\"channel\"]"] + recent)
    #expect(run.code == 0, "\(run.err)")
    #expect(run.err.contains("channel has 1 categories that the main period does not"), "\(run.err)")
    let bins = try place.read("out/data/stability_bins.csv").split(separator: "\n").filter { $0.hasPrefix("channel,") }
    #expect(
      bins.count == 3 && bins.contains { $0.hasPrefix("channel,characteristic,app,0,") && $0.hasSuffix(",true") },
      "\(bins)")
    for (name, expected) in [("chanel", "did you mean channel"), ("authorization_id", "names applications")] {
      let wrong = try place.tool.run(["run", "-o", "no", "--set", "stability_variables=[\"\(name)\"]"] + recent)
      #expect(wrong.code == 2 && wrong.err.contains(expected), "\(wrong.err)")
    }
  }

  private static let portfolio = SharedFiles.path("data/portfolio/portfolio_public.csv.gz", from: #filePath)
  private static let oracle = SharedFiles.path("oracles/stability/expected.json", from: #filePath)

  /// PSI by month of the public portfolio, against independent code, with the original's floor.
  @Test(.enabled(if: portfolio != nil && oracle != nil, "../shared is not there"))
  func monthsOfThePublicPortfolio() throws {
    let place = try Workplace()
    let config = try String(
      contentsOfFile: PlanFileTests.repository + "/Examples/portfolio/config.toml", encoding: .utf8
    )
    .replacing("missing = \"drop\"", with: "missing = \"own-bin\"")
    .replacing("9999 = \"drop\", 0 = \"drop\"", with: "9999 = \"own-bin\"")
    try place.write("config.toml", config)
    let run = try place.tool.run(
      [
        "run", "-o", "out", "--until", "stability", "--set", "data_path=\(try #require(Self.portfolio))", "--set",
        "date_ini_book_obs=2021-01-01", "--set", "date_fin_book_obs=2021-06-01", "--set",
        "stages.stability.with.smoothing=\"floor\"", "--set",
        "stability_variables=[\"score_cand_a\", \"score_cand_e\"]",
      ])
    #expect(run.code == 0, "\(run.err)")
    var psi: [String: [String: Double]] = [:]
    for line in try place.read("out/data/stability_monthly.csv").split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      psi[fields[0], default: [:]][fields[1]] = Double(fields[3])
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: try #require(Self.oracle)))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let known = try #require((root["portfolio"] as? [String: Any])?["psi"] as? [String: [String: Any]])
    for (name, value) in known {
      let months = try #require(value["monthly"] as? [String: NSNumber])
      #expect(months.count == 30)
      for (month, expected) in months {
        let own = try #require(psi[name]?[String(month.prefix(7))], "\(name) \(month)")
        #expect(abs(own - expected.doubleValue) < 1e-9, "\(name) \(month): \(own) \(expected)")
      }
    }
  }
}

extension RandomAccessCollection {
  fileprivate subscript(safe offset: Int) -> Element? {
    let place = index(startIndex, offsetBy: offset, limitedBy: endIndex)
    return place.flatMap { $0 == endIndex ? nil : self[$0] }
  }
}
