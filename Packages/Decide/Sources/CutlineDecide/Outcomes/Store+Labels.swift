public import CutlineCore

extension Store {
  /// Which labels are asked for.
  public struct LabelRequest: Sendable {
    public var batch: String
    public var kind = Outcome.Kind.default
    public var windowDays = 180
    /// The last day for which outcomes are complete; nil = the last day that any outcome of the product speaks of.
    public var asOf: CalendarDate?
    /// Reports that came later do not count; nil = all count.
    public var knownBy: Instant?

    public init(batch: String) { self.batch = batch }
  }

  /// A label as it is kept.
  public struct Label: Sendable, Hashable {
    public let applicationID, decidedOn, status: String
    /// 1 of a bad one, 0 of a good one; nil where it is not used.
    public let value: Int?
    public let source: String?
    public let outcome: Int?

    init(_ row: StoredRow) {
      (applicationID, decidedOn, status) = (row.text("application_id"), row.text("decided_on"), row.text("status"))
      (value, source) = (row.optionalInteger("value"), row.optionalText("source"))
      outcome = row.optionalInteger("outcome_id")
    }

    init(_ application: KnownOutcomes.Application, _ label: ObservationWindow.Label?) {
      (applicationID, decidedOn) = (application.id, application.decided.iso)
      status = label == .good || label == .bad ? "used" : label?.rawValue ?? "no_outcome"
      value = label == .bad ? 1 : label == .good ? 0 : nil
      // What decides is the event where it counts, else how long the application was seen.
      let isByEvent = label == .bad || label == .refused
      source = isByEvent ? application.event?.source : application.seen?.source
      outcome = isByEvent ? application.event?.outcome : application.seen?.outcome
    }
  }

