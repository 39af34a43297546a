internal import CutlineCore

/// What one action writes: rows, and the records that vouch for them, all in one transaction.
final class StoreTransaction {
  let database: Database
  /// The moment of the action: the clock's, but never before the last record.
  let now: Instant
  private var written: [(table: EvidenceTable, key: [StoredValue])] = []

  init(_ database: Database, now: Instant) {
    self.database = database
    self.now = now
  }

  var isRecorded: Bool { written.isEmpty }

  // MARK: Rows

  func insert(_ table: EvidenceTable, _ values: KeyValuePairs<String, StoredValue>) throws {
    let columns = values.map(\.key)
    try database.query(
      "INSERT INTO \(table.name) (\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))",
      values.map(\.value))
    touch(table, table.key.map { column in values.first { $0.key == column }?.value ?? .null })
  }

  /// The next number of a table whose rows are counted.
  func next(_ table: EvidenceTable) throws -> Int {
    let column = table.key[0]
    return (try database.first("SELECT coalesce(max(\(column)), 0) AS last FROM \(table.name)")?.integer("last") ?? 0)
      + 1
  }

  func update(_ table: EvidenceTable, key: [StoredValue], _ values: KeyValuePairs<String, StoredValue>) throws {
    let change = values.map { "\($0.key) = ?" }.joined(separator: ", ")
    try database.query("UPDATE \(table.name) SET \(change) WHERE \(Self.condition(table))", values.map(\.value) + key)
    touch(table, key)
  }

  func delete(_ table: EvidenceTable, key: [StoredValue]) throws {
    try database.query("DELETE FROM \(table.name) WHERE \(Self.condition(table))", key)
    touch(table, key)
  }

  /// Writes a row in the place of the one with its key.
  func replace(_ table: EvidenceTable, _ values: KeyValuePairs<String, StoredValue>) throws {
    let key = table.key.map { column in values.first { $0.key == column }?.value ?? .null }
    if try row(table, key) != nil {
      try database.query("DELETE FROM \(table.name) WHERE \(Self.condition(table))", key)
    }
    try insert(table, values)
  }

  func row(_ table: EvidenceTable, _ key: [StoredValue]) throws -> StoredRow? {
    try database.first("SELECT * FROM \(table.name) WHERE \(Self.condition(table))", key)
  }

  private static func condition(_ table: EvidenceTable) -> String {
    table.key.map { "\($0) = ?" }.joined(separator: " AND ")
  }

  private func touch(_ table: EvidenceTable, _ key: [StoredValue]) {
    if !written.contains(where: { $0.table == table && $0.key == key }) { written.append((table, key)) }
  }

  /// Keeps bytes by their digest; the same ones stand once.
  func keep(_ bytes: [UInt8], mediaType: String) throws -> String {
    let sha256 = SHA256.hex(bytes)
    if try row(.objects, [.text(sha256)]) == nil {
      try insert(
        .objects,
        ["sha256": .text(sha256), "media_type": .text(mediaType), "size": .init(bytes.count), "bytes": .bytes(bytes)])
    }
    return sha256
  }

  // MARK: The log

  /// Closes one action: a record that names the rows written since the last one, each with its digest (none for one that was
  /// removed). No text that somebody typed is in it, only names and digests.
  func record(
    _ action: String, by actor: String, on type: String, _ id: String, sha256: String = ""
  ) throws {
    var tables: [String: [(String, String)]] = [:]
    for (table, key) in written {
      let digest = try row(table, key).map(table.digest) ?? ""
      tables[table.name, default: []].append((CanonicalText.array(key), CanonicalText.text(digest)))
    }
    written = []
    let payload = CanonicalText.object([
      ("rows", CanonicalText.object(tables.map { ($0.key, CanonicalText.object($0.value)) }))
    ])
    try AuditLog.append(
      AuditRecord.Content(
        time: now.text, actor: actor, action: action, objectType: type, objectID: id, objectSHA256: sha256,
        payload: payload), to: database)
  }
}
