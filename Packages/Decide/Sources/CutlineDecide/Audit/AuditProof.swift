@_spi(Run) internal import CutlineCore
internal import Foundation

/// That a record is in the log, for somebody who has no store: the record, its place, the hashes on the way to the root, and the
/// signed checkpoint with that root.
public struct AuditProof: Sendable, Codable {
  public let index, size: Int
  /// Hexadecimal: the record's own hash, whose 32 bytes are the leaf's data.
  public let hash: String
  /// Hexadecimal, from the leaf upwards.
  public let proof: [String]
  public let checkpoint: String
  public let key: String

  /// Whether all of it holds together, by the key that it names or by `key`.
  /// - Throws: `Faults` (integrity) where it does not, with what.
  public func check(by key: VerifierKey? = nil, at place: String) throws {
    let checkpoint = try Self.signed(checkpoint, by: key, named: self.key, at: place)
    let steps = proof.compactMap { SHA256.bytes(hex: $0) }
    guard let data = SHA256.bytes(hex: hash), data.count == 32, steps.count == proof.count, size == checkpoint.size,
      MerkleTree.includes(
        leaf: MerkleTree.leafHash(data), index: index, size: size, root: checkpoint.root, proof: steps)
    else { throw Faults.integrity(place, "does not lead from the record to the checkpoint's root", Self.advice) }
  }

  static let advice = "It proves nothing. Ask for it anew."

  /// A checkpoint that the key has signed which stands beside it; `key` is the one that somebody trusts.
  static func signed(_ text: String, by key: VerifierKey?, named: String, at place: String) throws -> Checkpoint {
    guard let own = VerifierKey(named), key == nil || key == own else {
      throw Faults.integrity(place, "names another key than the log's", advice)
    }
    let checkpoint = try Checkpoint(text, at: place)
    guard checkpoint.note.isSigned(by: own) else {
      throw Faults.integrity(place, "has a checkpoint that \(own.name) did not sign", advice)
    }
    return checkpoint
  }
}

/// What `cutline audit prove` wrote.
public enum WrittenProof: Sendable {
  case record(AuditProof)
  case growth(GrowthProof)
  case receipt(ReceiptProof)

  /// - Throws: `Faults` (io), (integrity) for what is none of them.
  public init(reading path: String) throws {
    let data = try FileSystem.read(path, limit: 1 << 24)
    // Another reader would take the other one.
    do { try JsonMembers.check(Array(data), of: path) } catch let faults as Faults { throw faults.recoded(.integrity) }
    if let proof = try? CanonicalJSON.decode(AuditProof.self, from: data) {  // else it may be another
      self = .record(proof)
    } else if let proof = try? CanonicalJSON.decode(GrowthProof.self, from: data) {  // else it may be the third
      self = .growth(proof)
    } else if let proof = try? CanonicalJSON.decode(ReceiptProof.self, from: data) {  // else it is none
      self = .receipt(proof)
    } else {
      throw Faults.integrity(path, "is no proof", "Name a file that cutline audit prove wrote.")
    }
  }
}

/// That the log has only grown since it had `old` records.
public struct GrowthProof: Sendable, Codable {
  public let old, size: Int
  public let oldRoot, root: String
  public let proof: [String]
  public let checkpoint: String
  public let key: String

  /// Whether the log of the checkpoint continues the one with `oldRoot`, by the key that it names or by `key`.
  /// - Throws: `Faults` (integrity) where it does not, with what.
  public func check(by key: VerifierKey? = nil, at place: String) throws {
    let checkpoint = try AuditProof.signed(checkpoint, by: key, named: self.key, at: place)
    let steps = proof.compactMap { SHA256.bytes(hex: $0) }
    guard let from = SHA256.bytes(hex: oldRoot), SHA256.bytes(hex: root) == checkpoint.root, size == checkpoint.size,
      steps.count == proof.count,
      MerkleTree.isConsistent(old: old, oldRoot: from, size: size, root: checkpoint.root, proof: steps)
    else { throw Faults.integrity(place, "does not lead from the old root to the checkpoint's", AuditProof.advice) }
  }
}

extension Store {
  /// - Parameter seq: the record, from 1.
  /// - Throws: `Refusal` for a number that the log does not have.
  /// - Complexity: O(log n).
  public func proof(of seq: Int) throws -> AuditProof {
    try database.snapshot {
      let checkpoint = try checkpoint()
      guard seq >= 1, seq <= checkpoint.size,
        let row = try database.first("SELECT * FROM audit WHERE seq = ?", [.init(seq)])
      else {
        throw Refusal(
          .notFound, "record \(seq)", "is not in the log, which has \(checkpoint.size)",
          "Give a number of cutline audit log.")
      }
      let proof = try MerkleTree.inclusionProof(index: seq - 1, size: checkpoint.size, AuditLog.node(database))
      return AuditProof(
        index: seq - 1, size: checkpoint.size, hash: row.text("hash"), proof: proof.map(SHA256.hexText),
        checkpoint: checkpoint.text, key: try verifierKey().text)
    }
  }

  public func growth(from old: Int) throws -> GrowthProof {
    try database.snapshot {
      let checkpoint = try checkpoint()
      guard old >= 0, old <= checkpoint.size else {
        throw Refusal(
          .notFound, "--from \(old)", "is more than the log's \(checkpoint.size) records", "Give a size that it had.")
      }
      return GrowthProof(
        old: old, size: checkpoint.size,
        oldRoot: SHA256.hexText(try MerkleTree.root(size: old, AuditLog.node(database))),
        root: SHA256.hexText(checkpoint.root),
        proof: try consistencyProof(from: old, to: checkpoint.size).map(SHA256.hexText), checkpoint: checkpoint.text,
        key: try verifierKey().text)
    }
  }

  func consistencyProof(from old: Int, to size: Int) throws -> [[UInt8]] {
    try MerkleTree.consistencyProof(from: old, size: size, AuditLog.node(database))
  }
}
