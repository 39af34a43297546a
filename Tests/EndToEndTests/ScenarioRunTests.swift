import Foundation
import Testing

/// Stated cutoffs and the comfort zone, as a configuration says them.
@Suite struct ScenarioRunTests {
  private static let bins = "[" + (1...10).map(String.init).joined(separator: ", ") + "]"

  @Test func statedCutoffsTakeThePlaceOfTheSearch() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    func run(_ cutoffs: String, _ more: String...) throws -> (code: Int32, out: String, err: String) {
      let table = "fixed_cutoffs={ score_bin = \(Self.bins), bureau_bin = \(cutoffs) }"
      let outcome = try place.tool.run(["run", "-o", "out", "--set", table] + more)
      return (outcome.code, outcome.out, outcome.err)
    }
    let cutoffs = "[21, 18, 16, 14, 12, 10, 8, 6, 4, 2]"
    let one = try run(cutoffs)
    #expect(one.code == 0, "\(one.err)")
    #expect(one.out.contains("fixed") && !one.out.contains("optimum") && !one.out.contains("pessimistic"))
    #expect(one.err.contains("outside the bins 1 to 20 of bureau_bin: it accepts none of them"), "\(one.err)")
    let summary = try place.read("out/data/risk_production_summary_base.csv")
    #expect(summary.contains("\nFixed cutoffs,") && !summary.contains("Optimum"))
    #expect(!place.exists("out/data/risk_production_summary_optimistic.csv"))
    let wide = try place.read("out/data/cutoff_summary_wide.csv").split(separator: "\n")
    #expect(wide.count == 2 && wide[1].hasPrefix("all,base,,18,16,14,12,10,8,6,4,2,") && wide[1].hasSuffix(",fixed"))
    #expect(try place.tool("verify", "out").code == 0)
    // A limit that it breaks is an error only where that is asked for.
    let tight = try run(cutoffs, "--set", "optimum_risk=0.6", "--strict")
    #expect(tight.code == 5 && tight.err.contains("above the limit of 0.6 %"), "\(tight.code) \(tight.err)")
    let unequal = try run("[1, 2]")
    #expect(unequal.code == 2 && unequal.err.contains("10 values of score_bin and 2 of bureau_bin"), "\(unequal.err)")
    let own = try run(cutoffs, "--set", "stages.search.use=\"threshold\"")
    #expect(own.code == 0 && own.out.contains("optimum"), "what [stages] says goes before: \(own.err)")
  }

  @Test func theComfortZoneIsALimitOnRequest() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    let zone = "cz_config={ 2022 = 4.7 }"
    let shown = try place.tool("run", "-o", "out", "--set", zone)
    #expect(shown.code == 0 && shown.out.contains("base (risk ≤ 5 %)"), "\(shown.err)")
    for search in ["frontier", "threshold"] {
      let bound = try place.tool(
        "run", "-o", "out", "--set", zone, "--set", "cz_enforce=true", "--set", "stages.search.use=\"\(search)\"")
      #expect(bound.code == 0 && bound.out.contains("base (risk ≤ 4.7 %)"), "\(bound.err)")
      #expect(bound.out.contains("optimistic (risk ≤ 4.7 %)") && bound.out.contains("pessimistic (risk ≤ 4.5 %)"))
      #expect(bound.err.contains("the comfort zone of 2022, 4.7 %"), "\(bound.err)")
    }
    let wrong = try place.tool("check", "--set", "cz_config={ x = 4.7 }")
    #expect(wrong.code == 2 && wrong.err.contains("x of cz_config is no year"), "\(wrong.err)")
  }
}
