import CutlineCore
import Foundation
import Synchronization
import Testing

@testable import CutlineDecide
@testable import CutlineServe

/// A site with a store and people in a folder of its own, without sockets, and a clock that the test sets.
final class SiteFixture: Sendable {
  let folder: String
  let site: Site
  /// By name; the names are those of the roles, and `second` for another approver.
  let tokens: [String: String]

  /// - Parameters:
  ///   - address: where it says it listens.
  ///   - change: of the settings.
  init(address: String = "127.0.0.1", change: (inout ServerSettings) -> Void = { _ in }) throws {
    folder = NSTemporaryDirectory() + "cutline-site-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/decisions.sqlite"
    var options = Store.Options()
    let clock = ClockBox()
    options.clock = { clock.now }
    box = clock
    let made = try Store.make(path, admin: "admin", options: options)
    var tokens = ["admin": made.token]
    do {
      let store = try Store(path, .writing, options: options)
      let root = try store.authenticate(try #require(AccessToken(made.token)))
      for (name, role) in [
        ("viewer", Role.viewer), ("analyst", .analyst), ("approver", .approver), ("second", .approver),
      ] {
        tokens[name] = try store.addPrincipal(name, role: role, by: root).text
      }
      try store.addProduct("loan", currency: "EUR", by: root)
    }
    self.tokens = tokens
    var settings = ServerSettings()
    settings.address = address
    settings.toolVersion = "0"
    settings.store = .init(path: path, options: options)
    settings.clock = options.clock
    for name in ["runs", "jobs"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    var work = WorkSettings(runs: "\(folder)/runs", registry: Registry())
    work.jobs = "\(folder)/jobs"
    settings.work = work
    change(&settings)
    site = try Site(settings, port: 8052)
  }

  private let box: ClockBox
  func wait(hours: Int) { box.advance(hours) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }  // nothing depends on it

  /// A request as a client of `peer` sends it.
  func ask(
    _ method: String, _ path: String, _ body: String? = nil, as name: String? = nil, from peer: String = "127.0.0.1",
    fields: [(String, String)] = []
  ) throws -> Response {
    site.respond(try request(method, path, body, as: name, from: peer, fields: fields))
  }

  func request(
    _ method: String, _ path: String, _ body: String? = nil, as name: String? = nil, from peer: String = "127.0.0.1",
    fields: [(String, String)] = []
  ) throws -> Request {
    var all = fields.map { HttpField($0.0, $0.1) }
    func add(_ name: String, _ value: String) {
      if !all.contains(where: { $0.isNamed(name.lowercased()) }) { all.append(HttpField(name, value)) }
    }
    add("Host", "127.0.0.1:8052")
    if let name { add("Authorization", "Bearer \(tokens[name] ?? name)") }
    if let body {
      add("Content-Type", "application/json")
      add("Content-Length", "\(body.utf8.count)")
    }
    return Request(
      method: method, target: try #require(RequestTarget(path)), peer: peer, fields: all, body: Array((body ?? "").utf8)
    )
  }
}

private final class ClockBox: Sendable {
  private let time = Mutex(Instant("2026-01-01T09:00:00Z") ?? Instant(microseconds: 0))
  var now: Instant {
    time.withLock { time in
      time = Instant(microseconds: time.microseconds + 1)
      return time
    }
  }
  func advance(_ hours: Int) { time.withLock { $0 = $0.adding(hours: hours) } }
}

extension Response {
  var text: String { String(decoding: body, as: UTF8.self) }
  var json: Json? { try? JsonReader.read(body, depth: 64).value }  // nil is what a test then says
  /// Which problem it is.
  var kind: String? { json?["type"]?.string?.replacing("urn:cutline:problem:", with: "") }
}

extension Route {
  /// A request that it takes, from the examples of its schemas.
  var example: (path: String, body: String?) {
    let path = path.path { name in parameters.first { $0.name == name }?.schema.example.string ?? "1" }
    let query = parameters.filter { $0.place == .query && $0.isRequired }.map { parameter in
      let value = parameter.schema.example
      return "\(parameter.name)=\(PathPattern.escaped(value.string ?? value.text))"
    }
    return (path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")), body?.schema.example.text)
  }
}
