import Foundation
import Testing

/// `cutline bins` and proposed edges, and grids of one and of three scores, from the file to the results.
@Suite struct BinsRunTests {
  private struct Report: Decodable {
    struct Variable: Decodable {
      struct Cut: Decodable {
        struct Row: Decodable { let applications: Int }
        let method: String
        let edges, failure: String?
        let rows: [Row]
      }
      let name: String
      let cuts: [Cut]
      let toml: String?
    }
    let variables: [Variable]
  }

  private func workplace(rows: Int = 3000) throws -> Workplace {
    let place = try Workplace()
    try place.simulate(rows: rows)
    try place.write("config.toml", place.read("config.toml").replacing("resamples = 24", with: "resamples = 0"))
    return place
  }

  /// Edges that a run proposes are those that the command prints, and typed ones give the same results.
  @Test func proposedEdgesAreAsIfTheyHadBeenTyped() throws {
    let place = try workplace()
    let optimal = "edges = \"optimal\"\nmax_bins = 4\n"
    let (head, score, bureau) = try parts(place)
    try place.write("proposed.toml", head + score.table + optimal + bureau.table + optimal)
    let said = try place.tool("bins", "-c", "proposed.toml", "--json", "-o", "bins.csv")
    #expect(said.code == 0, "\(said.err)")
    let report = try JSONDecoder().decode(Report.self, from: Data(said.out.utf8))
    #expect(report.variables.map(\.name) == ["score_bin", "bureau_bin"])
    let edges = try report.variables.map { try #require($0.cuts.first?.edges) }
    try place.write(
      "typed.toml", head + score.table + "edges = \(edges[0])\n" + bureau.table + "edges = \(edges[1])\n")
    let runs = try ["proposed", "typed"].map { name in
      let run = try place.tool("run", "-c", "\(name).toml", "-o", name)
      #expect(run.code == 0, "\(run.err)")
      return run
    }
    #expect(runs[0].err.contains("edges = \(edges[0])"), "\(runs[0].err)")
    #expect(try place.digest("proposed") == place.digest("typed"))
    let bins = try place.read("proposed/data/bins.csv")
    #expect(try bins == place.read("typed/data/bins.csv") && bins.contains("score_bin,score_rf,higher-is-safer,1,"))
    // Later months are put into the bins of the run, whatever they would propose themselves.
    let track = try place.tool("track", "proposed", "applications.csv", "--from", "2021-01", "--to", "2021-12")
    #expect(track.code == 0, "\(track.err)")
    let csv = try place.read("bins.csv").split(separator: "\n")
    #expect(csv[0].hasPrefix("variable,source,method,bin,interval,low,high,applications,good,bad"))
    #expect(csv.dropFirst().allSatisfy { $0.hasPrefix("score_bin,") || $0.hasPrefix("bureau_bin,") })
    #expect(try place.tool("bins", "-c", "proposed.toml", "-o", "bins.csv").code == 2, "an existing file stays")
  }

  @Test func statedBinsAreComparedAndOtherColumnsLookedAt() throws {
    let place = try workplace()
    let stated = try place.tool("bins")
    #expect(stated.code == 0, "\(stated.err)")
    #expect(stated.out.contains("stated: 10 bins") && stated.out.contains("of the proposed ones") == false)
    #expect(stated.out.contains("The 10 stated bins have ") && stated.out.contains("[preprocessing.bins.bureau_bin]"))
    let other = try place.tool("bins", "--variable", "oa_amt", "--method", "quantile", "--max-bins", "3", "--json")
    #expect(other.code == 0, "\(other.err)")
    let report = try JSONDecoder().decode(Report.self, from: Data(other.out.utf8))
    let variable = try #require(report.variables.first)
    #expect(
      report.variables.count == 1 && variable.cuts.map(\.method) == ["quantile"] && variable.cuts[0].rows.count == 3)
    #expect(variable.toml?.contains("source = \"oa_amt\"") == true)
    for (options, code, text) in [
      (["--variable", "scor_rf"], 2, "is neither a score of the grid nor a column; did you mean score_rf"),
      (["--variable", "oa_amt", "--set", "monitor_only=[\"oa_amt\"]"], 2, "no score may be cut from it"),
      (["--method", "best"], 2, "is none of bin_methods"),
      (["--max-bins", "1"], 2, "is not a whole number in 2...100"),
    ] as [([String], Int32, String)] {
      let refused = try place.tool.run(["bins"] + options)
      #expect(refused.code == code && refused.err.contains(text), "\(options): \(refused.code) \(refused.err)")
    }
    // Without edges there is no run; the command that proposes some works all the same.
    let (head, score, bureau) = try parts(place)
    try place.write("bare.toml", head + score.table + bureau.table)
    let run = try place.tool("run", "-c", "bare.toml")
    #expect(run.code == 2 && run.err.contains("bins.score_bin has no edges") && run.err.contains("cutline bins"))
    #expect(try place.tool("bins", "-c", "bare.toml").code == 0)
  }

