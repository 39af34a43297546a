/// The page `docs/api.md`, from the routes that answer.
public enum ApiPage {
  /// The API of a server with a store, as OpenAPI 3.1.
  public static func document(version: String) -> String {
    OpenApi.document(Site.routes(hasStore: true), version: version).text + "\n"
  }

  public static var markdown: String {
    let routes = Site.routes(hasStore: true).sorted {
      ($0.path.description, $0.method.rawValue) < ($1.path.description, $1.method.rawValue)
    }
    var text = """
      # HTTP API

      Written by `cutline describe --api --markdown`, from the table that answers. `GET /api/openapi.json` of a server is the same as OpenAPI 3.1 (`cutline describe --api` prints it). How to start one, people, tokens and limits:
      [serving.md](serving.md).

      Lists are `{"items": […], "next_cursor": …}`, in an order that does not change; `Link` with `rel="next"` leads on. Times are RFC 3339 in UTC. Answers have the bytes that the command line prints with `--json`. Unknown members and parameters are refused.
      What changes something takes `Idempotency-Key`: the same request with the same key within 24 hours gets the same answer, with `Idempotent-Replay: true`, and nothing is done twice; the same key with another request is 409. What was refused may be tried again with its key.

      | method | path | who | what |
      |---|---|---|---|

      """
    for route in routes {
      text += "| \(route.method.rawValue) | `\(route.path)` | \(OpenApi.words(route.access)) | \(route.summary) |\n"
    }
    text +=
      "\n## Refusals\n\n`application/problem+json` (RFC 9457): `type` is `urn:cutline:problem:` and one of these, `detail` says what to do, `errors` has each mistake with its `pointer` or `parameter`.\n\n| status | type | what |\n|---|---|---|\n"
    for kind in Problem.Kind.allCases.sorted(by: { ($0.status, $0.rawValue) < ($1.status, $1.rawValue) }) {
      text += "| \(kind.status) | `\(kind.rawValue)` | \(kind.title) |\n"
    }
    for route in routes { text += section(route) }
    return text
  }

  private static func section(_ route: Route) -> String {
    var text =
      "\n## \(route.method.rawValue) `\(route.path)`\n\n\(route.summary) Who: \(OpenApi.words(route.access)).\n"
    if !route.parameters.isEmpty {
      text += "\n| parameter | in | what |\n|---|---|---|\n"
      for parameter in route.parameters {
        text += "| `\(parameter.name)` | \(parameter.place.rawValue) | \(parameter.says) \(words(parameter.schema)) |\n"
      }
    }
    if let body = route.body, case .object(let fields) = body.schema {
      text += "\n| body | what |\n|---|---|\n"
      for field in fields {
        text +=
          "| `\(field.name)`\(field.isRequired ? "" : "?") | \(field.says)\(field.says.isEmpty ? "" : " ")\(words(field.schema)) |\n"
      }
    }
    text += "\n" + route.answers.map { "\($0.status): \($0.says)" }.joined(separator: " ")
    let problems = OpenApi.problems(route).map { "\($0.status) \($0.kinds.map(\.rawValue).joined(separator: ", "))" }
    return text + " Refused: \(problems.joined(separator: "; ")).\n"
  }

  private static func words(_ schema: Schema) -> String {
    switch schema {
    case .object: "An object."
    case .array(let item, let most): "At most \(most): \(words(item))"
    case .string(let least, let most): "\(least) to \(most) characters."
    case .pattern(let pattern, _): "`\(pattern.replacing("|", with: "\\|"))`"
    case .integer(let range): "A whole number in \(range.lowerBound)...\(range.upperBound)."
    case .number(let range): "A number in \(range.lowerBound)...\(range.upperBound)."
    case .bool: "true or false."
    case .choice(let words): words.joined(separator: ", ") + "."
    case .money: "An amount with its currency."
    case .instant: "A moment in UTC, or a day."
    case .day: "A day."
    case .nullable(let schema): words(schema) + " Or null."
    case .any: "Any JSON."
    }
  }
}
