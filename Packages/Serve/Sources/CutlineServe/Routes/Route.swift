internal import CutlineDecide

/// One thing that the server does, and all that is known of it: from this value come dispatch, checks, the OpenAPI document, the page
/// `docs/api.md` and the test of roles.
struct Route: Sendable {
  /// Who may ask.
  enum Access: Sendable, Equatable {
    /// Anybody from anywhere.
    case open
    /// Anybody on the same machine; elsewhere somebody who is known.
    case openHere
    /// Who has this role or one above. What a viewer may read needs no token on the same machine.
    case role(Role)
  }

  /// What a second request with the same `Idempotency-Key` gets.
  enum Repeats: Sendable {
    /// The same answer.
    case kept
    /// The same answer without the secret in it, which is shown once.
    case keptWithoutSecret
    /// Done once more: it changes nothing that is kept.
    case again
  }

  struct Parameter: Sendable {
    enum Place: String, Sendable { case path, query, header }
    let place: Place
    let name: String
    let schema: Schema
    let isRequired: Bool
    let says: String

    static func path(_ name: String, _ schema: Schema, _ says: String) -> Parameter {
      Parameter(place: .path, name: name, schema: schema, isRequired: true, says: says)
    }
    static func query(_ name: String, _ schema: Schema, _ says: String, isRequired: Bool = false) -> Parameter {
      Parameter(place: .query, name: name, schema: schema, isRequired: isRequired, says: says)
    }
    static func header(_ name: String, _ schema: Schema, _ says: String) -> Parameter {
      Parameter(place: .header, name: name, schema: schema, isRequired: false, says: says)
    }
  }

  struct Body: Sendable {
    let schema: Schema
    /// Nil: the server's.
    var limit: Int?
    var isRequired = true
  }

  struct Answer: Sendable {
    let status: Int
    let says: String
    let mediaType: String
    let schema: Schema?
  }

  let method: HttpMethod
  let path: PathPattern
  /// The operation's name in the document, such as `approveVersion`.
  let name: String
  let summary: String
  let access: Access
  let parameters: [Parameter]
  let body: Body?
  let answers: [Answer]
  /// What may be refused beyond what every route refuses.
  let problems: [Problem.Kind]
  let repeats: Repeats
  let handler: @Sendable (Call) throws -> Response

  /// A route that only looks.
  static func read(
    _ path: String, _ name: String, _ summary: String, _ access: Access, _ parameters: [Parameter] = [],
    _ answers: [Answer], _ problems: [Problem.Kind] = [], _ handler: @escaping @Sendable (Call) throws -> Response
  ) -> Route {
    Route(
      method: .get, path: PathPattern(path), name: name, summary: summary, access: access, parameters: parameters,
      body: nil, answers: answers, problems: problems, repeats: .again, handler: handler)
  }

  /// A route that changes something.
  static func write(
    _ method: HttpMethod = .post, _ path: String, _ name: String, _ summary: String, _ access: Access,
    _ parameters: [Parameter] = [], body: Body? = nil, _ answers: [Answer], _ problems: [Problem.Kind] = [],
    repeats: Repeats = .kept, _ handler: @escaping @Sendable (Call) throws -> Response
  ) -> Route {
    let key = Parameter.header(
      "Idempotency-Key", .pattern("^[!-~]{1,255}$", example: "k1"), "The same answer to the same request.")
    let keyed = if case .again = repeats { false } else { true }
    return Route(
      method: method, path: PathPattern(path), name: name, summary: summary, access: access,
      parameters: parameters + (keyed ? [key] : []), body: body, answers: answers,
      problems: problems + (keyed ? [.idempotencyConflict] : []), repeats: repeats, handler: handler)
  }

  /// What every route of its kind may refuse, and its own; by status.
  var allProblems: [Problem.Kind] {
    var kinds =
      problems + [.badRequest, .misdirected, .invalidInput, .headerTooLarge, .uriTooLong, .unavailable, .fault]
    if access != .open { kinds += [.unauthenticated, .rate] }
    if case .role(let role) = access, role > .viewer { kinds.append(.forbidden) }
    if body != nil { kinds += [.badJSON, .unsupported, .tooLarge] }
    if !method.isReading { kinds += [.origin, .csrf] }
    var seen: Set<Problem.Kind> = []
    return kinds.filter { seen.insert($0).inserted }.sorted { ($0.status, $0.rawValue) < ($1.status, $1.rawValue) }
  }
}

extension Route.Answer {
  static func json(_ status: Int = 200, _ says: String, _ schema: Schema) -> Route.Answer {
    Route.Answer(status: status, says: says, mediaType: Response.json, schema: schema)
  }
  static func other(_ status: Int = 200, _ says: String, _ mediaType: String) -> Route.Answer {
    Route.Answer(status: status, says: says, mediaType: mediaType, schema: nil)
  }
}