  @Test func oneScoreFromFileToResults() throws {
    let place = try workplace()
    let (head, score, _) = try parts(place)
    let one = head.replacing("[\"score_bin\", \"bureau_bin\"]", with: "[\"score_bin\"]")
    try place.write("one.toml", one + score.table + "edges = \"quantile\"\n")
    let run = try place.tool("run", "-c", "one.toml", "-o", "one")
    #expect(run.code == 0, "\(run.err)")
    #expect(try place.tool("verify", "one").code == 0)
    let wide = try place.read("one/data/cutoff_summary_wide.csv").split(separator: "\n")
    #expect(wide[0].hasPrefix("segment,scenario,bin_all,risk_pct,") && wide.count == 4)
    #expect(try place.read("one/data/optimal_solution_base.csv").hasPrefix("sol_fac,all,"))
    try agreesWithItself(place, "one", ["cutoff_summary_wide", "cutoff_summary_by_segment", "optimal_solution_base"])
    // Every cutoff of one score is a strategy; the exact search gives none that another one beats.
    let frontier = try place.read("one/data/pareto_optimal_solutions.csv").split(separator: "\n")
    #expect((2...11).contains(frontier.count - 1))
  }

  @Test func threeScoresFromFileToResults() throws {
    let place = try workplace()
    let lines = try place.read("applications.csv").split(separator: "\n").map(String.init)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let at = try ["score_rf", "risk_score_rf"].map { try #require(header.firstIndex(of: $0)) }
    let rows = lines.dropFirst().map { line -> String in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let a = Double(fields[at[0]]), let b = Double(fields[at[1]]) else { return line + "," }
      // A third score of its own: what both say, and a bit of the id.
      let noise = Double(fields[0].utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) } % 97)
      return line + ",\(Int(a / 2 + b / 3 + noise))"
    }
    try place.write("applications.csv", ([lines[0] + ",third_score"] + rows).joined(separator: "\n") + "\n")
    let (head, score, bureau) = try parts(place)
    let three = head.replacing("\"bureau_bin\"]", with: "\"bureau_bin\", \"third_bin\"]")
    let third =
      "\n[preprocessing.bins.third_bin]\nsource = \"third_score\"\ndirection = \"higher-is-safer\"\nmissing = \"drop\"\n"
    let edges = "edges = \"quantile\"\nmax_bins = 3\n"
    try place.write("three.toml", three + score.table + edges + bureau.table + edges + third + edges)
    let run = try place.tool("run", "-c", "three.toml", "-o", "three")
    #expect(run.code == 0, "\(run.err)")
    #expect(try place.tool("verify", "three").code == 0)
    let wide = try place.read("three/data/cutoff_summary_wide.csv").split(separator: "\n")
    #expect(wide[0].hasPrefix("segment,scenario,bin_1_1,bin_1_2,bin_1_3,bin_2_1,"))
    try agreesWithItself(place, "three", ["cutoff_summary_wide", "cutoff_summary_by_segment", "optimal_solution_base"])
  }

  // MARK: -

  /// The cutoffs of a run, evaluated on its cells, give the risk and production of its own summary.
  private func agreesWithItself(_ place: Workplace, _ run: String, _ files: [String]) throws {
    let summary = try place.read("\(run)/data/risk_production_summary_base.csv").split(separator: "\n")
    let optimum = try #require(summary.first { $0.hasPrefix("Optimum selected,") }).split(separator: ",")
    for file in files {
      let outcome = try place.tool("evaluate", run, "\(run)/data/\(file).csv", "--annualised")
      #expect(outcome.code == 0, "\(file): \(outcome.err)")
      let rows = outcome.out.split(separator: "\n").map { $0.split(separator: ",") }
      let row = try #require(rows.first { $0[0] == "base" } ?? rows.last)
      #expect(row.last == optimum[1], "\(file): \(outcome.out)")
      let production = try #require(rows[0].firstIndex(of: "oa_amt_h0_total"))
      let (own, theirs) = (Double(row[production]) ?? .nan, Double(optimum[2]) ?? .nan)
      #expect(abs(own - theirs) < 1e-6 * abs(theirs), "\(file)")
    }
  }

  /// The simulated configuration without the tables of bins, and these without their edges.
  private func parts(_ place: Workplace) throws -> (head: String, score: Table, bureau: Table) {
    let parts = try place.read("config.toml").split(separator: "\n[preprocessing.bins.").map(String.init)
    try #require(parts.count == 3)
    return (parts[0] + "\n", Table(parts[1]), Table(parts[2]))
  }

  private struct Table {
    let table: String

    init(_ text: String) {
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("edges = ") }
      table = "\n[preprocessing.bins." + lines.joined(separator: "\n") + "\n"
    }
  }
}
