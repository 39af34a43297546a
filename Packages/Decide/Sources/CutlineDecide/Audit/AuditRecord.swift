/// One record of the log.
///
/// `hash` = SHA-256 of `cutline-audit-1\n` and then each of seq, prev, time, actor, action, object_type, object_id, object_sha256,
/// payload_sha256 as UTF-8 with its length as 8 bytes, big-endian, in front: text cannot move between neighbours unseen.
public struct AuditRecord: Sendable, Hashable {
  /// What happened, before it has a place in the log.
  struct Content: Sendable {
    let time, actor, action, objectType, objectID, objectSHA256, payload: String
  }

  /// 1, 2, …
  public var seq: Int
  /// The hash of the one before; 64 zeros for the first.
  public var prev: String
  /// RFC 3339 in UTC with milliseconds.
  public var time: String
  public var actor, action, objectType, objectID, objectSHA256: String
  /// Empty where there is no payload.
  public var payloadSHA256: String
  public var hash: String

  public static let start = String(repeating: "0", count: 64)

  public init(
    seq: Int, prev: String, time: String, actor: String, action: String, objectType: String, objectID: String,
    objectSHA256: String, payloadSHA256: String, hash: String
  ) {
    (self.seq, self.prev, self.time, self.actor, self.action) = (seq, prev, time, actor, action)
    (self.objectType, self.objectID, self.objectSHA256) = (objectType, objectID, objectSHA256)
    (self.payloadSHA256, self.hash) = (payloadSHA256, hash)
  }

  /// The record of a content that follows `last`.
  init(_ content: Content, after last: AuditRecord?) {
    self.init(
      seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? Self.start, time: content.time, actor: content.actor,
      action: content.action, objectType: content.objectType, objectID: content.objectID,
      objectSHA256: content.objectSHA256,
      payloadSHA256: content.payload.isEmpty ? "" : SHA256.hex(Array(content.payload.utf8)), hash: "")
    hash = computedHash
  }

  init(_ row: StoredRow) {
    self.init(
      seq: row.integer("seq"), prev: row.text("prev"), time: row.text("time"), actor: row.text("actor"),
      action: row.text("action"), objectType: row.text("object_type"), objectID: row.text("object_id"),
      objectSHA256: row.text("object_sha256"), payloadSHA256: row.text("payload_sha256"), hash: row.text("hash"))
  }

  /// The bytes that are hashed.
  public var encoded: [UInt8] {
    var bytes = Array("cutline-audit-1\n".utf8)
    for field in [
      String(seq), prev, time, actor, action, objectType, objectID, objectSHA256, payloadSHA256,
    ] {
      let text = Array(field.utf8)
      bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
      bytes += text
    }
    return bytes
  }

  /// What `hash` must be.
  public var computedHash: String { SHA256.hex(encoded) }

  /// What the tree takes of it: the 32 bytes of `hash`.
  var leaf: [UInt8] { MerkleTree.leafHash(SHA256.bytes(hex: hash) ?? []) }
}

extension AuditRecord: Codable {
  enum CodingKeys: String, CodingKey {
    case seq, prev, time, actor, action, hash
    case objectType = "object_type"
    case objectID = "object_id"
    case objectSHA256 = "object_sha256"
    case payloadSHA256 = "payload_sha256"
  }
}
