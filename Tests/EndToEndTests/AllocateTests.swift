import Foundation
import Testing

/// One risk limit over two segments of one file, by the tool.
@Suite struct AllocateTests {
  private static func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private static let coarse = [
    "--set", "preprocessing.bins.score_bin.edges=[-inf, 480.0, 500.0, 520.0, inf]", "--set",
    "preprocessing.bins.bureau_bin.edges=[-inf, 600.0, 640.0, 680.0, 720.0, inf]", "--set", "resamples=24", "--set",
    "audit_tables=false",
  ]

  @Test func twoSegmentsShareALimit() throws {
    let place = try Workplace()
    try place.simulate(rows: 12_000)
    for segment in ["consumer_std", "existing_customer"] {
      let run = try place.tool.run(
        ["run", "-o", "output/\(segment)", "--set", "segment_filter=\(segment)"] + Self.coarse)
      #expect(run.code == 0, "\(run.err)")
    }
    let limits = try place.tool(
      "allocate", "--target", "5", "--json", "--certificate", "proof.json", "--curve", "c.csv")
    #expect(limits.code == 0 && limits.err.contains("output: 2 segments from run folders"), "\(limits.err)")
    let report = try Self.json(limits.out)
    #expect(try place.read("allocation_results.json") + "\n" == limits.out)
    #expect(report["status"] as? String == "optimal" && report["gap"] as? Double == 0)
    #expect(report["method_used"] as? String == "exact" && report["keeps_target"] as? Bool == true)
    let total = try #require(report["total"] as? [String: Any])
    let production = try #require(total["production"] as? Double)
    #expect(try #require(total["risk_pct"] as? Double) <= 5)
    let single = try #require((report["single_limit"] as? [String: Any])?["production"] as? Double)
    #expect(production >= single)
    let sure = try #require(report["uncertainty"] as? [String: Any])
    #expect(sure["resamples"] as? Int == 24)
    // The table: the chosen rows of the segments' own files, and sums that are the report's.
    let rows = try place.read("allocation_results.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count == 3 && rows[0].first == "segment")
    let amount = try #require(rows[0].firstIndex(of: "oa_amt_h0"))
    #expect(abs(rows.dropFirst().reduce(0) { $0 + (Double($1[amount]) ?? 0) } - production) < 1e-6 * production)
    for row in rows.dropFirst() {
      let own = try place.read("output/\(row[0])/data/pareto_optimal_solutions.csv").split(separator: "\n")
      #expect(own.contains { $0 == row.dropFirst().joined(separator: ",") }, "\(row)")
    }
    // The curve rises, and its end is the whole.
    let curve = try place.read("c.csv").split(separator: "\n").dropFirst().compactMap {
      Double($0.split(separator: ",", omittingEmptySubsequences: false)[2])
    }
    #expect(curve.count > 20 && curve == curve.sorted())
    // The certificate proves it from the file alone; changed, it is refused.
    let proof = try place.tool("check-certificate", "proof.json")
    #expect(proof.code == 0 && proof.out.contains("no other has more"), "\(proof.err)")
    try place.write("forged.json", place.read("proof.json").replacing("\"target\":\"5\"", with: "\"target\":\"4\""))
    #expect(try place.tool("check-certificate", "forged.json").code == 6)
    #expect(try place.tool("check-certificate", "applications.csv").code == 2)
    // Files are not replaced unasked.
    #expect(try place.tool("allocate", "--target", "5").code == 7)

    func answer(_ words: String...) throws -> [String: Any] {
      let outcome = try place.tool.run(["allocate", "--target", "5", "--json", "--force", "-o", "x.csv"] + words)
      #expect(outcome.code == 0, "\(words): \(outcome.err)")
      return try Self.json(outcome.out)
    }
    func made(_ report: [String: Any]) -> Double {
      (report["total"] as? [String: Any])?["production"] as? Double ?? -1
    }
    #expect(made(try answer("--method", "joint")) >= production)
    #expect(made(try answer("--method", "greedy")) <= production)
    let locked = try answer("--lock", "consumer_std:today", "--max-changed", "1")
    let solutions = (locked["segments"] as? [[String: Any]])?.compactMap { $0["solution"] as? String }
    #expect(solutions?.first == "today" && made(locked) <= production)
    let both = try answer("--what-if", "4..6/1", "--risk-weight", "production")
    let targets = (both["what_if"] as? [[String: Any]])?.compactMap { $0["target_pct"] as? String }
    #expect(targets == ["4", "5", "6"])

    // Infeasible: exit 5, the least risk, the limits that contradict each other; a climb only where it is asked for.
    let impossible = ["allocate", "--target", "1", "--min-risk", "consumer_std:4", "--json", "-o", "y.csv"]
    let refused = try place.tool.run(impossible)
    #expect(refused.code == 5, "\(refused.err)")
    let why = try Self.json(refused.out)
    #expect(why["status"] as? String == "infeasible" && why["min_achievable_risk"] as? Double ?? 0 > 1)
    #expect(why["conflict"] as? [String] == ["target 1 %", "min_risk 4 of consumer_std"])
    #expect(!place.exists("y.csv") && !place.exists("y.json"))
    let fallback = try place.tool.run(impossible + ["--allow-fallback"])
    let given = try Self.json(fallback.out)
    #expect(fallback.code == 0 && given["status"] as? String == "fallback" && given["keeps_target"] as? Bool == false)
    #expect(given["method_used"] as? String == "greedy")

    // The same frontiers as files: sums a year, the same solutions.
    try FileManager.default.createDirectory(atPath: place.path("files"), withIntermediateDirectories: false)
    for segment in ["consumer_std", "existing_customer"] {
      try place.write("files/\(segment)_base.csv", place.read("output/\(segment)/data/efficient_frontier_base.csv"))
    }
    let files = try place.tool("allocate", "--target", "5", "--data-dir", "files", "-o", "z.csv", "--json")
    #expect(files.code == 0 && files.err.contains("frontiers as CSV"), "\(files.err)")
    #expect(
      try place.read("z.csv").split(separator: "\n").map { $0.split(separator: ",").prefix(2) }
        == place.read("allocation_results.csv").split(separator: "\n").map { $0.split(separator: ",").prefix(2) })
    let joint = try place.tool("allocate", "--target", "5", "--data-dir", "files", "-o", "j.csv", "--method", "joint")
    #expect(joint.code == 2 && joint.err.contains("run folders"), "\(joint.err)")
  }

