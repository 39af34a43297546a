/// States and what is in force, folded from the events anew.
struct StateFold {
  private let events: [StoredRow]
  private let states, active, approvals, versions, principals: [StoredRow]

  init(_ database: Database) throws {
    events = try database.query("SELECT * FROM version_events ORDER BY seq")
    states = try database.query("SELECT * FROM version_state")
    active = try database.query("SELECT * FROM active")
    approvals = try database.query("SELECT * FROM approvals ORDER BY approval_id")
    versions = try database.query("SELECT * FROM versions")
    principals = try database.query("SELECT name, role, human FROM principals")
  }

  private static func name(_ row: StoredRow) -> String { VersionName(row).description }

  func faults(recordCount: Int) -> [AuditFault] {
    var details: [String] = []
    var state: [String: (state: String, seq: Int)] = [:]
    var live: [String: (version: String, seq: Int)] = [:]
    for event in events {
      let (name, to, seq) = (Self.name(event), event.text("to_state"), event.integer("seq"))
      let from = state[name]?.state ?? ""
      if event.text("from_state") != from {
        details.append("event \(seq) leaves \(event.text("from_state")), and \(name) was \(from)")
      }
      if !Transition.isListed(action: event.text("action"), from: event.text("from_state"), to: to) {
        details.append("event \(seq) of \(name) is no transition: \(event.text("action"))")
      }
      state[name] = (to, seq)
      let pair = "\(event.text("product"))/\(event.text("kind"))"
      if to == VersionState.active.rawValue {
        if let other = live[pair], other.version != event.text("version") {
          details.append("event \(seq) makes a second version active beside \(other.version)")
        }
        live[pair] = (event.text("version"), seq)
      } else if from == VersionState.active.rawValue {
        live[pair] = nil
      }
    }
    for row in states where state[Self.name(row)].map({ $0 != (row.text("state"), row.integer("event_seq")) }) ?? true {
      details.append("the state of \(Self.name(row)) is not that of its events")
    }
    if states.count != state.count {
      details.append("\(states.count) states stand there, \(state.count) versions have events")
    }
    let stated = Dictionary(
      active.map { ("\($0.text("product"))/\($0.text("kind"))", $0.text("version")) }, uniquingKeysWith: { a, _ in a })
    if stated != live.mapValues(\.version) { details.append("what is active is not what the events say") }
    details += identities()
    return details.prefix(1).map { AuditFault(recordCount + 1, .state, $0) }
  }

  /// Approvals are another person's, of one who may, of the bytes that the version has.
  private func identities() -> [String] {
    let creators = Dictionary(versions.map { (Self.name($0), $0) }, uniquingKeysWith: { a, _ in a })
    let people = Dictionary(principals.map { ($0.text("name"), $0) }, uniquingKeysWith: { a, _ in a })
    let submitters = Dictionary(events.map { ($0.integer("seq"), $0.text("actor")) }, uniquingKeysWith: { a, _ in a })
    return approvals.compactMap { approval in
      let (name, actor) = (Self.name(approval), approval.text("actor"))
      guard let version = creators[name], let person = people[actor] else { return "approval of \(name) by nobody" }
      if approval.text("object_sha256") != version.text("object_sha256") {
        return "an approval of \(name) is of other bytes"
      }
      guard approval.text("verdict") == "approve" else { return nil }
      let isOther = actor != version.text("created_by") && actor != submitters[approval.integer("submission")]
      let mayApprove =
        person.integer("human") == 1 && Role(rawValue: person.text("role")).map { $0 >= .approver } ?? false
      return isOther && mayApprove ? nil : "\(name) was approved by \(actor), who may not"
    }
  }
}
