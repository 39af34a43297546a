internal import CutlineCore
internal import Foundation

/// What a log was at a moment: origin, number of records, root of their tree, signed (c2sp.org/tlog-checkpoint).
public struct Checkpoint: Sendable, Hashable {
  public let origin: String
  public let size: Int
  public let root: [UInt8]
  public internal(set) var note: SignedNote

  /// - Throws: `Faults` (integrity) for what is no checkpoint.
  public init(_ text: String, at place: String) throws {
    let fault = Faults.integrity(
      place, "is no checkpoint (origin, size, root, an empty line, signatures)",
      "Name one that cutline audit head wrote.")
    guard let note = SignedNote(text) else { throw fault }
    let lines = note.text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, !lines[0].isEmpty, let size = Int(lines[1]), size >= 0, String(size) == lines[1],
      let root = Data(base64Encoded: String(lines[2])), root.count == 32
    else { throw fault }
    (origin, self.size, self.root, self.note) = (String(lines[0]), size, Array(root), note)
  }

  init(origin: String, size: Int, root: [UInt8], key: SigningKey) throws {
    (self.origin, self.size, self.root) = (origin, size, root)
    let text = "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n"
    note = SignedNote(text: text, lines: [try key.signed(text)])
  }

  public var text: String { note.description }
  public var rootText: String { Data(root).base64EncodedString() }
}

/// The end of the log, for whoever keeps it elsewhere.
public struct AuditHead: Sendable, Encodable {
  public let storeID: String
  public let seq: Int
  public let hash: String
  public let at: Instant
  /// Base64.
  public let root: String
  /// Signed; nil without the key.
  public let checkpoint: String?

  enum CodingKeys: String, CodingKey {
    case storeID = "store_id"
    case seq, hash, at, root, checkpoint
  }
}

extension Store {
  var origin: String { get throws { "cutline.audit/\(try id())" } }

  /// The key with which checkpoints of this store are verified.
  public func verifierKey() throws -> VerifierKey {
    guard let key = VerifierKey(try meta("audit_key")) else {
      throw Faults.integrity(path, "holds no key for its checkpoints", "Restore a backup.")
    }
    return key
  }

  /// The log as it is now, signed.
  /// - Throws: `Faults` (io) without the secret key, (integrity) where it is another store's.
  public func checkpoint() throws -> Checkpoint {
    let key = try SigningKey.load(place.key)
    guard try key.verifier == verifierKey() else {
      throw Faults.integrity(place.key, "is the key of another store", "Put back the one that was made with the store.")
    }
    return try database.snapshot {
      let size = try AuditLog.last(database)?.seq ?? 0
      return try Checkpoint(
        origin: origin, size: size, root: MerkleTree.root(size: size, AuditLog.node(database)), key: key)
    }
  }

  public func head() throws -> AuditHead {
    try database.snapshot {
      let last = try AuditLog.last(database)
      let root = try MerkleTree.root(size: last?.seq ?? 0, AuditLog.node(database))
      return AuditHead(
        storeID: try id(), seq: last?.seq ?? 0, hash: last?.hash ?? AuditRecord.start, at: now,
        root: Data(root).base64EncodedString(), checkpoint: try checkpoint().text)
    }
  }
}
