import CutlineCore
import CutlineRules
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// Rules as versions: nothing comes into force that is not proved.
@Suite struct RuleVersionTests {
  private static func draft(_ rules: String, hit: String = "unique") throws -> Store.Draft {
    let text = """
      name = "limits"
      hit = "\(hit)"
      [fields]
      age = { type = "integer", unit = "years", domain = [0, 120], missing = false }

      """ + rules
    return try Store.Draft(rules: RuleTable(Array(text.utf8), of: "limits.toml"))
  }

  private static func rule(_ id: String, _ when: String, _ action: String) -> String {
    "[[rules]]\nid = \"\(id)\"\nwhen = \"\(when)\"\naction = \"\(action)\"\n"
  }

  private static let sound = rule("young", "age < 18", "decline") + rule("grown", "age >= 18", "approve")

  private func act(_ fixture: DecisionFixture, _ action: Transition.Action, _ name: VersionName, _ who: String) throws {
    var request = VersionRequest(action, name)
    request.reason = "because"
    _ = try fixture.store.perform(request, by: fixture.caller(who))
  }

  @Test func aProvedTableComesIntoForce() throws {
    let fixture = try DecisionFixture()
    let draft = try Self.draft(Self.sound)
    let sheet = try fixture.store.create(product: "loan", kind: .rules, version: "v1", draft, by: fixture.caller("ann"))
    #expect(sheet.failedGates.isEmpty && sheet.evidence.map(\.name) == ["gates"])
    let gates = String(decoding: try fixture.store.evidence("gates", of: sheet.name), as: UTF8.self)
    #expect(gates.contains("rules-total,PASS") && gates.contains("sha256 \(sheet.sha256)"), "\(gates)")
    // The same again is no other version.
    _ = try fixture.store.create(product: "loan", kind: .rules, version: "v1", draft, by: fixture.caller("ann"))
    for (action, who) in [(Transition.Action.submit, "ann"), (.approve, "bob"), (.activate, "cyd")] {
      try act(fixture, action, sheet.name, who)
    }
    let live = try fixture.store.rules(of: fixture.store.version(meant: "@active", product: nil, kind: .rules))
    #expect(RuleProgram(live).decide(RuleRecord(["age": .number(17)])).outcome == "decline")
  }

  @Test func anUnprovedTableCannotBeSubmittedUnlessWaived() throws {
    let fixture = try DecisionFixture()
    for (version, rules, gate) in [
      ("gap", Self.rule("young", "age < 18", "decline") + Self.rule("grown", "age > 18", "approve"), "rules-total"),
      (
        "overlap", Self.rule("young", "age <= 18", "decline") + Self.rule("grown", "age >= 18", "approve"),
        "rules-overlap"
      ),
      ("dead", Self.sound + Self.rule("never", "age > 120", "manual"), "rules-reachable"),
    ] {
      let sheet = try fixture.store.create(
        product: "loan", kind: .rules, version: version, Self.draft(rules), by: fixture.caller("ann"))
      #expect(sheet.failedGates == [gate])
      let refused = refusal { try act(fixture, .submit, sheet.name, "ann") }
      #expect(refused?.reason == .gateFailed && refused?.text(.full).contains(gate) == true)
      _ = try fixture.store.grantWaiver(
        gate, for: sheet.name, until: fixture.now.adding(days: 2), reason: "known", by: fixture.caller("bob"))
      try act(fixture, .submit, sheet.name, "ann")
    }
  }

