import CutlineCore
import Foundation
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// `shared/oracles/decisions/escalation.json`: five settings, both ways with a missing income, and 18 features.
@Suite(.enabled(if: SharedOracle.path("oracles/decisions/escalation.json") != nil, "../shared is not there"))
struct FlowOracleTests {
  private struct Oracle: Decodable {
    struct Zone: Decodable {
      let threshold, marginLow, marginHigh: Double
      enum CodingKeys: String, CodingKey {
        case threshold
        case marginLow = "margin_low"
        case marginHigh = "margin_high"
      }
      var toml: String {
        "threshold = \(NumberText.shortest(threshold))\nmargin_low = \(NumberText.shortest(marginLow))\n"
          + "margin_high = \(NumberText.shortest(marginHigh))"
      }
    }
    struct Configuration: Decodable {
      let name: String
      let first, second: Zone
    }
    struct Boundary: Decodable {
      let threshold, margin, p: Double
      let expected: String
    }
    struct Features: Decodable {
      let names, rows: [String]
      let values: [[Double]]
    }
    let configurations: [Configuration]
    let boundaries: [Boundary]
    let statistics: [String: [String: Int]]
    let features: Features
  }

  private static func oracle() throws -> Oracle {
    let path = try #require(SharedOracle.path("oracles/decisions/escalation.json"))
    return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The shipped rules without domains: the oracle holds rows on purpose outside of what may be.
  private static func rules(income policy: String) throws -> RuleTable {
    var sheet = try BuiltInRules.table("escalation").sheet
    for place in sheet.fields.indices {
      sheet.fields[place].domain = nil
      sheet.fields[place].type = .init("number")
    }
    for place in sheet.rules.indices where sheet.rules[place].id.text == "income_over_1m" {
      sheet.rules[place].onMissing = .init(policy)
    }
    return try RuleTable(sheet)
  }

  @Test func allSettingsAndBothMissingPolicies() throws {
    let oracle = try Self.oracle()
    let (applications, expected) = (
      try SharedOracle.table("escalation_applications.csv"), try SharedOracle.table("escalation_expected.csv")
    )
    var seen: Set<String> = []
    for own in oracle.configurations {
      for (missing, income) in [("all_manual", "manual"), ("income_may_be_missing", "pass")] {
        var fixture = try FlowFixture()
        fixture.table = try Self.rules(income: income)
        let flow = try fixture.flow(
          FlowFixture.policy(
            first: "column = \"p_first\"\ncalibrated = true\n\(own.first.toml)",
            second: "column = \"p_second\"\ncalibrated = true\n\(own.second.toml)"))
        let columns = try FlowColumns(flow, rows: applications.rowCount) {
          try SharedOracle.column(applications, $0.column).values
        }
        let records = flow.decide(columns)
        let key = "\(own.name.replacing(" ", with: "_"))/\(missing)"
        guard case .text(let stages) = try SharedOracle.column(expected, "stage:\(key)").values,
          case .text(let decisions) = try SharedOracle.column(expected, "decision:\(key)").values
        else {
          Issue.record("\(key) is no text")
          continue
        }
        for row in 0..<records.count {
          #expect(
            records.stages[row].word == stages[row] && records.decisions[row].word == decisions[row], "\(key) \(row)")
          seen.insert("\(records.stages[row].word) \(records.decisions[row].word)")
        }
        let statistics = FlowStatistics(records)
        let wanted = try #require(oracle.statistics[key])
        #expect(
          wanted == [
            "business_manual": statistics.businessManual, "business_auto": statistics.businessAuto,
            "lr_confident": statistics.firstConfident, "second_confident": statistics.secondConfident,
            "second_uncertain": statistics.secondUncertain, "total": statistics.total,
          ], "\(key)")
      }
    }
    #expect(oracle.configurations.count == 5 && seen.count == 7, "\(seen)")
  }

  @Test func boundaryValues() throws {
    let all = try Self.oracle().boundaries
    for own in all {
      let margin = try #require(RuleNumber(own.margin))
      let zone = try GreyZone(threshold: #require(RuleNumber(own.threshold)), low: margin, high: margin)
      #expect(zone.verdict(own.p).word == own.expected, "\(own)")
    }
    #expect(all.count == 16)
  }

  @Test func allFeaturesOfAllRows() throws {
    let oracle = try Self.oracle().features
    let applications = try SharedOracle.table("escalation_applications.csv")
    guard case .text(let ids) = try SharedOracle.column(applications, "application_id").values else {
      Issue.record("no ids")
      return
    }
    let recipe = try Recipe(FlowFixture.recipe())
    #expect(recipe.names == oracle.names && recipe.names.count == 18)
    let columns = try RuleColumns(recipe.formulas.program, rows: applications.rowCount) {
      try SharedOracle.column(applications, $0.column).values
    }
    let evaluator = RecipeEvaluator(recipe)
    evaluator.read(columns)
    let rows = Dictionary(uniqueKeysWithValues: (0..<applications.rowCount).map { (ids[$0] ?? "", $0) })
    var compared = 0
    for (id, values) in zip(oracle.rows, oracle.values) {
      evaluator.evaluate(row: try #require(rows[id]))
      for (place, value) in values.enumerated() {
        #expect(
          evaluator.values[place] == value, "\(id) \(oracle.names[place]): \(evaluator.values[place]), not \(value)")
        compared += 1
      }
    }
    #expect(compared == 98 * 18)
  }
}
