import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// Rows of the flaw register of the originals where they touch the flow, each with what happens here.
@Suite struct FlowFlawTests {
  private static let plain: [String: FlowValue] = [
    "age": .number(40), "NumberOfTime30-59DaysPastDueNotWorse": .number(0),
    "NumberOfTime60-89DaysPastDueNotWorse": .number(0), "NumberOfTimes90DaysLate": .number(0),
    "MonthlyIncome": .number(5000), "DebtRatio": .number(0.3), "RevolvingUtilizationOfUnsecuredLines": .number(0.3),
    "NumberRealEstateLoansOrLines": .number(1), "p_first": .number(0.5), "p_second": .number(0.05),
  ]
  private static func changed(_ values: [String: FlowValue?]) -> [String: FlowValue] {
    var own = plain
    for (key, value) in values { own[key] = value }
    return own
  }

  /// 6: people overwrote the automatic decline of minors, and both were counted.
  @Test func row6AMinorWithACodeIsDeclined() throws {
    let flow = try FlowFixture().flow(FlowFixture.policy())
    let own = try flow.decide(
      Self.changed(["age": .number(17), "NumberOfTimes90DaysLate": .number(98), "p_first": .number(0.01)]))
    #expect(own.decision == .decline && own.stage == .rules && own.rules.fired == ["age_under_18", "code_98"])
    #expect(own.reason == "R01" && own.queue == nil)
  }

  /// 7: a missing age became 0 and was declined.
  @Test func row7AMissingAgeGoesToPeople() throws {
    let own = try FlowFixture().flow(FlowFixture.policy()).decide(Self.changed(["age": FlowValue?.none]))
    #expect(own.decision == .review && own.stage == .rules && own.rules.unknown == ["age_under_18", "age_over_80"])
    #expect(own.reason == "unknown")
  }

  /// 8: the form stopped at the first rule, the batch at the last.
  @Test func row8TheOneFormIsTheBatch() throws {
    let flow = try FlowFixture().flow(FlowFixture.policy())
    let application = Self.changed(["age": .number(17), "MonthlyIncome": .number(2_000_000)])
    let one = try flow.decide(application)
    let columns = try FlowColumns(flow, rows: 3) { field in
      guard case .number(let own)? = application[field.column] else { return .number([.nan, .nan, .nan]) }
      return .number([own, own, own])
    }
    let many = flow.decide(columns)
    #expect((0..<3).allSatisfy { many.decision($0) == one })
    #expect(one.decision == .decline)
  }

  /// 9: a model that is no probability of the population decides nothing unless somebody says so.
  @Test func row9AnUncalibratedModelIsRefused() throws {
    expectFaults(.usage) { try FlowFixture().policy(FlowFixture.policy(first: "column = \"p_first\"")) }
  }

  /// 10: 0, 1 and 7 to 15 loans were all the reference.
  @Test func row10BandsAreAsTheyAreCalled() throws {
    let recipe = try Recipe(FlowFixture.recipe())
    let loans = Array(0...20).map(Double.init)
    let columns = try RuleColumns(recipe.formulas.program, rows: loans.count) {
      .number($0.column == "NumberOfOpenCreditLinesAndLoans" ? loans : loans.map { _ in 0 })
    }
    let evaluator = RecipeEvaluator(recipe)
    evaluator.read(columns)
    let first = try #require(recipe.names.firstIndex(of: "Consumer_0_loans"))
    for (row, count) in loans.enumerated() {
      evaluator.evaluate(row: row)
      #expect(
        Array(evaluator.values[first..<first + 4])
          == [count == 0, count == 1, (2...5).contains(count), count >= 16].map { $0 ? 1 : 0 })
    }
  }

  /// 14: a rule that could not be evaluated did not count, so that a broken rule approved.
  @Test func row14AFailureGoesToPeople() throws {
    let flow = try FlowFixture().flow(FlowFixture.policy())
    let own = try flow.decide(Self.changed(["MonthlyIncome": .number(-1), "p_first": .number(0.01)]))
    #expect(own.decision == .review && own.stage == .rules && own.reason == "failure")
    #expect(own.rules.failures == ["monthly_income", "debt_payments_monthly"])
  }

  /// A model that gives no probability is nobody's silent side.
  @Test func aModelErrorGoesToPeople() throws {
    let flow = try FlowFixture().flow(FlowFixture.policy())
    for (first, second) in [(Double.nan, 0.05), (1.0000001, 0.05), (-1e-300, 0.05), (0.5, .nan), (0.5, 2)] {
      let own = try flow.decide(Self.changed(["p_first": .number(first), "p_second": .number(second)]))
      #expect(own.decision == .review && own.stage == .models && own.reason == "model_error")
      #expect(own.queue == "specialist" && own.path.last?.probability == nil)
      #expect(own.path.count == (first == 0.5 ? 2 : 1))
    }
    // The second is not asked, whatever it would say.
    let own = try flow.decide(Self.changed(["p_first": .number(0.01), "p_second": .number(.nan)]))
    #expect(own.decision == .approve && own.stage == .first)
  }

  /// Both certain, on opposite sides: only the first counts.
  @Test func theFirstNeverAsks() throws {
    let flow = try FlowFixture().flow(FlowFixture.policy(head: "evaluate = \"always\""))
    let own = try flow.decide(Self.changed(["p_first": .number(0.95), "p_second": .number(0.01)]))
    #expect(own.decision == .decline && own.stage == .first && own.path.count == 2 && !own.path[1].decides)
  }

  @Test func theRequirementsNamesStandBeside() throws {
    let flow = try FlowFixture().flow(
      FlowFixture.policy(first: "column = \"p_first\"\ncalibrated = true\nnames = { ru = \"ЛР\" }"))
    func json(_ application: [String: FlowValue], _ language: String? = nil) throws -> [String: Any] {
      let data = try CanonicalJSON.encode(flow.decide(application).answer(language: language))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let minor = try json(Self.changed(["age": .number(17)]), "es")
    #expect(minor["probability"] is NSNull && minor["final_decision"] as? Int == 1)
    #expect(minor["model_used"] as? String == "Business Rules" && minor["lr_proba"] is NSNull)
    #expect(minor["message"] as? String == "El solicitante es menor de 18 años")
    let second = try json(Self.plain, "ru")
    #expect(second["final_decision"] as? Int == 0 && second["second_used"] as? Bool == true)
    #expect(second["second_margin"] as? Double == 0.45 && second["lr_confident"] as? Bool == false)
    #expect((second["decision_path"] as? [String])?[1].hasPrefix("ЛР") == true)
    let grey = try json(Self.changed(["p_second": .number(0.5)]))
    #expect(grey["final_decision"] is NSNull && grey["needs_review"] as? Bool == true)
    #expect(grey["model_used"] as? String == "Manual Review" && grey["reason"] as? String == "grey_zone")
    for key in [
      "final_decision", "probability", "model_used", "needs_review", "message", "lr_proba", "second_proba", "lr_margin",
      "second_margin", "lr_confident", "second_confident", "second_used", "decision_path",
    ] { #expect(grey[key] != nil && minor[key] != nil, "\(key)") }
  }
}
