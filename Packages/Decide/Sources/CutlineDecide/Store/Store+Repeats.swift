internal import CutlineCore
internal import Foundation

extension Store {
  /// An answer that was given.
  public struct Answer: Sendable, Hashable {
    public let status: Int
    /// Fields of its header, a name and a value each.
    public let fields: [[String]]
    public let body: [UInt8]

    public init(status: Int, fields: [[String]] = [], body: [UInt8]) {
      (self.status, self.fields, self.body) = (status, fields, body)
    }
  }

  /// What was answered to a request of this key within 24 hours; nil for a new one.
  ///
  /// - Throws: `Refusal` (idempotency conflict) where the key came with another request.
  public func answered(_ key: String, route: String, requestSHA256: String, by caller: Caller) throws -> Answer? {
    let row = try database.first(
      "SELECT * FROM idempotency WHERE principal = ? AND key = ? AND at > ?",
      [.text(caller.name), .text(key), .init(now.adding(hours: -24))])
    guard let row else { return nil }
    guard row.text("route") == route, row.text("request_sha256") == requestSHA256 else {
      throw Refusal(
        .idempotencyConflict, "Idempotency-Key", "came with another request before",
        "Use a new key for another request.")
    }
    // What is damaged is said here, whatever it is.
    guard let fields = try? JSONDecoder().decode([[String]].self, from: Data(row.text("fields").utf8)),
      fields.allSatisfy({ $0.count == 2 })
    else {
      throw Faults.integrity(path, "has a damaged answer to a request that came before", "Restore a backup.")
    }
    return Answer(status: row.integer("status"), fields: fields, body: row.bytes("response"))
  }

  /// All of what `body` reads and writes as one state and one transaction: an answer and what it says are kept together, or neither.
  public func inOneTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    try database.transaction(body)
  }

  /// Keeps an answer for whoever asks again.
  public func remember(_ answer: Answer, key: String, route: String, requestSHA256: String, by caller: Caller) throws {
    try write { transaction in
      _ = try database.query(
        """
        INSERT OR REPLACE INTO idempotency (principal, key, route, request_sha256, status, fields, response, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(caller.name), .text(key), .text(route), .text(requestSHA256), .init(answer.status),
          .text(String(decoding: try CanonicalJSON.encode(answer.fields), as: UTF8.self)), .bytes(answer.body),
          .init(transaction.now),
        ])
    }
  }
}
