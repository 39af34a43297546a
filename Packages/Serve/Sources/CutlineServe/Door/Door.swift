internal import CutlineDecide

/// Who may come in: each request passes here before its body is read, and again before it is answered.
struct Door: Sendable {
  let hosts: AllowedHosts
  let sessions: Sessions
  let failures: FailedTokens
  /// Nil for a server without a store.
  let store: StoreAccess?
  /// The token that a server without people made for whoever started it.
  let ownToken: String?
  /// Whether the server is reached from this machine alone, so that reading needs no token.
  let isHere: Bool
  let cookieName: String
  let now: @Sendable () -> Instant

  // MARK: Where it comes from

  /// - Throws: `Problem` (misdirected, origin).
  func checkOrigin(_ request: Request) throws {
    let host = request.field("host") ?? ""
    guard hosts.allow(host), request.target.authority.map({ $0.lowercased() == host.lowercased() }) ?? true else {
      throw Problem(.misdirected, "The Host of the request is no name of this server. Declare it: --host NAME.")
    }
    guard request.known?.isReading != true else { return }
    if let site = request.field("sec-fetch-site"), !["same-origin", "none"].contains(site.lowercased()) {
      throw Problem(.origin, "A page of another site asks. Only pages of this server may write.")
    }
    if request.has("origin") {
      guard let origin = request.field("origin"), hosts.isSame(origin: origin, host: host) else {
        throw Problem(.origin, "A page of another origin asks. Only pages of this server may write.")
      }
    }
  }

  // MARK: Who it is

  /// - Returns: nil for nobody.
  /// - Throws: `Problem` (unauthenticated, rate) for a token that nobody has.
  func identify(_ request: Request) throws -> Identity? {
    if request.has("authorization") {
      let parts = (request.field("authorization") ?? "").split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw wrongToken(request) }
      return try identity(token: String(parts[1]).trimmedSpaces, request)
    }
    if let ownToken, request.target.segments.isEmpty,
      let given = request.target.query.first(where: { $0.name == "token" })
    {
      guard request.known == .get, Secret.areEqual(given.value, ownToken) else { throw wrongToken(request) }
      return Identity(name: "analyst", role: .analyst, proof: .token, caller: nil)
    }
    if let value = request.cookie(cookieName), let session = sessions.session(value, at: now()) {
      // Who was disabled since is nobody.
      return try? identity(session)
    }
    return nil
  }

  func identity(token text: String, _ request: Request) throws -> Identity {
    if let ownToken {
      guard Secret.areEqual(text, ownToken) else { throw wrongToken(request) }
      return Identity(name: "analyst", role: .analyst, proof: .token, caller: nil)
    }
    guard let store, let token = AccessToken(text) else { throw wrongToken(request) }
    do {
      return try store.read { store in
        let caller = try store.authenticate(token)
        let person = try store.principal(of: caller)
        return Identity(name: person.name, role: person.role, proof: .token, caller: caller)
      }
    } catch let refusal as Refusal where refusal.reason == .unauthenticated { throw wrongToken(request) }
  }

  private func identity(_ session: Sessions.Session) throws -> Identity {
    guard let caller = session.caller else {
      return Identity(name: "analyst", role: .analyst, proof: .session(session), caller: nil)
    }
    guard let store else { throw Problem(.unauthenticated, "The session is of a store that is not here.") }
    let person = try store.read { try $0.principal(of: caller) }
    return Identity(name: person.name, role: person.role, proof: .session(session), caller: caller)
  }

  private func wrongToken(_ request: Request) -> Problem {
    if failures.note(request.peer, at: now()) {
      return Problem(
        .rate, "Too many wrong tokens came from this address. Wait a minute.",
        [HttpField("Retry-After", "\(FailedTokens.windowSeconds)")])
    }
    // The same words for one that is unknown, disabled or expired.
    return Problem(.unauthenticated, "The token is not one that is valid here. Ask an admin for a new one.")
  }

  // MARK: Whether they may

  /// Who asks, where they may use a route.
  ///
  /// - Throws: `Problem` (unauthenticated, rate, forbidden, csrf).
  func admit(_ request: Request, to route: Route) throws -> Identity {
    let found = try identify(request)
    let isFromHere = isHere && AllowedHosts.isLoopback(request.peer) && !Self.isForwarded(request)
    let needed: Role
    switch route.access {
    case .open: return found ?? .somebodyHere
    case .openHere: needed = .viewer
    case .role(let role): needed = role
    }
    guard let identity = found ?? (isFromHere && needed == .viewer && route.method.isReading ? .somebodyHere : nil)
    else {
      throw Problem(.unauthenticated, "This needs a token: Authorization: Bearer, or a session.")
    }
    guard identity.role >= needed else {
      throw Problem(
        .forbidden, "\(identity.name) has the role \(identity.role.rawValue), and this needs \(needed.rawValue).")
    }
    if !route.method.isReading, case .session(let session) = identity.proof {
      guard let given = request.field("x-csrf-token"), Secret.areEqual(given, session.csrfToken) else {
        throw Problem(
          .csrf, "What a browser writes needs the session's token in X-CSRF-Token: GET /api/session gives it.")
      }
    }
    return identity
  }

  /// What those who stand in front say of whom they speak for: RFC 7239, RFC 9110, and what proxies and networks made up.
  private static let forwarding = [
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port",
    "x-forwarded-server", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
    "fastly-client-ip", "x-original-host",
  ]

  /// Whether somebody stands in front who speaks for others.
  private static func isForwarded(_ request: Request) -> Bool {
    forwarding.contains { request.has($0) }
  }

  /// The cookie of a session; `value` empty ends it.
  func cookie(_ value: String, _ request: Request) -> HttpField {
    let isSecure = request.field("x-forwarded-proto")?.lowercased() == "https"
    return HttpField(
      "Set-Cookie",
      "\(cookieName)=\(value); Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
        + (value.isEmpty ? "; Max-Age=0" : ""))
  }
}
