internal import CutlineCore

extension Store {
  /// One decision in a list.
  public struct DecisionSheet: Sendable, Encodable {
    public let decisionID, product, applicationID: String
    public let receivedAt: Instant
    public let policy, decision, stage: String
    /// In hundredths of the product's currency.
    public let amount: Int?

    enum CodingKeys: String, CodingKey {
      case product, policy, decision, stage, amount
      case decisionID = "decision_id"
      case applicationID = "application_id"
      case receivedAt = "received_at"
    }

    init(_ row: StoredRow) {
      (decisionID, product, applicationID) = (row.text("decision_id"), row.text("product"), row.text("application_id"))
      receivedAt = row.instant("received_at")
      (policy, decision, stage) = (row.text("policy_version"), row.text("decision"), row.text("stage"))
      amount = row.optionalInteger("amount")
    }
  }

  /// Which decisions are listed.
  public struct DecisionQuery: Sendable {
    public var product, application, decision: String?
    /// Only those with a smaller name, which are older.
    public var before: String?
    public var limit = 50
    public init() {}
  }

  /// Decisions from the latest back. O(limit · log n); by another thing than product and application O(n) at worst.
  /// - Throws: `Refusal` (not found) for a product that is not known.
  public func decisions(_ query: DecisionQuery) throws -> [DecisionSheet] {
    if let product = query.product { try checkProduct(product) }
    var (conditions, values): ([String], [StoredValue]) = ([], [])
    for (column, value) in [
      ("product", query.product), ("application_id", query.application), ("decision", query.decision),
    ] {
      guard let value else { continue }
      conditions.append("\(column) = ?")
      values.append(.text(value))
    }
    if let before = query.before {
      conditions.append("decision_id < ?")
      values.append(.text(before))
    }
    let filter = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
    return try database.query(
      "SELECT * FROM decisions \(filter) ORDER BY decision_id DESC LIMIT ?", values + [.init(query.limit)]
    ).map(DecisionSheet.init)
  }
}
