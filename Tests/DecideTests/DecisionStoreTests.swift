import Foundation
import TestSupport
import Testing

@testable import CutlineCore
@testable import CutlineDecide

/// Decisions and their receipts: kept once, sealed, found out when changed, erased for good.
@Suite struct DecisionStoreTests {
  private let fixture: DecisionFixture
  private let policy: Receipt.Policy

  init() throws {
    fixture = try DecisionFixture()
    let sheet = try fixture.store.create(
      product: "loan", kind: .strategy, version: "p1", Store.Draft(content: Array("{\"name\":\"p\"}".utf8)),
      by: fixture.caller("ann"))
    policy = .init(version: "p1", sha256: sheet.sha256)
  }

  private func refused<Value>(
    _ reason: Refusal.Reason, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
  ) {
    #expect(sourceLocation: sourceLocation) { try body() } throws: { ($0 as? Refusal)?.reason == reason }
  }

  private func draft(
    _ application: String, key: String? = nil, input: String = "{\"age\":41}", decision: String = "approve"
  ) -> DecisionDraft {
    DecisionDraft(
      applicationID: application, requestKey: key ?? "key-\(application)", input: Array(input.utf8),
      answer: "{\"decision\":\"\(decision)\",\"stage\":\"first\"}", decision: decision, stage: "first", amount: 120_050)
  }

  private func keep(_ drafts: [DecisionDraft], by name: String = "ann") throws -> [Store.KeptDecision] {
    try results(drafts, by: name).map { try $0.get() }
  }

  private func results(_ drafts: [DecisionDraft], by name: String = "ann") throws -> [Result<
    Store.KeptDecision, any Error
  >] {
    try fixture.store.keep(
      drafts, product: "loan", policy: policy, engine: "test", by: fixture.caller(name))
  }

