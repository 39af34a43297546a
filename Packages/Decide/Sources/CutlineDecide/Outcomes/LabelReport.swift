internal import CutlineCompute
internal import CutlineCore

/// How many labels of each kind a batch has, in all and by month of the decision.
public struct LabelReport: Sendable, Encodable {
  /// Of one month, or of all.
  public struct Counts: Sendable, Encodable, Hashable {
    public var used = 0, bad = 0, immature = 0, unobserved = 0, refused = 0, noOutcome = 0

    mutating func add(_ label: ObservationWindow.Label?) {
      switch label {
      case .good: used += 1
      case .bad:
        used += 1
        bad += 1
      case .immature: immature += 1
      case .unobserved: unobserved += 1
      case .refused: refused += 1
      case nil: noOutcome += 1
      }
    }

    public var rows: Int { used + immature + unobserved + refused + noOutcome }
    public var badRatePct: Double? { used == 0 ? nil : 100 * Double(bad) / Double(used) }
    /// 95 %, after Wilson, in percent.
    public var interval: [Double]? {
      BinomialInterval.wilson(successes: bad, trials: used, confidence: 0.95).map { [100 * $0.low, 100 * $0.high] }
    }

    enum CodingKeys: String, CodingKey {
      case used, bad, immature, unobserved, refused, interval
      case noOutcome = "no_outcome"
      case badRatePct = "bad_rate_pct"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(used, forKey: .used)
      try container.encode(bad, forKey: .bad)
      try container.encode(immature, forKey: .immature)
      try container.encode(unobserved, forKey: .unobserved)
      try container.encode(refused, forKey: .refused)
      try container.encode(noOutcome, forKey: .noOutcome)
      try container.encode(badRatePct, forKey: .badRatePct)
      try container.encode(interval, forKey: .interval)
    }
  }

  public struct Month: Sendable, Encodable {
    /// `2026-01`.
    public let month: String
    public let counts: Counts
  }

  /// What another window would give.
  public struct Other: Sendable, Encodable {
    public let windowDays: Int
    public let counts: Counts
    enum CodingKeys: String, CodingKey {
      case counts
      case windowDays = "window_days"
    }
  }

  public let labelSet: Int
  public let batchID, outcomeType, asOf, sha256, builtBy: String
  public let windowDays: Int
  public let knownAt, builtAt: Instant
  /// False where the same labels were there already.
  public var isNew = false
  public let counts: Counts
  public let months: [Month]
  /// By who says so: the sources of labels that are used.
  public let sources: [String: Int]
  /// Of 90 and 360 days.
  public let others: [Other]

  enum CodingKeys: String, CodingKey {
    case counts, months, sources, others, sha256
    case labelSet = "label_set"
    case batchID = "batch_id"
    case outcomeType = "outcome_type"
    case asOf = "as_of"
    case builtBy = "built_by"
    case windowDays = "window_days"
    case knownAt = "known_at"
    case builtAt = "built_at"
    case isNew = "new"
  }
}

/// What is known of the applications of a batch at a moment, from which labels of any window follow.
struct KnownOutcomes {
  struct Application {
    let id: String
    let decided: CalendarDate
    var event: (on: CalendarDate, source: String, outcome: Int)?
    var seen: (until: CalendarDate, source: String, outcome: Int)?
  }
  /// By id.
  private(set) var applications: [Application] = []

  /// Reads reports up to `known`; what a later one of them corrects does not count.
  init(_ batch: String, product: String, kind: Outcome.Kind, known: Instant, _ database: Database) throws {
    var rows: [Application] = []
    try database.each(
      """
      SELECT b.application_id, b.decided_on, o.event, o.occurred_on, o.seen_until, o.source, o.outcome_id
      FROM batch_rows b LEFT JOIN outcomes o ON o.product = ?1 AND o.application_id = b.application_id
        AND o.report_id IN (SELECT report_id FROM outcome_reports WHERE reported_at <= ?2)
        AND NOT EXISTS (
          SELECT 1 FROM outcomes s JOIN outcome_reports q USING (report_id)
          WHERE s.supersedes = o.outcome_id AND q.reported_at <= ?2)
      WHERE b.batch_id = ?3 ORDER BY b.application_id, o.occurred_on, o.outcome_id
      """, [.text(product), .init(known), .text(batch)]
    ) { row in
      let id = row.text("application_id")
      guard let decided = CalendarDate(iso: row.text("decided_on")) else { return }
      if rows.last?.id != id { rows.append(Application(id: id, decided: decided)) }
      guard let event = Outcome.Event(rawValue: row.text("event")),
        let occurred = CalendarDate(iso: row.text("occurred_on")), let seen = CalendarDate(iso: row.text("seen_until"))
      else { return }
      let (source, outcome, place) = (row.text("source"), row.integer("outcome_id"), rows.count - 1)
      // In the order of their days: the first bad one stays.
      if kind.counts(event), rows[place].event == nil { rows[place].event = (occurred, source, outcome) }
      if seen > rows[place].seen?.until ?? CalendarDate(daysSince1960: -1_000_000) {
        rows[place].seen = (seen, source, outcome)
      }
    }
    applications = rows
  }

  /// - Returns: nil without an outcome, such as of a rejected application.
  func label(_ application: Application, _ window: ObservationWindow) -> ObservationWindow.Label? {
    application.seen.map { window.label(decided: application.decided, event: application.event?.on, seen: $0.until) }
  }

  func counts(_ window: ObservationWindow) -> LabelReport.Counts {
    applications.reduce(into: LabelReport.Counts()) { $0.add(label($1, window)) }
  }
}
