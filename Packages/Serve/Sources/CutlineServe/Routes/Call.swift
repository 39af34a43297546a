internal import CutlineDecide

/// A request that is known to be what its route takes, by somebody who may.
struct Call: Sendable {
  let request: Request
  let route: Route
  let identity: Identity
  let site: Site
  /// Of path, query and header, each as its schema wants it.
  fileprivate(set) var values: [String: String]
  fileprivate(set) var body: Json
  /// Members of the body as they came.
  fileprivate(set) var rawMembers: [String: [UInt8]]

  /// A parameter, or a member of the body where no parameter has that name.
  func text(_ name: String) -> String? { values[name] ?? body[name]?.string }
  func integer(_ name: String) -> Int? { values[name].flatMap { Int($0) } ?? body[name]?.integer }
  func number(_ name: String) -> Double? {
    values[name].flatMap { Double($0) }
      ?? body[name]?.double
  }
  func bool(_ name: String) -> Bool? { values[name].map { $0 == "true" } ?? body[name]?.bool }
  func instant(_ name: String) -> Instant? { text(name).flatMap { Instant($0) } }

  func choice<C: RawRepresentable<String>>(_ name: String, _: C.Type) -> C? { text(name).flatMap(C.init(rawValue:)) }

  /// A member of the body, and all of it.
  func member(_ name: String) -> Json? { body[name] }
  var wholeBody: Json { body }
  /// The bytes of a member of the body.
  func rawMember(_ name: String) -> [UInt8] { rawMembers[name] ?? [] }

  /// What a handler needs and the schema has made sure of.
  func required(_ name: String) throws -> String {
    guard let value = text(name) else {
      throw Problem(.invalidInput, "Something is missing.", entries: [.init(pointer: "/\(name)", detail: "is missing")])
    }
    return value
  }
}

extension Call {
  /// Reads and checks all of a request that its route declares.
  ///
  /// - Throws: `Problem` with each mistake.
  init(_ request: Request, _ route: Route, path: [String: String], by identity: Identity, site: Site) throws {
    var entries: [Problem.Entry] = []
    var values: [String: String] = [:]
    func take(_ parameter: Route.Parameter, _ value: String) {
      if let problem = parameter.schema.problem(ofText: value) {
        entries.append(.init(parameter: parameter.name, detail: problem))
      } else {
        values[parameter.name] = value
      }
    }
    let query = route.parameters.filter { $0.place == .query }
    for found in request.target.query {
      guard let parameter = query.first(where: { $0.name == found.name }) else {
        let known = query.isEmpty ? "none is" : "known are \(query.map(\.name).joined(separator: ", "))"
        entries.append(.init(detail: "a parameter of the query is not known here; \(known)"))
        continue
      }
      if values[found.name] != nil { entries.append(.init(parameter: found.name, detail: "stands twice")) }
      take(parameter, found.value)
    }
    for parameter in route.parameters {
      switch parameter.place {
      case .path: if let value = path[parameter.name] { take(parameter, value) }
      case .header:
        if request.has(parameter.name.lowercased()) {
          if let value = request.field(parameter.name.lowercased()) {
            take(parameter, value)
          } else {
            entries.append(.init(parameter: parameter.name, detail: "stands twice"))
          }
        }
      case .query:
        if parameter.isRequired, !request.target.query.contains(where: { $0.name == parameter.name }) {
          entries.append(.init(parameter: parameter.name, detail: "is missing"))
        }
      }
    }
    let (body, raw) = try Self.body(request, route, &entries, depth: site.limits.depth)
    guard entries.isEmpty else {
      throw Problem(
        .invalidInput, "What was sent is not what this takes; errors lists each mistake.",
        entries: Array(entries.prefix(Schema.mostMistakes)))
    }
    (self.request, self.route, self.identity, self.site) = (request, route, identity, site)
    (self.values, self.body, rawMembers) = (values, body, raw)
  }

  private static func body(_ request: Request, _ route: Route, _ entries: inout [Problem.Entry], depth: Int) throws
    -> (Json, [String: [UInt8]])
  {
    guard let wanted = route.body else {
      if !request.body.isEmpty { entries.append(.init(pointer: "", detail: "no body is taken here")) }
      return (.null, [:])
    }
    if request.body.isEmpty, !wanted.isRequired { return ([:], [:]) }
    guard request.isJson else {
      throw Problem(.unsupported, "The body must be application/json in UTF-8.")
    }
    do {
      let (value, members) = try JsonReader.read(request.body, depth: depth)
      entries += wanted.schema.mistakes(value).map { .init(pointer: $0.pointer, detail: $0.detail) }
      return (value, members)
    } catch {
      throw Problem(.badJSON, "The body \(error.problem), at byte \(error.offset).")
    }
  }
}