  @Test func aRequestThatComesAgainIsAnsweredAsItWas() throws {
    let first = try keep([draft("a"), draft("b", decision: "decline")])
    #expect(first.map(\.isRepeated) == [false, false] && first[0].decisionID < first[1].decisionID)
    fixture.wait(hours: 1000)
    let again = try keep([draft("b", decision: "approve"), draft("c"), draft("c")])
    #expect(again.map(\.isRepeated) == [true, false, true])
    #expect(again[0].decisionID == first[1].decisionID && again[0].answer == first[1].answer)
    #expect(again[1].decisionID == again[2].decisionID)
    #expect(try fixture.store.receipt(of: first[1].decisionID).answer == first[1].answer)
    let odd = DecisionDraft(
      applicationID: "b", requestKey: "key-b", input: draft("b").input, answer: draft("b").answer, decision: "approve",
      stage: "first", amount: 1)
    let others = [draft("b", input: "{\"age\":42}"), draft("z", key: "key-b"), odd, draft("")]
    let mixed = try results([draft("d")] + others + [draft("e"), draft("e", input: "{}")])
    // What is refused keeps nothing else back.
    #expect(mixed.map { (try? $0.get()) != nil } == [true, false, false, false, false, true, false])
    for (index, other) in others.enumerated() {
      refused(index == 3 ? .invalid : .idempotencyConflict) { try keep([other]) }
    }
    #expect(try fixture.store.database.query("SELECT * FROM decisions").count == 5)
    refused(.forbidden) { try keep([draft("f")], by: "vic") }
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  @Test func whatWasGivenIsReadByItsKeyOnly() throws {
    let secret = "{\"name\":\"Canary Personson\"}"
    let id = try keep([draft("a", input: secret)])[0].decisionID
    let receipt = try fixture.store.receipt(of: id)
    #expect(try !String(decoding: receipt.bytes, as: UTF8.self).contains("Canary"))
    #expect(try !Data(contentsOf: URL(fileURLWithPath: fixture.path)).contains(Data("Canary".utf8)))
    let records = try fixture.store.log().count
    #expect(try fixture.store.input(of: id, by: fixture.caller("ann")) == Array(secret.utf8))
    // The log says who looked.
    #expect(try fixture.store.log().first?.action == "receipts.read" && fixture.store.log().count == records + 1)
    refused(.forbidden) { try fixture.store.input(of: id, by: fixture.caller("vic")) }
    let other = try keep([draft("b", input: secret)])[0].decisionID
    #expect(try fixture.store.receipt(of: other).input.digest != receipt.input.digest)

    refused(.forbidden) {
      try fixture.store.eraseInputs(ofApplication: "a", product: "loan", by: fixture.caller("bob"))
    }
    let before = fixture.folder.path + "/keys-before"
    try FileManager.default.copyItem(atPath: fixture.path + ".record-keys", toPath: before)
    let erased = try fixture.store.eraseInputs(ofApplication: "a", product: "loan", by: fixture.caller("dan"))
    #expect((erased.decisions, erased.destroyed) == (1, 1))
    #expect(
      try fixture.store.eraseInputs(ofApplication: "a", product: "loan", by: fixture.caller("dan")).destroyed == 0)
    refused(.gone) { try fixture.store.input(of: id, by: fixture.caller("ann")) }
    refused(.gone) { try keep([draft("a", input: secret)]) }
    refused(.notFound) {
      try fixture.store.eraseInputs(ofApplication: "z", product: "loan", by: fixture.caller("dan"))
    }
    // The receipt stays, and the log is sound.
    #expect(try fixture.store.receipt(of: id).answer.contains("approve"))
    #expect(try fixture.store.verifyAudit().fault == nil)
    #expect(try fixture.store.input(of: other, by: fixture.caller("ann")) == Array(secret.utf8))
    #expect(StorePlace.openness(of: fixture.path + ".record-keys") == nil)
    // Keys that were put back undo nothing, and keys that are gone are said to be.
    let keys = fixture.path + ".record-keys"
    try FileManager.default.removeItem(atPath: keys)
    try FileManager.default.copyItem(atPath: before, toPath: keys)
    refused(.gone) { try fixture.store.input(of: id, by: fixture.caller("ann")) }
    #expect(try fixture.store.input(of: other, by: fixture.caller("ann")) == Array(secret.utf8))
    try FileManager.default.removeItem(atPath: keys)
    let count = try fixture.store.log().count
    expectFaults(.integrity) { try fixture.store.input(of: other, by: fixture.caller("ann")) }
    expectFaults(.integrity) { try keep([draft("c")]) }
    expectFaults(.integrity) {
      try fixture.store.eraseInputs(ofApplication: "b", product: "loan", by: fixture.caller("dan"))
    }
    let stranger = try DecisionFixture()
    _ = try RecordKeys.open(
      StorePlace(stranger.path, allowsNetwork: false), of: stranger.store.id(), isFirst: true, waitSeconds: 1)
    try FileManager.default.copyItem(atPath: stranger.path + ".record-keys", toPath: keys)
    expectFaults(.integrity) { try keep([draft("c")]) }
    #expect(try fixture.store.log().count == count)
  }

  @Test func aSealedTextOpensWithItsKeyAndPlaceOnly() throws {
    let (key, other) = (try RecordKey.make(), try RecordKey.make())
    for text in [[], Array("x".utf8), [UInt8](repeating: 7, count: 100_000)] {
      let sealed = try key.seal(text, about: "d1")
      #expect(key.unseal(sealed, about: "d1") == text)
      #expect(key.unseal(sealed, about: "d2") == nil && other.unseal(sealed, about: "d1") == nil)
      #expect(try key.seal(text, about: "d1") != sealed)
      for place in stride(from: 0, to: sealed.count, by: max(1, sealed.count / 50)) {
        var changed = sealed
        changed[place] ^= 1
        #expect(key.unseal(changed, about: "d1") == nil)
      }
      #expect(key.unseal(Array(sealed.dropLast()), about: "d1") == nil)
    }
    #expect(key.unseal([1, 2, 3], about: "d1") == nil)
  }

