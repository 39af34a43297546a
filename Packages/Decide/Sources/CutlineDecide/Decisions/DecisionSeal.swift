internal import CutlineCore
internal import Foundation

/// The tree over the receipts of one transaction.
enum DecisionSeal {
  /// What the log calls it.
  static let action = "receipts.seal"

  /// - Parameter receipts: at least one, in the order of their decisions' names.
  static func root(of receipts: [[UInt8]]) -> [UInt8] { MerkleTree.root(ofLeaves: receipts.map(MerkleTree.leafHash)) }

  /// What is not as seals say: the first seal of each kind of difference, and decisions of no seal.
  ///
  /// A receipt is what was sealed, and the columns beside it say what it says.
  /// - Complexity: O(bytes) time; memory O(receipts of a seal).
  static func faults(_ database: Database) throws -> (details: [String], rows: Int) {
    var (details, count): ([String], Int) = ([], 0)
    for seal in try database.query("SELECT * FROM decision_seals ORDER BY seal_id") {
      let number = seal.integer("seal_id")
      var leaves: [[UInt8]] = []
      var ids: [String] = []
      try database.each("SELECT * FROM decisions WHERE seal_id = ? ORDER BY decision_id", [.init(number)]) { row in
        leaves.append(MerkleTree.leafHash(row.bytes("receipt")))
        ids.append(row.text("decision_id"))
        if let detail = difference(row) { details.append(detail) }
      }
      count += leaves.count
      if leaves.count != seal.integer("rows") || ids.first != seal.text("first_decision")
        || ids.last != seal.text("last_decision")
        || leaves.isEmpty || SHA256.hexText(MerkleTree.root(ofLeaves: leaves)) != seal.text("root")
      {
        details.append("receipts of seal \(number) are not those that were sealed")
      }
    }
    let strays = try database.first(
      "SELECT count(*) AS n FROM decisions WHERE seal_id NOT IN (SELECT seal_id FROM decision_seals)")?.integer("n")
    if let strays, strays > 0 { details.append("\(strays) decisions belong to no seal") }
    return (details, count)
  }

  /// Where the columns of a decision say something else than its receipt.
  private static func difference(_ row: StoredRow) -> String? {
    let id = row.text("decision_id")
    // What is no receipt is told as a difference.
    guard let receipt = try? Receipt(row.bytes("receipt"), of: id) else {
      return "decision \(id) has a receipt that cannot be read"
    }
    struct Answer: Decodable { let decision, stage: String }
    let answer = try? CanonicalJSON.decode(Answer.self, from: Data(receipt.answer.utf8))  // nil differs
    let isSame =
      receipt.product == row.text("product") && receipt.applicationID == row.text("application_id")
      && receipt.requestKey == row.text("request_key")
      && Instant(receipt.receivedAt) == row.instant("received_at")
      && receipt.policy == .init(version: row.text("policy_version"), sha256: row.text("policy_sha256"))
      && receipt.amount == row.optionalInteger("amount")
      && answer?.decision == row.text("decision") && answer?.stage == row.text("stage")
    return isSame ? nil : "decision \(id) is not what its receipt says"
  }
}
