import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// Outcomes that are reported, and labels that follow from them.
@Suite struct OutcomeTests {
  private static func outcome(
    _ id: String, _ event: String, _ day: String, seen: String = "", key: String? = nil, source: String = "",
    supersedes: String = ""
  ) throws -> (line: Int, outcome: Outcome) {
    (
      1,
      try Outcome(
        applicationID: id, event: event, occurredOn: day, seenUntil: seen, externalKey: key ?? "\(id)-\(event)-\(day)",
        source: source, supersedes: supersedes)
    )
  }

  private static func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(iso: text)) }

  /// Applications A, B, … decided on 1 January 2024 unless another day stands behind the name.
  private static func batch(_ fixture: DecisionFixture, _ ids: [(String, String)]) throws {
    _ = try fixture.store.addBatch(
      "B1", product: "loan",
      applications: ids.map { Store.Decided(applicationID: $0.0, on: try day($0.1)) }, source: "applications.csv",
      sourceSHA256: String(repeating: "0", count: 64), by: fixture.caller("ann"))
  }

  private static func request(asOf: String? = nil, window: Int = 180, _ kind: Outcome.Kind = .default) throws
    -> Store.LabelRequest
  {
    var request = Store.LabelRequest(batch: "B1")
    request.asOf = try asOf.map(day)
    request.windowDays = window
    request.kind = kind
    return request
  }

  @Test func aRepeatedReportChangesNothing() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    let given = try [Self.outcome("A", "none", "2024-12-31"), Self.outcome("B", "default", "2024-02-01")]
    let first = try fixture.store.appendOutcomes(given, at: "f", product: "loan", by: ann)
    #expect((first.appended, first.repeated) == (2, 0))
    let records = try fixture.store.head().seq
    let again = try fixture.store.appendOutcomes(given, at: "f", product: "loan", by: ann)
    #expect((again.appended, again.repeated, again.report) == (0, 2, nil))
    #expect(try fixture.store.head().seq == records, "nothing was written")
    // The same key with another content is no repeat.
    let other = try Self.outcome("A", "default", "2024-12-31", key: "A-none-2024-12-31")
    let faults = expectFaults(.data) {
      try fixture.store.appendOutcomes([other] + given, at: "f", product: "loan", by: ann)
    }
    #expect(faults?.text(.full).contains("line 1: external_key stands for another") == true, "\(faults as Any)")
    #expect(
      refusal { try fixture.store.appendOutcomes(given, at: "f", product: "loan", by: fixture.caller("vic")) }
        == .forbidden)
    #expect(refusal { try fixture.store.appendOutcomes(given, at: "f", product: "lone", by: ann) } == .notFound)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  /// One mistyped year would make every application look mature; so would a day to come that is stated.
  @Test func theFutureIsNotKnown() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    try Self.batch(fixture, [("A", "2025-12-01"), ("B", "2025-12-01")])
    let known = try [Self.outcome("A", "none", "2025-12-31")]
    _ = try fixture.store.appendOutcomes(known, at: "f", product: "loan", by: ann)
    let typo = try [Self.outcome("B", "none", "2062-12-31")]
    let faults = expectFaults(.data) { try fixture.store.appendOutcomes(typo, at: "f", product: "loan", by: ann) }
    #expect(faults?.text(.full).contains("lies in the future") == true)
    let taken = try fixture.store.appendOutcomes(typo, at: "f", product: "loan", onRejection: .takeOthers, by: ann)
    #expect(taken.appended == 0 && taken.rejected.count == 1)
    expectFaults(.usage) { try fixture.store.buildLabels(Self.request(asOf: "2062-12-31"), by: ann) }
    let report = try fixture.store.buildLabels(Self.request(), by: ann)
    #expect(report.asOf == "2025-12-31" && report.counts.used == 0)
    // What is corrected speaks of no day any more.
    let late = try Self.outcome("B", "none", "2026-01-01", key: "late")
    let early = try Self.outcome("B", "none", "2025-12-30", key: "early", supersedes: "late")
    _ = try fixture.store.appendOutcomes([late], at: "f", product: "loan", by: ann)
    #expect(try fixture.store.buildLabels(Self.request(), by: ann).asOf == "2026-01-01")
    _ = try fixture.store.appendOutcomes([early], at: "f", product: "loan", by: ann)
    #expect(try fixture.store.buildLabels(Self.request(), by: ann).asOf == "2025-12-31")
  }

  /// Outcomes of applications that nobody has made known are kept, and counted.
  @Test func outcomesOfNoBatchAreCounted() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    let given = try ["A", "B", "C"].map { try Self.outcome($0, "none", "2024-12-31") }
    let first = try fixture.store.appendOutcomes(Array(given.prefix(1)), at: "f", product: "loan", by: ann)
    #expect(first.inNoBatch == 1, "there is no batch")
    try Self.batch(fixture, [("A", "2024-01-01"), ("B", "2024-01-01")])
    let second = try fixture.store.appendOutcomes(given, at: "f", product: "loan", by: ann)
    #expect((second.appended, second.repeated, second.inNoBatch) == (2, 1, 1))
    try fixture.store.addProduct("card", currency: "EUR", approvalsRequired: 1, by: fixture.caller("root"))
    let other = try fixture.store.appendOutcomes(given, at: "f", product: "card", by: ann)
    #expect(other.inNoBatch == 3, "the batch is of another product")
    let json = String(decoding: try AnswerJSON.bytes(of: second), as: UTF8.self)
    #expect(json.contains("\"in_no_batch\""), "\(json)")
  }

  /// Many at once go in with their indexes made anew: the schema is what it was, and rows, digests and looks are the same.
  @Test func manyOutcomesAreAsFew() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    let before = try Migration.schema(fixture.store.database)
    let many = try (0..<50_000).map { try Self.outcome("A\($0 * 7919 % 50_000)", "none", "2024-12-31") }
    let done = try fixture.store.appendOutcomes(many, at: "f", product: "loan", by: ann)
    #expect(done.appended == 50_000 && done.inNoBatch == 50_000)
    #expect(try Migration.schema(fixture.store.database) == before)
    let plan = try fixture.store.database.query(
      "EXPLAIN QUERY PLAN SELECT * FROM outcomes WHERE product = 'loan' AND application_id = 'A7'")
    #expect(plan.contains { $0.text("detail").contains("outcomes_of") }, "\(plan)")
    #expect(try fixture.store.verifyAudit().fault == nil)
    // What is refused leaves the indexes as they were.
    let wrong = try many + [Self.outcome("A1", "none", "2062-01-01")]
    expectFaults(.data) { try fixture.store.appendOutcomes(wrong, at: "f", product: "loan", by: ann) }
    #expect(try Migration.schema(fixture.store.database) == before)
  }

  @Test func aBadLineRejectsTheFileAndAllAreNamed() throws {
    let text = """
      application_id,event,occurred_on,seen_until,external_key
      A,none,2024-01-01,2024-06-01,k1
      B,defaulted,2024-01-01,,k2
      C,none,2024-02-30,,k3
      ,none,2024-01-01,,k4
      D,none,2024-01-01,2023-01-01,k5
      E,none,2024-01-01
      F,nothing,2024-01-01,,k6
      """
    let faults = expectFaults(.data) { try Outcome.table(Array(text.utf8), at: "o.csv") }
    let said = faults?.text(.full) ?? ""
    for sentence in [
      "lines 3, 8: event is none of", "line 4: occurred_on is no day", "line 5: application_id is empty",
      "line 6: seen_until is before", "line 7: has 3 fields, not 5",
    ] { #expect(said.contains(sentence), "\(said)") }
    for (text, sentence) in [
      ("", "is empty"), ("application_id,event\n", "has no column occurred_on, seen_until, external_key"),
      ("application_id;event;occurred_on;seen_until;external_key\nA;none;2024-01-01;;k\n", "separated by semicolons"),
      ("application_id,event,occurred_on,seen_until,external_key\n", "has no line"),
      (
        "application_id,event,occurred_on,seen_until,external_key,name\nA,none,2024-01-01,,k,x\n",
        "1 columns that say nothing"
      ),
    ] {
      let faults = expectFaults(.data) { try Outcome.table(Array(text.utf8), at: "o.csv") }
      #expect(faults?.text(.full).contains(sentence) == true, "\(faults as Any)")
    }
    // Quotes, CRLF, a byte-order mark and an empty last line are no mistakes.
    let good =
      "\u{FEFF}external_key,application_id,event,occurred_on,seen_until\r\n\"k,\"\"1\",A,none,2024-01-01,\r\n\r\n"
    #expect(try Outcome.table(Array(good.utf8), at: "o.csv").map(\.outcome.externalKey) == ["k,\"1"])
  }

  /// Both ends of the window, and each way not to be used.
  @Test func labelsFollowFromTheDays() throws {
    let fixture = try DecisionFixture()
    let ids = ["day180", "day181", "same", "left", "rejected", "good", "early"].map { ($0, "2024-01-01") }
    try Self.batch(fixture, ids + [("young", "2024-12-01")])
    let given = try [
      // 180 days after 1 January 2024, a leap year, is 29 June.
      Self.outcome("day180", "default", "2024-06-29", seen: "2024-12-31"),
      Self.outcome("day181", "default", "2024-06-30", seen: "2024-12-31"),
      Self.outcome("same", "charge_off", "2024-01-01", seen: "2024-12-31"),
      Self.outcome("left", "none", "2024-03-01"), Self.outcome("good", "none", "2024-12-31"),
      Self.outcome("early", "delinquent_30", "2024-02-01", seen: "2024-12-31"),
      Self.outcome("young", "default", "2024-12-02", seen: "2024-12-31"),
    ]
    let ann = try fixture.caller("ann")
    _ = try fixture.store.appendOutcomes(given, at: "f", product: "loan", by: ann)
    let report = try fixture.store.buildLabels(Self.request(), by: ann)
    #expect(report.asOf == "2024-12-31" && report.isNew)
    let labels = try fixture.store.labels(of: "B1")
    let found = Dictionary(uniqueKeysWithValues: labels.map { ($0.applicationID, ($0.status, $0.value)) })
    for (id, status, value) in [
      ("day180", "used", 1), ("day181", "used", 0), ("same", "refused", nil), ("left", "unobserved", nil),
      ("rejected", "no_outcome", nil), ("good", "used", 0), ("early", "used", 0), ("young", "immature", nil),
    ] as [(String, String, Int?)] {
      #expect(found[id]?.0 == status && found[id]?.1 == value, "\(id): \(found[id] as Any)")
    }
    #expect(report.counts.used == 4 && report.counts.bad == 1 && report.counts.noOutcome == 1)
    #expect(report.months.map(\.month) == ["2024-01", "2024-12"])
    // A lighter event counts where it is asked for, and worse ones with it.
    let lighter = try fixture.store.buildLabels(Self.request(.delinquent30), by: ann)
    #expect(lighter.counts.bad == 2)
    // As of an earlier day all are immature; nothing of the first set has changed.
    let early = try fixture.store.buildLabels(Self.request(asOf: "2024-06-28"), by: ann)
    #expect(early.counts.immature == 6 && early.counts.used == 0)
    let exact = try fixture.store.buildLabels(Self.request(asOf: "2024-06-29"), by: ann)
    #expect(exact.counts.immature == 1 && exact.counts.bad == 1)
    #expect(expectFaults(.usage) { try fixture.store.buildLabels(Self.request(window: 0), by: ann) } != nil)
    #expect(
      try fixture.store.database.query("SELECT * FROM ground_truth_labels WHERE outcome_type = 'default'").count == 8)
    #expect(try fixture.store.verifyAudit().fault == nil)
  }

  /// Labels of then are those of now: what came later, and what corrects, does not count before it came.
  @Test func labelsAreTheSameAsOfAnyDay() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    try Self.batch(fixture, [("A", "2024-01-01"), ("B", "2024-01-01")])
    _ = try fixture.store.appendOutcomes(
      [
        Self.outcome("A", "default", "2024-03-01", seen: "2024-12-31", key: "a1"),
        Self.outcome("B", "none", "2024-12-31"),
      ],
      at: "f", product: "loan", by: ann)
    let before = try fixture.store.buildLabels(Self.request(asOf: "2024-12-31"), by: ann)
    #expect(before.counts.bad == 1)
    let then = fixture.now
    fixture.wait(hours: 48)
    // A was no default: a mistake is corrected by an outcome of its own.
    _ = try fixture.store.appendOutcomes(
      [Self.outcome("A", "none", "2024-12-31", key: "a2", supersedes: "a1")], at: "f", product: "loan", by: ann)
    var request = try Self.request(asOf: "2024-12-31")
    #expect(try fixture.store.buildLabels(request, by: ann).counts.bad == 0)
    request.knownBy = then
    let again = try fixture.store.buildLabels(request, by: ann)
    #expect(again.counts.bad == 1 && again.sha256 != before.sha256, "another set, the same labels")
    // The same again is no new set.
    #expect(try fixture.store.buildLabels(request, by: ann).labelSet == again.labelSet)
    #expect(refusal { try fixture.store.labelReport(of: "B2") } == .notFound)
    let wrong = try Self.outcome("B", "none", "2024-12-31", key: "b9", supersedes: "a1")
    expectFaults(.data) { try fixture.store.appendOutcomes([wrong], at: "f", product: "loan", by: ann) }
  }

  /// What is personal stands in rows, and in no record of the log; a row that is changed is found all the same.
  @Test func theLogNamesNoApplicationAndFindsAChangedOne() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    try Self.batch(fixture, [("CANARY-7", "2024-01-01")])
    _ = try fixture.store.appendOutcomes(
      [Self.outcome("CANARY-7", "default", "2024-03-01", key: "CANARY-KEY")], at: "f", product: "loan", by: ann)
    _ = try fixture.store.buildLabels(Self.request(asOf: "2024-12-31"), by: ann)
    let payloads = try fixture.store.database.query("SELECT * FROM audit").map { "\($0.values)" }.joined()
    #expect(!payloads.contains("CANARY"))
    #expect(try fixture.store.verifyAudit().fault == nil)
    for (trigger, table, change) in [
      ("outcomes_stay", "outcomes", "UPDATE outcomes SET occurred_on = '2024-03-02'"),
      ("labels_stay", "labels", "UPDATE labels SET value = 0 WHERE value = 1"),
      ("batch_rows_remain", "batch_rows", "DELETE FROM batch_rows"),
    ] {
      let copy = "\(fixture.folder.path)/\(table).sqlite"
      try fixture.store.backup(to: copy, by: ann)
      let database = try Database(copy, .readWrite)
      let sql = try #require(
        database.first("SELECT sql FROM sqlite_schema WHERE name = ?", [.text(trigger)])?.text("sql"))
      #expect(throws: (any Error).self) { try database.execute(change) }
      // Somebody who takes the trigger out for a moment, and puts it back.
      try database.execute("DROP TRIGGER \(trigger); \(change); \(sql)")
      let fault = try Store(copy, .reading).verifyAudit().fault
      #expect(fault?.detail.contains("in \(table) are not those") == true, "\(table): \(fault as Any)")
    }
  }
}
