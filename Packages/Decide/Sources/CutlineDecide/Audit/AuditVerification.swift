internal import CutlineCore
internal import Foundation

/// The log of a store read from its first record to its last, against everything that it vouches for.
///
/// Each record: number, link, hash, the digest of its payload, and each row that it names. Then the tree over all of them; heads
/// that were kept elsewhere; tables that follow from events; rows that no record names. O(bytes) time, O(rows) memory.
struct AuditVerification {
  private let database: Database
  /// All that was met; the first by number counts, then by the order in which it is looked for.
  private var faults: [AuditFault] = []
  private(set) var records: [AuditRecord] = []
  private(set) var rowCount = 0

  init(_ store: Store, heads: [KnownHead]) throws {
    database = store.database
    try readSchema()
    try readRecords()
    try readTree()
    for head in heads { try compare(head, store) }
    try readTables()
    try compareMeta(store)
    faults += try StateFold(database).faults(recordCount: records.count)
  }

  var first: AuditFault? {
    faults.enumerated().min { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }?.element
  }

  private mutating func add(_ index: Int, _ reason: AuditFault.Reason, _ detail: String) {
    faults.append(AuditFault(index, reason, detail))
  }

  /// Triggers and checks are part of what keeps evidence.
  private mutating func readSchema() throws {
    if try Migration.schema(database) != Migration.newestSchema() {
      add(1, .state, "tables, triggers or views are not those of schema \(Migration.all.count)")
    }
  }

  /// Which record named a row last, with its digest.
  private var named: [String: [String: (seq: Int, digest: String)]] = [:]

  private mutating func readRecords() throws {
    var found: AuditFault?
    var (records, named): ([AuditRecord], [String: [String: (seq: Int, digest: String)]]) = ([], [:])
    struct Payload: Decodable { let rows: [String: [String: String]] }
    try database.each("SELECT * FROM audit ORDER BY seq") { row in
      guard found == nil else { return }
      let record = AuditRecord(row)
      let payload = row.text("payload")
      let last = records.last
      records.append(record)
      found = AuditChain.fault(of: record, after: last)
      guard found == nil else { return }
      guard record.payloadSHA256 == (payload.isEmpty ? "" : SHA256.hex(Array(payload.utf8))) else {
        found = AuditFault(record.seq, .payload, "payload is not that of payload_sha256")
        return
      }
      guard let rows = (try? CanonicalJSON.decode(Payload.self, from: Data(payload.utf8)))?.rows else {  // said here
        found = AuditFault(record.seq, .payload, "payload is not readable")
        return
      }
      for (table, digests) in rows {
        for (key, digest) in digests { named[table, default: [:]][key] = (record.seq, digest) }
      }
    }
    (self.records, self.named) = (records, named)
    if let found { faults.append(found) }
    if records.isEmpty { add(1, .truncated, "the log is empty, and a store's never is") }
  }

  private mutating func readTree() throws {
    var expected: [String: [UInt8]] = [:]
    var open: [[UInt8]] = []
    for (index, record) in records.enumerated() {
      var (level, position, hash) = (0, index, record.leaf)
      while true {
        expected["\(level) \(position)"] = hash
        guard position & 1 == 1, let left = open.popLast() else { break }
        hash = MerkleTree.nodeHash(left, hash)
        (level, position) = (level + 1, position >> 1)
      }
      open.append(hash)
    }
    var worst: Int?
    try database.each("SELECT * FROM audit_nodes") { row in
      let (level, position) = (row.integer("level"), row.integer("position"))
      if expected.removeValue(forKey: "\(level) \(position)") != row.bytes("hash") {
        worst = min(worst ?? .max, Self.lastRecord(level, position))
      }
    }
    for key in expected.keys {
      let parts = key.split(separator: " ").compactMap { Int($0) }
      if parts.count == 2 { worst = min(worst ?? .max, Self.lastRecord(parts[0], parts[1])) }
    }
    if let worst { add(worst, .tree, "a node that this record completes is missing, or not the hash of its children") }
  }

  /// The record that completes a subtree.
  private static func lastRecord(_ level: Int, _ position: Int) -> Int {
    guard (0..<40).contains(level), (0..<(1 << 40)).contains(position) else { return 1 }
    return min((position + 1) << level, 1 << 40)
  }

