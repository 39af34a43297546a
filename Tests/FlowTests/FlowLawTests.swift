import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// What holds of every batch.
@Suite struct FlowLawTests {
  private static func flows(_ random: inout RandomStream) throws -> [DecisionFlow] {
    var fixture = try FlowFixture()
    let recipe = try FlowFixture.recipe()
    let names = recipe.features.map(\.name.text)
    fixture.models["a"] = try FlowFixture.model(names, &random, recipe: recipe)
    fixture.models["b"] = try FlowFixture.model(Array(names.reversed().prefix(7)), &random, recipe: recipe)
    fixture.models["c"] = try FlowFixture.model(["DebtRatio", "age"], &random, recipe: nil)
    let columns = FlowFixture.policy()
    return [
      try fixture.flow(columns), try fixture.flow(FlowFixture.policy(head: "evaluate = \"always\"")),
      try fixture.flow(FlowFixture.policy(second: nil)),
      try fixture.flow(
        FlowFixture.policy(
          first: "model = \"a\"\nmargin_low = 0.1\nmargin_high = 0.05", second: "model = \"b\"\nmargin_low = 0.01")),
      try fixture.flow(
        FlowFixture.policy(
          first: "model = \"c\"\nmargin_low = 0\nmargin_high = 0.2", second: "column = \"p_second\"\ncalibrated = true")
      ),
    ]
  }

  /// The named counts add up to the total, and so do ours; no application is in two.
  @Test func statisticsAlwaysAddUp() throws {
    var random = RandomStream(seed: 19)
    let flows = try Self.flows(&random)
    var seen: Set<String> = []
    for round in 0..<10_000 {
      let flow = flows[round % 3]
      let rows = random.index(below: 60)
      let records = flow.decide(try FlowFixture.columns(flow, rows: rows, &random))
      let own = FlowStatistics(records)
      let named =
        own.businessManual + own.businessAuto + own.firstConfident + own.secondConfident + own.secondUncertain
      let stages = own.stages.reduce(0) { $0 + $1.approve + $1.decline + $1.review }
      guard named == rows, own.total == rows, stages == rows, own.modelErrors <= own.secondUncertain else {
        Issue.record("round \(round): \(own)")
        return
      }
      for row in 0..<records.count { seen.insert("\(records.stages[row].word) \(records.decisions[row].word)") }
    }
    #expect(seen.count == 7, "\(seen)")
  }

  /// One application, a batch, one worker, two: the same bits.
  @Test func oneIsMany() throws {
    var random = RandomStream(seed: 20)
    var stages: Set<FlowRecords.Stage> = []
    for flow in try Self.flows(&random) {
      let rows = 6_000
      let columns = try FlowFixture.columns(flow, rows: rows, &random)
      let (one, two) = (flow.decide(columns, workers: 1), flow.decide(columns, workers: 2))
      #expect(one.decisions == two.decisions && one.stages == two.stages && one.counts == two.counts)
      #expect(FlowStatistics(one) == FlowStatistics(two))
      for row in 0..<rows {
        #expect(one.first[row].p.bitPattern == two.first[row].p.bitPattern)
        #expect(one.second[row].p.bitPattern == two.second[row].p.bitPattern)
        #expect(one.decision(row) == two.decision(row))
        stages.insert(one.stages[row])
      }
      for row in stride(from: 0, to: rows, by: 37) {
        var values: [String: FlowValue] = [:]
        for (place, field) in flow.rules.table.fields.enumerated() {
          if let own = columns.rules.columns[place]?.numbers?[row], !own.isNaN { values[field.column] = .number(own) }
        }
        for (recipe, held) in zip(flow.recipes, columns.recipes) {
          for (place, field) in recipe.fields.enumerated() {
            if let own = held.columns[place]?.numbers?[row], !own.isNaN { values[field.column] = .number(own) }
          }
        }
        for (field, held) in zip(flow.probabilityFields, columns.probabilities) {
          if let field, let own = held?[row], !own.isNaN { values[field.column] = .number(own) }
        }
        #expect(try flow.decide(values) == one.decision(row), "row \(row)")
      }
    }
    #expect(stages.count == 4)
  }

