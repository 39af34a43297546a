import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// The file: its mode, its lock, its schemas, and what is refused.
@Suite struct StoreFileTests {
  @Test func aStoreIsPrivateAndHasOneWriter() throws {
    let fixture = try DecisionFixture()
    for name in ["decisions.sqlite", "decisions.sqlite.key", "decisions.sqlite.lock"] {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(fixture.folder.path)/\(name)")[.posixPermissions]
      #expect(mode as? Int == 0o600, "\(name)")
    }
    let faults = expectFaults(.integrity) { try Store(fixture.path, .writing, options: fixture.options) }
    #expect(faults?.problem.contains("number \(getpid())") == true, "\(faults as Any)")
    #expect(try Store(fixture.path, .reading, options: fixture.options).products().count == 1)
    expectFaults(.io) { try Store.make(fixture.path, admin: "x", options: fixture.options) }
    #expect(throws: (any Error).self) { try Store(fixture.path, .reading).database.execute("DELETE FROM products") }
    #expect(throws: (any Error).self) { try fixture.store.database.execute("DELETE FROM products") }
    #expect(throws: (any Error).self) { try fixture.store.database.execute("UPDATE audit SET actor = 'x'") }
  }

  @Test func whatIsNoStoreIsRefused() throws {
    let folder = try TemporaryFolderPath()
    let file = { (name: String) in "\(folder.path)/\(name)" }
    expectFaults(.io) { try Store(file("none"), .reading) }
    try Data("no database at all, but long enough to be read as one".utf8).write(to: URL(fileURLWithPath: file("text")))
    expectFaults(.integrity) { try Store(file("text"), .reading) }
    expectFaults(.integrity) { try Store(file("text"), .writing) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["text"], "no lock is left beside it")
    #expect(mkfifo(file("pipe"), 0o600) == 0)
    expectFaults(.io) { try Store(file("pipe"), .reading) }
    expectFaults(.io) { try Store(folder.path, .reading) }
    let made = try Store.make(file("store"), admin: "anna")
    #expect(AccessToken(made.token) != nil)
    #expect(symlink(file("store"), file("link")) == 0)
    expectFaults(.io) { try Store(file("link"), .reading) }
    // A newer schema is left as it is.
    let place = try StorePlace(file("store"), allowsNetwork: false)
    try Database(place.file, .readWrite).execute("PRAGMA user_version = 99")
    let before = try Data(contentsOf: URL(fileURLWithPath: file("store")))
    let faults = expectFaults(.integrity) { try Store(file("store"), .writing) }
    #expect(faults?.problem.contains("schema 99") == true)
    expectFaults(.integrity) { try Store.migrate(file("store")) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file("store"))) == before)
  }

  @Test func damageIsSaid() throws {
    let folder = try TemporaryFolderPath()
    let path = "\(folder.path)/store"
    _ = try Store.make(path, admin: "anna")
    let url = URL(fileURLWithPath: path)
    var bytes = try Data(contentsOf: url)
    for place in stride(from: 5000, to: bytes.count, by: 97) { bytes[place] ^= 0x55 }
    try bytes.write(to: url)
    do {
      let verdict = try Store(path, .reading).verifyAudit()
      #expect(verdict.fault != nil)
    } catch { #expect((error as? Faults)?.code == .integrity, "\(error)") }
    try bytes.prefix(bytes.count / 2).write(to: url)
    do {
      let store = try Store(path, .reading)
      #expect(try store.check().damage != [] || store.verifyAudit().fault != nil)
    } catch { #expect((error as? Faults)?.code == .integrity, "\(error)") }
  }

  /// A store of each schema that was ever handed out, brought to the newest.
  @Test func everyHistoricSchemaBecomesTheNewest() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/stores")
    for schema in 1..<Migration.all.count {
      let folder = try TemporaryFolderPath()
      let path = "\(folder.path)/old.sqlite"
      try FileManager.default.copyItem(
        atPath: fixtures.appendingPathComponent("schema-\(schema).sqlite").path, toPath: path)
      expectFaults(.usage) { try Store(path, .reading) }
      let old = try Database(try StorePlace(path, allowsNetwork: false).file, .readOnly)
      let tables = EvidenceTable.all.filter { table in
        // A table of a later schema is not there.
        (try? old.first("SELECT 1 FROM \(table.name)")) != nil
      }
      let counts = try tables.map { try old.query("SELECT * FROM \($0.name)").count }
      let done = try Store.migrate(path)
      #expect((done.from, done.to) == (schema, Migration.all.count))
      #expect(try Store.migrate(path).backup == nil)
      let store = try Store(path, .reading)
      #expect(try store.check().damage == [])
      #expect(try store.verifyAudit().fault == nil)
      for (table, count) in zip(tables, counts) {
        let more = table == .migrations ? Migration.all.count - schema : 0
        #expect(try store.database.query("SELECT * FROM \(table.name)").count == count + more, "\(table.name)")
      }
      let backup = try #require(done.backup)
      #expect(try Database(backup, .readOnly).first("PRAGMA user_version")?.integer("user_version") == schema)
    }
  }

  @Test func aMigrationThatFailsLeavesTheOldSchema() throws {
    let folder = try TemporaryFolderPath()
    let path = "\(folder.path)/store"
    _ = try Store.make(path, admin: "anna")
    let broken = Migration(
      version: Migration.all.count + 1, name: "broken",
      text: "CREATE TABLE more (a) STRICT; CREATE TABLE ok (a TEXT) STRICT;")
    #expect(throws: (any Error).self) {
      try Store.migrate(path, options: Store.Options(), known: Migration.all + [broken])
    }
    let store = try Store(path, .reading)
    #expect(try store.verifyAudit().fault == nil)
    #expect(try store.check().damage == [])
    // Another text under a number that was applied is refused.
    var other = Migration.all
    other[0] = Migration(version: 1, name: other[0].name, text: other[0].text + " ")
    expectFaults(.integrity) { try Store.migrate(path, options: Store.Options(), known: other) }
  }

  /// The list of embedded texts is the folder's.
  @Test func everyMigrationIsEmbedded() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Packages/Decide/Sources/CMigrations/migrations").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == Migration.all.map { "\($0.name).sql" })
    for migration in Migration.all {
      #expect(try String(contentsOfFile: "\(folder)/\(migration.name).sql", encoding: .utf8) == migration.text)
    }
  }

  @Test func aBackupIsAWholeStore() throws {
    let fixture = try DecisionFixture()
    try fixture.approved("v1")
    let target = "\(fixture.folder.path)/copy.sqlite"
    #expect(try fixture.store.backup(to: target, by: fixture.caller("ann")))
    // While that one writes another process may copy; the log does not say so.
    let records = try fixture.store.check().records
    let other = try Store(fixture.store.path, .reading, options: fixture.store.options)
    #expect(try !other.backup(to: target + "3", by: fixture.caller("ann")))
    #expect(try fixture.store.check().records == records && Store(target + "3", .reading).check().damage.isEmpty)
    #expect(refusal { try other.backup(to: target + "4", by: fixture.caller("vic")) } == .forbidden)
    let copy = try Store(target, .reading)
    #expect(try copy.verifyAudit().fault == nil)
    #expect(try copy.versions().count == 1)
    #expect(refusal { try fixture.store.backup(to: target + "2", by: fixture.caller("vic")) } == .forbidden)
    expectFaults(.io) { try fixture.store.backup(to: target, by: fixture.caller("ann")) }
  }

  @Test func answersAreRepeatedForADay() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    let answer = Store.Answer(status: 201, body: [1, 2])
    try fixture.store.remember(answer, key: "k", route: "POST /x", requestSHA256: "a", by: ann)
    #expect(try fixture.store.answered("k", route: "POST /x", requestSHA256: "a", by: ann) == answer)
    #expect(
      refusal { try fixture.store.answered("k", route: "POST /x", requestSHA256: "b", by: ann) } == .idempotencyConflict
    )
    fixture.wait(hours: 25)
    #expect(try fixture.store.answered("k", route: "POST /x", requestSHA256: "b", by: ann) == nil)
    #expect(try fixture.store.applyRetention(by: fixture.caller("dan")).answers == 1)
  }

  @Test func instantsReadAndPrint() {
    for text in ["1970-01-01T00:00:00.000Z", "2026-02-28T23:59:59.999Z", "1969-12-31T23:59:59.999Z"] {
      #expect(Instant(text)?.text == text)
    }
    #expect(Instant("2026-02-30") == nil && Instant("2026-01-01T24:00:00Z") == nil && Instant("x") == nil)
  }
}