  private mutating func compare(_ head: KnownHead, _ store: Store) throws {
    guard try head.storeID == nil || head.storeID == store.id() else {
      return add(1, .head, "\(head.place) is of another store, \(head.storeID ?? "")")
    }
    if let note = head.note, try !note.isSigned(by: store.verifierKey()) {
      return add(1, .head, "\(head.place) is not signed by the log's key")
    }
    if head.seq > records.count {
      return add(records.count + 1, .truncated, "\(head.place) knows \(head.seq) records, the log has \(records.count)")
    }
    guard head.seq > 0 else { return }
    if let hash = head.hash, records[head.seq - 1].hash != hash {
      add(head.seq, .head, "\(head.place) knows hash \(hash), the log has \(records[head.seq - 1].hash)")
    }
    guard let root = head.root else { return }
    let own = try recomputedRoot(head.seq)
    if own != root {
      add(
        head.seq, .head,
        "\(head.place) knows root \(Data(root).base64EncodedString()), the log has \(Data(own).base64EncodedString())")
    }
  }

  /// From the records alone.
  private func recomputedRoot(_ size: Int) throws -> [UInt8] {
    try MerkleTree.root(size: size) { level, position in
      var hashes = records[(position << level)..<((position + 1) << level)].map(\.leaf)
      while hashes.count > 1 {
        hashes = stride(from: 0, to: hashes.count, by: 2).map { MerkleTree.nodeHash(hashes[$0], hashes[$0 + 1]) }
      }
      return hashes[0]
    }
  }

  private mutating func readTables() throws {
    for table in EvidenceTable.all {
      var own = named.removeValue(forKey: table.name) ?? [:]
      var (wrong, unnamed): ([AuditFault], [String]) = ([], [])
      var count = 0
      // Without its table the schema is at fault, which is said.
      guard try database.first("SELECT 1 AS found FROM sqlite_schema WHERE name = ?", [.text(table.name)]) != nil else {
        continue
      }
      try database.each("SELECT * FROM \(table.name)") { row in
        count += 1
        let key = table.key(of: row)
        guard let (seq, digest) = own.removeValue(forKey: key) else { return unnamed.append(key) }
        if digest != table.digest(of: row) {
          wrong.append(AuditFault(seq, .payload, "row \(key) of \(table.name) is not the one that was written"))
        }
      }
      for (key, last) in own where !last.digest.isEmpty {
        wrong.append(AuditFault(last.seq, .payload, "row \(key) of \(table.name) is missing"))
      }
      rowCount += count
      faults += wrong
      for key in unnamed.sorted().prefix(1) {
        add(records.count + 1, .state, "row \(key) of \(table.name) is named by no record")
      }
    }
    for set in RowSet.all {
      guard try database.first("SELECT 1 AS found FROM sqlite_schema WHERE name = ?", [.text(set.rows)]) != nil else {
        continue
      }
      let (details, count) = try set.faults(database)
      rowCount += count
      for detail in details.prefix(1) { add(records.count + 1, .state, detail) }
    }
    if try database.first("SELECT 1 AS found FROM sqlite_schema WHERE name = 'decisions'") != nil {
      let (details, count) = try DecisionSeal.faults(database)
      rowCount += count
      for detail in details.prefix(1) { add(records.count + 1, .state, detail) }
    }
    for (table, rows) in named {
      add(rows.values.map(\.seq).min() ?? 1, .payload, "table \(table) is missing")
    }
  }

  /// What was written once stands in the first record.
  private mutating func compareMeta(_ store: Store) throws {
    guard let first = records.first else { return }
    if try first.objectID != store.id() || first.objectSHA256 != SHA256.hex(Array(store.meta("audit_key").utf8))
      || first.time != store.meta("created_at")
      || database.query("SELECT key FROM meta").count != 3
    {
      add(1, .state, "the store's id, its key or the time of its making is not the one that was written")
    }
  }
}

extension Store {
  /// What a verification found.
  public struct AuditVerdict: Sendable, Encodable {
    public let records, rows, heads: Int
    public let sound: Bool
    /// Nil for a sound log.
    public let fault: AuditFault?

    init(records: Int, rows: Int, heads: Int, fault: AuditFault?) {
      (self.records, self.rows, self.heads, self.fault, sound) = (records, rows, heads, fault, fault == nil)
    }
  }

  /// Reads the whole log against the tables, and against what was kept elsewhere.
  public func verifyAudit(heads: [KnownHead] = []) throws -> AuditVerdict {
    try database.snapshot {
      let verification = try AuditVerification(self, heads: heads)
      return AuditVerdict(
        records: verification.records.count, rows: verification.rowCount, heads: heads.count, fault: verification.first)
    }
  }
}
