internal import CutlineCore

/// What somebody wants to be done with a version.
public struct VersionRequest: Sendable {
  public let action: Transition.Action
  public let name: VersionName
  public var reason = ""
  /// activate: from when; now where it is nil or past.
  public var effectiveFrom: Instant?

  public init(_ action: Transition.Action, _ name: VersionName) { (self.action, self.name) = (action, name) }
}

extension Store {
  /// What came of a request.
  public struct VersionAnswer: Sendable, Encodable {
    public let version: VersionSheet
    /// What was in force before, where that has changed.
    public let previous: String?
    /// False where it was so already.
    public let hasChanged: Bool
    public let eventSeq: Int

    enum CodingKeys: String, CodingKey {
      case version, previous
      case hasChanged = "changed"
      case eventSeq = "event_seq"
    }
  }

  /// Does what the table of `Transition` lists, in one transaction: event, state, what is in force, approvals and their records.
  ///
  /// - Throws: `Refusal`: (forbidden) for who may not, (conflict) for what is not listed, (not approved, gate failed, invalid) for a
  ///   condition that does not hold. Nothing is changed then.
  public func perform(_ request: VersionRequest, by caller: Caller) throws -> VersionAnswer {
    try write { transaction in
      let facts = try VersionFacts(request.name, database)
      return try perform(request, facts, by: transaction.principal(caller, atLeast: .viewer), transaction)
    }
  }

  private func perform(
    _ request: VersionRequest, _ facts: VersionFacts, by person: Principal, _ transaction: StoreTransaction
  ) throws -> VersionAnswer {
    var action = request.action
    if action == .activate, let from = request.effectiveFrom, from > transaction.now { action = .schedule }
    // Asked twice, done once.
    if action == .activate, facts.state == .active, person.role >= .approver {
      return try answer(facts, previous: nil, hasChanged: false)
    }
    let rows = Transition.listed(action, from: facts.state)
    guard let first = rows.first, let role = first.role else {
      let possible = Transition.actions(from: facts.state).map(\.rawValue)
      throw Refusal(
        action == .activate && [.draft, .inReview].contains(facts.state) ? .notApproved : .conflict,
        request.name.description,
        "is \(facts.state.rawValue), and \(action.rawValue) is not possible then",
        possible.isEmpty ? "It stays so." : "Possible are \(possible.joined(separator: ", ")).")
    }
    guard person.role >= role else {
      throw Refusal(
        .forbidden, person.name, "has the role \(person.role.rawValue), and \(action.rawValue) needs \(role.rawValue)",
        "Ask somebody who has it.")
    }
    for condition in first.conditions {
      try condition.check(facts, person, reason: request.reason, at: transaction.now)
    }
    var to = first.to
    if action == .approve, facts.validApprovals.count + 1 < facts.approvalsRequired { to = .inReview }
    if to == .active, facts.state != .active {
      try transaction.replaceActive(facts, by: person.name, reason: request.reason)
    }
    let schedule = action == .schedule ? request.effectiveFrom : nil
    try transaction.move(
      facts.name, from: facts.state, to: to, action, by: person.name, reason: request.reason, facts: facts,
      sha256: facts.objectSHA256, effectiveFrom: schedule)
    if [.approve, .reject].contains(action) {
      try transaction.decide(facts, action == .approve ? "approve" : "reject", by: person.name, reason: request.reason)
    }
    if facts.state == .active, to == .retired { try transaction.delete(.active, key: facts.name.pair) }
    try transaction.record(
      action == .confirm ? "version.rollback.confirm" : "version.\(action.rawValue)", by: person.name, on: "version",
      facts.name.description, sha256: facts.objectSHA256)
    let hasMoved = to == .active && facts.state != .active
    return try answer(
      facts, previous: hasMoved && !facts.baseVersion.isEmpty ? facts.baseVersion : nil, hasChanged: true)
  }

  private func answer(_ facts: VersionFacts, previous: String?, hasChanged: Bool) throws -> VersionAnswer {
    let state = try database.first(
      "SELECT event_seq FROM version_state WHERE product = ? AND kind = ? AND version = ?", facts.name.key)
    return VersionAnswer(
      version: try sheet(of: facts.name), previous: previous, hasChanged: hasChanged,
      eventSeq: state?.integer("event_seq") ?? 0)
  }

  // MARK: Scheduled activations

  /// A scheduled activation whose time has come, and what became of it.
  public struct Due: Sendable {
    public let name: VersionName
    /// Nil where it is in force now.
    public let refusal: String?
  }

