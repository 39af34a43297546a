internal import CutlineDecide
internal import Synchronization

/// The store as a server has it: one connection that writes, and one for each that reads at the same time, so that who reads waits
/// for nobody.
final class StoreAccess: Sendable {
  let writer: Store
  private let open: @Sendable () throws -> Store
  private let idle = Mutex<[Store]>([])

  /// - Throws: `Faults` (integrity) where another process writes to it, and as opening does.
  init(_ path: String, options: Store.Options) throws {
    writer = try Store(path, .writing, options: options)
    open = { try Store(path, .reading, options: options) }
  }

  func read<Result>(_ body: (Store) throws -> Result) throws -> Result {
    let store = try idle.withLock { $0.popLast() } ?? open()
    let result = try body(store)
    // One on which something failed is not used again.
    idle.withLock { $0.append(store) }
    return result
  }

  /// What a write answers, and what of it may be kept for whoever asks again.
  struct Written {
    var response: Response
    /// Nil: the response's own.
    var keptBody: [UInt8]?

    init(_ response: Response, keptBody: [UInt8]? = nil) { (self.response, self.keptBody) = (response, keptBody) }
  }

  /// What an answer that is given again says of what was made: as it was then.
  private static let keptFields: Set<String> = ["ETag", "Location"]

  /// Does what `body` does once for each `Idempotency-Key`: the action and its answer are one transaction. What is refused is not kept,
  /// as nothing has happened.
  func write(_ call: Call, _ body: (Store, Caller) throws -> Written) throws -> Response {
    let caller = try call.identity.known()
    guard let key = call.repeatKey else { return try writer.inOneTransaction { try body(writer, caller).response } }
    let (route, digest) = ("\(call.route.method.rawValue) \(call.route.path)", call.asked)
    return try writer.inOneTransaction {
      if let answer = try writer.answered(key, route: route, requestSHA256: digest, by: caller) {
        return Response(
          answer.status, Response.json, answer.body,
          answer.fields.map { HttpField($0[0], $0[1]) } + [HttpField("Idempotent-Replay", "true")])
      }
      let written = try body(writer, caller)
      let answer = Store.Answer(
        status: written.response.status,
        fields: written.response.fields.filter { Self.keptFields.contains($0.name) }.map { [$0.name, $0.value] },
        body: written.keptBody ?? written.response.body)
      try writer.remember(answer, key: key, route: route, requestSHA256: digest, by: caller)
      return written.response
    }
  }

  /// Activates what was scheduled for now or earlier.
  func activateDue() throws -> [Store.Due] { try writer.activateDue() }
}

extension Call {
  /// By which a request may be asked again.
  var repeatKey: String? { request.has("idempotency-key") ? text("Idempotency-Key") : nil }

  /// A digest of all that was asked for.
  var asked: String {
    let target = request.target
    let words = [
      route.name, target.segments.joined(separator: "/"),
      target.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
      request.field("if-match") ?? "",
    ]
    return Secret.text(Secret.digest(Array("\(words.joined(separator: "\n"))\n".utf8) + request.body))
  }

  /// What is done once for each key: kept in the store, or in memory where there is none.
  func once(_ body: (Caller?) throws -> StoreAccess.Written) throws -> Response {
    if let store = site.store { return try store.write(self) { _, caller in try body(caller) } }
    guard let key = repeatKey else { return try body(nil).response }
    return try site.repeats.once(key, by: identity.name, asked: asked, at: site.now) { try body(nil).response }
  }
}
