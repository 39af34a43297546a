import CutlineCore
import CutlineCredit
import Synchronization
import TestSupport
import Testing

/// Strategies whose true risk keeps the limit with a given probability.
@Suite struct RiskConfidenceTests {
  private static let ridge = "estimators = [{ use = \"ridge\", with = { alpha = 0.5 } }]\nfeature_sets = [\"simple\"]"

  @Test func thePointHasTheConfidenceThatIsAskedFor() async throws {
    let fixture = try await EvidenceFixture(rows: 6000, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 60\ngroups = 0")
    let frontier = try await EvidenceFixture.run(
      fixture.registry, "search.frontier", ["cells": fixture.cells], as: Frontier.self)
    func scenarios(_ confidence: String) async throws -> ScenarioSet {
      try await EvidenceFixture.run(
        fixture.registry, "scenarios.appetite", ["cells": fixture.cells, "frontier": frontier, "draws": draws],
        "optimum_risk = 5.0\nrisk_step = 0.5\n\(confidence)", as: ScenarioSet.self)
    }
    let (plain, sure, surer) = (
      try await scenarios(""), try await scenarios("risk_confidence = 0.8"),
      try await scenarios("risk_confidence = 0.95")
    )
    let measure = fixture.cells.measure
    for (place, scenario) in sure.scenarios.enumerated() {
      guard let strategy = scenario.strategy, let at = scenario.chosenAt else {
        #expect(scenario.status == .infeasible && scenario.reason?.contains("with probability 0.8") == true)
        continue
      }
      #expect(scenario.riskConfidence == 0.8 && plain.scenarios[place].riskConfidence == nil)
      let totals = fixture.cells.totals(of: strategy).optimum
      #expect(totals.production <= plain.scenarios[place].totals?.optimum.production ?? 0)
      #expect(surer.scenarios[place].totals?.optimum.production ?? 0 <= totals.production)
      // Counted anew, by exhaustive search.
      let (own, most) = (try #require(measure.percent(totals)), Double(scenario.limit.description) ?? .nan)
      var kept = 0
      for draw in 0..<60 {
        let table = draws.table(ofDraw: draw, like: fixture.cells)
        let found = try await EvidenceFixture.run(
          fixture.registry, "search.exhaustive", ["cells": table], as: Frontier.self)
        guard let point = try found.answer(to: at, measure: measure).point else { continue }
        let there = table.totals(of: found.points[point].strategy).optimum
        let here = fixture.cells.totals(of: found.points[point].strategy).optimum
        let error = (try #require(measure.percent(there))) - (try #require(measure.percent(here)))
        if own - error <= most { kept += 1 }
      }
      #expect(Double(kept) / 60 >= 0.8, "\(scenario.name): \(kept) of 60")
    }
    // Its intervals are those of choosing where it was chosen.
    let intervals = try await EvidenceFixture.run(
      fixture.registry, "intervals.standard", ["cells": fixture.cells, "scenarios": sure, "draws": draws],
      as: StrategyIntervals.self)
    for scenario in intervals.scenarios where scenario.selection != nil {
      #expect(scenario.selection?.withinLimit ?? 0 >= 0.8)
    }
  }

  /// One rule for both stages that say it: resamples in which nothing keeps the limit count against it.
  @Test func bothStagesSayTheSameProbability() async throws {
    let fixture = try await EvidenceFixture(rows: 3000, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 40\ngroups = 0")
    let (cells, measure, registry) = (fixture.cells, fixture.cells.measure, fixture.registry)
    // With a floor below which nothing counts, some resamples have no strategy within a low limit.
    let whole = (0..<cells.grid.cellCount).reduce(CellSums.zero) { $0 + cells.total($1) }
    let floor = "production_floor = \(Double(whole.production) / cells.scale.perUnit * 0.94)"
    let search = "search = { use = \"threshold\", with = { \(floor) } }\n"
    let frontier = try await EvidenceFixture.run(
      registry, "search.frontier", ["cells": cells], floor, as: Frontier.self)
    var searched: [Frontier] = []
    for draw in 0..<40 {
      searched.append(
        try await EvidenceFixture.run(
          registry, "search.exhaustive", ["cells": draws.table(ofDraw: draw, like: cells)], floor,
          as: Frontier.self))
    }
    let risk = try #require(measure.percent(whole))
    var (compared, against) = (0, 0)
    for share in [1.1, 1.3, 1.5, 2] {
      let said = Mutex<[String]>([])
      let scenarios = try await EvidenceFixture.run(
        registry, "scenarios.appetite", ["cells": cells, "frontier": frontier, "draws": draws],
        "optimum_risk = \((risk * share * 100).rounded(.up) / 100)\nrisk_step = 0.01\nrisk_confidence = 0.5\n\(search)",
        heard: { event in said.withLock { $0.append(event.remark.shown) } }, as: ScenarioSet.self)
      let intervals = try await EvidenceFixture.run(
        registry, "intervals.standard", ["cells": cells, "scenarios": scenarios, "draws": draws], search,
        as: StrategyIntervals.self)
      for (scenario, found) in zip(scenarios.scenarios, intervals.scenarios) {
        guard let strategy = scenario.strategy, let at = scenario.chosenAt, let selection = found.selection else {
          continue
        }
        let own = try #require(measure.percent(cells.totals(of: strategy).optimum))
        let most = try #require(Double(scenario.limit.description))
        var (kept, infeasible) = (0, 0)
        for draw in 0..<40 {
          guard let point = try searched[draw].answer(to: at, measure: measure).point else {
            infeasible += 1
            continue
          }
          let chosen = searched[draw].points[point].strategy
          let there = draws.table(ofDraw: draw, like: cells).totals(of: chosen).optimum
          let here = cells.totals(of: chosen).optimum
          let error = (try #require(measure.percent(there))) - (try #require(measure.percent(here)))
          if own - error <= most { kept += 1 }
        }
        (compared, against) = (compared + 1, against + (infeasible > 0 ? 1 : 0))
        #expect(selection.infeasible == infeasible, "\(scenario.name)")
        #expect(selection.withinLimit == Double(kept) / 40, "\(scenario.name): \(kept), \(infeasible) infeasible")
        let probability = NumberText.fixed(Double(kept) / 40, 3)
        #expect(
          said.withLock { $0 }.contains {
            $0.hasPrefix("\(scenario.name): P(true risk") && $0.contains(" is \(probability) ")
          }, "\(probability): \(said.withLock { $0 })")
      }
    }
    #expect(compared > 0 && against > 0, "\(compared) compared, \(against) with infeasible resamples")
  }

  @Test func withoutDrawsItIsRefused() async throws {
    let fixture = try await EvidenceFixture(rows: 1500, train: Self.ridge, limit: 20)
    let frontier = try await EvidenceFixture.run(
      fixture.registry, "search.frontier", ["cells": fixture.cells], as: Frontier.self)
    let faults = await expectFaults(.usage) {
      try await EvidenceFixture.run(
        fixture.registry, "scenarios.appetite", ["cells": fixture.cells, "frontier": frontier],
        "optimum_risk = 20.0\nrisk_step = 0.5\nrisk_confidence = 0.9", as: ScenarioSet.self)
    }
    #expect(faults?.problem.contains("needs resamples") ?? false)
  }
}
