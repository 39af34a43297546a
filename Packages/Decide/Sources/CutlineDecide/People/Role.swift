/// What somebody may do; each role may what those before it may.
public enum Role: String, Sendable, CaseIterable, Codable, Comparable {
  case viewer, analyst, approver, admin

  public static func < (a: Role, b: Role) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }

  /// For lists and refusals.
  public var may: String {
    switch self {
    case .viewer: "reads versions, evidence, history and the log"
    case .analyst: "creates, submits, attaches evidence, withdraws, archives, sets aliases, makes backups"
    case .approver: "approves, rejects, activates, retires, rolls back, confirms, waives gates"
    case .admin: "adds and disables people, adds products, applies retention"
    }
  }
}
