import Foundation
import Testing

/// The certificate of a run, strategies in raw scores, and what a committee states beside the scenarios.
@Suite struct CertifiedRunTests {
  private static func rows(_ place: Workplace, _ name: String) throws -> [[String: String]] {
    let text = try place.read(name).replacing(/"[^"]*"/) { $0.output.replacing(",", with: ";") }
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test func aRunProvesItsStrategies() throws {
    let place = try Workplace()
    try place.simulate(rows: 4_000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let own = try place.tool("check-certificate", "out")
    #expect(own.code == 0 && own.out.ranges(of: "its strategy is the proven optimum").count == 3, "\(own.err)")
    // The table beside it is enough for somebody without the run.
    let alone = try place.tool("check-certificate", "out/data/certified_cells.csv", "out/data/certificate.json")
    #expect(alone.code == 0 && alone.out.contains("is the greatest production"), "\(alone.err)")
    // A search on the cells of the run finds its frontier, whole.
    let again = try place.tool("frontier", "--cells", "out", "--certificate", "whole.json", "-o", "again.csv")
    #expect(again.code == 0, "\(again.err)")
    let frontier = try Self.rows(place, "out/data/pareto_optimal_solutions.csv")
    let found = try Self.rows(place, "again.csv")
    #expect(found.count == frontier.count && found.count > 50)
    #expect(try place.tool("check-certificate", "out", "whole.json").code == 0)
    // Of other cells it proves nothing: this one is the safest that holds anything, so that every strategy accepts it.
    let cells = try place.read("out/data/certified_cells.csv")
    let line = try #require(cells.split(separator: "\n").last { $0.contains(/,[1-9]\d*\.\d\d,/) })
    let fields = line.split(separator: ",").map(String.init)
    let less = fields.prefix(2) + ["\(Double(fields[2]).map { $0 * 3 + 1000 } ?? 0)"] + fields.suffix(2)
    try place.write("other.csv", cells.replacing(line, with: less.joined(separator: ",")))
    let other = try place.tool("check-certificate", "other.csv", "out/data/certificate.json")
    #expect(other.code == 6 && other.err.contains("refused"), "\(other.err)")
    // Whoever edits a run is found out before its certificate is.
    try place.write("out/data/certificate.json", place.read("out/data/certificate.json") + " ")
    #expect(try place.tool("check-certificate", "out").code == 6)
    #expect(try place.tool("check-certificate", "other.csv").code == 2)
    #expect(try place.tool("frontier", "--cells", "out", "--grid", "a,b").code == 2)
    // Every row of the file leaves for one reason, and so does every booked one, with its money.
    let waterfall = try Self.rows(place, "out/data/row_waterfall.csv")
    for column in ["rows", "booked_rows", "booked_oa_amt_h0"] {
      let values = waterfall.map { Int(($0[column] ?? "").replacing(".", with: "")) ?? -1 }
      #expect(values[0] > 0 && values[0] == values.dropFirst().reduce(0, +), "\(column)")
    }
  }

  @Test func whatCannotBeCertifiedIsSaid() throws {
    let place = try Workplace()
    try place.simulate(rows: 3_000)
    let settings = ["--set", "audit_tables=false"]
    let limited = try place.tool.run(
      [
        "run", "-o", "limited", "--set", "stages.search.use=exhaustive", "--set",
        "stages.search.with={ swap_in_risk_limit = 6 }",
        "--set", "preprocessing.bins.bureau_bin.edges=[-inf, 590.0, 640.0, 690.0, inf]",
      ] + settings)
    #expect(limited.code == 0 && (limited.out + limited.err).contains("no certificate"), "\(limited.err)")
    let checked = try place.tool("check-certificate", "limited")
    #expect(checked.code == 2 && checked.err.contains("wrote no certificate"), "\(checked.err)")
    let whole = try place.tool.run(["run", "-o", "whole", "--set", "certificate=frontier"] + settings)
    #expect(whole.code == 0, "\(whole.err)")
    let proven = try place.tool("check-certificate", "whole")
    #expect(proven.code == 0 && proven.out.contains("are the whole frontier"), "\(proven.err)")
    #expect(proven.out.ranges(of: "is the proven optimum").count == 3, "\(proven.out)")
  }

  @Test func strategiesAreStatedInRawScores() throws {
    let place = try Workplace()
    try place.simulate(rows: 3_000)
    let short = ["--set", "audit_tables=false", "--set", "certificate=none"]
    let rules =
      "[{ score_rf = \"<= 480\", risk_score_rf = \"> 660\" }, { score_rf = \"> 480\", risk_score_rf = \"> 600\" }]"
    let bins = "score_bin = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], bureau_bin = [11, 11, 11, 5, 5, 5, 5, 5, 5, 5]"
    for (name, table) in [("raw", "{ rule = \(rules) }"), ("bins", "{ \(bins) }")] {
      let run = try place.tool.run(
        ["run", "-o", name, "--set", "strategy_in_force=\(table)", "--set", "fixed_cutoffs=\(table)"] + short)
      #expect(run.code == 0, "\(run.err)")
    }
    for file in ["strategy_in_force", "cutoff_summary_wide", "decisions_base"] {
      #expect(try place.read("raw/data/\(file).csv") == place.read("bins/data/\(file).csv"), "\(file)")
    }
    func refused(_ table: String) throws -> String {
      let said = try place.tool.run(["check", "--set", "fixed_cutoffs=\(table)"])
      #expect(said.code == 2, "\(table): \(said.err)")
      return said.err
    }
    #expect(try refused("{ rule = [] }").contains("text per score"))
    #expect(try refused("{ rule = \(rules), \(bins) }").contains("one of the two"))
    #expect(try refused("{ strict_validation = true }").contains("names no variable"))
    // A number that is no edge cannot be seen before the grid is known.
    let between = try place.tool.run(
      ["run", "-o", "x", "--set", "fixed_cutoffs={ rule = [{ score_rf = \"all\", risk_score_rf = \"> 661\" }] }"])
    #expect(between.code == 2 && between.err.contains("the nearest are 660 and 670"), "\(between.err)")
    let method = try place.tool("check", "--set", "preprocessing.bins.bureau_bin.edges=optmal")
    #expect(method.code == 2 && method.err.contains("did you mean optimal"), "\(method.err)")
  }

  @Test func aCommitteesStrategyIsExportedComparedAndStressed() throws {
    let place = try Workplace()
    try place.simulate(rows: 4_000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    try place.write("own.csv", "strategy,score_rf,risk_score_rf\ncommittee,<= 480,> 660\ncommittee,> 480,> 600\n")
    let stated = ["--cutoffs", "own.csv"]
    let export = try place.tool.run(["export", "out", "--format", "csv", "--scenario", "committee"] + stated)
    #expect(export.code == 0 && export.out.contains("committee,<= 480,> 660"), "\(export.err)")
    // Back to itself it changes nothing, and from the scenario what evaluate says.
    let diff = try place.tool.run(["diff", "out", "out", "--scenario", "base,committee", "--json"] + stated)
    #expect(diff.code == 0, "\(diff.err)")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(diff.out.utf8)) as? [String: Any])
    let production = try #require((report["second"] as? [String: Any])?["production"] as? Double)
    let evaluated = try place.tool("evaluate", "out", "own.csv", "--annualised")
    let lines = evaluated.out.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let column = try #require(lines[0].firstIndex(of: "oa_amt_h0_total"))
    #expect(abs((Double(lines[1][column]) ?? 0) - production) < 1e-6 * production)
    let stress = try place.tool.run(["stress", "out", "--risk-factor", "3"] + stated)
    #expect(stress.code == 4 && stress.out.contains("committee (risk ≤ 5 %)"), "\(stress.out) \(stress.err)")
    try place.write("own.csv", "strategy,score_rf,risk_score_rf\nbase,all,> 660\n")
    let taken = try place.tool.run(["export", "out", "--format", "csv"] + stated)
    #expect(taken.code == 2 && taken.err.contains("its name is taken"), "\(taken.err)")
  }
  @Test func threeScoresMayProveABoundOnly() throws {
    let place = try Workplace()
    try place.simulate(rows: 3_000)
    let third = """
      variables = ["score_bin", "bureau_bin", "amount_bin"]

      """
    var text = try place.read("config.toml").replacing(/variables = .*\n/, with: third)
    text = text.replacing(/edges = .*\n/) { match in
      match.output.contains("540") ? "edges = [-inf, 610.0, 660.0, inf]\n" : "edges = [-inf, 480.0, 510.0, inf]\n"
    }
    text += "\n[preprocessing.bins.amount_bin]\nsource = \"oa_amt\"\ndirection = \"higher-is-riskier\"\n"
    text += "missing = \"drop\"\nedges = [-inf, 5000.0, 12000.0, inf]\n"
    try place.write("config.toml", text)
    let run = try place.tool("run", "-o", "out", "--set", "audit_tables=false")
    #expect(run.code == 0, "\(run.err)")
    let checked = try place.tool("check-certificate", "out")
    #expect(checked.code == 0, "\(checked.err)")
    // Each scenario is proven, or is said not to be.
    let lines = checked.out.split(separator: "\n").filter { $0.hasPrefix("scenario ") }
    #expect(lines.count == 3)
    for line in lines { #expect(line.contains("proven"), "\(line)") }
  }

  @Test func aCommitteesFileSaysWhatItMeans() throws {
    let place = try Workplace()
    try place.simulate(rows: 3_000)
    let edges = "preprocessing.bins.bureau_bin.edges=[300.0, 590.0, 640.0, 690.0, 900.0]"
    let run = try place.tool(
      "run", "-o", "out", "--set", edges, "--set", "preprocessing.bins.bureau_bin.outside=edge-bin")
    #expect(run.code == 0, "\(run.err)")
    #expect(try place.read("out/data/decisions_base.csv").contains("[300.0, 590.0]"))
    func evaluated(_ rows: String) throws -> Tool.Outcome {
      try place.write("own.csv", rows)
      return try place.tool("evaluate", "out", "own.csv")
    }
    #expect(try evaluated("strategy,score_rf,risk_score_rf\nx,all,>= 300\n").code == 0)
    for (rows, reason) in [
      ("strategy,score_rf,risk_score_rf\nx,all,> 300\n", "outer edge"),
      ("strategy,score_rf,risk_score_rf\nx,all,(300..900)\n", "outer edge"),
      ("strategy,score_rf,score_bin,risk_score_rf\nx,all,all,> 640\n", "both about"),
      ("strategy,score_rf,risk_score_rf\n\"x\u{1B}[2K\",all,> 640\n", "control a terminal"),
    ] {
      let said = try evaluated(rows)
      #expect(said.code == 3 && said.err.contains(reason), "\(rows): \(said.err)")
    }
    // A table of the run names its strategies as it counts them.
    let price = try place.tool(
      "diff", "out", "out", "--cutoffs", "out/data/price_of_change_base.csv", "--scenario", "force,2")
    #expect(
      price.code == 0 && price.out.contains(/decides [12] cells/), "\(price.err)")
    // What breaks its limit says so wherever it goes.
    try place.write("own.csv", "strategy,score_rf,risk_score_rf\nall,all,all\n")
    let sql = try place.tool("export", "out", "--cutoffs", "own.csv", "--scenario", "all", "--format", "sql")
    #expect(sql.code == 0 && sql.out.contains("BREAKS the limit") && sql.err.contains("BREAKS the limit"), "\(sql.err)")
    let csv = try place.tool("export", "out", "--format", "csv")
    #expect(csv.out.contains("risk_score_rf 9999, 0, missing: outside"), "\(csv.out)")
    let force = try place.tool("export", "out", "--format", "csv", "--scenario", "force")
    #expect(force.code == 0 && force.out.contains("in force"), "\(force.err)")
    #expect(try place.read("out/data/cutoff_rules_base.csv").contains("special code"))
    // Nothing is written into a run.
    #expect(try place.tool("frontier", "--cells", "out", "-o", "out/manifest.json").code == 2)
    #expect(try place.tool("frontier", "--cells", "out", "-o", "out/data/x.csv").code == 2)
    #expect(try place.tool("verify", "out").code == 0)
  }
}
