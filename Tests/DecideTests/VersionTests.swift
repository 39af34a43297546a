import CutlineCore
import Foundation
import Synchronization
import Testing

@testable import CutlineDecide

/// Single paths through the states: schedules, rollbacks, waivers, void approvals, races.
@Suite struct VersionTests {
  private static func name(_ version: String) -> VersionName {
    VersionName(product: "loan", kind: "strategy", version: version)
  }

  @Test func whatWasLiveIsKnownAtEveryInstant() throws {
    let fixture = try DecisionFixture()
    try fixture.approved("v1")
    let before = fixture.now
    let first = try fixture.act(.activate, "v1", by: "bob").version.activatedAt
    let middle = fixture.now
    fixture.wait(hours: 5)
    try fixture.approved("v2")
    let second = try fixture.act(.activate, "v2", by: "cyd")
    #expect(second.previous == "v1")
    let live = { (at: Instant) in try fixture.store.live(at: at).map(\.version) }
    #expect(try live(before) == [])
    #expect(try first.map(live) == ["v1"])
    #expect(try live(middle) == ["v1"])
    let moment = try #require(second.version.activatedAt)
    #expect(try live(Instant(microseconds: moment.microseconds - 1)) == ["v1"])
    #expect(try live(moment) == ["v2"])
    #expect(try fixture.act(.activate, "v2", by: "cyd").hasChanged == false)
    let bytes = try fixture.store.content(of: Self.name("v1"))
    try fixture.act(.rollback, "v1", by: "bob")
    #expect(try fixture.store.content(of: Self.name("v1")) == bytes)
    #expect(try live(fixture.now) == ["v1"])
    #expect(refusal { try fixture.act(.confirm, "v1", by: "bob") } == .forbidden)
    #expect(try fixture.store.check().alerts == [])
    fixture.wait(hours: 25)
    #expect(try fixture.store.check().alerts.count == 1)
    try fixture.act(.confirm, "v1", by: "cyd")
    #expect(try fixture.store.check().alerts == [])
    #expect(try fixture.store.resolve("@previous", product: "loan", kind: .strategy).version == "v2")
  }

  @Test func anApprovalIsVoidWhenBaseOrEvidenceChanges() throws {
    let fixture = try DecisionFixture()
    try fixture.approved("v1")
    try fixture.approved("v2")
    try fixture.act(.activate, "v1", by: "bob")
    #expect(refusal { try fixture.act(.activate, "v2", by: "bob") } == .notApproved)
    #expect(try fixture.store.sheet(of: Self.name("v2")).voidApprovals == ["bob"])
    // Submitted anew it may be approved by the same person again.
    try fixture.act(.withdraw, "v2", by: "ann")
    try fixture.act(.submit, "v2", by: "ann")
    try fixture.act(.approve, "v2", by: "bob")
    let other = fixture.gates("PASS", "PASS", "PASS")
    _ = try fixture.store.attach(other, to: Self.name("v2"), by: fixture.caller("abe"))
    #expect(refusal { try fixture.act(.activate, "v2", by: "bob") } == .notApproved)
    #expect(try fixture.store.live(at: fixture.now).map(\.version) == ["v1"])
  }

  @Test func waiversEnd() throws {
    let fixture = try DecisionFixture()
    try fixture.draft("v1", gates: fixture.gates("PASS", "FAIL"))
    #expect(refusal { try fixture.act(.submit, "v1", by: "ann") } == .gateFailed)
    let until = fixture.now.adding(days: 3)
    func grant(_ gate: String, _ name: String) -> Refusal.Reason? {
      refusal {
        try fixture.store.grantWaiver(
          gate, for: Self.name("v1"), until: until, reason: "season", by: fixture.caller(name))
      }
    }
    #expect(grant("gate1", "ann") == .forbidden)
    #expect(grant("gate0", "bob") == .invalid)
    #expect(grant("gate1", "bob") == nil)
    try fixture.act(.submit, "v1", by: "ann")
    #expect(try fixture.store.sheet(of: Self.name("v1")).gates == "waived")
    try fixture.act(.approve, "v1", by: "cyd")
    fixture.wait(hours: 5 * 24)
    #expect(refusal { try fixture.act(.activate, "v1", by: "cyd") } == .gateFailed)
    let waiver = try #require(try fixture.store.waivers().first)
    #expect(waiver.gate == "gate1" && waiver.grantedBy == "bob" && waiver.reason == "season" && !waiver.isValid)
  }