  @Test func namesRiseWithinAMillisecondAndWhenTheClockGoesBack() throws {
    var ids = DecisionIDs(after: nil)
    var all: [String] = []
    for step in 0..<10_000 {
      all.append(try ids.next(at: Instant(microseconds: 1_800_000_000_000_000 - Int64(step % 7) * 1_000_000)))
    }
    var later = DecisionIDs(after: all.last)
    all.append(try later.next(at: Instant(microseconds: 1)))
    #expect(zip(all, all.dropFirst()).allSatisfy(<) && Set(all).count == all.count)
    #expect(
      all.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil }
    )
  }

  /// Each change of what is kept is found: a column, a byte of a receipt, one that is missing or another's.
  @Test func everyChangeIsFound() throws {
    let kept = try keep((0..<5).map { draft("a\($0)") })
    _ = try keep([draft("last")])
    #expect(try fixture.store.verifyAudit().fault == nil)
    let id = kept[2].decisionID
    for (index, change) in [
      "UPDATE decisions SET decision = 'decline' WHERE decision_id = '\(id)'",
      "UPDATE decisions SET amount = 1 WHERE decision_id = '\(id)'",
      "UPDATE decisions SET stage = 'second' WHERE decision_id = '\(id)'",
      "UPDATE decisions SET application_id = 'x' WHERE decision_id = '\(id)'",
      "UPDATE decisions SET received_at = received_at + 1 WHERE decision_id = '\(id)'",
      "UPDATE decisions SET receipt = CAST(replace(CAST(receipt AS TEXT), 'approve', 'decline') AS BLOB) WHERE decision_id = '\(id)'",
      "UPDATE decisions SET receipt = x'00' WHERE decision_id = '\(id)'",
      "UPDATE decisions SET seal_id = 2 WHERE decision_id = '\(id)'",
      "DELETE FROM decisions WHERE decision_id = '\(id)'",
      "DELETE FROM decisions WHERE seal_id = 2",
      "UPDATE decision_seals SET root = '\(String(repeating: "0", count: 64))' WHERE seal_id = 1",
      "DELETE FROM decisions; DELETE FROM decision_seals",
    ].enumerated() {
      let path = "\(fixture.folder.path)/copy\(index)"
      try fixture.store.copy(to: path)
      let database = try Database(path, .readWrite)
      let triggers = try database.query("SELECT sql, name FROM sqlite_schema WHERE type = 'trigger'")
      for trigger in triggers { try database.execute("DROP TRIGGER \(trigger.text("name"))") }
      try database.execute(change)
      for trigger in triggers { try database.execute(trigger.text("sql")) }
      #expect(try Store(path, .reading, options: fixture.options).verifyAudit().fault != nil, "\(change)")
    }
  }

  @Test func aReceiptIsProvedWithoutTheStore() throws {
    let kept = try keep((0..<7).map { draft("a\($0)") }) + keep([draft("b")])
    for decision in kept {
      let bytes = try AnswerJSON.bytes(of: fixture.store.proof(ofDecision: decision.decisionID))
      let path = "\(fixture.folder.path)/\(decision.decisionID).json"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      guard case .receipt(let proof) = try WrittenProof(reading: path) else {
        Issue.record("no proof of a receipt")
        continue
      }
      try proof.check(by: fixture.store.verifierKey(), at: "p")
      #expect(try proof.decisionID(at: "p") == decision.decisionID)
      let other = try SigningKey.make(name: "other").verifier
      expectFaults(.integrity) { try proof.check(by: other, at: "p") }
      for (old, new) in [
        ("approve", "decline"), ("\"index\" : \(proof.index)", "\"index\" : \(proof.index + 1)"),
        (proof.record.objectSHA256, String(proof.record.objectSHA256.reversed())), (proof.record.actor, "eve"),
      ] {
        let changed = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: old, with: new)
        let forged = try CanonicalJSON.decode(ReceiptProof.self, from: Data(changed.utf8))
        expectFaults(.integrity, "\(old)") { try forged.check(at: "p") }
      }
    }
    let whole = String(
      decoding: try AnswerJSON.bytes(of: fixture.store.proof(ofDecision: kept[0].decisionID)), as: UTF8.self)
    let twice = "\(fixture.folder.path)/twice.json"
    try Data((whole.dropLast(2) + ",\"receipt\":\"{}\"}").utf8).write(to: URL(fileURLWithPath: twice))
    expectFaults(.integrity) { try WrittenProof(reading: twice) }
    refused(.notFound) { try fixture.store.proof(ofDecision: "d") }
    #expect(try fixture.store.decisions(.init()).map(\.decisionID) == kept.map(\.decisionID).reversed())
    var query = Store.DecisionQuery()
    (query.application, query.product) = ("b", "loan")
    #expect(try fixture.store.decisions(query).map(\.applicationID) == ["b"])
    query.decision = "decline"
    #expect(try fixture.store.decisions(query).isEmpty)
  }

  /// Under the same policy nothing differs, under another one what differs is counted; what is erased is no difference.
  @Test func decisionsAreMadeAgain() throws {
    let kept = try keep((0..<30).map { draft("a\($0)", decision: $0 % 3 == 0 ? "decline" : "approve") })
    _ = try fixture.store.eraseInputs(ofApplication: "a0", product: "loan", by: fixture.caller("dan"))
    let answers = Dictionary(uniqueKeysWithValues: kept.map { ($0.decisionID, $0.answer) })
    let given = try (0..<30).map { try fixture.store.receipt(of: kept[$0].decisionID).answer }
    #expect(given == kept.map { answers[$0.decisionID] })
    let request = Store.ReplayRequest(product: "loan")
    // All inputs are the same: what decides by them alone gives one answer.
    let report = try fixture.store.replay(request, by: fixture.caller("ann")) { own in
      #expect(own == policy)
      return Store.ReplayPolicy("same", reads: ["age"]) { inputs in
        #expect(inputs.allSatisfy { $0 == Array("{\"age\":41}".utf8) })
        return inputs.map { _ in .init(text: draft("x").answer, given: ["age"]) }
      }
    }
    #expect((report.decisions, report.equal, report.different, report.erased) == (30, 20, 9, 1))
    #expect(report.members == ["decision": 9] && report.examples.count == 9)
    #expect(
      report.changes.map { [$0.before, $0.after, "\($0.decisions)", "\($0.amount)"] } == [
        ["approve", "approve", "20", "\(20 * 120_050)"], ["decline", "approve", "9", "\(9 * 120_050)"],
      ])
    var later = request
    later.from = fixture.now.adding(days: 1)
    #expect(
      try fixture.store.replay(later, by: fixture.caller("ann")) { _ in throw DecisionFixture.Missing() }.decisions == 0
    )
    refused(.forbidden) {
      try fixture.store.replay(request, by: fixture.caller("vic")) { _ in throw DecisionFixture.Missing() }
    }
  }

  @Test func aTreeOfReceiptsProvesEachOfThem() throws {
    for count in 1...20 {
      let leaves = (0..<count).map { MerkleTree.leafHash(Array("receipt \($0)".utf8)) }
      let root = MerkleTree.root(ofLeaves: leaves)
      for index in 0..<count {
        let proof = MerkleTree.inclusionProof(index: index, ofLeaves: leaves)
        #expect(MerkleTree.includes(leaf: leaves[index], index: index, size: count, root: root, proof: proof))
        #expect(
          !MerkleTree.includes(leaf: leaves[index], index: (index + 1) % count, size: count, root: root, proof: proof)
            || count == 1)
      }
    }
  }
}
