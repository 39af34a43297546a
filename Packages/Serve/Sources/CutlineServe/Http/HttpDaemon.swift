internal import CMicrohttpd
@_spi(Run) internal import CutlineCore
internal import Foundation
internal import Synchronization

/// What answers requests: plain values in, plain values out, on threads of the daemon.
protocol HttpHandler: Sendable {
  /// Looks at a header, before its body is read.
  func admit(_ request: Request) -> Admission
  /// Answers the whole of a request that was admitted.
  func answer(_ request: Request, _ admission: Admission) -> Response
  /// With the fields that every answer has.
  func dressed(_ response: Response) -> Response
  /// What became of it; nil for what the guard has refused.
  func finished(_ request: Request?, _ admission: Admission?, _ response: Response, seconds: Double)
}

/// What is known of a request by its header.
struct Admission: Sendable {
  /// Nil where nothing is at its path.
  var route: Route?
  var values: [String: String] = [:]
  var identity: Identity?
  /// Why it is not done.
  var refusal: Response?
  /// Of the body, where there is one.
  var bodyLimit = 0
}

/// The functions of a libmicrohttpd that was found at run time, and the only file that knows them.
///
/// Unchecked, because it points to a C table, which is never changed nor freed.
struct HttpLibrary: @unchecked Sendable {
  fileprivate let functions: OpaquePointer
  /// As the library says it, for example `0.9.75`.
  let version: String

  /// The library of the system, looked for when first asked.
  static let installed = Result { () throws(Faults) in try HttpLibrary("libmicrohttpd.so.12") }

  init(_ name: String) throws(Faults) {
    var problem = [CChar](repeating: 0, count: 512)
    guard let functions = cutline_http_load(name, &problem, problem.count) else {
      let reason = String(decoding: problem.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Faults.usage(
        "cutline serve", "the library libmicrohttpd, which speaks HTTP, cannot be used: \(reason)",
        "Run scripts/setup, or install libmicrohttpd12. Everything else works without it.")
    }
    self.functions = functions
    version = String(cString: cutline_http_version(functions))
  }
}

/// A server on a listening socket, from its start to its stop.
///
/// Unchecked, because it holds a C pointer, which is changed by `stop` only, under `server`'s lock.
final class HttpDaemon: @unchecked Sendable {
  private let handler: any HttpHandler
  private let limits: ServerLimits
  let watch: ConnectionWatch
  /// Unchecked as the C behind it takes calls of any thread.
  private struct Started: @unchecked Sendable { let pointer: OpaquePointer }
  private let server = Mutex<Started?>(nil)
  private let socket: ListeningSocket
  private let isStopping = Mutex(false)

  /// - Throws: `Faults` (usage) without the library, (io) where it cannot start.
  init(_ socket: ListeningSocket, _ limits: ServerLimits, _ watch: ConnectionWatch, handler: any HttpHandler) throws {
    (self.socket, self.handler, self.limits, self.watch) = (socket, handler, limits, watch)
    let library = try HttpLibrary.installed.get()
    // Connections beyond the limit are taken in to be told so; the library refuses more without a word.
    let spare = 64
    var settings = cutline_http_settings(
      socket: socket.descriptor ?? -1, is_ipv6: socket.isIPv6, threads: UInt32(limits.threads),
      connections: UInt32(limits.connections + spare * limits.threads), idle_seconds: UInt32(limits.idleSeconds),
      memory: 3 * RequestGuard.headerLimit)
    var callbacks = cutline_http_callbacks(
      context: Unmanaged.passUnretained(self).toOpaque(),
      connected: { HttpDaemon.from($0)?.watch.opened($1) },
      disconnected: { HttpDaemon.from($0)?.watch.closed($1) },
      admit: { HttpDaemon.from($0)?.admit($1) ?? false },
      answer: { HttpDaemon.from($0)?.answer($1) },
      completed: { HttpDaemon.from($0)?.completed($1, isWhole: $2) })
    guard let started = cutline_http_start(library.functions, &settings, &callbacks) else {
      throw Faults.io(
        "cutline serve", "the server cannot be started: \(SystemCall.reason())",
        "Give fewer --threads or --connections, or raise the limits of open files and threads.")
    }
    let held = Started(pointer: started)
    server.withLock { $0 = held }
  }

