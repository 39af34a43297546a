public import CutlineCore

/// Applications that were decided on in one period, by which labels and models are asked for.
public struct ApplicationBatch: Sendable, Encodable {
  public let batchID, product, source, sourceSHA256: String
  public let rows: Int
  public let periodStart, periodEnd, createdBy: String
  public let createdAt: Instant

  init(_ row: StoredRow) {
    (batchID, product) = (row.text("batch_id"), row.text("product"))
    (source, sourceSHA256, rows) = (row.text("source"), row.text("source_sha256"), row.integer("rows"))
    (periodStart, periodEnd) = (row.text("period_start"), row.text("period_end"))
    (createdAt, createdBy) = (row.instant("created_at"), row.text("created_by"))
  }

  enum CodingKeys: String, CodingKey {
    case product, source, rows
    case batchID = "batch_id"
    case sourceSHA256 = "source_sha256"
    case periodStart = "period_start"
    case periodEnd = "period_end"
    case createdAt = "created_at"
    case createdBy = "created_by"
  }

  static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]{0,63}/) != nil }
}

extension Store {
  /// An application and the day on which it was decided.
  public struct Decided: Sendable, Hashable {
    public let applicationID: String
    public let on: CalendarDate
    public init(applicationID: String, on: CalendarDate) { (self.applicationID, self.on) = (applicationID, on) }
  }

  /// Makes a batch known. The same again changes nothing.
  ///
  /// - Parameters:
  ///   - source: the file that holds its applications, and the digest of what was read.
  /// - Throws: `Faults` (data) for none or one twice, `Refusal` (conflict) for another batch of that name.
  public func addBatch(
    _ name: String, product: String, applications: [Decided], source: String, sourceSHA256: String, by caller: Caller
  ) throws -> ApplicationBatch {
    guard ApplicationBatch.isName(name) else {
      throw Refusal(
        .invalid, "\"\(name)\"", "is no name of a batch",
        "Use up to 64 letters, digits, dots, dashes and underscores; begin with a letter or digit.")
    }
    let days = applications.map(\.on)
    guard let first = days.min(), let last = days.max() else {
      throw Faults.data(source, "holds no application with a day of decision", "Check the columns.")
    }
    let distinct = Set(applications.map(\.applicationID)).count
    guard distinct == applications.count else {
      throw Faults.data(
        source, "has \(applications.count - distinct) applications more than once", "Keep one line of each.")
    }
    return try database.holding(rows: applications.count) {
      try write { transaction in
        let person = try transaction.principal(caller, atLeast: .analyst)
        try checkProduct(product)
        if let row = try transaction.row(.batches, [.text(name)]) {
          guard row.text("source_sha256") == sourceSHA256, row.text("product") == product,
            row.integer("rows") == applications.count, row.text("period_start") == first.iso,
            row.text("period_end") == last.iso
          else {
            throw Refusal(
              .conflict, name, "is a batch already, of other applications", "Batches do not change: give another name.")
          }
          return ApplicationBatch(row)
        }
        for one in applications {
          try database.query(
            "INSERT INTO batch_rows (batch_id, application_id, decided_on) VALUES (?, ?, ?)",
            [.text(name), .text(one.applicationID), .text(one.on.iso)])
        }
        try transaction.insert(
          .batches,
          [
            "batch_id": .text(name), "product": .text(product), "source": .text(source),
            "source_sha256": .text(sourceSHA256), "rows": .init(applications.count),
            "rows_sha256": .text(try RowSet.batches.digest(of: .text(name), database)),
            "period_start": .text(first.iso),
            "period_end": .text(last.iso), "created_at": .init(transaction.now), "created_by": .text(person.name),
          ])
        try transaction.record("batch.add", by: person.name, on: "batch", name, sha256: sourceSHA256)
        return try batch(name)
      }
    }
  }

  /// - Throws: `Refusal` (not found) with the nearest name.
  public func batch(_ name: String) throws -> ApplicationBatch {
    if let row = try database.first("SELECT * FROM batches WHERE batch_id = ?", [.text(name)]) {
      return ApplicationBatch(row)
    }
    let names = try database.query("SELECT batch_id FROM batches").map { $0.text("batch_id") }
    throw Refusal(
      .notFound, "batch", "is not known\(DidYouMean.phrase(for: name, among: names))",
      "Make it known: cutline labels add-batch.")
  }

  /// All batches, the latest first.
  public func batches() throws -> [ApplicationBatch] {
    try database.query("SELECT * FROM batches ORDER BY created_at DESC, batch_id").map(ApplicationBatch.init)
  }
}

extension ApplicationBatch {
  /// The applications of a table, with the days on which they were decided. A row without a day was not decided and is left out.
  ///
  /// - Returns: also how many rows were left out.
  /// - Throws: `Faults` (data) for a column that is not there or holds no dates, and for a day without an application.
  public static func applications(of table: Table, id: String, decidedOn: String) throws -> (
    all: [Store.Decided], leftOut: Int
  ) {
    let ids = try table.column(named(id, in: table))
    let days = try days(of: table, decidedOn)
    var (all, leftOut): ([Store.Decided], Int) = ([], 0)
    for (row, day) in days.enumerated() {
      guard let day else {
        leftOut += 1
        continue
      }
      guard let own = CardColumns.text(ids, row), !own.isEmpty, own.utf8.count <= 200 else {
        throw Faults.data(
          Place(column: ids.name, row: row), "names no application, or one by more than 200 bytes", "Correct the row.")
      }
      all.append(Store.Decided(applicationID: own, on: CalendarDate(daysSince1960: Int(day))))
    }
    return (all, leftOut)
  }

  /// Days since 1960 of a column of dates; nil where missing.
  /// - Throws: `Faults` (data) for a column that is not there or holds no dates.
  public static func days(of table: Table, _ name: String) throws -> [Int32?] {
    try CardColumns.days(table.column(named(name, in: table)))
  }

  /// A file may write a name with capitals.
  private static func named(_ name: String, in table: Table) -> String {
    table.names.first { TextColumn.comparable($0) == TextColumn.comparable(name) } ?? name
  }
}