  /// Activates what was scheduled for now or earlier, in the order of its times, each in a transaction of its own. What may no
  /// longer be activated (an approval void, a waiver expired, its scheduler disabled) lapses, with its reason in the history.
  public func activateDue() throws -> [Due] {
    let scheduled = try database.query(
      """
      SELECT e.* FROM version_events e JOIN version_state s ON s.event_seq = e.seq
      WHERE e.action = 'schedule' AND s.state = 'approved' AND e.effective_from <= ? ORDER BY e.effective_from, e.seq
      """, [.init(now)])
    return try scheduled.map { row in
      let name = VersionName(row)
      do {
        try write { transaction in
          let person = try transaction.known(row.text("actor"))
          guard person.disabledAt == nil else {
            throw Refusal(.forbidden, person.name, "who scheduled it, is disabled", "Another person must activate it.")
          }
          let facts = try VersionFacts(name, database)
          _ = try perform(VersionRequest(.activate, name), facts, by: person, transaction)
        }
        return Due(name: name, refusal: nil)
      } catch let refusal as Refusal {
        try write { transaction in
          let facts = try VersionFacts(name, database)
          try transaction.move(
            name, from: .approved, to: .approved, .lapse, by: row.text("actor"), reason: refusal.faults.problem,
            facts: facts, sha256: facts.objectSHA256)
          try transaction.record(
            "version.lapse", by: Principal.tool, on: "version", name.description, sha256: facts.objectSHA256)
        }
        return Due(name: name, refusal: refusal.text(.full))
      }
    }
  }
}

extension StoreTransaction {
  /// An event, and the state that follows from it.
  func move(
    _ name: VersionName, from: VersionState?, to: VersionState, _ action: Transition.Action, by actor: String,
    reason: String, facts: VersionFacts?, sha256: String, effectiveFrom: Instant? = nil
  ) throws {
    let seq = try next(.versionEvents)
    try insert(
      .versionEvents,
      [
        "seq": .init(seq), "product": .text(name.product), "kind": .text(name.kind), "version": .text(name.version),
        "from_state": .text(from?.rawValue ?? ""), "to_state": .text(to.rawValue), "action": .text(action.rawValue),
        "actor": .text(actor), "at": .init(now), "reason": .text(reason), "object_sha256": .text(sha256),
        "base_version": .text(facts?.baseVersion ?? ""), "base_sha256": .text(facts?.baseSHA256 ?? ""),
        "evidence_sha256": .text(facts?.evidenceSHA256 ?? ""), "effective_from": .init(effectiveFrom),
      ])
    let state: KeyValuePairs<String, StoredValue> = [
      "product": .text(name.product), "kind": .text(name.kind), "version": .text(name.version),
      "state": .text(to.rawValue), "event_seq": .init(seq),
    ]
    if from == nil { try insert(.versionState, state) } else { try update(.versionState, key: name.key, state) }
    if to == .active, from != .active {
      try replace(
        .active,
        [
          "product": .text(name.product), "kind": .text(name.kind), "version": .text(name.version), "since": .init(now),
          "event_seq": .init(seq),
        ])
    }
  }

  /// Retires what is in force, in the same transaction as its successor comes.
  func replaceActive(_ facts: VersionFacts, by actor: String, reason: String) throws {
    guard !facts.baseVersion.isEmpty else { return }
    let old = VersionName(product: facts.name.product, kind: facts.name.kind, version: facts.baseVersion)
    let oldFacts = try VersionFacts(old, database)
    try delete(.active, key: old.pair)
    try move(
      old, from: .active, to: .retired, .replace, by: actor, reason: reason, facts: oldFacts,
      sha256: oldFacts.objectSHA256)
    try record("version.replace", by: actor, on: "version", old.description, sha256: oldFacts.objectSHA256)
  }

  /// A verdict, bound to what it was given on.
  func decide(_ facts: VersionFacts, _ verdict: String, by actor: String, reason: String) throws {
    try insert(
      .approvals,
      [
        "approval_id": .init(try next(.approvals)), "product": .text(facts.name.product),
        "kind": .text(facts.name.kind),
        "version": .text(facts.name.version), "submission": .init(facts.submission?.seq ?? 0),
        "object_sha256": .text(facts.objectSHA256), "base_sha256": .text(facts.baseSHA256),
        "evidence_sha256": .text(facts.evidenceSHA256), "evidence": .text(facts.evidenceText), "actor": .text(actor),
        "verdict": .text(verdict), "reason": .text(reason), "at": .init(now),
      ])
  }
}
