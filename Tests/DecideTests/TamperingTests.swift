import CutlineCompute
import Foundation
import Testing

@testable import CutlineDecide

/// Whoever may write to the file changes it: each change is found, and a rebuilt log is refused by its witness.
/// `CUTLINE_STORE_MUTATIONS=10000` tries that many.
@Suite struct TamperingTests {
  /// A store with every kind of row.
  static func filled() throws -> DecisionFixture {
    let fixture = try DecisionFixture()
    try fixture.draft("v1", gates: fixture.gates("FAIL", "PASS"))
    let name = VersionName(product: "loan", kind: "strategy", version: "v1")
    let until = fixture.now.adding(days: 9)
    _ = try fixture.store.grantWaiver("gate0", for: name, until: until, reason: "season", by: fixture.caller("bob"))
    try fixture.act(.submit, "v1", by: "ann")
    try fixture.act(.approve, "v1", by: "cyd")
    try fixture.act(.activate, "v1", by: "bob")
    try fixture.store.setAlias("champion", to: name, by: fixture.caller("ann"))
    try fixture.approved("v2")
    try fixture.act(.activate, "v2", by: "cyd")
    try fixture.act(.rollback, "v1", by: "bob")
    try fixture.act(.confirm, "v1", by: "cyd")
    let run = try fixture.store.beginRun(
      "ml_training_pipeline", product: "loan", folder: "out", by: fixture.caller("ann"))
    _ = try fixture.store.moveRun(run.runID, to: .success)
    return fixture
  }

  /// The schema without what keeps honest programs from harm; a forger drops the triggers and puts them back.
  static func unguarded(_ database: Database, _ body: () throws -> Void) throws {
    try database.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
    let triggers = try database.query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    for trigger in triggers { try database.execute("DROP TRIGGER \(trigger.text("name"))") }
    try body()
    for trigger in triggers { try database.execute(trigger.text("sql")) }
  }

  static let tables = EvidenceTable.all.map(\.name) + ["audit", "audit_nodes"]

  static func flipped(_ value: StoredValue, _ random: inout RandomStream) -> StoredValue {
    switch value {
    case .null: return .integer(7)
    case .integer(let number): return .integer(number ^ (1 << Int64(random.index(below: 12))))
    case .bytes(var bytes):
      if bytes.isEmpty { return .bytes([0]) }
      bytes[random.index(below: bytes.count)] ^= 1 << UInt8(random.index(below: 8))
      return .bytes(bytes)
    case .text(let text):
      var scalars = Array(text.unicodeScalars)
      guard !scalars.isEmpty else { return .text("x") }
      let place = random.index(below: scalars.count)
      scalars[place] = scalars[place] == "a" ? "b" : "a"
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return .text(String(view))
    }
  }

