internal import CutlineDecide

/// The API as OpenAPI 3.1, from the routes that answer.
enum OpenApi {
  static func document(_ routes: [Route], version: String) -> Json {
    var paths: [(path: String, operations: [Json.Member])] = []
    for route in routes.sorted(by: {
      ($0.path.description, $0.method.rawValue) < ($1.path.description, $1.method.rawValue)
    }) {
      let operation = Json.Member(route.method.rawValue.lowercased(), operation(route))
      if paths.last?.path == route.path.description {
        paths[paths.count - 1].operations.append(operation)
      } else {
        paths.append((route.path.description, [operation]))
      }
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "cutline", "version": .text(version.isEmpty ? "0" : version),
        "description":
          "What people decide, and what runs found. Lists have items and next_cursor; refusals are RFC 9457 problems.",
      ],
      "paths": .object(paths.map { Json.Member($0.path, .object($0.operations)) }),
      "components": [
        "securitySchemes": [
          "token": ["type": "http", "scheme": "bearer"],
          "session": ["type": "apiKey", "in": "cookie", "name": "cutline_PORT"],
        ],
        "schemas": ["Problem": Problem.schema.document],
      ],
    ]
  }

  private static func operation(_ route: Route) -> Json {
    var members: [Json.Member] = [
      .init("operationId", .text(route.name)), .init("summary", .text(route.summary)),
      .init("tags", [.text(tag(route))]), .init("x-access", .text(words(route.access))),
    ]
    if !route.parameters.isEmpty {
      members.append(
        .init(
          "parameters",
          .array(
            route.parameters.map { parameter in
              [
                "name": .text(parameter.name), "in": .text(parameter.place.rawValue),
                "required": .bool(parameter.isRequired), "description": .text(parameter.says),
                "schema": parameter.schema.document,
              ]
            })))
    }
    if let body = route.body {
      members.append(
        .init(
          "requestBody",
          [
            "required": .bool(body.isRequired),
            "content": .object([.init(Response.json, ["schema": body.schema.document])]),
          ]))
    }
    members.append(.init("responses", responses(route)))
    let security: Json = route.access == .open ? [] : [["token": []], ["session": []]]
    members.append(.init("security", security))
    return .object(members)
  }

  private static func responses(_ route: Route) -> Json {
    var members = route.answers.map { answer -> Json.Member in
      let content: Json = answer.schema.map { ["schema": $0.document] } ?? ["schema": ["type": "string"]]
      return .init(
        String(answer.status),
        ["description": .text(answer.says), "content": .object([.init(answer.mediaType, content)])])
    }
    for (status, kinds) in problems(route) {
      members.append(
        .init(
          String(status),
          [
            "description": .text(kinds.map(\.rawValue).joined(separator: ", ")),
            "content": .object([.init(Response.problem, ["schema": ["$ref": "#/components/schemas/Problem"]])]),
          ]))
    }
    return .object(members)
  }

  /// What may be refused, by status.
  static func problems(_ route: Route) -> [(status: Int, kinds: [Problem.Kind])] {
    var found: [(status: Int, kinds: [Problem.Kind])] = []
    for kind in route.allProblems {
      if found.last?.status == kind.status {
        found[found.count - 1].kinds.append(kind)
      } else {
        found.append((kind.status, [kind]))
      }
    }
    return found
  }

  static func tag(_ route: Route) -> String {
    let parts = route.path.description.split(separator: "/")
    return parts.first == "api" && parts.count > 1 ? String(parts[1]).replacing(".json", with: "") : "server"
  }

  static func words(_ access: Route.Access) -> String {
    switch access {
    case .open: "anybody"
    case .openHere: "anybody on this machine; elsewhere viewer or above"
    case .role(.viewer): "viewer or above; on this machine anybody may look"
    case .role(.admin): "admin"
    case .role(let role): "\(role.rawValue) or above"
    }
  }
}
