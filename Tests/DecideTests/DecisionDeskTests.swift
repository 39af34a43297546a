import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFlow
import CutlineRules
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// The policy in force decides and keeps receipts, from which every decision can be made again.
@Suite struct DecisionDeskTests {
  private let fixture: DecisionFixture
  private let desk = DecisionDesk(engine: "test")

  init() throws {
    fixture = try DecisionFixture()
    _ = try enact(.rules, "r1", Store.Draft(rules: BuiltInRules.table("escalation")))
    try model("m1", [0.1, 0.9])
    try policy("p1", "m1")
  }

  private func enact(_ kind: VersionKind, _ version: String, _ draft: Store.Draft) throws -> VersionName {
    let name = try fixture.store.create(
      product: "loan", kind: kind, version: version, draft, by: fixture.caller("ann")
    ).name
    for (action, who) in [(Transition.Action.submit, "ann"), (.approve, "bob"), (.activate, "cyd")] {
      var request = VersionRequest(action, name)
      request.reason = "because"
      _ = try fixture.store.perform(request, by: fixture.caller(who))
    }
    return name
  }

  private func model(_ version: String, _ values: [Double]) throws {
    let form = try ModelForm.linear(intercept: -1, coefficients: [0.01], link: .logit).then(
      .steps(edges: [0.38], values: values))
    let model = try ScoringModel(
      model: Model(name: "logistic", features: [.init("age")], unit: "fraction", form: form), recipe: nil)
    var draft = Store.Draft(content: try model.json)
    draft.evidence = [fixture.gates("PASS")]
    _ = try enact(.modelSet, version, draft)
  }

  private func policy(_ version: String, _ model: String) throws {
    let text = """
      name = "loan"
      [rules]
      version = "r1"
      [first]
      version = "\(model)"
      margin_low = 0.3
      margin_high = 0.3
      """
    let sheet = try fixture.store.pinned(PolicySheet(Array(text.utf8), of: "policy.toml"), product: "loan")
    _ = try enact(.policy, version, Store.Draft(policy: sheet))
  }

  private func request(_ application: String, _ age: Int, key: String? = nil) -> DecisionDesk.Request {
    var request = DecisionDesk.Request(
      applicationID: application,
      json: Array(
        "{\"age\": \(age), \"monthly_income\": 2000, \"utilization\": 0.1, \"real_estate_loans\": 0, \"debt_ratio\": 0.2, \"late_30_59\": 0, \"late_60_89\": 0, \"late_90\": 0}"
          .utf8))
    request.requestKey = key
    request.amount = 100_000
    return request
  }

  private func decide(_ requests: [DecisionDesk.Request], by name: String = "ann") throws -> [Result<
    Store.KeptDecision, any Error
  >] {
    try desk.decide(requests, product: "loan", in: fixture.store, by: fixture.caller(name))
  }

  @Test func whatIsInForceDecidesAndIsMadeAgain() throws {
    let ages = [17, 20, 40, 60, 79, 81]
    let first = try decide(ages.enumerated().map { request("a\($0)", $1) }).map { try $0.get() }
    #expect(first.map(\.decision) == ["decline", "approve", "approve", "decline", "decline", "review"])
    #expect(try fixture.store.receipt(of: first[0].decisionID).policy.version == "p1")
    // Another policy comes into force: what was decided stays its predecessor's.
    try model("m2", [0.1, 0.1])
    try policy("p2", "m2")
    let later = try decide([request("b", 60)]).map { try $0.get() }
    #expect(later.map(\.decision) == ["approve"])
    let again = try replay(nil)
    #expect((again.decisions, again.equal, again.different) == (7, 7, 0))
    let whatIf = try replay("p2")
    #expect((whatIf.equal, whatIf.different) == (3, 4), "\(whatIf)")
    #expect(
      whatIf.changes.map { "\($0.before) \($0.after) \($0.decisions) \($0.amount)" } == [
        "approve approve 3 300000", "decline approve 2 200000", "decline decline 1 100000", "review review 1 100000",
      ])
    #expect(whatIf.missing.isEmpty)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  private func replay(_ version: String?) throws -> Store.ReplayReport {
    var request = Store.ReplayRequest(product: "loan")
    func decider(_ version: String) throws -> Store.ReplayPolicy {
      let name = VersionName(product: "loan", kind: "policy", version: version)
      return try desk.replaying(name, sha256: fixture.store.sheet(of: name).sha256, in: fixture.store)
    }
    request.policy = try version.map(decider)
    return try fixture.store.replay(request, by: fixture.caller("ann")) { own in try decider(own.version) }
  }

  /// The same values written otherwise are the same input; another key is another decision.
  @Test func theSameRequestIsDecidedOnce() throws {
    let one = try decide([request("a", 40, key: "k")])[0].get()
    var other = DecisionDesk.Request(
      applicationID: "a",
      json: Array(
        "{\"real_estate_loans\":0,\"late_90\":0,\"late_60_89\":0,\"late_30_59\":0,\"debt_ratio\":0.20,\"utilization\":1e-1,\"monthly_income\":2000.0,\"age\":40.0}"
          .utf8))
    (other.requestKey, other.amount) = ("k", 100_000)
    let again = try decide([other])[0].get()
    #expect(again.isRepeated && again.decisionID == one.decisionID && again.answer == one.answer)
    #expect(throws: Refusal.self) { try decide([request("a", 41, key: "k")])[0].get() }
    #expect(try decide([request("a", 40)])[0].get().decisionID != one.decisionID)
  }

  @Test func oneThatCannotBeDecidedKeepsNoOtherBack() throws {
    var bad = DecisionDesk.Request(applicationID: "b", json: Array("{\"aeg\": 40}".utf8))
    bad.requestKey = "x"
    let results = try decide([request("a", 40), bad, request("c", 40)])
    #expect(results.map { (try? $0.get()) != nil } == [true, false, true])
    guard case .failure(let error) = results[1] else { return }
    let faults = Faults(error)
    #expect(faults.description.contains("did you mean age"), "\(faults)")
    #expect(try fixture.store.decisions(.init()).count == 2)
    #expect(throws: Refusal.self) { try decide([request("z", 40)], by: "vic") }
    #expect(throws: Refusal.self) {
      try desk.decide([request("z", 40)], product: "none", in: fixture.store, by: fixture.caller("ann"))
    }
  }
}
