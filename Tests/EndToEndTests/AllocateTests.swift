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
    "audit_tables=false", "--set", "preprocessing.value={ margin_pct = 6.0, loss_given_default_pct = 90.0 }",
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
    // The last digit of a limit counts, and a conflict names what was typed.
    let close = try answer("--max-risk", "consumer_std:4.9999999999999999", "--what-if", "4.9999999999999999..5/1")
    #expect((close["limits"] as? [String]) == ["max_risk 4.9999999999999999 of consumer_std"])
    let exactly = (close["what_if"] as? [[String: Any]])?.first?["target_pct"] as? String
    #expect(exactly == "4.9999999999999999")
    // Most value: at least that of any other choice, of strategies that the value frontiers of the runs have.
    let worth = try answer("--objective", "value")
    let most = try #require((worth["total"] as? [String: Any])?["value"] as? Double)
    #expect(worth["status"] as? String == "optimal" && made(worth) <= production)
    let climbed = try answer("--objective", "value", "--method", "greedy")
    #expect(try #require((climbed["total"] as? [String: Any])?["value"] as? Double) <= most)
    let lines = try place.read("output/consumer_std/data/value_frontier.csv").split(separator: "\n").dropFirst()
    let own = (worth["segments"] as? [[String: Any]])?.first?["value"] as? Double
    #expect(lines.contains { $0.split(separator: ",").first.flatMap { Double($0) } == own })

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
    // Nothing nearer is known than what is given.
    let reached = try #require((given["total"] as? [String: Any])?["risk_pct"] as? Double)
    let least = try #require(why["min_achievable_risk"] as? Double)
    #expect(abs(reached - least) < 1e-9)
    #expect(refused.err.contains("Raise the target or loosen min_risk 4 of consumer_std"), "\(refused.err)")
    let floors = try place.tool(
      "allocate", "--target", "90", "--lock", "consumer_std:today", "--max-risk", "consumer_std:0.01", "-o", "f.csv")
    #expect(floors.code == 5 && floors.err.contains(" Loosen or leave out max_risk 0.01"), "\(floors.err)")
    #expect(!floors.err.contains("Raise the target"))

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
    let without = try place.tool(
      "allocate", "--target", "5", "--data-dir", "files", "-o", "w.csv", "--objective", "value")
    #expect(without.code == 2 && without.err.contains("has no column value"), "\(without.err)")
    try expectFilesAreHeld(place)
    let joint = try place.tool("allocate", "--target", "5", "--data-dir", "files", "-o", "j.csv", "--method", "joint")
    #expect(joint.code == 2 && joint.err.contains("run folders"), "\(joint.err)")
  }

  /// Files that would be left out, counted twice or added up wrongly are refused; values are a column.
  private func expectFilesAreHeld(_ place: Workplace) throws {
    func folder(_ name: String, _ files: [String: String]) throws {
      try FileManager.default.createDirectory(atPath: place.path(name), withIntermediateDirectories: true)
      for (file, text) in files { try place.write("\(name)/\(file)", text) }
    }
    func outcome(_ name: String, _ words: String...) throws -> Tool.Outcome {
      try place.tool.run(["allocate", "--target", "5", "--data-dir", name, "-o", "t.csv", "--force"] + words)
    }
    let head = "sol_fac,oa_amt_h0,todu_30ever_h6,todu_amt_pile_h6,value\n"
    let rows = "0,100,1,7000,4\n1,200,9,9000,1\n"
    try folder("mixed", ["north_base.csv": head + rows, "south.csv": head + rows])
    let mixed = try outcome("mixed")
    #expect(mixed.code == 2 && mixed.err.contains("mixed/south.csv: says no scenario"), "\(mixed.err)")
    try folder("other", ["north_optimistic.csv": head + rows])
    #expect(try outcome("other").code == 2)
    try folder("twice", ["north.csv": head + rows.replacing("1,200", with: "0,200")])
    let twice = try outcome("twice")
    #expect(twice.code == 3 && twice.err.contains("has the solution 0 twice"), "\(twice.err)")
    try folder("negative", ["north.csv": head + rows.replacing("200", with: "-200")])
    let negative = try outcome("negative")
    #expect(negative.code == 3 && negative.err.contains("has a negative sum"), "\(negative.err)")
    // Most value is another choice than most production, and an escape in a name does not reach the console.
    try folder("worth", ["no\u{1B}[31mrth.csv": head + rows, "south.csv": head + rows])
    func chosen(_ words: String...) throws -> [String] {
      let said = try place.tool.run(
        ["allocate", "--target", "5", "--data-dir", "worth", "-o", "t.csv", "--force", "--certificate", "w.json"]
          + words)
      #expect(said.code == 0 && !said.out.contains("\u{1B}") && !said.err.contains("\u{1B}"), "\(said.err)")
      #expect(said.out.contains("the slope of the hull of points of frontiers"), "\(said.out)")
      let proof = try place.tool("check-certificate", "w.json")
      #expect(proof.code == 0, "\(proof.err)")
      return try place.read("t.csv").split(separator: "\n").dropFirst().compactMap {
        $0.split(separator: ",").dropFirst().first.map(String.init)
      }
    }
    #expect(try chosen() == ["1", "1"])
    #expect(try chosen("--objective", "value") == ["0", "0"])
    // A lock is named by its number.
    try folder("locked", ["north.csv": head + rows.replacing("1,200", with: "17,200")])
    let locked = try outcome("locked", "--lock", "north:17", "--max-risk", "north:0.5")
    #expect(locked.code == 5 && locked.err.contains("lock 17 of north"), "\(locked.err)")
    // A file without segments holds no limits.
    try place.write("empty.toml", "")
    let empty = try outcome("locked", "--segments-config", "empty.toml")
    #expect(empty.code == 0 && empty.err.contains("empty.toml holds no segment"), "\(empty.err)")
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
      [], ["--target", "0"], ["--target", "x"], ["--target", "1.2345678901234567890"], ["--target", "0x5"],
      ["--target", "1", "--method", "best"],
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
