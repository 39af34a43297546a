internal import CutlineCore

/// One report while it is written: each outcome is looked at against what is known, and those that are new are kept.
///
/// The digest of the report's rows is taken as they are written. What is new is found by the unique index on (product, external_key)
/// itself, so that a row that nobody knows is not looked up first. Where more rows come than there are, the other indexes are made
/// anew at the end: sorting once is faster than finding each row its place.
struct OutcomeAppending {
  private static let columns = [
    "outcome_id", "report_id", "product", "application_id", "event", "occurred_on", "seen_until", "source",
    "supersedes",
    "external_key",
  ]
  private static let insertion = """
    INSERT INTO outcomes (\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
    ON CONFLICT (product, external_key) DO NOTHING
    """

  private let product: String
  private let transaction: StoreTransaction
  private let report: Int
  private let today: String
  private var id: Int
  private var (appended, repeated) = (0, 0)
  private let digest = RowDigest(columns)
  private var days: [CalendarDate: String] = [:]
  /// How the indexes are made that are not there meanwhile.
  private let indexes: [String]
  private var rejected: [Store.Appended.Rejected]
  private(set) var problems = LineProblems()

  /// Rows below which indexes are not made anew.
  private static let many = 50_000

  /// - Parameters:
  ///   - count: outcomes that are given.
  ///   - rejected: what was not taken before.
  init(
    _ product: String, _ transaction: StoreTransaction, count: Int, rejected: [Store.Appended.Rejected]
  ) throws {
    (self.product, self.transaction, self.rejected) = (product, transaction, rejected)
    report = try transaction.next(.outcomeReports)
    id =
      try transaction.database.first("SELECT coalesce(max(outcome_id), 0) AS last FROM outcomes")?.integer("last") ?? 0
    // A day more for who is ahead of UTC. One mistyped year would make every application look mature.
    today = transaction.now.adding(days: 1).date
    indexes = count >= Self.many && count > id ? try Self.withoutIndexes(transaction.database) : []
  }

  private static func withoutIndexes(_ database: Database) throws -> [String] {
    // That of the constraint has no text.
    let rows = try database.query(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'outcomes' AND sql IS NOT NULL")
    for row in rows { try database.execute("DROP INDEX \(row.text("name"))") }
    return rows.map { $0.text("sql") }
  }

  /// - Complexity: O(log rows).
  mutating func add(_ outcome: Outcome, line: Int) throws {
    if iso(outcome.seenUntil) > today { return reject(line, "occurred_on or seen_until lies in the future") }
    var corrected: Int?
    if let key = outcome.supersedes {
      // A repeated correction is known before what it corrects is asked for.
      if let old = try row(of: outcome.externalKey) { return try compare(outcome, old, line) }
      guard let old = try row(of: key), old.text("application_id") == outcome.applicationID else {
        return reject(line, "supersedes names no outcome of this application")
      }
      corrected = old.integer("outcome_id")
    }
    let values: [StoredValue] = [
      .init(id + 1), .init(report), .text(product), .text(outcome.applicationID), .text(outcome.event.rawValue),
      .text(iso(outcome.occurredOn)), .text(iso(outcome.seenUntil)), .text(outcome.source.rawValue), .init(corrected),
      .text(outcome.externalKey),
    ]
    let database = transaction.database
    try database.query(Self.insertion, values)
    guard database.changes == 1 else {
      guard let old = try row(of: outcome.externalKey) else {
        throw Faults.integrity(database.path, "takes no outcome, and has none of its key", "Run cutline store check.")
      }
      return try compare(outcome, old, line)
    }
    id += 1
    appended += 1
    digest.add(values)
  }

  private mutating func compare(_ outcome: Outcome, _ old: StoredRow, _ line: Int) throws {
    if try isSame(outcome, old) {
      repeated += 1
    } else {
      reject(line, "external_key stands for another outcome already; a correction has a key of its own and supersedes")
    }
  }

  private mutating func reject(_ line: Int, _ problem: String) {
    problems.add(problem, line: line)
    rejected.append(.init(index: line, detail: problem))
  }

  private mutating func iso(_ day: CalendarDate) -> String {
    if let known = days[day] { return known }
    let text = day.iso
    days[day] = text
    return text
  }

  private func row(of key: String) throws -> StoredRow? {
    try transaction.database.first(
      "SELECT * FROM outcomes WHERE product = ? AND external_key = ?", [.text(product), .text(key)])
  }

  private func isSame(_ outcome: Outcome, _ row: StoredRow) throws -> Bool {
    let corrected = try row.optionalInteger("supersedes").flatMap {
      try transaction.database.first("SELECT external_key FROM outcomes WHERE outcome_id = ?", [.init($0)])?
        .text("external_key")
    }
    return row.text("application_id") == outcome.applicationID && row.text("event") == outcome.event.rawValue
      && row.text("occurred_on") == outcome.occurredOn.iso && row.text("seen_until") == outcome.seenUntil.iso
      && row.text("source") == outcome.source.rawValue && corrected == outcome.supersedes
  }

  /// Writes the report's own row and its record, where anything was new.
  func finish(by person: String) throws -> Store.Appended {
    for index in indexes { try transaction.database.execute(index) }
    var inNoBatch = 0
    if appended > 0 {
      try transaction.insert(
        .outcomeReports,
        [
          "report_id": .init(report), "product": .text(product), "rows": .init(appended),
          "rows_sha256": .text(digest.finish()), "reported_at": .init(transaction.now), "reported_by": .text(person),
        ])
      try transaction.record("outcomes.append", by: person, on: "outcomes", "\(product)/\(report)")
      let hasBatches =
        try transaction.database.first("SELECT 1 AS found FROM batches WHERE product = ?", [.text(product)]) != nil
      inNoBatch =
        try !hasBatches
        ? appended
        : transaction.database.first(
          """
          SELECT count(*) AS n FROM outcomes o WHERE o.report_id = ? AND NOT EXISTS (
            SELECT 1 FROM batch_rows r JOIN batches b USING (batch_id)
            WHERE r.application_id = o.application_id AND b.product = o.product)
          """, [.init(report)])?.integer("n") ?? 0
    }
    return Store.Appended(
      product: product, report: appended > 0 ? report : nil, appended: appended, repeated: repeated,
      inNoBatch: inNoBatch, rejected: rejected.sorted { $0.index < $1.index })
  }
}
