internal import CutlineCore

/// The decisions of one transaction on their way into the tables.
struct DecisionMaking {
  private let product: String
  private let policy: Receipt.Policy
  private let engine: String
  private let moment: Instant
  private let keys: RecordKeys
  private let database: Database
  private var ids: DecisionIDs
  /// By request key: one that comes twice in a transaction.
  private var known: [String: (kept: Store.KeptDecision, input: [UInt8], amount: Int?)] = [:]
  private var made: [(draft: DecisionDraft, id: String, receipt: [UInt8])] = []
  private(set) var newKeys: [(id: String, key: RecordKey)] = []

  init(
    product: String, policy: Receipt.Policy, engine: String, at moment: Instant, keys: RecordKeys, _ database: Database
  ) throws {
    (self.product, self.policy, self.engine) = (product, policy, engine)
    // Receipts have milliseconds, and the column beside them says the same.
    self.moment = Instant(microseconds: moment.microseconds / 1000 * 1000)
    (self.keys, self.database) = (keys, database)
    let last = try database.first("SELECT max(decision_id) AS id FROM decisions")?.optionalText("id")
    ids = DecisionIDs(after: last)
  }

  /// A decision that is new, or the one that was made for the same request.
  mutating func decision(_ draft: DecisionDraft) throws -> Store.KeptDecision {
    try check(draft)
    if let before = known[draft.requestKey] {
      guard before.input == draft.input, before.amount == draft.amount else { throw Self.otherInput }
      return Store.KeptDecision(
        decisionID: before.kept.decisionID, decision: before.kept.decision, answer: before.kept.answer, isRepeated: true
      )
    }
    if let before = try kept(draft) { return before }
    let id = try ids.next(at: moment)
    let key = try RecordKey.make()
    let receipt = try Receipt(draft, id: id, product: product, policy: policy, engine: engine, at: moment, key: key)
    let kept = Store.KeptDecision(
      decisionID: id, decision: draft.decision, answer: draft.answer, isRepeated: false)
    known[draft.requestKey] = (kept, draft.input, draft.amount)
    made.append((draft, id, try receipt.bytes))
    newKeys.append((id, key))
    return kept
  }

  private func check(_ draft: DecisionDraft) throws {
    for (name, text) in [("application_id", draft.applicationID), ("request_key", draft.requestKey)] {
      guard (1...320).contains(text.utf8.count), !text.unicodeScalars.contains(where: { $0.value < 32 }) else {
        throw Refusal(
          .invalid, name, "has \(text.utf8.count) bytes, or a control character", "Give 1 to 320 bytes of text.")
      }
    }
  }

  /// The decision that was kept for a request of this key.
  private func kept(_ draft: DecisionDraft) throws -> Store.KeptDecision? {
    let row = try database.first(
      "SELECT decision_id, decision, receipt FROM decisions WHERE product = ? AND request_key = ?",
      [.text(product), .text(draft.requestKey)])
    guard let row else { return nil }
    let id = row.text("decision_id")
    let receipt = try Receipt(row.bytes("receipt"), of: id)
    let key: RecordKey
    switch try keys.find(id) {
    case .key(let own): key = own
    case .destroyed:
      throw Refusal(
        .gone, "decision \(id)", "came with this request key, and what it was about is erased", "Use a new key.")
    case .missing:
      // Lost is not erased.
      throw Faults.integrity(
        "decision \(id)", "came with this request key, and its own key is not in the file of keys",
        "Put the keys of the store back where they were.")
    }
    guard receipt.isAbout(draft.input, by: key), receipt.applicationID == draft.applicationID,
      receipt.amount == draft.amount
    else {
      throw Self.otherInput
    }
    return Store.KeptDecision(
      decisionID: id, decision: row.text("decision"), answer: receipt.answer, isRepeated: true)
  }

  private static let otherInput = Refusal(
    .idempotencyConflict, "request_key", "came with another input before", "Use a new key for another request.")

  /// Writes what is new, and its seal.
  func write(_ transaction: StoreTransaction, by caller: Caller) throws {
    guard let first = made.first, let last = made.last else { return }
    let seal = try transaction.next(.decisionSeals)
    let root = SHA256.hexText(DecisionSeal.root(of: made.map(\.receipt)))
    try transaction.insert(
      .decisionSeals,
      [
        "seal_id": .init(seal), "first_decision": .text(first.id), "last_decision": .text(last.id),
        "rows": .init(made.count), "root": .text(root),
      ])
    for (draft, id, receipt) in made {
      try database.query(
        """
        INSERT INTO decisions (decision_id, seal_id, product, application_id, request_key, received_at, policy_version,
          policy_sha256, stage, decision, amount, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(id), .init(seal), .text(product), .text(draft.applicationID), .text(draft.requestKey), .init(moment),
          .text(policy.version), .text(policy.sha256), .text(draft.stage), .text(draft.decision),
          draft.amount.map { .init($0) } ?? .null, .bytes(receipt),
        ])
    }
    // The root stands in the record itself: a receipt is proved by it, and by the record.
    try transaction.record(DecisionSeal.action, by: caller.name, on: "seal", String(seal), sha256: root)
  }
}