  /// Derives the labels of a batch from the outcomes that are known. The same again changes nothing.
  ///
  /// - Throws: `Refusal` (not found, forbidden), `Faults` (usage) for a window that is none, (data) without any outcome.
  /// - Complexity: O(rows log rows).
  public func buildLabels(_ request: LabelRequest, by caller: Caller) throws -> LabelReport {
    try write { transaction in
      let person = try transaction.principal(caller, atLeast: .analyst)
      let batch = try batch(request.batch)
      let known = request.knownBy ?? transaction.now
      let asOf = try request.asOf ?? lastDay(of: batch.product, known: known)
      guard asOf.iso <= transaction.now.adding(days: 1).date else {
        throw Faults.usage(
          "as-of", "\(asOf.iso) lies in the future: nobody knows outcomes until then",
          "Name the last day for which outcomes are complete.")
      }
      let window = try ObservationWindow(days: request.windowDays, asOf: asOf)
      let outcomes = try KnownOutcomes(
        batch.batchID, product: batch.product, kind: request.kind, known: known, database)
      let labels = outcomes.applications.map { Label($0, outcomes.label($0, window)) }
      let old = try latestSet(of: batch.batchID, request.kind, windowDays: request.windowDays)
      if let old, old.text("as_of") == asOf.iso, try self.labels(inSet: old.integer("label_set")) == labels {
        return try report(old, batch, isNew: false)
      }
      let set = try transaction.next(.labelSets)
      for label in labels {
        try database.query(
          """
          INSERT INTO labels (label_set, application_id, decided_on, status, value, source, outcome_id)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
          [
            .init(set), .text(label.applicationID), .text(label.decidedOn), .text(label.status), .init(label.value),
            .init(label.source), .init(label.outcome),
          ])
      }
      let digest = try RowSet.labels.digest(of: .init(set), database)
      try transaction.insert(
        .labelSets,
        [
          "label_set": .init(set), "batch_id": .text(batch.batchID), "outcome_type": .text(request.kind.rawValue),
          "window_days": .init(request.windowDays), "as_of": .text(asOf.iso), "known_at": .init(known),
          "rows": .init(labels.count), "rows_sha256": .text(digest), "built_at": .init(transaction.now),
          "built_by": .text(person.name),
        ])
      try transaction.record("labels.build", by: person.name, on: "labels", "\(batch.batchID)/\(set)", sha256: digest)
      return try report(set: set, batch, isNew: true)
    }
  }

  /// The last day that any known outcome of a product speaks of.
  private func lastDay(of product: String, known: Instant) throws -> CalendarDate {
    let row = try database.first(
      """
      SELECT max(o.seen_until) AS last FROM outcomes o JOIN outcome_reports r USING (report_id)
      WHERE o.product = ?1 AND r.reported_at <= ?2
        AND NOT EXISTS (
          SELECT 1 FROM outcomes s JOIN outcome_reports t USING (report_id)
          WHERE s.supersedes = o.outcome_id AND t.reported_at <= ?2)
      """, [.text(product), .init(known)])
    guard let day = row.flatMap({ CalendarDate(iso: $0.text("last")) }) else {
      throw Faults.data(
        "product \(product)", "has no outcome: there is nothing to label by",
        "Report some: cutline outcomes append FILE.")
    }
    return day
  }

  private func latestSet(of batch: String, _ kind: Outcome.Kind, windowDays: Int) throws -> StoredRow? {
    try database.first(
      """
      SELECT * FROM label_sets WHERE batch_id = ? AND outcome_type = ? AND window_days = ? ORDER BY label_set DESC LIMIT 1
      """, [.text(batch), .text(kind.rawValue), .init(windowDays)])
  }

  private func labels(inSet set: Int) throws -> [Label] {
    var labels: [Label] = []
    try database.each("SELECT * FROM labels WHERE label_set = ? ORDER BY application_id", [.init(set)]) {
      labels.append(Label($0))
    }
    return labels
  }

  // MARK: Looking

  /// How the labels of a batch stand: the latest set of a type and window, or the latest of all.
  ///
  /// - Throws: `Refusal` (not found) where none was built.
  public func labelReport(of batch: String, kind: Outcome.Kind? = nil, windowDays: Int? = nil) throws -> LabelReport {
    try database.snapshot {
      let own = try self.batch(batch)
      return try report(found(own, kind, windowDays), own, isNew: false)
    }
  }

  /// The labels themselves, by application: personal.
  ///
  /// - Throws: `Refusal` (not found) where none was built, `Faults` (integrity) where they are not those that were built.
  public func labels(of batch: String, kind: Outcome.Kind? = nil, windowDays: Int? = nil) throws -> [Label] {
    try database.snapshot {
      let row = try found(self.batch(batch), kind, windowDays)
      guard try RowSet.labels.digest(of: row["label_set"], database) == row.text("rows_sha256") else {
        throw Faults.integrity("labels of \(batch)", "are not those that were built", "Run cutline audit verify.")
      }
      return try labels(inSet: row.integer("label_set"))
    }
  }

  private func found(_ batch: ApplicationBatch, _ kind: Outcome.Kind?, _ windowDays: Int?) throws -> StoredRow {
    let rows = try database.query(
      "SELECT * FROM label_sets WHERE batch_id = ? ORDER BY label_set DESC", [.text(batch.batchID)])
    let found = rows.first { row in
      (kind.map { $0.rawValue == row.text("outcome_type") } ?? true)
        && (windowDays.map { $0 == row.integer("window_days") } ?? true)
    }
    guard let found else {
      throw Refusal(.notFound, "labels of \(batch.batchID)", "were not built", "Build them: cutline labels build.")
    }
    return found
  }

  private func report(set: Int, _ batch: ApplicationBatch, isNew: Bool) throws -> LabelReport {
    guard let row = try database.first("SELECT * FROM label_sets WHERE label_set = ?", [.init(set)]) else {
      throw Faults.integrity(database.path, "a set of labels is missing", "Run cutline audit verify.")
    }
    return try report(row, batch, isNew: isNew)
  }

  private func report(_ row: StoredRow, _ batch: ApplicationBatch, isNew: Bool) throws -> LabelReport {
    let kind = Outcome.Kind(rawValue: row.text("outcome_type")) ?? .default
    let (asOf, days) = (CalendarDate(iso: row.text("as_of")), row.integer("window_days"))
    var (months, sources, all): ([String: LabelReport.Counts], [String: Int], LabelReport.Counts) = ([:], [:], .init())
    for label in try labels(inSet: row.integer("label_set")) {
      let own: ObservationWindow.Label? =
        label.value.map { $0 == 1 ? .bad : .good } ?? ObservationWindow.Label(rawValue: label.status)
      months[String(label.decidedOn.prefix(7)), default: .init()].add(own)
      all.add(own)
      if label.value != nil, let source = label.source { sources[source, default: 0] += 1 }
    }
    let outcomes = try KnownOutcomes(
      batch.batchID, product: batch.product, kind: kind, known: row.instant("known_at"), database)
    let others = try [90, 360].filter { $0 != days }.compactMap { other in
      try asOf.map { LabelReport.Other(windowDays: other, counts: outcomes.counts(try .init(days: other, asOf: $0))) }
    }
    return LabelReport(
      labelSet: row.integer("label_set"), batchID: batch.batchID, outcomeType: kind.rawValue, asOf: row.text("as_of"),
      sha256: row.text("rows_sha256"), builtBy: row.text("built_by"), windowDays: days,
      knownAt: row.instant("known_at"), builtAt: row.instant("built_at"), isNew: isNew, counts: all,
      months: months.sorted { $0.key < $1.key }.map { LabelReport.Month(month: $0.key, counts: $0.value) },
      sources: sources, others: others)
  }
}

extension Store.Label {
  static let columns = [
    "application_id", "decided_on", "status", "label", "source", "outcome_type", "window_days", "as_of",
  ]

  /// A table of labels for a run: application_id, decided_on, status, label (1 bad, 0 good, empty where not used), source, and
  /// what they are labels of, in each row.
  public static func csv(_ labels: [Store.Label], of report: LabelReport) -> [UInt8] {
    var csv = CsvText(columns)
    let own = [report.outcomeType, "\(report.windowDays)", report.asOf]
    for label in labels {
      csv.add(
        [label.applicationID, label.decidedOn, label.status, label.value.map(String.init) ?? "", label.source ?? ""]
          + own)
    }
    return csv.bytes
  }
}
