/// What must hold for a transition, as a sentence for the pages and a check for the store.
enum Condition: Sendable, CaseIterable {
  case isPerson, isCreator, isNotCreator, isNotSubmitter, givesReason
  case gatesHold, gatesAreRecent, baseIsInForce, evidenceIsSubmitted, hasNotDecided
  case approvalsHold, approvalsAreRecent, bytesAreSame, referencesStand, confirmsAnother

  /// How long a gate report may be submitted, and an approval be acted on, in days.
  static let gateDays = 30
  static let approvalDays = 90

  var sentence: String {
    switch self {
    case .isPerson: "a person, not a service"
    case .isCreator: "who created it"
    case .isNotCreator: "another person than who created it"
    case .isNotSubmitter: "another person than who submitted it"
    case .givesReason: "with a reason"
    case .gatesHold: "a gate report without a FAIL that is not waived"
    case .gatesAreRecent: "the report not older than \(Self.gateDays) days"
    case .baseIsInForce: "what is in force is what was at submission"
    case .evidenceIsSubmitted: "the evidence is that of the submission"
    case .hasNotDecided: "once a person and submission"
    case .approvalsHold: "approved by as many as required, for these bytes, this base and this evidence"
    case .approvalsAreRecent: "each approval younger than \(Self.approvalDays) days"
    case .bytesAreSame: "the content has its digest"
    case .referencesStand: "what a policy names is there, by digest, and approved, active or retired"
    case .confirmsAnother: "another person than who rolled back"
    }
  }

  /// - Throws: `Refusal` where it does not hold.
  func check(_ facts: VersionFacts, _ caller: Principal, reason: String, at now: Instant) throws {
    let place = facts.name.description
    switch self {
    case .isPerson:
      guard !caller.isHuman else { return }
      throw Refusal(.forbidden, place, "\(caller.name) is a service, which decides nothing", "A person must do it.")
    case .isCreator:
      guard caller.name != facts.createdBy else { return }
      throw Refusal(.forbidden, place, "was made by \(facts.createdBy), not by \(caller.name)", "Only its creator may.")
    case .isNotCreator:
      guard caller.name == facts.createdBy else { return }
      throw Refusal(.forbidden, place, "was made by \(facts.createdBy)", "Another person must do it.")
    case .isNotSubmitter:
      guard caller.name == facts.submission?.actor else { return }
      throw Refusal(.forbidden, place, "was submitted by \(caller.name)", "Another person must do it.")
    case .givesReason:
      guard reason.allSatisfy(\.isWhitespace) else { return }
      throw Refusal(.invalid, place, "no reason is given", "Say it with --reason.")
    case .gatesHold: try facts.checkGates(at: now)
    case .gatesAreRecent:
      guard let gates = facts.gates else { return }
      guard gates.madeAt.adding(days: Self.gateDays) <= now else { return }
      throw Refusal(
        .gateFailed, place, "its gate report is of \(gates.madeAt.date), older than \(Self.gateDays) days",
        "Run again and attach the new one.")
    case .baseIsInForce:
      guard let submission = facts.submission, submission.baseSHA256 != facts.baseSHA256 else { return }
      throw Refusal(
        .conflict, place,
        "was submitted against \(submission.baseVersion.orNothing), and \(facts.baseVersion.orNothing) is in force",
        "Its creator withdraws it, compares anew and submits it again.")
    case .evidenceIsSubmitted:
      guard let submission = facts.submission, submission.evidenceSHA256 != facts.evidenceSHA256 else { return }
      throw Refusal(
        .conflict, place, "its evidence has changed since it was submitted",
        "Its creator withdraws it and submits it again.")
    case .hasNotDecided:
      guard facts.approvals.contains(where: { $0.actor == caller.name }) else { return }
      throw Refusal(.conflict, place, "\(caller.name) has decided on it already", "Another person must.")
    case .approvalsHold: try facts.checkApprovals()
    case .approvalsAreRecent:
      guard let old = facts.approvals.map(\.at).min(), old.adding(days: Self.approvalDays) <= now else { return }
      throw Refusal(
        .notApproved, place, "an approval is of \(old.date), older than \(Self.approvalDays) days",
        "Its creator withdraws it and submits it again.")
    case .bytesAreSame: try facts.checkBytes()
    case .referencesStand: try facts.checkReferences()
    case .confirmsAnother:
      guard let rollback = facts.unconfirmedRollback else {
        throw Refusal(.conflict, place, "has no rollback to be confirmed", "See cutline version history.")
      }
      guard rollback.actor == caller.name else { return }
      throw Refusal(.forbidden, place, "was rolled back to by \(caller.name)", "Another person must confirm it.")
    }
  }
}

extension String {
  /// A version's name, or that there is none.
  var orNothing: String { isEmpty ? "nothing" : self }
}
