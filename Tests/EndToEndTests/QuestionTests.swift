import CutlineTesting
import Foundation
import Testing

/// What is asked of a finished run: differences, the steps behind a cell, stress.
@Suite struct QuestionTests {
  private static func run(_ place: Workplace) throws {
    try place.simulate(rows: 12_000)
    let run = try place.tool("run", "-o", "out")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.out.contains("Strategy in force (estimated)") && run.out.contains("base changes "))
  }

  /// Fields in quotes hold no comma that matters here.
  private static func table(_ place: Workplace, _ name: String) throws -> [[String: String]] {
    let text = try place.read("out/data/\(name).csv").replacing(/"[^"]*"/) { $0.output.replacing(",", with: ";") }
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private static func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

  @Test func differencesReconcileWithTheAudit() throws {
    let place = try Workplace()
    try Self.run(place)
    let outcome = try place.tool(
      "diff", "out", "out", "--scenario", "pessimistic,optimistic", "--json", "-o", "changes.csv")
    #expect(outcome.code == 0, "\(outcome.err)")
    let report = try #require(try Self.json(outcome.out) as? [String: Any])
    // People of both strategies, counted from the audits.
    for (side, scenario) in [("first", "pessimistic"), ("second", "optimistic")] {
      let total = try #require(report[side] as? [String: Any])
      let people = try #require(total["people"] as? [String: Int])
      let lines = try place.read("out/data/audit_\(scenario).csv").split(separator: "\n")
      let column = try #require(lines[0].split(separator: ",").firstIndex(of: "classification"))
      var counted: [String: Int] = [:]
      for line in lines.dropFirst() {
        counted[String(line.split(separator: ",", omittingEmptySubsequences: false)[column]), default: 0] += 1
      }
      let decisions = try Self.table(place, "decisions_\(scenario)")
      let line = try #require(try Self.table(place, "strategies").first { $0["strategy"] == scenario })
      for kind in ["keep", "swap_in", "swap_out", "rejected"] {
        #expect(people[kind] == counted[kind] ?? 0, "\(scenario) \(kind)")
        #expect(decisions.reduce(0) { $0 + (Int($1[kind] ?? "") ?? 0) } == people[kind])
        #expect(line[kind].flatMap(Int.init) == people[kind])
      }
      // The matrix says what the list says.
      let matrix = try place.read("out/data/decision_matrix_\(scenario).csv")
      #expect(matrix.matches(of: /accept/).count == decisions.count { $0["decision"] == "accept" })
      #expect(line["accepted_cells"] == String(decisions.count { $0["decision"] == "accept" }))
      #expect(line["changed_cells"] == String(decisions.count { $0["change"] != "" }))
    }
    let cells = try #require(report["cells"] as? [[String: Any]])
    #expect(!cells.isEmpty)
    #expect(try place.read("changes.csv").split(separator: "\n").count == cells.count + 1)
    // Money: what the opened cells bring less what the closed ones brought.
    let money = cells.reduce(0.0) { sum, cell in
      sum + (cell["opened"] as? Bool == true ? 1 : -1) * (cell["production"] as? Double ?? 0)
    }
    func production(_ side: String) -> Double { (report[side] as? [String: Any])?["production"] as? Double ?? 0 }
    #expect(abs(production("second") - production("first") - money) < 1e-4 * abs(money))
    #expect(production("secondOnFirstRun") == production("second"))
    let same = try place.tool("diff", "out", "out")
    #expect(same.code == 0 && same.out.contains("decides every cell as"))
    #expect(try place.tool("diff", "out", "out", "--scenario", "force,base").out.contains("it opens"))
    // A run of other edges, a scenario that is not there, a file that was changed.
    #expect(
      try place.tool(
        "run", "-o", "other", "--set", "preprocessing.bins.bureau_bin.edges=[-inf, 590.0, 640.0, 690.0, inf]", "--set",
        "audit_tables=false"
      ).code == 0)
    let grids = try place.tool("diff", "out", "other")
    #expect(grids.code == 2 && grids.err.contains("their grids differ"), "\(grids.err)")
    let unknown = try place.tool("diff", "out", "out", "--scenario", "bsae")
    #expect(unknown.code == 2 && unknown.err.contains("did you mean base"), "\(unknown.err)")
    try place.write("other/stages/scenarios.json", try place.read("other/stages/scenarios.json") + " ")
    #expect(try place.tool("diff", "other", "other").code == 6)
    #expect(try place.tool("diff", "out", "changes.csv").code == 7)
  }

  @Test func aCellIsExplainedAndAStressIsTold() throws {
    let place = try Workplace()
    try Self.run(place)
    let outcome = try place.tool("explain-kpi", "out", "--cell", "4,9", "--json")
    #expect(outcome.code == 0, "\(outcome.err)")
    let steps = try #require(try Self.json(outcome.out) as? [[String: Any]])
    func value(_ step: String) -> Double? { steps.first { $0["step"] as? String == step }?["value"] as? Double }
    // The last figures are those of the table of cells.
    let lines = try place.read("out/data/data_summary_desagregado_base.csv").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let line = try #require(lines.first { $0[0] == "4" && $0[1] == "9" })
    func field(_ name: String) -> Double? { lines[0].firstIndex(of: name).flatMap { Double(line[$0]) } }
    #expect(value("production of the cell") == field("oa_amt_h0"))
    // Through two readers of numbers.
    #expect(abs(try #require(value("risk of the cell")) - (field("b2_ever_h6") ?? 0)) < 1e-12)
    #expect(value("todu_30ever_h6 of swap-in") == field("todu_30ever_h6_rep"))
    let table = try place.tool("explain-kpi", "out", "--cell", "4,9")
    #expect(table.code == 0 && table.out.contains("reject multiplier"))
    for cell in ["0,1", "11,1", "1", "1,2,3", "a,b", ""] {
      #expect(try place.tool("explain-kpi", "out", "--cell", cell).code == 2, "\(cell)")
    }
    #expect(try place.tool("explain-kpi", "out").code == 2)
    // Nothing changes at a factor of 1; a higher one breaks every strategy that lies near its limit.
    #expect(try place.tool("stress", "out", "--risk-factor", "1").code == 0)
    let bad = try place.tool("stress", "out", "--risk-factor", "1.5", "--json")
    #expect(bad.code == 4, "\(bad.err)")
    let report = try #require(try Self.json(bad.out) as? [String: Any])
    let scenarios = try #require(report["scenarios"] as? [[String: Any]])
    for scenario in scenarios {
      let (risk, stressed) = (scenario["riskPct"] as? Double ?? 0, scenario["stressedRiskPct"] as? Double ?? 0)
      #expect(abs(stressed / risk - 1.5) < 1e-5)
      let breaking = try #require(scenario["breaking"] as? [[String: Any]])
      let excess = breaking.compactMap { $0["excessPoints"] as? Double }
      #expect(!excess.isEmpty && excess == excess.sorted(by: >))
    }
    // The whole main period is a vintage of its own risk.
    let own = try place.tool("stress", "out", "--vintage", "2022-01..2022-12", "--json")
    let factor = try #require((try Self.json(own.out) as? [String: Any])?["factor"] as? Double)
    #expect(abs(factor - 1) < 1e-12)
    let early = try place.tool("stress", "out", "--vintage", "1990-01")
    #expect(early.code == 3 && early.err.contains("0 bad applications"), "\(early.err)")
    for wrong in [["--vintage", "2022-13"], ["--risk-factor", "0"], ["--risk-factor", "x"], []] {
      #expect(try place.tool.run(["stress", "out"] + wrong).code == 2, "\(wrong)")
    }
  }
}
