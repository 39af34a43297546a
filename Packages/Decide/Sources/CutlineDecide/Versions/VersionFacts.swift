internal import CutlineCore

/// All that decides whether something may be done with a version, as it stands in one transaction.
struct VersionFacts {
  struct Event {
    let seq: Int
    let action, actor, baseVersion, baseSHA256, evidenceSHA256: String
    let at: Instant
    let effectiveFrom: Instant?

    init(_ row: StoredRow) {
      seq = row.integer("seq")
      action = row.text("action")
      actor = row.text("actor")
      (baseVersion, baseSHA256, evidenceSHA256) = (
        row.text("base_version"), row.text("base_sha256"), row.text("evidence_sha256")
      )
      at = row.instant("at")
      effectiveFrom = row.optionalInstant("effective_from")
    }
  }

  struct Approval {
    let actor, objectSHA256, baseSHA256, evidenceSHA256: String
    let at: Instant
  }

  let name: VersionName
  let state: VersionState
  let createdBy, objectSHA256: String
  let approvalsRequired: Int
  /// What is in force now; empty where nothing is.
  let baseVersion, baseSHA256: String
  /// The latest of each name.
  let evidence: [String: String]
  let gates: (report: GateReport, madeAt: Instant)?
  private let waivers: [(gate: String, expiresOn: String, at: Instant)]
  /// Since when the report that counts is there: a waiver is of what its giver could read.
  private let gatesSince: Instant?
  let events: [Event]
  /// Of the latest submission.
  let approvals: [Approval]
  private let database: Database

  /// - Throws: `Refusal` (not found) with the nearest name.
  init(_ name: VersionName, _ database: Database) throws {
    let row = try Store.row(of: name, database)
    self.name = name
    state = VersionState(rawValue: row.text("state")) ?? .archived
    createdBy = row.text("created_by")
    objectSHA256 = row.text("object_sha256")
    approvalsRequired = max(row.integer("approvals_required"), row.integer("product_approvals"))
    let active = try database.first(
      """
      SELECT a.version, v.object_sha256 FROM active a JOIN versions v USING (product, kind, version)
      WHERE a.product = ? AND a.kind = ?
      """, name.pair)
    (baseVersion, baseSHA256) = (active?.text("version") ?? "", active?.text("object_sha256") ?? "")

    var evidence: [String: String] = [:]
    var gates: (GateReport, Instant)?
    var gatesSince: Instant?
    for row in try database.query(
      "SELECT * FROM version_evidence WHERE product = ? AND kind = ? AND version = ? ORDER BY seq", name.key)
    {
      let isOther = evidence[row.text("name")] != row.text("object_sha256")
      evidence[row.text("name")] = row.text("object_sha256")
      if row.text("name") == GateReport.evidenceName {
        if isOther { gatesSince = row.instant("attached_at") }
        gates = (
          try GateReport(Store.bytes(of: row.text("object_sha256"), database), at: name.description),
          row.instant("made_at")
        )
      }
    }
    (self.evidence, self.gates, self.gatesSince) = (evidence, gates, gatesSince)
    waivers = try database.query(
      "SELECT gate, expires_on, at FROM waivers WHERE product = ? AND kind = ? AND version = ?", name.key
    ).map { ($0.text("gate"), $0.text("expires_on"), $0.instant("at")) }
    events = try database.query(
      "SELECT * FROM version_events WHERE product = ? AND kind = ? AND version = ? ORDER BY seq", name.key
    ).map(Event.init)
    let submission = events.last { $0.action == Transition.Action.submit.rawValue }?.seq ?? 0
    approvals = try database.query(
      """
      SELECT * FROM approvals WHERE product = ? AND kind = ? AND version = ? AND submission = ? AND verdict = 'approve'
      ORDER BY approval_id
      """, name.key + [.init(submission)]
    ).map {
      Approval(
        actor: $0.text("actor"), objectSHA256: $0.text("object_sha256"), baseSHA256: $0.text("base_sha256"),
        evidenceSHA256: $0.text("evidence_sha256"), at: $0.instant("at"))
    }
    self.database = database
  }

  var submission: Event? { events.last { $0.action == Transition.Action.submit.rawValue } }

  /// One digest of all evidence: names and digests as canonical JSON.
  var evidenceSHA256: String { SHA256.hex(Array(evidenceText.utf8)) }

  var evidenceText: String { CanonicalText.object(evidence.map { ($0.key, CanonicalText.text($0.value)) }) }

  /// The schedule that has not come to pass, if nothing has happened since.
  var schedule: Event? { events.last.flatMap { $0.action == Transition.Action.schedule.rawValue ? $0 : nil } }

  /// A rollback that nobody has confirmed.
  var unconfirmedRollback: Event? {
    guard state == .active else { return nil }
    let last = events.last { ["rollback", "confirm", "activate"].contains($0.action) }
    return last.flatMap { $0.action == Transition.Action.rollback.rawValue ? $0 : nil }
  }

  // MARK: Conditions

  func isWaived(_ gate: String, at now: Instant) -> Bool {
    waivers.contains { $0.gate == gate && holds($0, at: now) }
  }

  /// Its day has not passed, and it was given on the report that counts.
  func holds(_ waiver: (gate: String, expiresOn: String, at: Instant), at now: Instant) -> Bool {
    waiver.expiresOn >= now.date && gatesSince.map { waiver.at >= $0 } ?? false
  }

  func checkGates(at now: Instant) throws {
    guard let gates else {
      throw Refusal(
        .gateFailed, name.description, "has no gate report", "Attach one: cutline version attach --evidence gates=FILE."
      )
    }
    let failed = gates.report.failed.filter { !isWaived($0, at: now) }
    guard failed.isEmpty else {
      throw Refusal(
        .gateFailed, name.description, "fails \(failed.joined(separator: ", "))",
        "Mend it, or have another person waive it: cutline waiver grant.")
    }
  }

  /// Approvals that are of these bytes, this base and this evidence.
  var validApprovals: [Approval] {
    approvals.filter {
      $0.objectSHA256 == objectSHA256 && $0.baseSHA256 == baseSHA256 && $0.evidenceSHA256 == evidenceSHA256
    }
  }

  func checkApprovals() throws {
    let valid = validApprovals.count
    guard valid < approvalsRequired else { return }
    let place = name.description
    if let void = approvals.first(where: { $0.baseSHA256 != baseSHA256 }) {
      throw Refusal(
        .notApproved, place,
        "was approved by \(void.actor) when another version was in force than \(baseVersion.orNothing)",
        "Its creator withdraws it, compares anew and submits it again.")
    }
    if let void = approvals.first(where: { $0.evidenceSHA256 != evidenceSHA256 }) {
      throw Refusal(
        .notApproved, place, "its evidence has changed since \(void.actor) approved it",
        "Its creator withdraws it and submits it again.")
    }
    throw Refusal(
      .notApproved, place, "has \(valid) of \(approvalsRequired) approvals", "Another person must approve it first.")
  }

  /// Of a policy: see `checkReferences(_:_:)`; of others there is nothing to look at.
  func checkReferences() throws { try checkReferences(Store.bytes(of: objectSHA256, database), database) }

  func checkBytes() throws {
    guard try SHA256.hex(Store.bytes(of: objectSHA256, database)) == objectSHA256 else {
      throw Faults.integrity(name.description, "its content is not what its digest says", "Run cutline audit verify.")
    }
  }
}
