/// The states of a version and all that leads from one to another: the only place that says it. Validation, the pages and every
/// door read this table.
public struct Transition: Sendable {
  public enum Action: String, Sendable, CaseIterable {
    case create, submit, approve, reject, withdraw, schedule, activate, replace, retire, rollback, confirm, archive
    /// A scheduled activation whose conditions no longer held at its time.
    case lapse
  }

  /// Nil for what is not there yet.
  public let from: VersionState?
  public let to: VersionState
  public let action: Action
  /// Who may; nil for what the store does itself as a part of another action.
  public let role: Role?
  let conditions: [Condition]

  private init(
    _ from: VersionState?, _ to: VersionState, _ action: Action, _ role: Role?, _ conditions: [Condition] = []
  ) {
    (self.from, self.to, self.action, self.role, self.conditions) = (from, to, action, role, conditions)
  }

  private static let toActivate: [Condition] = [
    .isPerson, .isNotCreator, .approvalsHold, .approvalsAreRecent, .gatesHold, .bytesAreSame, .referencesStand,
  ]

  public static let all: [Transition] = [
    Transition(nil, .draft, .create, .analyst),
    Transition(.draft, .inReview, .submit, .analyst, [.gatesAreRecent, .gatesHold]),
    Transition(.inReview, .approved, .approve, .approver, toApprove),
    // While more approvals are required.
    Transition(.inReview, .inReview, .approve, .approver, toApprove),
    Transition(.inReview, .rejected, .reject, .approver, [.isPerson, .givesReason, .hasNotDecided]),
    Transition(.inReview, .draft, .withdraw, .analyst, [.isCreator]),
    // Where what was approved has changed since.
    Transition(.approved, .draft, .withdraw, .analyst, [.isCreator]),
    Transition(.approved, .approved, .schedule, .approver, toActivate),
    Transition(.approved, .approved, .lapse, nil),
    Transition(.approved, .active, .activate, .approver, toActivate),
    Transition(.active, .retired, .replace, nil),
    Transition(.active, .retired, .retire, .approver, [.isPerson, .givesReason]),
    Transition(
      .retired, .active, .rollback, .approver,
      [.isPerson, .isNotCreator, .givesReason, .bytesAreSame, .referencesStand]),
    Transition(.active, .active, .confirm, .approver, [.isPerson, .confirmsAnother]),
    Transition(.draft, .archived, .archive, .analyst),
    Transition(.rejected, .archived, .archive, .analyst),
  ]

  private static let toApprove: [Condition] = [
    .isPerson, .isNotCreator, .isNotSubmitter, .givesReason, .baseIsInForce, .evidenceIsSubmitted, .hasNotDecided,
  ]

  /// The rows for an action from a state; there are two where the number of approvals decides.
  static func listed(_ action: Action, from state: VersionState?) -> [Transition] {
    all.filter { $0.action == action && $0.from == state }
  }

  static func isListed(action: String, from: String, to: String) -> Bool {
    all.contains { $0.action.rawValue == action && ($0.from?.rawValue ?? "") == from && $0.to.rawValue == to }
  }

  /// What somebody may do with a version in a state.
  public static func actions(from state: VersionState) -> [Action] {
    Action.allCases.filter { action in all.contains { $0.from == state && $0.action == action && $0.role != nil } }
  }

  /// The table, as `docs/store.md` has it.
  public static var markdown: String {
    "| from | to | action | who | conditions |\n|---|---|---|---|---|\n"
      + all.map { row in
        let who = row.role.map { $0 == .admin ? "admin" : "\($0.rawValue) or above" } ?? "the store itself"
        let conditions = row.conditions.map(\.sentence).joined(separator: "; ")
        return
          "| \(row.from?.rawValue ?? "–") | \(row.to.rawValue) | \(row.action.rawValue) | \(who) | \(conditions) |\n"
      }.joined()
  }
}