  @Test func everyMutationIsFound() throws {
    let fixture = try Self.filled()
    let head = KnownHead(try fixture.store.checkpoint(), "checkpoint")
    #expect(try fixture.store.verifyAudit(heads: [head]).fault == nil)
    let wanted = ProcessInfo.processInfo.environment["CUTLINE_STORE_MUTATIONS"].flatMap { Int($0) } ?? 300
    var random = RandomStream(seed: 17)
    let database = fixture.store.database
    struct Undo: Error {}
    var (tried, missed): (Int, [String]) = (0, [])
    var reasons: [String: Int] = [:]
    try Self.unguarded(database) {}
    while tried < wanted {
      let table = Self.tables[random.index(below: Self.tables.count)]
      var found: AuditFault?
      var what = ""
      do {
        try database.transaction {
          try Self.unguarded(database) {
            let rows = try database.query("SELECT * FROM \(table)")
            guard !rows.isEmpty else { return }
            let row = rows[random.index(below: rows.count)]
            let all = row.columns.map { "\($0) IS ?" }.joined(separator: " AND ")
            switch random.index(below: 4) {
            case 0:
              try database.query("DELETE FROM \(table) WHERE \(all)", row.values)
              what = "delete from \(table)"
            case 1 where rows.count > 1:
              // Two rows exchange all but their key.
              let other = rows[random.index(below: rows.count)]
              let column = row.columns[row.columns.count - 1]
              guard other[column] != row[column], table != "audit" else { return }
              let key = row.columns[0]
              guard other[key] != row[key] else { return }
              let unused: StoredValue =
                if case .bytes = row[column] { .bytes([1]) } else if case .text = row[column] { .text("~") } else {
                  .integer(-1)
                }
              try database.query("UPDATE \(table) SET \(column) = ? WHERE \(all)", [unused] + row.values)
              let rest = other.columns.map { "\($0) IS ?" }.joined(separator: " AND ")
              try database.query("UPDATE \(table) SET \(column) = ? WHERE \(rest)", [row[column]] + other.values)
              try database.query(
                "UPDATE \(table) SET \(column) = ? WHERE \(column) IS ?", [other[column], unused])
              what = "exchange \(column) in \(table)"
            case 2 where table == "audit":
              let keep = random.index(below: rows.count)
              try database.query("DELETE FROM audit WHERE seq > ?", [.init(keep)])
              try database.query("DELETE FROM audit_nodes WHERE ((position + 1) << level) > ?", [.init(keep)])
              what = "truncate to \(keep)"
            default:
              let column = random.index(below: row.columns.count)
              let value = Self.flipped(row.values[column], &random)
              guard value != row.values[column] else { return }
              try database.query(
                "UPDATE OR IGNORE \(table) SET \(row.columns[column]) = ? WHERE \(all)", [value] + row.values)
              guard database.changes == 1 else { return }
              what = "\(row.columns[column]) of \(table)"
            }
          }
          guard !what.isEmpty else { throw Undo() }
          tried += 1
          found = try fixture.store.verifyAudit(heads: [head]).fault
          throw Undo()
        }
      } catch is Undo {} catch { what = "" }
      guard !what.isEmpty else { continue }
      if let found { reasons[found.reason.rawValue, default: 0] += 1 } else { missed.append(what) }
      if let found { #expect(found.index >= 1) }
    }
    #expect(missed == [])
    #expect(reasons.keys.count >= 4, "\(reasons)")
    #expect(try fixture.store.verifyAudit(heads: [head]).fault == nil)
  }

  /// The end of the log replaced, with hashes, tree and rows that fit each other.
  @Test func aRebuiltLogAgreesWithItselfOnly() throws {
    let fixture = try Self.filled()
    let folder = "\(fixture.folder.path)/witness"
    let seen = try fixture.store.witness(folder)
    let head = KnownHead(seen, "witness")
    let database = fixture.store.database
    try Self.unguarded(database) {
      let rows = try database.query("SELECT * FROM audit ORDER BY seq")
      try database.execute("DELETE FROM audit; DELETE FROM audit_nodes")
      for row in rows {
        // Another time for the last three: all else stays true.
        let time = row.integer("seq") > rows.count - 3 ? "2026-01-01T00:00:00.000Z" : row.text("time")
        try AuditLog.append(
          AuditRecord.Content(
            time: time, actor: row.text("actor"), action: row.text("action"), objectType: row.text("object_type"),
            objectID: row.text("object_id"), objectSHA256: row.text("object_sha256"), payload: row.text("payload")),
          to: database)
      }
    }
    #expect(try fixture.store.verifyAudit().fault == nil)
    let fault = try fixture.store.verifyAudit(heads: [head]).fault
    #expect(fault?.reason == .head && fault?.index == seen.size)
    let kept = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/checkpoint"))
    do {
      _ = try fixture.store.witness(folder)
      Issue.record("a rebuilt log was signed")
    } catch {
      let (said, shown) = ("\(error)", try fixture.store.checkpoint().rootText)
      #expect(said.contains(seen.rootText) && said.contains(shown), "\(said)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/checkpoint")) == kept)
  }

  @Test func aWitnessSignsWhatHasGrown() throws {
    let fixture = try DecisionFixture()
    let folder = "\(fixture.folder.path)/witness"
    let first = try fixture.store.witness(folder)
    for number in 1...5 {
      try fixture.draft("v\(number)")
      let next = try fixture.store.witness(folder)
      #expect(next.size > first.size)
      let keys = try [fixture.store.verifierKey(), Witness(folder).verifier]
      for key in keys { #expect(next.note.isSigned(by: key)) }
    }
    // A shorter log is refused, whoever signs it.
    let key = try SigningKey.load(fixture.store.place.key)
    let short = try Checkpoint(origin: fixture.store.origin, size: first.size, root: first.root, key: key)
    let witness = try Witness(folder)
    #expect(throws: (any Error).self) {
      try witness.accept(short, proof: [], of: fixture.store.verifierKey(), at: fixture.now)
    }
    for seq in 1...first.size { try fixture.store.proof(of: seq).check(by: fixture.store.verifierKey(), at: "proof") }
  }

  /// What somebody types is in the rows that it belongs to, and in no record of the log.
  @Test func recordsHoldNoTextThatSomebodyTyped() throws {
    let fixture = try DecisionFixture()
    let canary = "Maria Canary, 1980-01-02"
    var draft = Store.Draft(content: Array("{\"who\": \"\(canary)\"}".utf8))
    draft.notes = canary
    draft.evidence = [fixture.gates("FAIL")]
    let name = try fixture.store.create(
      product: "loan", kind: .strategy, version: nil, draft, by: fixture.caller("ann")
    )
    .name
    _ = try fixture.store.grantWaiver(
      "gate0", for: name, until: fixture.now.adding(days: 2), reason: canary, by: fixture.caller("bob"))
    for (action, who) in [(Transition.Action.submit, "ann"), (.approve, "bob"), (.activate, "cyd"), (.retire, "bob")] {
      var request = VersionRequest(action, name)
      request.reason = canary
      _ = try fixture.store.perform(request, by: fixture.caller(who))
    }
    let records = try fixture.store.database.query("SELECT * FROM audit")
    #expect(records.count > 5 && !records.contains { "\($0)".contains("Canary") })
    #expect(try fixture.store.history(of: name).contains { $0.reason == canary })
  }
}
