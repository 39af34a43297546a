/// All routes of a server, and which of them a request is for.
struct RouteTable: Sendable {
  let routes: [Route]

  enum Match {
    case found(Route, [String: String])
    /// The path is known, and takes these.
    case otherMethods([HttpMethod])
    case nothing
  }

  init(_ routes: [Route]) { self.routes = routes }

  /// The most exact pattern wins; HEAD is GET without its body.
  ///
  /// - Complexity: O(routes · parts).
  func match(_ method: HttpMethod?, _ segments: [String]) -> Match {
    var found: (route: Route, values: [String: String])?
    var methods: Set<HttpMethod> = []
    var words = -1
    for route in routes {
      guard let values = route.path.match(segments), route.path.wordCount >= words else { continue }
      if route.path.wordCount > words { (found, methods, words) = (nil, [], route.path.wordCount) }
      methods.insert(route.method)
      if route.method == .get { methods.insert(.head) }
      if route.method == method || (method == .head && route.method == .get) { found = (route, values) }
    }
    if let found { return .found(found.route, found.values) }
    return methods.isEmpty ? .nothing : .otherMethods(HttpMethod.allCases.filter(methods.contains))
  }
}