  /// Gates are made of the content and of nothing else.
  @Test func nobodyBringsAProof() throws {
    let fixture = try DecisionFixture()
    var draft = try Self.draft(Self.sound)
    draft.evidence = [fixture.gates("PASS")]
    #expect(
      refusal {
        _ = try fixture.store.create(product: "loan", kind: .rules, version: nil, draft, by: fixture.caller("ann"))
      }?.reason == .invalid)
    draft.evidence = []
    let name = try fixture.store.create(product: "loan", kind: .rules, version: nil, draft, by: fixture.caller("ann"))
      .name
    #expect(
      refusal { _ = try fixture.store.attach(fixture.gates("PASS"), to: name, by: fixture.caller("ann")) }?.reason
        == .conflict)
    // A report that has grown old is made anew.
    fixture.wait(hours: 24 * 31)
    #expect(refusal { try act(fixture, .submit, name, "ann") }?.reason == .gateFailed)
    _ = try fixture.store.proveRules(of: name, by: fixture.caller("ann"))
    try act(fixture, .submit, name, "ann")
  }

  @Test func whatIsNoTableIsRefused() throws {
    let fixture = try DecisionFixture()
    for content in ["{}", "{\"format\": \"cutline-rules-1\"}", "[1]"] {
      expectFaults(.data) {
        try fixture.store.create(
          product: "loan", kind: .rules, version: nil, Store.Draft(content: Array(content.utf8)),
          by: fixture.caller("ann"))
      }
    }
    let broken = String(decoding: try Self.draft(Self.sound).content, as: UTF8.self).replacing(
      "age < 18", with: "eval(age)")
    expectFaults(.data) {
      try fixture.store.create(
        product: "loan", kind: .rules, version: nil, Store.Draft(content: Array(broken.utf8)), by: fixture.caller("ann")
      )
    }
  }

  private func refusal(_ body: () throws -> Void) -> Refusal? {
    do { try body() } catch { return error as? Refusal }
    return nil
  }

  // MARK: The flaw register (docs/methods/rules.md)

  private func shipped(_ values: [String: Double]) throws -> RuleDecision {
    RuleProgram(try BuiltInRules.table("escalation")).decide(RuleRecord(values.mapValues { .number($0) }))
  }

  /// 6: manual overwrote the automatic decline of minors, and both were counted.
  @Test func flaw6DeclineWinsAndAllRulesAreKept() throws {
    let decision = try shipped(["age": 17, "late_90": 98])
    #expect(
      decision.outcome == "decline" && decision.rule == "age_under_18" && decision.fired == ["age_under_18", "code_98"])
  }

  /// 7: a missing age became 0, and was declined.
  @Test func flaw7AMissingAgeIsNoMinor() throws {
    let decision = try shipped(["late_90": 0])
    #expect(
      decision.outcome == "manual" && !decision.fired.contains("age_under_18")
        && decision.unknown.contains("age_under_18"))
  }

  /// 8: the form stopped at the first rule, the batch at the last.
  @Test func flaw8OneRecordAndATableAreDecidedAlike() throws {
    let program = RuleProgram(try BuiltInRules.table("escalation"))
    let columns = try RuleColumns(program, rows: 2) { field in
      .number(field.name == "age" ? [17, 81] : field.name == "late_90" ? [98, 0] : [0, 0])
    }
    let statistics = RuleStatistics(program.decide(columns), program.table)
    #expect(statistics.outcomes.map(\.applications) == [1, 1, 0] && statistics.total == 2)
    #expect(
      try shipped(["age": 17, "late_90": 98]).outcome == "decline"
        && shipped(["age": 81, "late_90": 0]).outcome == "manual")
  }

  /// 14: rules were evaluated as code, and one that failed did not count.
  @Test func flaw14NoCodeRunsAndAFailureGoesToPeople() throws {
    for text in ["__import__(\"os\")", "age.__class__", "open(\"x\") == 1", "age if True else 0", "lambda: 1"] {
      #expect(throws: Faults.self) { try Self.draft(Self.rule("r", text.replacing("\"", with: "\\\""), "decline")) }
    }
    let decision = try shipped([
      "age": 40, "late_30_59": 0, "late_60_89": 0, "late_90": 0, "utilization": 0, "real_estate_loans": 0,
      "debt_ratio": 1.2345678901234567e100, "monthly_income": 1.2345678901234567,
    ])
    #expect(decision.outcome == "manual" && decision.cause == "failure" && !decision.failures.isEmpty)
  }
}
