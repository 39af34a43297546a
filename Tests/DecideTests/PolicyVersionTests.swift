import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFlow
import CutlineRules
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// Policies and models as versions: a policy names what stands in the store, and comes into force after it.
@Suite struct PolicyVersionTests {
  private func act(_ fixture: DecisionFixture, _ action: Transition.Action, _ name: VersionName, _ who: String) throws {
    var request = VersionRequest(action, name)
    request.reason = "because"
    _ = try fixture.store.perform(request, by: fixture.caller(who))
  }

  private func refusal(_ body: () throws -> Void) -> Refusal? {
    do { try body() } catch { return error as? Refusal }
    return nil
  }

  private func rules(_ fixture: DecisionFixture) throws -> VersionName {
    try fixture.store.create(
      product: "loan", kind: .rules, version: "r1", Store.Draft(rules: BuiltInRules.table("escalation")),
      by: fixture.caller("ann")
    ).name
  }

  private func model(_ fixture: DecisionFixture, isCalibrated: Bool = true) throws -> VersionName {
    let line = try ModelForm.linear(intercept: -1, coefficients: [0.01], link: .logit)
    let form = isCalibrated ? try line.then(.steps(edges: [0.3], values: [0.1, 0.9])) : line
    let model = try ScoringModel(
      model: Model(name: "logistic", features: [.init("age")], unit: "fraction", form: form), recipe: nil)
    var draft = Store.Draft(content: try model.json)
    draft.evidence = [fixture.gates("PASS")]
    return try fixture.store.create(
      product: "loan", kind: .modelSet, version: nil, draft, by: fixture.caller("ann")
    ).name
  }

  private func policy(_ fixture: DecisionFixture, _ model: String, head: String = "", more: String = "") throws
    -> Store.Draft
  {
    let text = """
      name = "loan"
      \(head)
      [rules]
      version = "r1"
      [first]
      version = "\(model)"
      margin_low = 0.3
      margin_high = 0.3
      \(more)
      """
    let sheet = try PolicySheet(Array(text.utf8), of: "policy.toml")
    return try Store.Draft(policy: fixture.store.pinned(sheet, product: "loan"))
  }

  @Test func aPolicyComesIntoForceAfterItsParts() throws {
    let fixture = try DecisionFixture()
    let (rules, model) = (try rules(fixture), try model(fixture))
    let draft = try policy(fixture, model.version)
    let sheet = try fixture.store.create(product: "loan", kind: .policy, version: nil, draft, by: fixture.caller("ann"))
    #expect(sheet.failedGates.isEmpty && sheet.evidence.map(\.name) == ["gates"])
    let gates = String(decoding: try fixture.store.evidence("gates", of: sheet.name), as: UTF8.self)
    #expect(gates.contains("policy-references,PASS") && gates.contains(sheet.sha256), "\(gates)")
    // The same again is no other version.
    #expect(
      try fixture.store.create(product: "loan", kind: .policy, version: "v1", draft, by: fixture.caller("ann")).name
        == sheet.name)
    try act(fixture, .submit, sheet.name, "ann")
    try act(fixture, .approve, sheet.name, "bob")
    let early = refusal { try act(fixture, .activate, sheet.name, "cyd") }
    #expect(early?.reason == .notApproved && early?.text(.full).contains("rules/r1") == true)
    for name in [rules, model] {
      try act(fixture, .submit, name, "ann")
      #expect(refusal { try act(fixture, .activate, sheet.name, "cyd") }?.reason == .notApproved)
      try act(fixture, .approve, name, "bob")
    }
    try act(fixture, .activate, sheet.name, "cyd")
    let live = try fixture.store.policy(of: fixture.store.version(meant: "@active", product: nil, kind: .policy))
    let flow = try DecisionFlow(live)
    let decision = try flow.decide(["age": .number(17)])
    #expect(decision.decision == .decline && decision.stage == .rules)
    #expect(live.steps[0].sha256 == (try fixture.store.sheet(of: model).sha256))
    #expect(live.rulesSHA256 == (try fixture.store.sheet(of: rules).sha256))
  }

  @Test func whatAPolicyNamesMustBeThere() throws {
    let fixture = try DecisionFixture()
    let model = try model(fixture)
    // No such rules.
    #expect(refusal { _ = try policy(fixture, model.version) }?.reason == .notFound)
    _ = try rules(fixture)
    let draft = try policy(fixture, model.version)
    func create(_ draft: Store.Draft) throws {
      _ = try fixture.store.create(product: "loan", kind: .policy, version: nil, draft, by: fixture.caller("ann"))
    }
    func changed(_ old: String, _ new: String) -> Store.Draft {
      Store.Draft(content: Array(String(decoding: draft.content, as: UTF8.self).replacing(old, with: new).utf8))
    }
    let sha256 = try fixture.store.sheet(of: model).sha256
    let other = String(sha256.reversed())
    #expect(refusal { try create(changed(sha256, other)) }?.reason == .conflict)
    #expect(refusal { try create(changed("\"version\" : \"r1\"", "\"version\" : \"r2\"")) }?.reason == .notFound)
    // Files and tables of the program are not in the store.
    let text = "name = \"p\"\n[rules]\ntable = \"escalation\"\n[first]\ncolumn = \"p\"\ncalibrated = true\n"
    let outside = try Store.Draft(policy: PolicySheet(Array(text.utf8), of: "p.toml"))
    expectFaults(.data) { try create(outside) }
    expectFaults(.data) { try create(Store.Draft(content: Array("{\"n\": 1}".utf8))) }
    expectFaults(.data) { try create(changed("0.3", "-3")) }
    var gates = draft
    gates.evidence = [fixture.gates("PASS")]
    #expect(refusal { try create(gates) }?.reason == .invalid)
    try create(draft)
    let name = VersionName(product: "loan", kind: "policy", version: "v1")
    #expect(
      refusal { _ = try fixture.store.attach(fixture.gates("PASS"), to: name, by: fixture.caller("ann")) }?.reason
        == .conflict)
    fixture.wait(hours: 24 * 31)
    #expect(refusal { try act(fixture, .submit, name, "ann") }?.reason == .gateFailed)
    _ = try fixture.store.checkPolicy(of: name, by: fixture.caller("ann"))
    try act(fixture, .submit, name, "ann")
  }

  /// Row 9 of the flaw register.
  @Test func anUncalibratedModelIsRefusedUnlessRawIsSaid() throws {
    let fixture = try DecisionFixture()
    _ = try rules(fixture)
    let model = try model(fixture, isCalibrated: false)
    func create(_ draft: Store.Draft) throws -> VersionSheet {
      try fixture.store.create(product: "loan", kind: .policy, version: nil, draft, by: fixture.caller("ann"))
    }
    expectFaults(.data) { try create(policy(fixture, model.version)) }
    let sheet = try create(policy(fixture, model.version, head: "probability = \"raw\""))
    let gates = String(decoding: try fixture.store.evidence("gates", of: sheet.name), as: UTF8.self)
    #expect(gates.contains("policy-probability,WARN"))
  }

  @Test func aModelIsTypedWhenItIsMade() throws {
    let fixture = try DecisionFixture()
    for content in ["{}", "[1]", "{\"format\": \"cutline-model-set-1\"}", "{\"format\": \"x\", \"model\": {}}"] {
      expectFaults(.data, "\(content)") {
        try fixture.store.create(
          product: "loan", kind: .modelSet, version: nil, Store.Draft(content: Array(content.utf8)),
          by: fixture.caller("ann"))
      }
    }
    let model = try model(fixture)
    #expect(try fixture.store.scoringModel(of: model).isCalibrated)
  }
}