  /// Asking the second model always changes no decision, and the path says what decided.
  @Test func monitoringChangesNothing() throws {
    var random = RandomStream(seed: 21)
    let flows = try Self.flows(&random)
    let columns = try FlowFixture.columns(flows[0], rows: 5_000, &random)
    let (needed, always) = (flows[0].decide(columns), flows[1].decide(columns))
    #expect(needed.decisions == always.decisions && needed.stages == always.stages)
    let monitored = FlowStatistics(always).secondMonitored
    #expect(monitored > 100 && FlowStatistics(needed).secondMonitored == 0)
    for row in 0..<needed.count {
      let (a, b) = (needed.decision(row), always.decision(row))
      #expect(a.probability == b.probability && a.path == b.path.filter(\.decides))
      // The second is there exactly where the first is unsure.
      #expect((a.path.count == 2) == (a.path.first?.verdict == .unsure))
      #expect(a.path.isEmpty == (a.stage == .rules))
    }
  }

  /// What the model's own function gives for the recipe's features is what the flow compares.
  @Test func theModelIsTheForm() throws {
    var random = RandomStream(seed: 22)
    let flow = try Self.flows(&random)[3]
    let columns = try FlowFixture.columns(flow, rows: 2_000, &random)
    let records = flow.decide(columns)
    let evaluator = RecipeEvaluator(flow.recipes[0])
    evaluator.read(columns.recipes[0])
    #expect(flow.recipes.count == 1, "one recipe serves both models")
    var compared = 0
    for row in 0..<records.count where records.stages[row] != .rules {
      evaluator.evaluate(row: row)
      for (step, scored) in [records.first, records.second].enumerated() where scored[row].verdict != nil {
        let scorer = try #require(flow.scorers[step])
        let features = scorer.places.map { evaluator.values[$0] }
        let p = features.contains(where: \.isNaN) ? .nan : try scorer.model.form.value(of: features)
        #expect(p.bitPattern == scored[row].p.bitPattern || (p.isNaN && scored[row].p.isNaN))
        compared += 1
      }
    }
    #expect(compared > 500)
  }

  /// lower ≤ t ≤ upper as decimals: the parts cover 0 to 1 without a gap, and a wider margin takes nobody from people.
  @Test func zonesAreMonotone() throws {
    var random = RandomStream(seed: 23)
    func hundredths(_ number: Int) throws -> RuleNumber { try #require(RuleNumber(spelled: "\(Double(number) / 100)")) }
    for _ in 0..<3_000 {
      let t = 1 + random.index(below: 99)
      let (low, high) = (random.index(below: 120), random.index(below: 120))
      let zone = try GreyZone(threshold: hundredths(t), low: hundredths(low), high: hundredths(high))
      let wider = try GreyZone(
        threshold: hundredths(t), low: hundredths(low + random.index(below: 9)), high: hundredths(high + 1))
      var last = 0
      for step in 0...200 {
        let p = Double(step) / 200
        let verdict = zone.verdict(p)
        let rank = verdict == .approve ? 0 : verdict == .unsure ? 1 : 2
        #expect(rank >= last)
        last = rank
        if verdict == .unsure { #expect(wider.verdict(p) == .unsure) }
        // As integers: exact.
        if step % 2 == 0 {
          let whole = step / 2
          #expect((verdict == .decline) == (whole >= t + high))
          #expect((verdict == .approve) == (whole <= t - low && whole < t))
        }
      }
      #expect(
        (zone.silentSides.contains(.approve)) == (t < low) && zone.silentSides.contains(.decline) == (t + high > 100))
    }
  }
}
