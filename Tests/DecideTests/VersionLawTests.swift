import CutlineCompute
import Foundation
import Testing

@testable import CutlineDecide

/// All actions by all people in random order, against a model that knows nothing of the store's table.
@Suite struct VersionLawTests {
  private struct Version {
    var state = "draft"
    let creator: String
    var submitter = "", base = "", evidence = 1, submittedEvidence = 0
    var failing = false
    var gateHour = 0
    var deciders: [String] = []
    /// Hours at which somebody approved.
    var approvals: [Int] = []
    var rolledBackBy: String?
    /// Who approved when it came into force first.
    var usedApprovals: [String] = []
  }

  @Test(arguments: [(seed: UInt64(1), need: 1), (2, 2), (3, 1)])
  func neverTwoActiveNeverWithoutAnother(seed: UInt64, need: Int) throws {
    let fixture = try DecisionFixture(approvals: need)
    var random = RandomStream(seed: seed)
    var versions: [String: Version] = [:]
    var active: String?
    var hour = 0
    let people = DecisionFixture.people
    let actions: [Transition.Action] = [
      .submit, .approve, .approve, .reject, .withdraw, .activate, .activate, .retire, .rollback, .confirm, .archive,
    ]
    let wishes: [String: [Transition.Action]] = [
      "draft": [.submit], "in_review": [.approve], "approved": [.activate, .activate, .activate, .withdraw],
      "active": [.confirm, .confirm, .retire], "retired": [.rollback],
    ]
    var (accepted, cameIntoForce) = (0, 0)
    for _ in 0..<500 {
      let person = people[random.index(below: people.count)]
      let rank = person.role
      let name = "v\(1 + random.index(below: 12))"
      switch random.index(below: 10) {
      case 0 where random.index(below: 2) == 0:
        let days = random.index(below: 4) == 0 ? 20 : 1
        hour += 24 * days
        fixture.wait(hours: 24 * days)
      case 1, 2:
        let isFailing = random.index(below: 5) == 0
        let gates = fixture.gates(isFailing ? "FAIL" : "PASS", "WARN")
        if versions[name] == nil {
          let done = refusal { try fixture.draft(name, by: person.name, gates: gates) } == nil
          #expect(done == (rank >= .analyst), "create \(name) by \(person.name)")
          if done {
            versions[name] = Version(creator: person.name)
            versions[name]?.failing = isFailing
            versions[name]?.gateHour = hour
          }
        } else if let version = versions[name] {
          let id = VersionName(product: "loan", kind: "strategy", version: name)
          let mark = Store.Evidence(
            name: "gates", bytes: gates.bytes + Array("other\(version.evidence),PASS,,\n".utf8), madeAt: gates.madeAt)
          let caller = try fixture.caller(person.name)
          let done = refusal { try fixture.store.attach(mark, to: id, by: caller) } == nil
          #expect(done == (rank >= .analyst && ["draft", "in_review", "approved"].contains(version.state)))
          if done {
            versions[name]?.evidence += 1
            versions[name]?.failing = isFailing
            versions[name]?.gateHour = hour
          }
        }
      default:
        guard var version = versions[name] else { continue }
        // Often what somebody would want next, as blind choices seldom get far.
        let wanted = wishes[version.state] ?? []
        let action =
          wanted.isEmpty || random.index(below: 3) == 0
          ? actions[random.index(below: actions.count)] : wanted[random.index(below: wanted.count)]
        var next: String?
        let isOther = person.name != version.creator
        let stands = version.base == active ?? "" && version.evidence == version.submittedEvidence
        switch (action, version.state) {
        case (.submit, "draft") where rank >= .analyst && !version.failing && hour - version.gateHour < 720:
          next = "in_review"
          (version.submitter, version.base) = (person.name, active ?? "")
          (version.submittedEvidence, version.approvals, version.deciders) = (version.evidence, [], [])
        case (.approve, "in_review")
        where rank >= .approver && person.isHuman && isOther && person.name != version.submitter && stands
          && !version.deciders.contains(person.name):
          version.approvals.append(hour)
          version.deciders.append(person.name)
          next = version.approvals.count >= need ? "approved" : "in_review"
        case (.reject, "in_review")
        where rank >= .approver && person.isHuman && !version.deciders.contains(person.name):
          next = "rejected"
        case (.withdraw, "in_review"), (.withdraw, "approved"):
          if rank >= .analyst && !isOther { next = "draft" }
        case (.activate, "active"): if rank >= .approver { next = "active" }
        case (.activate, "approved")
        where rank >= .approver && person.isHuman && isOther && stands && !version.failing
          && version.approvals.allSatisfy { hour - $0 < 90 * 24 }:
          next = "active"
          version.usedApprovals = version.deciders
          version.rolledBackBy = nil
        case (.retire, "active"): if rank >= .approver, person.isHuman { next = "retired" }
        case (.rollback, "retired") where rank >= .approver && person.isHuman && isOther:
          next = "active"
          version.rolledBackBy = person.name
        case (.confirm, "active")
        where rank >= .approver && person.isHuman && version.rolledBackBy != nil && version.rolledBackBy != person.name:
          next = "active"
          version.rolledBackBy = nil
        case (.archive, "draft"), (.archive, "rejected"): if rank >= .analyst { next = "archived" }
        default: break
        }
        let refused = refusal { try fixture.act(action, name, by: person.name) }
        #expect(
          (refused == nil) == (next != nil), "\(action) \(name) (\(version.state)) by \(person.name): \(refused as Any)"
        )
        guard let next, refused == nil else { continue }
        accepted += 1
        if next == "active", active != name, let old = active { versions[old]?.state = "retired" }
        if next == "active", active != name { cameIntoForce += 1 }
        if next == "active" { active = name } else if active == name { active = nil }
        version.state = next
        versions[name] = version
      }
      // What the store says is what the model says.
      let live = try fixture.store.versions(state: .active)
      #expect(live.map(\.version) == [active].compactMap { $0 })
      for sheet in live { #expect(sheet.approvedBy.filter { $0 != sheet.createdBy }.count >= need) }
      #expect(try fixture.store.live(at: fixture.now).map(\.version) == [active].compactMap { $0 })
    }
    #expect(accepted > 20 && cameIntoForce > 0, "\(accepted) \(cameIntoForce)")
    for (name, version) in versions { #expect(try fixture.state(name).rawValue == version.state, "\(name)") }
    let verdict = try fixture.store.verifyAudit()
    #expect(verdict.fault == nil, "\(verdict.fault as Any)")
    // Every event has its record: none is left without one, and each names one event at most.
    let events = try fixture.store.database.first("SELECT count(*) AS n FROM version_events")?.integer("n") ?? 0
    let records = try fixture.store.database.first(
      "SELECT count(*) AS n FROM audit WHERE payload LIKE '%version_events%'")
    #expect(records?.integer("n") == events)
  }
}
