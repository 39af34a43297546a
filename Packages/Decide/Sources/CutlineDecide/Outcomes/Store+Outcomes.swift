internal import CutlineCore

extension Store {
  /// What came of a report.
  public struct Appended: Sendable, Encodable {
    public let product: String
    /// Nil where nothing was new.
    public let report: Int?
    public let appended: Int
    /// Those that were known already, word by word.
    public let repeated: Int
    public let rejected: [Rejected]

    /// One that was not taken; by its place among those that were given, from 0.
    public struct Rejected: Sendable, Encodable {
      public let index: Int
      public let detail: String

      public init(index: Int, detail: String) { (self.index, self.detail) = (index, detail) }
    }
  }

  /// What is done with outcomes that cannot be taken.
  public enum OnRejection: Sendable {
    /// Nothing is taken then.
    case refuseAll
    /// The others are.
    case takeOthers
  }

  /// Appends what became of applications; what is known already, by its key and word by word, changes nothing.
  ///
  /// - Parameters:
  ///   - outcomes: each with its line or place, for sentences.
  ///   - place: what they were read from.
  /// - Throws: `Faults` (data) with all lines that cannot be taken, `Refusal` (forbidden, not found).
  /// - Complexity: O(n log rows).
  public func appendOutcomes(
    _ outcomes: [(line: Int, outcome: Outcome)], at place: String, product: String,
    rejected known: [Appended.Rejected] = [],
    onRejection: OnRejection = .refuseAll, by caller: Caller
  ) throws -> Appended {
    try write { transaction in
      let person = try transaction.principal(caller, atLeast: .analyst)
      try checkProduct(product)
      let report = try transaction.next(.outcomeReports)
      var id = try database.first("SELECT coalesce(max(outcome_id), 0) AS last FROM outcomes")?.integer("last") ?? 0
      var (appended, repeated) = (0, 0)
      var problems = LineProblems()
      var rejected = known
      // A day more for who is ahead of UTC. One mistyped year would make every application look mature.
      let today = transaction.now.adding(days: 1).date
      for (line, outcome) in outcomes {
        if outcome.seenUntil.iso > today {
          let problem = "occurred_on or seen_until lies in the future"
          problems.add(problem, line: line)
          rejected.append(.init(index: line, detail: problem))
          continue
        }
        if let old = try row(of: outcome.externalKey, product) {
          if try isSame(outcome, old) {
            repeated += 1
          } else {
            let problem =
              "external_key stands for another outcome already; a correction has a key of its own and supersedes"
            problems.add(problem, line: line)
            rejected.append(.init(index: line, detail: problem))
          }
          continue
        }
        var corrected: Int?
        if let key = outcome.supersedes {
          let old = try row(of: key, product)
          guard let old, old.text("application_id") == outcome.applicationID else {
            let problem = "supersedes names no outcome of this application"
            problems.add(problem, line: line)
            rejected.append(.init(index: line, detail: problem))
            continue
          }
          corrected = old.integer("outcome_id")
        }
        id += 1
        appended += 1
        try database.query(
          """
          INSERT INTO outcomes (outcome_id, report_id, product, application_id, event, occurred_on, seen_until, source,
            supersedes, external_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          [
            .init(id), .init(report), .text(product), .text(outcome.applicationID), .text(outcome.event.rawValue),
            .text(outcome.occurredOn.iso), .text(outcome.seenUntil.iso), .text(outcome.source.rawValue),
            .init(corrected), .text(outcome.externalKey),
          ])
      }
      if onRejection == .refuseAll,
        let faults = problems.faults(at: place, "Nothing was taken. Correct these lines and give the file again.")
      {
        throw faults
      }
      if appended > 0 {
        try transaction.insert(
          .outcomeReports,
          [
            "report_id": .init(report), "product": .text(product), "rows": .init(appended),
            "rows_sha256": .text(try RowSet.outcomes.digest(of: .init(report), database)),
            "reported_at": .init(transaction.now), "reported_by": .text(person.name),
          ])
        try transaction.record("outcomes.append", by: person.name, on: "outcomes", "\(product)/\(report)")
      }
      return Appended(
        product: product, report: appended > 0 ? report : nil, appended: appended, repeated: repeated,
        rejected: rejected.sorted { $0.index < $1.index })
    }
  }

  private func row(of key: String, _ product: String) throws -> StoredRow? {
    try database.first(
      "SELECT * FROM outcomes WHERE product = ? AND external_key = ?", [.text(product), .text(key)])
  }

  private func isSame(_ outcome: Outcome, _ row: StoredRow) throws -> Bool {
    let corrected = try row.optionalInteger("supersedes").flatMap {
      try database.first("SELECT external_key FROM outcomes WHERE outcome_id = ?", [.init($0)])?.text("external_key")
    }
    return row.text("application_id") == outcome.applicationID && row.text("event") == outcome.event.rawValue
      && row.text("occurred_on") == outcome.occurredOn.iso && row.text("seen_until") == outcome.seenUntil.iso
      && row.text("source") == outcome.source.rawValue && corrected == outcome.supersedes
  }

  // MARK: Looking

  /// Outcomes that were reported together.
  public struct OutcomeReport: Sendable, Encodable {
    public let report: Int
    public let product, sha256, reportedBy: String
    public let reportedAt: Instant
    public let rows: Int
    /// Of them, those that a later one corrects.
    public let superseded: Int
    /// By event.
    public let events: [String: Int]

    enum CodingKeys: String, CodingKey {
      case report, product, sha256, rows, superseded, events
      case reportedBy = "reported_by"
      case reportedAt = "reported_at"
    }
  }

  /// All reports, the latest first; no application is named.
  public func outcomeReports(product: String? = nil) throws -> [OutcomeReport] {
    try database.snapshot {
      if let product { try checkProduct(product) }
      return try database.query("SELECT * FROM outcome_reports ORDER BY report_id DESC").filter { row in
        product.map { $0 == row.text("product") } ?? true
      }.map { row in
        let id = StoredValue(row.integer("report_id"))
        let events = try database.query(
          "SELECT event, count(*) AS n FROM outcomes WHERE report_id = ? GROUP BY event", [id])
        let superseded = try database.first(
          """
          SELECT count(*) AS n FROM outcomes o WHERE o.report_id = ?
            AND EXISTS (SELECT 1 FROM outcomes s WHERE s.supersedes = o.outcome_id)
          """, [id])
        return OutcomeReport(
          report: row.integer("report_id"), product: row.text("product"), sha256: row.text("rows_sha256"),
          reportedBy: row.text("reported_by"), reportedAt: row.instant("reported_at"), rows: row.integer("rows"),
          superseded: superseded?.integer("n") ?? 0,
          events: Dictionary(events.map { ($0.text("event"), $0.integer("n")) }, uniquingKeysWith: +))
      }
    }
  }
}
