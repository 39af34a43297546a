internal import CutlineCore
internal import CutlineDecide

/// What is said where something is not done (RFC 9457), and the only place that says which status a refusal or a fault has.
///
/// A detail names versions and people, never a value of an application, a path of the file system or anything that came in a body.
struct Problem: Error, Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case badRequest = "bad-request"
    case badJSON = "bad-json"
    case unauthenticated, forbidden
    case csrf, origin
    case notFound = "not-found"
    case method, conflict
    case notApproved = "not-approved"
    case gateFailed = "gate-failed"
    case infeasible
    case idempotencyConflict = "idempotency-conflict"
    case gone
    case damaged
    case precondition
    case tooLarge = "too-large"
    case uriTooLong = "uri-too-long"
    case unsupported
    case misdirected
    case invalidInput = "invalid-input"
    case rate
    case headerTooLarge = "header-too-large"
    case fault
    case unavailable
    case version

    var status: Int {
      switch self {
      case .badRequest, .badJSON: 400
      case .unauthenticated: 401
      case .forbidden, .csrf, .origin: 403
      case .notFound: 404
      case .method: 405
      case .conflict, .notApproved, .gateFailed, .infeasible, .idempotencyConflict, .damaged: 409
      case .gone: 410
      case .precondition: 412
      case .tooLarge: 413
      case .uriTooLong: 414
      case .unsupported: 415
      case .misdirected: 421
      case .invalidInput: 422
      case .rate: 429
      case .headerTooLarge: 431
      case .fault: 500
      case .unavailable: 503
      case .version: 505
      }
    }

    var title: String {
      switch self {
      case .badRequest: "The request is no sound HTTP"
      case .badJSON: "The body is no JSON"
      case .unauthenticated: "Nobody that is known here asks"
      case .forbidden: "Whoever asks may not"
      case .csrf: "The page's token is missing"
      case .origin: "Another site asks"
      case .notFound: "There is no such thing"
      case .method: "This is not done here"
      case .conflict: "It contradicts what is there"
      case .notApproved: "It is not approved"
      case .gateFailed: "A gate refuses"
      case .infeasible: "Nothing keeps the limits"
      case .idempotencyConflict: "The key came with another request"
      case .gone: "It is there no more"
      case .damaged: "It is not what was written"
      case .precondition: "It has changed"
      case .tooLarge: "The body is too large"
      case .uriTooLong: "The target is too long"
      case .unsupported: "The body is of another type"
      case .misdirected: "This server is not the one that is named"
      case .invalidInput: "Something is not as it must be"
      case .rate: "Too many attempts"
      case .headerTooLarge: "The header is too large"
      case .fault: "The server is at fault"
      case .unavailable: "Not now"
      case .version: "Another version of HTTP"
      }
    }
  }

  /// One of several mistakes: in the body by its pointer, else by the parameter's name.
  struct Entry: Sendable {
    var pointer: String?
    var parameter: String?
    let detail: String
  }

  let kind: Kind
  let detail: String
  var entries: [Entry] = []
  var fields: [HttpField] = []

  init(_ kind: Kind, _ detail: String, entries: [Entry] = [], _ fields: [HttpField] = []) {
    (self.kind, self.detail, self.entries, self.fields) = (kind, detail, entries, fields)
    if kind == .unavailable || kind == .rate, fields.isEmpty { self.fields = [HttpField("Retry-After", "5")] }
    if kind == .unauthenticated { self.fields.append(HttpField("WWW-Authenticate", "Bearer realm=\"cutline\"")) }
  }

  static func tooLarge(_ limit: Int) -> Problem { Problem(.tooLarge, "The body has more than \(limit) bytes.") }

  // MARK: Of errors

  /// Any error of the libraries. What only whoever runs the server should read goes to `report`.
  init(_ error: any Error, report: (String) -> Void) {
    switch error {
    case let problem as Problem: self = problem
    case let refusal as Refusal: self.init(refusal)
    case let refusal as JobRefusal: self.init(refusal)
    case let ending as any EndingError:
      self.init(ending.exitCode, Faults(error), report)
      if kind.status >= 500 { report(ending.text(.log)) }
    default:
      let faults = Faults(error)
      self.init(faults.code, faults, report)
      report(faults.text(.log))
    }
  }

  private init(_ refusal: Refusal) {
    let kind: Kind =
      switch refusal.reason {
      case .unauthenticated: .unauthenticated
      case .forbidden: .forbidden
      case .notFound: .notFound
      case .conflict: .conflict
      case .notApproved: .notApproved
      case .gateFailed: .gateFailed
      case .gone: .gone
      case .invalid: .invalidInput
      case .idempotencyConflict: .idempotencyConflict
      }
    let faults = refusal.faults
    // The place is what was asked for: where nothing of that name is known, it is anybody's words.
    let isKnown = ![.notFound, .invalid, .unauthenticated].contains(refusal.reason)
    self.init(kind, (isKnown ? "\(faults.location) \(faults.problem)" : "It \(faults.problem)") + ". \(faults.advice)")
  }

  private init(_ refusal: JobRefusal) {
    let kind: Kind =
      switch refusal.reason {
      case .invalid: .invalidInput
      case .notFound: .notFound
      case .conflict: .conflict
      case .rate: .rate
      case .unavailable: .unavailable
      }
    let entries = refusal.problems.prefix(Schema.mostMistakes).map { problem in
      let place = [problem.line, problem.column].compactMap { $0.map { ":\($0)" } }.joined()
      return Entry(
        pointer: ["configuration", "segments", "name"].contains(problem.source)
          ? "/\(problem.source)" : "/configuration",
        detail: "\(problem.source)\(place): \(problem.detail)")
    }
    let detail =
      kind == .unavailable
      ? "It cannot be kept now. Nothing was started."
      : "The \(refusal.faults.location) \(refusal.faults.problem). \(refusal.faults.advice)"
    self.init(
      kind, entries.isEmpty ? detail : "What is asked for is wrong; errors lists each mistake.",
      entries: Array(entries),
      kind == .rate ? [HttpField("Retry-After", "60")] : [])
  }

  private init(_ code: ExitCode, _ faults: Faults, _ report: (String) -> Void) {
    switch code {
    case .ok, .usage, .data: self.init(.invalidInput, "\(faults.problem). \(faults.advice)")
    case .gate: self.init(.gateFailed, "\(faults.problem). \(faults.advice)")
    case .infeasible: self.init(.infeasible, "\(faults.problem). \(faults.advice)")
    case .integrity:
      self.init(.fault, "What is stored is not what it should be. Whoever runs the server finds more in its log.")
    case .io:
      self.init(.unavailable, "Nothing was changed: what is needed cannot be read or written now.")
    }
  }

  // MARK: As a response

  var response: Response { response(instance: nil) }

  /// - Parameter instance: the route's pattern; never the path with its values.
  func response(instance: String?) -> Response {
    var members: [Json.Member] = [
      .init("type", .text("urn:cutline:problem:\(kind.rawValue)")), .init("title", .text(kind.title)),
      .init("status", .number(String(kind.status))), .init("detail", .text(detail)),
    ]
    if let instance { members.append(.init("instance", .text(instance))) }
    if !entries.isEmpty {
      members.append(
        .init(
          "errors",
          .array(
            entries.map { entry in
              .object(
                [
                  entry.pointer.map { Json.Member("pointer", .text($0)) },
                  entry.parameter.map { Json.Member("parameter", .text($0)) },
                  Json.Member("detail", .text(entry.detail)),
                ].compactMap { $0 })
            })))
    }
    return Response(Json.object(members), status: kind.status, mediaType: Response.problem, fields)
  }

  static let schema = Schema.object([
    .required(
      "type", .pattern("^urn:cutline:problem:[a-z-]+$", example: "urn:cutline:problem:not-found"), "Which kind."),
    .required("title", .text(200), "The kind in words."), .required("status", .integer(400...599), "As in the header."),
    .required("detail", .text(4000), "What is wrong here, and what to do."),
    .optional("instance", .text(200), "The pattern of the route."),
    .optional(
      "errors",
      .array(
        .object([
          .optional("pointer", .text(4000), "Where in the body (RFC 6901)."),
          .optional("parameter", .text(100), "Which parameter of the path, query or header."),
          .required("detail", .text(1000), "What it must be."),
        ]), most: Schema.mostMistakes), "Each mistake that was found."),
  ])
}