  /// What is in force under a waiver that has ended, a schedule that has lapsed, and a clock that has gone back are told.
  @Test func whatWaitsForSomebodyIsTold() throws {
    let fixture = try DecisionFixture()
    try fixture.draft("v1", gates: fixture.gates("FAIL"))
    _ = try fixture.store.grantWaiver(
      "gate0", for: Self.name("v1"), until: fixture.now.adding(days: 2), reason: "season", by: fixture.caller("bob"))
    try fixture.act(.submit, "v1", by: "ann")
    try fixture.act(.approve, "v1", by: "cyd")
    try fixture.approved("v2")
    try fixture.act(.activate, "v2", by: "bob", from: fixture.now.adding(days: 1))
    try fixture.act(.activate, "v1", by: "cyd")
    #expect(try fixture.store.alerts().isEmpty)
    fixture.wait(hours: 4 * 24)
    #expect(try fixture.store.activateDue().allSatisfy { $0.refusal != nil })
    let alerts = try fixture.store.alerts()
    #expect(alerts.count == 2, "\(alerts)")
    #expect(alerts.contains { $0.contains("v1: in force, and fails gate0") })
    #expect(alerts.contains { $0.contains("v2: its scheduled activation lapsed") })
    fixture.wait(hours: -1)
    #expect(try fixture.store.alerts().contains { $0.contains("seconds behind the last record") })
  }

  /// Evidence comes back as it went in; what was attached last counts.
  @Test func evidenceIsGivenBack() throws {
    let fixture = try DecisionFixture()
    let (first, second) = (fixture.gates("PASS"), fixture.gates("PASS", "WARN"))
    try fixture.draft("v1", gates: first)
    #expect(try fixture.store.evidence("gates", of: Self.name("v1")) == first.bytes)
    _ = try fixture.store.attach(second, to: Self.name("v1"), by: fixture.caller("abe"))
    #expect(try fixture.store.evidence("gates", of: Self.name("v1")) == second.bytes)
    #expect(refusal { _ = try fixture.store.evidence("gate", of: Self.name("v1")) } == .notFound)
    let marked = Store.Evidence(name: "gates", bytes: [0xEF, 0xBB, 0xBF] + first.bytes, madeAt: fixture.now)
    _ = try fixture.store.attach(marked, to: Self.name("v1"), by: fixture.caller("abe"))
    #expect(try fixture.store.sheet(of: Self.name("v1")).gates == "pass")
  }

