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
    /// Of those that were appended, outcomes of applications that are in no batch of the product: no label follows from them
    /// until they are.
    public let inNoBatch: Int
    public let rejected: [Rejected]

    enum CodingKeys: String, CodingKey {
      case product, report, appended, repeated, rejected
      case inNoBatch = "in_no_batch"
    }

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
    try database.holding(rows: outcomes.count) {
      try write { transaction in
        let person = try transaction.principal(caller, atLeast: .analyst)
        try checkProduct(product)
        var appending = try OutcomeAppending(product, transaction, count: outcomes.count, rejected: known)
        for (line, outcome) in outcomes { try appending.add(outcome, line: line) }
        if onRejection == .refuseAll,
          let faults = appending.problems.faults(
            at: place, "Nothing was taken. Correct these lines and give the file again.")
        {
          throw faults
        }
        return try appending.finish(by: person.name)
      }
    }
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
