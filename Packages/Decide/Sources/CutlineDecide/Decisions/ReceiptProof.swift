internal import CutlineCore
internal import Foundation

/// That a receipt is what was sealed when it was decided, for somebody who has no store: the receipt, its way to the seal's root, the
/// record of the log that holds the root, and that record's way to a signed checkpoint.
public struct ReceiptProof: Sendable, Codable {
  /// Canonical JSON, as it is kept.
  public let receipt: String
  /// Among the receipts of its seal.
  public let index, size: Int
  /// Hexadecimal, from the leaf upwards.
  public let path: [String]
  /// The record of the seal, whose `object_sha256` is the root.
  public let record: AuditRecord
  public let log: AuditProof

  /// Whether all of it holds together, by the key that it names or by `key`.
  /// - Throws: `Faults` (integrity) where it does not, with what.
  public func check(by key: VerifierKey? = nil, at place: String) throws {
    try log.check(by: key, at: place)
    guard record.hash == record.computedHash, record.hash == log.hash, record.action == DecisionSeal.action else {
      throw Faults.integrity(place, "has a seal that is not the record of the log", AuditProof.advice)
    }
    let steps = path.compactMap { SHA256.bytes(hex: $0) }
    guard let root = SHA256.bytes(hex: record.objectSHA256), steps.count == path.count,
      MerkleTree.includes(
        leaf: MerkleTree.leafHash(Array(receipt.utf8)), index: index, size: size, root: root, proof: steps)
    else { throw Faults.integrity(place, "does not lead from the receipt to the seal's root", AuditProof.advice) }
  }

  /// The decision that it is of.
  /// - Throws: `Faults` (integrity) for what is no receipt.
  public func decisionID(at place: String) throws -> String {
    struct Head: Decodable {
      let decisionID: String
      enum CodingKeys: String, CodingKey { case decisionID = "decision_id" }
    }
    do { return try CanonicalJSON.decode(Head.self, from: Data(receipt.utf8)).decisionID } catch {
      throw Faults.integrity(place, "has a receipt that cannot be read", AuditProof.advice)
    }
  }
}

extension Store {
  /// - Throws: `Refusal` (not found).
  /// - Complexity: O(receipts of the seal + log n).
  public func proof(ofDecision id: String) throws -> ReceiptProof {
    try database.snapshot {
      let receipt = try receiptBytes(of: id)
      guard
        let seal = try database.first("SELECT seal_id FROM decisions WHERE decision_id = ?", [.text(id)]),
        let record = try database.first(
          "SELECT * FROM audit WHERE action = ? AND object_type = 'seal' AND object_id = ?",
          [.text(DecisionSeal.action), .text(String(seal.integer("seal_id")))])
      else { throw Faults.integrity("decision \(id)", "has no seal in the log", "Run cutline audit verify.") }
      var leaves: [[UInt8]] = []
      var index = 0
      try database.each(
        "SELECT decision_id, receipt FROM decisions WHERE seal_id = ? ORDER BY decision_id", [seal["seal_id"]]
      ) { row in
        if row.text("decision_id") == id { index = leaves.count }
        leaves.append(MerkleTree.leafHash(row.bytes("receipt")))
      }
      return ReceiptProof(
        receipt: String(decoding: receipt, as: UTF8.self), index: index, size: leaves.count,
        path: MerkleTree.inclusionProof(index: index, ofLeaves: leaves).map(SHA256.hexText),
        record: AuditRecord(record), log: try proof(of: record.integer("seq")))
    }
  }
}
