internal import CutlineCore
internal import CutlineDecide
internal import Foundation

/// All that a server is but its sockets: routes, door, store, counts. It answers plain values, so that tests need no connection.
final class Site: Sendable {
  let settings: ServerSettings
  let limits: ServerLimits
  let door: Door
  let table: RouteTable
  let cursors: Cursors
  let metrics = Metrics()
  let watch: ConnectionWatch
  /// Nil for a server without a store.
  let store: StoreAccess?
  let repeats = Repeats()
  /// Policies that decide, made ready once.
  let desk: DecisionDesk
  /// Nil for a server without a folder of runs.
  let work: Work?
  var now: Instant { settings.clock() }

  /// - Parameter port: the one that is listened at.
  /// - Throws: `Faults` where the store cannot be opened.
  init(_ settings: ServerSettings, port: Int, watch: ConnectionWatch? = nil) throws {
    self.settings = settings
    limits = settings.limits
    desk = DecisionDesk(engine: settings.toolVersion)
    self.watch = watch ?? ConnectionWatch(settings.limits)
    cursors = try Cursors()
    let store = try settings.store.map { try StoreAccess($0.path, options: $0.options) }
    self.store = store
    work = try settings.work.map { try Work($0, store: store?.writer) }
    table = RouteTable(Self.routes(hasStore: store != nil, hasRuns: work != nil, hasJobs: work?.jobs != nil))
    let hosts = AllowedHosts(address: settings.address, port: port, declared: settings.hosts)
    door = Door(
      hosts: hosts, sessions: Sessions(), failures: FailedTokens(), store: store, ownToken: settings.ownToken,
      isHere: AllowedHosts.isLoopback(settings.address) && !hosts.areDeclared && !settings.requiresToken,
      cookieName: "cutline_\(port)", now: settings.clock)
  }

  /// All of a server's routes.
  static func routes(hasStore: Bool, hasRuns: Bool = true, hasJobs: Bool = true) -> [Route] {
    SiteRoutes.all(hasStore: hasStore) + (hasStore ? StoreRoutes.all : []) + (hasRuns ? RunRoutes.all : [])
      + (hasJobs ? JobRoutes.all : [])
  }

  /// What only whoever runs the server should read.
  func report(_ text: String) { settings.report(text) }
}

extension Site: HttpHandler {
  func admit(_ request: Request) -> Admission {
    var admission = Admission(bodyLimit: limits.bodyBytes)
    do {
      let match = table.match(request.known, request.target.segments)
      if case .found(let route, let values) = match {
        (admission.route, admission.values) = (route, values)
        admission.bodyLimit = route.body?.limit ?? limits.bodyBytes
      }
      guard request.target.hasSoundQuery else {
        throw Problem(.badRequest, "A parameter of the query is no text in UTF-8 without control characters.")
      }
      try door.checkOrigin(request)
      switch match {
      case .found(let route, _): admission.identity = try door.admit(request, to: route)
      case .otherMethods(let methods):
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        throw Problem(.method, "This path takes \(allowed).", [HttpField("Allow", allowed)])
      case .nothing: throw Problem(.notFound, "There is nothing at this path.")
      }
    } catch {
      admission.refusal = Problem(error, report: report).response(instance: admission.route?.path.description)
    }
    return admission
  }

  func answer(_ request: Request, _ admission: Admission) -> Response {
    if let refusal = admission.refusal { return refusal }
    guard let route = admission.route, let identity = admission.identity else {
      return Problem(.notFound, "There is nothing at this path.").response
    }
    do {
      return try route.handler(Call(request, route, path: admission.values, by: identity, site: self))
    } catch {
      return Problem(error, report: report).response(instance: route.path.description)
    }
  }

  func dressed(_ response: Response) -> Response {
    var response = response
    let own: KeyValuePairs = [
      "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
      "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
      "Permissions-Policy": "camera=(), geolocation=(), microphone=()", "Cache-Control": "no-store",
      "Content-Security-Policy": SitePage.policy(styles: []),
    ]
    for (name, value) in own where response.field(name) == nil { response.set(name, value) }
    return response
  }

  func finished(_ request: Request?, _ admission: Admission?, _ response: Response, seconds: Double) {
    let method = request?.known?.rawValue ?? "-"
    let route = admission?.route?.path.description ?? "-"
    metrics.note(method: method, route: route, status: response.status, seconds: seconds)
    settings.log(
      AccessRecord(
        time: now.text, method: method, route: route, status: response.status, bytes: response.body.count,
        milliseconds: Int((1000 * seconds).rounded()), principal: admission?.identity?.name ?? "-"))
  }

  /// What a server without sockets answers.
  func respond(_ request: Request) -> Response {
    dressed(answer(request, admit(request)))
  }
}