  /// What is wrong with limits is said before anything is read: the folders here hold nothing.
  @Test func mistakesAreSaidBeforeDataIsRead() throws {
    let place = try Workplace()
    for name in ["north", "south"] {
      try FileManager.default.createDirectory(atPath: place.path("output/\(name)"), withIntermediateDirectories: true)
      try place.write("output/\(name)/manifest.json", "{}")
    }
    try place.write("none.toml", "[segments.north]\nsegment_filter = \"n\"\n")
    try place.write(
      "segments.toml", "[segments.north]\nmin_risk = 1.0\nsegment_filter = \"n\"\n\n[segments.west]\nmax_risk = 2.0\n")
    let west = try place.tool("allocate", "--target", "1")
    #expect(west.code == 2 && west.err.contains("segments.toml:6:12: limits the segment west"), "\(west.err)")
    let wrong: [[String]] = [
      [], ["--target", "0"], ["--target", "x"], ["--target", "1", "--method", "best"],
      ["--target", "1", "--what-if", "2..1/0.1"], ["--target", "1", "--what-if", "1..2"],
      ["--target", "1", "--lock", "north:x"], ["--target", "1", "--max-risk", "3"],
      ["--target", "1", "--method", "greedy", "--max-changed", "1"],
      ["--target", "1", "--method", "joint", "--certificate", "c.json"], ["--target", "1", "--max-risk", "nrth:3"],
      ["--target", "1", "--curve", "allocation_results.csv"], ["--target", "1", "--multiplier", "7"],
    ]
    for words in wrong {
      let outcome = try place.tool.run(["allocate", "--segments-config", "none.toml"] + words)
      #expect(outcome.code == 2, "\(words): \(outcome.code) \(outcome.err)")
    }
    #expect(try place.tool("allocate", "--target", "1", "--data-dir", "nowhere").code == 7)
    try place.write("segments.toml", "[segments.north]\nsegment_filter = \"n\"\n")
    // Then the runs themselves.
    #expect(try place.tool("allocate", "--target", "1").code == 6)
  }
}