  /// Accepts no more, answers what runs and what is on its way, and ends: after `stopSeconds` at the latest.
  ///
  /// - Returns: how many requests were cut off.
  func stop() -> Int {
    isStopping.withLock { $0 = true }
    guard let started = server.withLock({ $0 })?.pointer else { return 0 }
    // The library has a descriptor of its own, which is the last one then.
    socket.close()
    cutline_http_quiesce(started)
    let end = ProcessInfo.processInfo.systemUptime + Double(limits.stopSeconds)
    var quiet = 0
    // What has been sent is answered, each answer with "Connection: close"; a connection that stays quiet asks for nothing.
    while watch.count > 0, quiet < 25, ProcessInfo.processInfo.systemUptime < end {
      quiet = watch.isBusy ? 0 : quiet + 1
      usleep(20_000)
    }
    let cut = watch.isBusy ? watch.count : 0
    server.withLock { $0 = nil }
    cutline_http_stop(started)
    return cut
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> HttpDaemon? {
    context.map { Unmanaged<HttpDaemon>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Requests

  /// What is kept of a request between its header and its end.
  private final class Open {
    let request: Request?
    var admission: Admission?
    var response: Response?
    let began = ProcessInfo.processInfo.systemUptime
    init(_ request: Request?) { self.request = request }
  }

  private typealias Exchange = UnsafeMutablePointer<cutline_http_exchange>

  private static func open(_ exchange: Exchange) -> Open? {
    exchange.pointee.state.map { Unmanaged<Open>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String? {
    guard let start else { return "" }
    return String(
      validating: UnsafeRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self), as: UTF8.self)
  }

  private static func shape(_ exchange: cutline_http_exchange) -> RequestGuard.Shape {
    var shape = RequestGuard.Shape()
    shape.method = String(cString: exchange.method)
    shape.target = String(cString: exchange.target)
    shape.version = String(cString: exchange.version)
    shape.fieldCount = exchange.field_count
    // "METHOD TARGET VERSION\r\n", "Name: value\r\n" each, "\r\n".
    shape.seenBytes = strlen(exchange.method) + strlen(exchange.target) + strlen(exchange.version) + 6
    for place in 0..<min(exchange.field_count, 200) {
      guard let field = exchange.fields?[place] else { continue }
      guard let name = text(field.name, field.name_length), let value = text(field.value, field.value_length),
        (name + value).unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 || $0 == "\t" })
      else {
        shape.isText = false
        continue
      }
      shape.fields.append(HttpField(name, value))
      shape.seenBytes += field.name_length + field.value_length + 4
    }
    shape.headerBytes = exchange.header_size > 0 ? exchange.header_size : nil
    shape.hasPlainLines = exchange.has_plain_lines
    return shape
  }

  private func admit(_ exchange: Exchange) -> Bool {
    exchange.pointee.drop_limit = limits.droppedBytes
    let shape = Self.shape(exchange.pointee)
    if let problem = RequestGuard.problem(shape) { return refuse(exchange, nil, problem.response) }
    guard let target = RequestTarget(shape.target) else {
      return refuse(exchange, nil, Problem(.notFound, "There is nothing at this path.").response)
    }
    let request = Request(
      method: shape.method, target: target, peer: String(cString: exchange.pointee.peer), fields: shape.fields)
    if watch.count > limits.connections {
      return refuse(
        exchange, request, Problem(.unavailable, "Too many connections are open. Try again in a moment.").response)
    }
    let open = Open(request)
    exchange.pointee.state = Unmanaged.passRetained(open).toOpaque()
    var admission = handler.admit(request)
    if admission.refusal == nil, let length = request.announcedLength, length > admission.bodyLimit {
      admission.refusal = Problem.tooLarge(admission.bodyLimit).response
    }
    exchange.pointee.body_limit = admission.refusal == nil ? admission.bodyLimit : 0
    open.admission = admission
    guard let said = admission.refusal, request.announcesBody else { return true }
    // What would be sent in vain is not waited for; what is on its way already is read, so that the answer is.
    guard request.has("expect") || (request.announcedLength ?? 0) > limits.droppedBytes else { return true }
    return respond(exchange, open, said, closes: true)
  }

  /// Responds before the body comes, and ends the connection.
  private func refuse(_ exchange: Exchange, _ request: Request?, _ response: Response) -> Bool {
    let open = Open(request)
    exchange.pointee.state = Unmanaged.passRetained(open).toOpaque()
    return respond(exchange, open, response, closes: true)
  }

  private func answer(_ exchange: Exchange) {
    guard let open = Self.open(exchange), let request = open.request, let admission = open.admission else { return }
    if let refusal = admission.refusal {
      _ = respond(exchange, open, refusal, closes: request.announcesBody)
      return
    }
    guard !exchange.pointee.is_too_large else {
      _ = respond(exchange, open, Problem.tooLarge(exchange.pointee.body_limit).response, closes: true)
      return
    }
    watch.answering(exchange.pointee.descriptor)
    var whole = request
    whole.body = Array(UnsafeBufferPointer(start: exchange.pointee.body, count: exchange.pointee.body_length))
    _ = respond(exchange, open, handler.answer(whole, admission), closes: false)
  }

  /// - Returns: false, for `admit`: nothing more is to come.
  private func respond(_ exchange: Exchange, _ open: Open, _ response: Response, closes: Bool) -> Bool {
    let response = handler.dressed(response)
    open.response = response
    watch.sending(exchange.pointee.descriptor)
    let ends = closes || response.closes || isStopping.withLock { $0 }
    // C strings of the fields, as long as the call takes.
    let texts = response.fields.map { (strdup($0.name), strdup($0.value)) }
    defer {
      for (name, value) in texts {
        free(name)
        free(value)
      }
    }
    let fields = texts.compactMap { name, value in
      name.map { cutline_http_field(name: $0, name_length: 0, value: value, value_length: 0) }
    }
    let status = UInt32(response.status)
    let body = response.body
    _ = cutline_http_respond(exchange, status, fields, fields.count, body, body.count, ends)
    return false
  }

  private func completed(_ exchange: Exchange, isWhole: Bool) {
    watch.completed(exchange.pointee.descriptor)
    guard let state = exchange.pointee.state else { return }
    let open = Unmanaged<Open>.fromOpaque(state).takeRetainedValue()
    exchange.pointee.state = nil
    guard let response = open.response else { return }
    let seconds = ProcessInfo.processInfo.systemUptime - open.began
    handler.finished(open.request, open.admission, response, seconds: seconds)
  }
}