  @Test func schedulesComeToPassOrLapse() throws {
    let fixture = try DecisionFixture()
    try fixture.approved("v1")
    try fixture.approved("v2")
    let later = fixture.now.adding(days: 1)
    try fixture.act(.activate, "v1", by: "bob", from: later)
    try fixture.act(.activate, "v2", by: "cyd", from: later.adding(hours: 1))
    #expect(try fixture.state("v1") == .approved)
    #expect(try fixture.store.activateDue().isEmpty)
    fixture.wait(hours: 30)
    let due = try fixture.store.activateDue()
    // The second was approved while nothing was in force.
    #expect(due.map(\.name.version) == ["v1", "v2"] && due[0].refusal == nil && due[1].refusal != nil)
    #expect(try fixture.store.live(at: fixture.now).map(\.version) == ["v1"])
    #expect(try fixture.store.history(of: Self.name("v2")).last?.action == "lapse")
    #expect(try fixture.store.activateDue().isEmpty)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  /// A hundred tasks want a hundred versions active; somebody reads all the time.
  @Test func oneIsActiveAtEveryInstantOfARace() async throws {
    let fixture = try DecisionFixture()
    for number in 1...100 { try fixture.approved("v\(number)") }
    let reader = try Store(fixture.path, .reading, options: fixture.options)
    let isOver = Mutex(false)
    async let most = Task.detached { () throws -> (reads: Int, most: Int) in
      var (reads, most) = (0, 0)
      while !isOver.withLock({ $0 }) {
        let rows = try reader.database.query(
          "SELECT version FROM version_state WHERE state = 'active' UNION ALL SELECT version FROM active")
        // The state and the table of what is active agree in every snapshot.
        #expect(rows.isEmpty || (rows.count == 2 && Set(rows.map { $0.text("version") }).count == 1))
        most = max(most, rows.count / 2)
        reads += 1
        await Task.yield()
      }
      return (reads, most)
    }.value
    let outcomes = await withTaskGroup(of: Refusal.Reason?.self) { group in
      for number in 1...100 { group.addTask { refusal { try fixture.act(.activate, "v\(number)", by: "bob") } } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    isOver.withLock { $0 = true }
    let watched = try await most
    #expect(watched.most == 1 && watched.reads > 0)
    // All were approved while nothing was in force: one comes first, and voids the others.
    #expect(outcomes.count { $0 == nil } == 1 && outcomes.count { $0 == .notApproved } == 99)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  /// Going back and forth between what was in force needs no new approval, so that all succeed.
  @Test func racingRollbacksLeaveOneActive() async throws {
    let fixture = try DecisionFixture()
    for number in 1...4 {
      try fixture.approved("v\(number)")
      try fixture.act(.activate, "v\(number)", by: "bob")
    }
    let done = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          refusal { try fixture.act(.rollback, "v\(1 + number % 4)", by: number % 2 == 0 ? "bob" : "cyd") } == nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(done > 3)
    #expect(try fixture.store.versions(state: .active).count == 1)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  @Test func peopleAndNamesAreChecked() throws {
    let fixture = try DecisionFixture()
    #expect(refusal { try fixture.store.addPrincipal("eve", role: .admin, by: fixture.caller("bob")) } == .forbidden)
    #expect(refusal { try fixture.store.addPrincipal("bob", role: .admin, by: fixture.caller("dan")) } == .conflict)
    #expect(refusal { try fixture.store.addPrincipal("a b", role: .admin, by: fixture.caller("dan")) } == .invalid)
    try fixture.store.disablePrincipal("bob", by: fixture.caller("dan"))
    try fixture.draft("v1")
    try fixture.act(.submit, "v1", by: "ann")
    #expect(refusal { try fixture.act(.approve, "v1", by: "bob") } == .unauthenticated)
    #expect(refusal { try fixture.act(.approve, "v1", by: "bot") } == .forbidden)
    #expect(refusal { try fixture.act(.approve, "v1", by: "cyd", reason: " ") } == .invalid)
    let token = try fixture.store.renewPrincipal("cyd", by: fixture.caller("dan"))
    #expect(refusal { try fixture.act(.approve, "v1", by: "cyd") } == .unauthenticated)
    #expect(try fixture.store.authenticate(token, as: "cyd").name == "cyd")
    #expect(refusal { try fixture.store.authenticate(token, as: "ann") } == .unauthenticated)
    #expect(refusal { try fixture.store.enablePrincipal("cyd", by: fixture.caller("dan")) } == .conflict)
    let back = try fixture.store.enablePrincipal("bob", by: fixture.caller("dan"))
    #expect(refusal { try fixture.act(.approve, "v1", by: "bob") } == .unauthenticated, "the old token stays ended")
    #expect(try fixture.store.authenticate(back, as: "bob").name == "bob")
    try fixture.store.disablePrincipal("dan", by: fixture.caller("root"))
    #expect(refusal { try fixture.store.disablePrincipal("root", by: fixture.caller("root")) } == .conflict)
    #expect(refusal { try fixture.act(.submit, "w1", by: "ann") } == .notFound)
    #expect(refusal { try fixture.draft("V1") } == .invalid)
    // The same again is no mistake; other content is.
    try fixture.draft("v1")
    let other = Store.Draft(content: Array("{}".utf8))
    #expect(
      refusal {
        try fixture.store.create(product: "loan", kind: .strategy, version: "v1", other, by: fixture.caller("ann"))
      } == .conflict)
  }

  /// What a run has found is not replaced by a file, and what a table calls waived is a FAIL: waivers are people's.
  @Test func evidenceOfARunIsItsOwn() throws {
    let fixture = try DecisionFixture()
    var draft = Store.Draft(content: Array("{}".utf8))
    draft.source = "run"
    draft.evidence = [fixture.gates("FAIL")]
    let ann = try fixture.caller("ann")
    let name = try fixture.store.create(product: "loan", kind: .strategy, version: "r1", draft, by: ann).name
    #expect(refusal { _ = try fixture.store.attach(fixture.gates("PASS"), to: name, by: ann) } == .conflict)
    #expect(refusal { try fixture.act(.submit, "r1", by: "ann") } == .gateFailed)
    draft.evidence.append(fixture.gates("PASS"))
    #expect(
      refusal { _ = try fixture.store.create(product: "loan", kind: .strategy, version: "r2", draft, by: ann) }
        == .invalid)
    try fixture.draft("w", gates: fixture.gates("PASS", "WAIVED"))
    #expect(refusal { try fixture.act(.submit, "w", by: "ann") } == .gateFailed)
    #expect(throws: Faults.self) { try fixture.draft("s", gates: fixture.gates("SKIPPED")) }
  }

  /// A waiver is of the report that its giver could read.
  @Test func aWaiverIsOfItsReport() throws {
    let fixture = try DecisionFixture()
    let name = try fixture.draft("a", gates: fixture.gates("FAIL"))
    let day = fixture.now.adding(days: 9)
    _ = try fixture.store.grantWaiver("gate0", for: name, until: day, reason: "known", by: fixture.caller("bob"))
    #expect(try fixture.store.sheet(of: name).gates == "waived")
    fixture.wait(hours: 1)
    _ = try fixture.store.attach(fixture.gates("FAIL", "WARN"), to: name, by: fixture.caller("ann"))
    #expect(try fixture.store.sheet(of: name).gates == "fail")
    #expect(refusal { try fixture.act(.submit, "a", by: "ann") } == .gateFailed)
  }

  /// A name that is taken is answered with what stands there only where the same is asked for.
  @Test func theSameNameWithOtherTermsIsRefused() throws {
    let fixture = try DecisionFixture()
    try fixture.draft("same")
    try fixture.draft("same")
    var other = Store.Draft(content: Array("{\"name\": \"same\"}".utf8))
    other.approvalsRequired = 3
    let ann = try fixture.caller("ann")
    #expect(
      refusal { _ = try fixture.store.create(product: "loan", kind: .strategy, version: "same", other, by: ann) }
        == .conflict)
    #expect(refusal { try fixture.draft("same", by: "abe") } == .conflict)
    #expect(refusal { try fixture.draft("same", gates: fixture.gates("FAIL")) } == .conflict)
  }

  /// Names that one reads alike are one name.
  @Test(arguments: ["jose\u{301}", "Bob", "BOB", "Cutline"])
  func namesAlikeAreRefused(name: String) throws {
    let fixture = try DecisionFixture()
    let root = try fixture.caller("root")
    #expect(refusal { _ = try fixture.store.addPrincipal(name, role: .analyst, by: root) } != nil)
    _ = try fixture.store.addPrincipal("jos\u{e9}", role: .analyst, by: root)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  @Test func aStoreHasOneNameAndProductsAreKnown() throws {
    let fixture = try DecisionFixture()
    #expect(refusal { _ = try fixture.store.live(at: fixture.now, product: "nonsense") } == .notFound)
    #expect(link(fixture.path, fixture.path + ".other") == 0)
    for path in [fixture.path, fixture.path + ".other"] {
      #expect(throws: Faults.self) { try Store(path, .reading, options: fixture.options) }
    }
    #expect(throws: Faults.self) { try Store(".", .reading, options: fixture.options) }
  }
}
