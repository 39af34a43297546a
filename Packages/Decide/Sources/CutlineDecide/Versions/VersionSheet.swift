/// A version as people and programs see it.
public struct VersionSheet: Sendable, Encodable {
  public struct Evidence: Sendable, Encodable {
    public let name, sha256: String
  }
  public let product, kind, version: String
  public let state: VersionState
  /// The same, in the requirement's word.
  public let status: VersionState
  public let sha256, source: String
  /// What its maker wrote for whoever reads it later.
  public let notes: String
  public let size: Int
  public let baseVersion, runDigest: String?
  /// The model that it was made with.
  public let modelID: String?
  public let createdAt: Instant
  public let createdBy: String
  public let submittedBy: String?
  /// Whose approvals count: of these bytes, this base, this evidence.
  public let approvedBy: [String]
  /// Approvals that count no more.
  public let voidApprovals: [String]
  public let approvalsRequired: Int
  public let activatedAt, retiredAt, scheduledFor: Instant?
  /// pass, fail, waived or none.
  public let gates: String
  public let failedGates: [String]
  /// WARN and SKIPPED: they do not fail, and have not passed.
  public let notPassedGates: [String]
  public let evidence: [Evidence]
  /// Since when a rollback waits for a second person; with `isOverdue` after 24 hours.
  public let unconfirmedRollbackSince: Instant?
  public let isConfirmationOverdue: Bool
  /// What may be done with it now, whoever may.
  public let actions: [String]

  public var name: VersionName { VersionName(product: product, kind: kind, version: version) }

  enum CodingKeys: String, CodingKey {
    case product, kind, version, state, status, sha256, source, notes, size, gates, evidence, actions
    case baseVersion = "base_version"
    case runDigest = "run_digest"
    case modelID = "model_id"
    case createdAt = "created_at"
    case createdBy = "created_by"
    case submittedBy = "submitted_by"
    case approvedBy = "approved_by"
    case voidApprovals = "void_approvals"
    case approvalsRequired = "approvals_required"
    case activatedAt = "activated_at"
    case retiredAt = "retired_at"
    case scheduledFor = "scheduled_for"
    case failedGates = "failed_gates"
    case notPassedGates = "not_passed_gates"
    case unconfirmedRollbackSince = "unconfirmed_rollback_since"
    case isConfirmationOverdue = "confirmation_overdue"
  }

  /// How long a rollback may wait for its second person, in hours.
  static let confirmationHours = 24

  init(_ facts: VersionFacts, _ row: StoredRow, size: Int, model: String?, at now: Instant) {
    (product, kind, version) = (facts.name.product, facts.name.kind, facts.name.version)
    (state, status) = (facts.state, facts.state)
    (sha256, source, notes, self.size) = (facts.objectSHA256, row.text("source"), row.text("notes"), size)
    (baseVersion, runDigest) = (row.optionalText("base_version"), row.optionalText("run_digest"))
    modelID = model
    (createdAt, createdBy) = (row.instant("created_at"), facts.createdBy)
    submittedBy = facts.submission?.actor
    // What was in force when it came into force is no longer there: its approvals were used then.
    let isUsed = [.active, .retired].contains(facts.state)
    approvedBy = (isUsed ? facts.approvals : facts.validApprovals).map(\.actor)
    voidApprovals = facts.approvals.map(\.actor).filter { [approvedBy] in !approvedBy.contains($0) }
    approvalsRequired = facts.approvalsRequired
    activatedAt = facts.events.last { ["activate", "rollback"].contains($0.action) }?.at
    retiredAt = facts.events.last { ["retire", "replace"].contains($0.action) }?.at
    scheduledFor = facts.schedule?.effectiveFrom
    failedGates = facts.gates?.report.failed ?? []
    notPassedGates = facts.gates?.report.notPassed ?? []
    let open = failedGates.filter { !facts.isWaived($0, at: now) }
    gates = facts.gates == nil ? "none" : failedGates.isEmpty ? "pass" : open.isEmpty ? "waived" : "fail"
    evidence = facts.evidence.sorted { $0.key < $1.key }.map { Evidence(name: $0.key, sha256: $0.value) }
    unconfirmedRollbackSince = facts.unconfirmedRollback?.at
    isConfirmationOverdue =
      facts.unconfirmedRollback.map { $0.at.adding(hours: Self.confirmationHours) <= now } ?? false
    let hasRollback = facts.unconfirmedRollback != nil
    actions = Transition.actions(from: facts.state).filter { $0 != .confirm || hasRollback }.map(\.rawValue)
  }
}

/// Something that happened to a version.
public struct VersionEvent: Sendable, Encodable {
  public let seq: Int
  public let product, kind, version, from, to, action, actor, reason, sha256: String
  public let at: Instant
  public let effectiveFrom: Instant?

  init(_ row: StoredRow) {
    seq = row.integer("seq")
    (product, kind, version) = (row.text("product"), row.text("kind"), row.text("version"))
    (from, to, action, actor) = (row.text("from_state"), row.text("to_state"), row.text("action"), row.text("actor"))
    (reason, sha256) = (row.text("reason"), row.text("object_sha256"))
    (at, effectiveFrom) = (row.instant("at"), row.optionalInstant("effective_from"))
  }

  enum CodingKeys: String, CodingKey {
    case seq, product, kind, version, from, to, action, actor, reason, sha256, at
    case effectiveFrom = "effective_from"
  }
}
