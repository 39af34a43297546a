import Foundation
import Synchronization
import Testing

@testable import CutlineDecide

/// A store in a folder of its own, with people and a clock that the test sets.
final class DecisionFixture: Sendable {
  let folder: TemporaryFolderPath
  let store: Store
  /// By name: who may what stands in it.
  let callers: [String: Caller]
  let options: Store.Options

  static let people: [(name: String, role: Role, isHuman: Bool)] = [
    ("vic", .viewer, true), ("ann", .analyst, true), ("abe", .analyst, true), ("bob", .approver, true),
    ("cyd", .approver, true), ("bot", .approver, false), ("dan", .admin, true),
  ]

  init(approvals: Int = 1) throws {
    folder = try TemporaryFolderPath()
    let clock = ClockBox()
    var options = Store.Options()
    options.waitSeconds = 0.2
    options.clock = { clock.now }
    self.options = options
    box = clock
    let path = "\(folder.path)/decisions.sqlite"
    let made = try Store.make(path, admin: "root", options: options)
    let store = try Store(path, .writing, options: options)
    guard let token = AccessToken(made.token) else { throw Missing() }
    let root = try store.authenticate(token)
    var callers = ["root": root]
    for person in Self.people {
      let token = try store.addPrincipal(person.name, role: person.role, isHuman: person.isHuman, by: root)
      callers[person.name] = try store.authenticate(token)
    }
    try store.addProduct("loan", currency: "EUR", approvalsRequired: approvals, by: root)
    (self.store, self.callers) = (store, callers)
  }

  private let box: ClockBox
  var path: String { "\(folder.path)/decisions.sqlite" }
  var now: Instant { box.now }
  func wait(hours: Int) { box.advance(hours) }

  func caller(_ name: String) throws -> Caller {
    guard let caller = callers[name] else { throw Missing() }
    return caller
  }

  struct Missing: Error {}

  func gates(_ states: String..., age days: Int = 0) -> Store.Evidence {
    let lines = states.enumerated().map { "gate\($0),\($1),\"a, \"\"b\"\"\",\n" }
    return Store.Evidence(
      name: "gates", bytes: Array(("gate,state,detail,source\n" + lines.joined()).utf8), madeAt: now.adding(days: -days)
    )
  }

  @discardableResult
  func draft(_ version: String, by name: String = "ann", gates: Store.Evidence? = nil) throws -> VersionName {
    var draft = Store.Draft(content: Array("{\"name\": \"\(version)\"}".utf8))
    draft.evidence = [gates ?? self.gates("PASS", "WARN")]
    return try store.create(product: "loan", kind: .strategy, version: version, draft, by: caller(name)).name
  }

  @discardableResult
  func act(
    _ action: Transition.Action, _ version: String, by name: String, reason: String = "because", from: Instant? = nil
  ) throws -> Store.VersionAnswer {
    var request = VersionRequest(action, VersionName(product: "loan", kind: "strategy", version: version))
    request.reason = reason
    request.effectiveFrom = from
    return try store.perform(request, by: caller(name))
  }

  /// Draft, submission, approval.
  func approved(_ version: String) throws {
    try draft(version)
    try act(.submit, version, by: "ann")
    try act(.approve, version, by: "bob")
  }

  func state(_ version: String) throws -> VersionState {
    try store.sheet(of: VersionName(product: "loan", kind: "strategy", version: version)).state
  }
}

private final class ClockBox: Sendable {
  private let time = Mutex(Instant("2026-01-01T09:00:00Z") ?? Instant(microseconds: 0))
  /// A microsecond later each time it is asked.
  var now: Instant {
    time.withLock { time in
      time = Instant(microseconds: time.microseconds + 1)
      return time
    }
  }
  func advance(_ hours: Int) { time.withLock { $0 = $0.adding(hours: hours) } }
}

/// A folder that goes when the test does, and may cross tasks.
final class TemporaryFolderPath: Sendable {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "cutline-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  // Nothing depends on it.
  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What a refusal says it is.
func refusal<Value>(_ body: () throws -> Value) -> Refusal.Reason? {
  do {
    _ = try body()
    return nil
  } catch let refusal as Refusal {
    return refusal.reason
  } catch {
    Issue.record("no refusal, but \(error)")
    return nil
  }
}
