internal import CutlineCore

/// The log in the tables of a store: records, and the whole subtrees of their tree.
enum AuditLog {
  static func last(_ database: Database) throws -> AuditRecord? {
    try database.first("SELECT * FROM audit ORDER BY seq DESC LIMIT 1").map(AuditRecord.init)
  }

  /// Adds a record and the subtrees that it completes, one of two records and half of them one more.
  static func append(_ content: AuditRecord.Content, to database: Database) throws {
    let record = AuditRecord(content, after: try last(database))
    try database.query(
      """
      INSERT INTO audit (seq, prev, time, actor, action, object_type, object_id, object_sha256, payload, payload_sha256, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .init(record.seq), .text(record.prev), .text(record.time), .text(record.actor), .text(record.action),
        .text(record.objectType), .text(record.objectID), .text(record.objectSHA256), .text(content.payload),
        .text(record.payloadSHA256), .text(record.hash),
      ])
    var (level, position, hash) = (0, record.seq - 1, record.leaf)
    while true {
      try database.query(
        "INSERT INTO audit_nodes (level, position, hash) VALUES (?, ?, ?)",
        [.init(level), .init(position), .bytes(hash)])
      guard position & 1 == 1 else { return }
      hash = MerkleTree.nodeHash(try node(database)(level, position - 1), hash)
      (level, position) = (level + 1, position >> 1)
    }
  }

  static func node(_ database: Database) -> MerkleTree.Nodes {
    { level, position in
      guard
        let row = try database.first(
          "SELECT hash FROM audit_nodes WHERE level = ? AND position = ?", [.init(level), .init(position)])
      else {
        throw Faults.integrity(
          database.path, "the tree of the log has no node \(position) of level \(level)", "Run cutline audit verify.")
      }
      return row.bytes("hash")
    }
  }
}

extension Store {
  /// Records of the log from the latest back.
  public struct LogQuery: Sendable {
    /// Only those on what is called so, or lies below it: `version`, or the name of one.
    public var object: String?
    public var actor: String?
    /// Only those with a smaller number.
    public var before: Int?
    public var limit = 50
    public init() {}
  }

  /// - Complexity: O(log n) a record; with a filter O(n).
  public func log(_ query: LogQuery = LogQuery()) throws -> [AuditRecord] {
    var (conditions, values): ([String], [StoredValue]) = ([], [])
    if let before = query.before {
      conditions.append("seq < ?")
      values.append(.init(before))
    }
    if let object = query.object {
      conditions.append("(object_type = ? OR object_id = ? OR object_id LIKE '%/' || ?)")
      values += [.text(object), .text(object), .text(object)]
    }
    if let actor = query.actor {
      conditions.append("actor = ?")
      values.append(.text(actor))
    }
    let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
    return try database.query("SELECT * FROM audit\(filter) ORDER BY seq DESC LIMIT ?", values + [.init(query.limit)])
      .map(AuditRecord.init)
  }
}
