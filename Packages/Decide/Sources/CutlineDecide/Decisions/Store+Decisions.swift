internal import CutlineCore

/// Decisions with their receipts.
extension Store {
  /// A decision that is kept.
  public struct KeptDecision: Sendable, Hashable {
    public let decisionID: String
    /// approve, decline or review.
    public let decision: String
    /// What is answered: of the first request, where it came before.
    public let answer: String
    /// Whether it was kept before, under the same key.
    public let isRepeated: Bool
  }

  /// Keeps decisions; what is returned is on the disk. One transaction, one seal. One that is refused keeps no other back.
  ///
  /// A request that came before, with the same key and the same input, is answered as it was then.
  ///
  /// - Parameters:
  ///   - policy: the version that decided, with the digest of its content.
  ///   - engine: the program that decided.
  /// - Returns: by draft; `Refusal` (idempotency conflict) for a key that came with another input, (gone) where that is erased,
  ///   (invalid) for an id or a key that is none.
  /// - Throws: `Refusal` (not found, forbidden), `Faults` (integrity) where the keys are not those of this store.
  /// - Complexity: O(n log decisions).
  public func keep(
    _ drafts: [DecisionDraft], product: String, policy: Receipt.Policy, engine: String, by caller: Caller
  ) throws -> [Result<KeptDecision, any Error>] {
    guard !drafts.isEmpty else { return [] }
    let keys = try writableKeys()
    return try database.holding(rows: drafts.count) {
      try write { transaction in
        try transaction.principal(caller, atLeast: .analyst)
        try checkProduct(product)
        var making = try DecisionMaking(
          product: product, policy: policy, engine: engine, at: transaction.now, keys: keys, database)
        let kept = drafts.map { draft in Result { try making.decision(draft) } }
        // Keys first: a receipt without its key would be lost, and a key without a receipt opens nothing.
        try keys.add(making.newKeys)
        try making.write(transaction, by: caller)
        return kept
      }
    }
  }

  /// The receipt of a decision.
  /// - Throws: `Refusal` (not found), `Faults` (integrity) for what is no receipt.
  public func receipt(of id: String) throws -> Receipt { try Receipt(receiptBytes(of: id), of: id) }

  func receiptBytes(of id: String) throws -> [UInt8] {
    guard let row = try database.first("SELECT receipt FROM decisions WHERE decision_id = ?", [.text(id)]) else {
      throw Refusal(.notFound, "decision \(id)", "is not known", "See cutline receipt list.")
    }
    return row.bytes("receipt")
  }

  /// What a decision was about, as canonical JSON. The log says who looked.
  ///
  /// - Throws: `Refusal` (gone) where its key is destroyed, (not found, forbidden), `Faults` (integrity) where key and receipt do not
  ///   belong together.
  public func input(of id: String, by caller: Caller) throws -> [UInt8] {
    let text = try openedInput(of: receipt(of: id), key(of: id, recordKeys()))
    try write { transaction in
      try transaction.principal(caller, atLeast: .analyst)
      try transaction.record("receipts.read", by: caller.name, on: "decision", id)
    }
    return text
  }

  /// The keys, for reading; nil where no decision was ever kept.
  func recordKeys() throws -> RecordKeys? {
    try RecordKeys(existing: place, of: id(), .readOnly, waitSeconds: options.waitSeconds)
  }

  private func writableKeys() throws -> RecordKeys {
    let isFirst = try database.first("SELECT 1 AS found FROM decision_seals LIMIT 1") == nil
    return try RecordKeys.open(place, of: id(), isFirst: isFirst, waitSeconds: options.waitSeconds)
  }

  /// The key of a decision. What the log says is destroyed stays so, whatever file of keys was put back.
  private func key(of id: String, _ keys: RecordKeys?) throws -> RecordKeys.Found {
    let record = try database.first(
      "SELECT time FROM audit WHERE action = 'key.destroy' AND object_type = 'decision' AND object_id = ? LIMIT 1",
      [.text(id)])
    if let at = record.flatMap({ Instant($0.text("time")) }) { return .destroyed(at) }
    return try keys?.find(id) ?? .missing
  }

  /// Decisions whose inputs the log says are erased. O(records).
  func erasedDecisions() throws -> Set<String> {
    Set(
      try database.query("SELECT object_id FROM audit WHERE action = 'key.destroy' AND object_type = 'decision'")
        .map { $0.text("object_id") })
  }

  /// - Throws: as `input(of:by:)`.
  func openedInput(of receipt: Receipt, _ key: RecordKeys.Found) throws -> [UInt8] {
    let id = receipt.decisionID
    switch key {
    case .destroyed(let at):
      throw Refusal(
        .gone, "decision \(id)", "was about what was erased at \(at.text)", "Its receipt stays; its input does not.")
    case .missing:
      throw Faults.integrity(
        RecordKeys.path(of: place), "has no key for decision \(id)", "Put the file back that was there.")
    case .key(let key):
      guard let text = receipt.open(key) else {
        throw Faults.integrity(
          "decision \(id)", "has an input that its key does not open", "Run cutline audit verify.")
      }
      return text
    }
  }

  // MARK: Erasure

  /// What was erased.
  public struct Erased: Sendable, Encodable {
    /// Decisions of the application, and how many of their keys were destroyed now.
    public let decisions, destroyed: Int
  }

  /// Destroys the keys of all decisions about an application: nobody can read what was given any more. The receipts, what was
  /// decided, and the log stay.
  ///
  /// - Throws: `Refusal` (not found) where nothing was decided about it, (forbidden) for a caller who is no admin.
  public func eraseInputs(ofApplication application: String, product: String, by caller: Caller) throws -> Erased {
    let keys = try writableKeys()
    let ids = try database.query(
      "SELECT decision_id FROM decisions WHERE product = ? AND application_id = ?",
      [.text(product), .text(application)]
    ).map { $0.text("decision_id") }
    guard !ids.isEmpty else {
      throw Refusal(.notFound, "the application", "has no decision of \(product)", "Check its id and the product.")
    }
    let there = try ids.filter { id in
      switch try keys.find(id) {
      case .key: return true
      case .destroyed: return false
      case .missing:
        throw Faults.integrity(
          RecordKeys.path(of: place), "has no key for decision \(id), which can therefore not be destroyed",
          "Put the keys of the store back where they were.")
      }
    }
    // The log first: said and not done can be seen and done again, done and not said could not.
    let moment = try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      for id in there { try transaction.record("key.destroy", by: caller.name, on: "decision", id) }
      return transaction.now
    }
    return Erased(decisions: ids.count, destroyed: try keys.destroy(there, at: moment))
  }
}
