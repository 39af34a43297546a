import CutlineCore
import CutlineFlow
import CutlineRules
import Foundation
import Testing

@testable import CutlineDecide
@testable import CutlineServe

/// The table, and what is made of it: the document, the page, the checks.
@Suite struct RouteTests {
  private static let routes = Site.routes(hasStore: true)

  @Test func eachRouteIsThereOnce() {
    #expect(Set(Self.routes.map(\.name)).count == Self.routes.count)
    #expect(Set(Self.routes.map { "\($0.method) \($0.path)" }).count == Self.routes.count)
    for route in Self.routes {
      let named = route.parameters.filter { $0.place == .path }.map(\.name)
      #expect(Set(named) == Set(route.path.names), "\(route.name)")
      #expect(!route.answers.isEmpty && route.summary.hasSuffix("."), "\(route.name)")
      if route.method.isReading { #expect(route.body == nil) }
      let statuses = route.answers.map(\.status) + OpenApi.problems(route).map(\.status)
      #expect(Set(statuses).count == statuses.count, "\(route.name)")
    }
  }

  /// Each example is one, so that no pattern is broken, and what is not one is refused.
  @Test func examplesKeepTheirSchemas() {
    for route in Self.routes {
      for parameter in route.parameters {
        let example = parameter.schema.example
        #expect(
          parameter.schema.problem(ofText: example.string ?? example.text) == nil, "\(route.name) \(parameter.name)")
        if case .pattern = parameter.schema {
          #expect(parameter.schema.problem(ofText: "\u{1F600}") != nil, "\(route.name) \(parameter.name)")
        }
      }
      for schema in [route.body?.schema].compactMap({ $0 }) + route.answers.compactMap(\.schema) {
        #expect(schema.mistakes(schema.example).isEmpty, "\(route.name)")
        guard case .object = schema else { continue }
        #expect(schema.mistakes(["surely_unknown": 1]).first?.pointer == "", "\(route.name)")
      }
    }
  }

  @Test func theDocumentHasEveryRouteAndEachStatus() throws {
    let text = OpenApi.document(Self.routes, version: "1").text
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
    for route in Self.routes {
      let operation = try #require(paths[route.path.description]?[route.method.rawValue.lowercased()])
      let responses = try #require(operation["responses"] as? [String: Any])
      let expected = route.answers.map { "\($0.status)" } + OpenApi.problems(route).map { "\($0.status)" }
      #expect(Set(responses.keys) == Set(expected), "\(route.name)")
    }
    #expect(paths.values.reduce(0) { $0 + $1.count } == Self.routes.count)
  }

  @Test func thePageIsFresh() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/api.md"), encoding: .utf8)
    #expect(page == ApiPage.markdown, "write it with: cutline describe --api --markdown > docs/api.md")
  }

  @Test func theMostExactRouteIsMeant() throws {
    let table = RouteTable(Self.routes)
    func name(_ method: HttpMethod?, _ path: String) throws -> String {
      switch table.match(method, try #require(RequestTarget(path)).segments) {
      case .found(let route, _): route.name
      case .otherMethods(let methods): methods.map(\.rawValue).joined(separator: " ")
      case .nothing: "nothing"
      }
    }
    #expect(try name(.get, "/") == "page")
    #expect(try name(.head, "/api/audit/head") == "head")
    #expect(try name(.post, "/api/scoring/versions/v1/submit") == "submitVersion")
    #expect(try name(.get, "/api/scoring/versions/v1/submit") == "POST")
    #expect(try name(.delete, "/api/scoring/versions") == "GET HEAD POST")
    #expect(try name(nil, "/healthz") == "GET HEAD")
    for path in ["/api/scoring/versions/", "/api//audit", "/api/scoring/versions/v1/submit/x", "/healthz/", "//"] {
      #expect(try name(.get, path) == "nothing", "\(path)")
    }
  }

  /// Every status that the document names is reached here, or is one of those that need a broken machine or a socket.
  @Test func everyDocumentedStatusIsReached() throws {
    let fixture = try SiteFixture()
    var reached: [String: Set<Int>] = [:]
    @discardableResult
    func ask(
      _ method: String, _ path: String, _ body: String? = nil, as name: String? = nil, fields: [(String, String)] = []
    ) throws -> Response {
      let request = try fixture.request(method, path, body, as: name, fields: fields)
      let admission = fixture.site.admit(request)
      let response = fixture.site.answer(request, admission)
      let route = try #require(admission.route)
      reached[route.name, default: []].insert(response.status)
      let known = Set(route.answers.map(\.status) + OpenApi.problems(route).map(\.status))
      #expect(known.contains(response.status), "\(route.name) gave \(response.status): \(response.text)")
      // What is said is what the document says.
      if let answer = route.answers.first(where: { $0.status == response.status }), let schema = answer.schema {
        let json = try #require(response.json, "\(route.name)")
        #expect(schema.mistakes(json).isEmpty, "\(route.name): \(schema.mistakes(json))")
      } else if response.status >= 400 {
        #expect(Problem.schema.mistakes(try #require(response.json)).isEmpty)
      }
      return response
    }
    try Self.generic(ask, fixture)
    try Self.story(ask)
    try Self.registry(ask, fixture)
    try Self.decisions(ask, fixture)
    // By a socket, or where a disk or the program is broken.
    let elsewhere: Set<Int> = [400, 413, 414, 431, 500, 503]
    // What runs and jobs answer is tried end to end, with a tool that runs them (Tests/Http/work.py).
    let atWork = Set((RunRoutes.all + JobRoutes.all).map(\.name))
    for route in Self.routes {
      let answers = atWork.contains(route.name) ? [] : route.answers.map(\.status)
      var all = Set(answers + OpenApi.problems(route).map(\.status)).subtracting(elsewhere)
      if route.body != nil { all.insert(400) }
      if atWork.contains(route.name) { all.subtract([403, 404, 409]) }
      let missing = all.subtracting(reached[route.name] ?? [])
      #expect(missing.isEmpty, "\(route.name) never gave \(missing.sorted())")
    }
  }

  /// Outcomes, a model, and two cards that are compared.
  private static func registry(_ ask: Ask, _ fixture: SiteFixture) throws {
    func report(_ event: String, _ query: String = "?product=loan", key: String? = nil) throws -> Response {
      let item =
        "{\"application_id\":\"A\",\"event\":\"\(event)\",\"occurred_on\":\"2025-01-02\",\"external_key\":\"k\"}"
      return try ask(
        "POST", "/api/outcomes\(query)", "{\"items\":[\(item)]}", "analyst", key.map { [("Idempotency-Key", $0)] } ?? []
      )
    }
    #expect(try report("none", key: "o").json?["appended"]?.integer == 1)
    #expect(try report("none").json?["repeated"]?.integer == 1)
    #expect(try report("default", key: "o").status == 409)
    // The key of an outcome that is known, with another content: named, not taken.
    #expect(try report("default").json?["rejected"]?.items?.count == 1)
    #expect(try report("none", "?product=none").status == 404)
    let store = try #require(fixture.site.store?.writer)
    let token = try #require(AccessToken(fixture.tokens["analyst"] ?? ""))
    let file =
      "{\"format\":\"cutline-card-model-1\",\"model_type\":\"logistic_regression\",\"estimator\":\"x\",\"basis\":\"transforms\",\"intercept\":0,\"terms\":[{\"feature\":\"a\",\"coefficient\":-1}]}"
    let model = try store.registerModel(
      Store.ModelDraft(file: Array(file.utf8), dataSHA256: String(repeating: "0", count: 64), codeVersion: "x"),
      product: "loan", by: store.authenticate(token))
    #expect(try ask("GET", "/api/pipeline/models/\(model.modelID)", nil, "viewer", []).status == 200)
    #expect(try ask("GET", "/api/pipeline/models/model_none", nil, "viewer", []).status == 404)
    let list = try ask("GET", "/api/pipeline/models?model_type=logistic_regression", nil, "viewer", [])
    #expect(list.json?["items"]?.items?.count == 1)
    #expect(try ask("GET", "/api/pipeline/models?product=none", nil, "viewer", []).status == 404)
    for (name, weight) in [("c1", 1), ("c2", 2)] {
      let card =
        "{\"format\":\"cutline-weights-1\",\"features\":[{\"name\":\"a\",\"weight\":\(weight),\"transform\":{\"kind\":\"flag\"}}]}"
      let made = try ask(
        "POST", "/api/scoring/versions",
        "{\"kind\":\"scorecard\",\"product\":\"loan\",\"version\":\"\(name)\",\"content\":\(card)}",
        "analyst", [])
      #expect(made.status == 201, "\(made.text)")
    }
    #expect(try ask("GET", "/api/scoring/versions/c2/compare?with=c1&product=loan", nil, "viewer", []).status == 200)
    #expect(try ask("GET", "/api/scoring/versions/c2/compare?with=c9&product=loan", nil, "viewer", []).status == 404)
    let refined = try ask(
      "POST", "/api/scoring/versions",
      "{\"base_version\":\"c1\",\"product\":\"loan\",\"model_id\":\"\(model.modelID)\",\"version\":\"c3\"}", "analyst",
      [])
    #expect(refined.json?["source"]?.string == "ml_refined", "\(refined.text)")
    #expect(
      try ask("POST", "/api/scoring/versions", "{\"model_id\":\"\(model.modelID)\"}", "analyst", []).status == 422)
  }

  /// A policy in force, and what it decides.
  private static func decisions(_ ask: Ask, _ fixture: SiteFixture) throws {
    let store = try #require(fixture.site.store?.writer)
    func caller(_ name: String) throws -> Caller {
      try store.authenticate(#require(AccessToken(fixture.tokens[name] ?? "")))
    }
    func enact(_ kind: VersionKind, _ draft: Store.Draft) throws {
      let name = try store.create(product: "loan", kind: kind, version: "d1", draft, by: caller("analyst")).name
      for (action, who) in [(Transition.Action.submit, "analyst"), (.approve, "approver"), (.activate, "second")] {
        var request = VersionRequest(action, name)
        request.reason = "because"
        _ = try store.perform(request, by: caller(who))
      }
    }
    let body = "{\"application_id\":\"A\",\"fields\":{\"age\":40,\"pd\":0.1},\"amount\":\"1200.5\"}"
    #expect(try ask("POST", "/api/decisions?product=loan", body, "analyst", []).status == 404)
    let rules = """
      name = "r"
      hit = "priority"
      outcomes = ["decline", "manual", "pass"]
      default = "pass"
      [fields.age]
      type = "integer"
      domain = [0, 120]
      [[rules]]
      id = "young"
      when = "age < 18"
      action = "decline"
      """
    try enact(.rules, Store.Draft(rules: RuleTable(RuleSheet(toml: rules, of: "r.toml"))))
    let policy = """
      name = "p"
      [rules]
      version = "d1"
      [first]
      column = "pd"
      calibrated = true
      """
    try enact(
      .policy, Store.Draft(policy: store.pinned(PolicySheet(Array(policy.utf8), of: "p.toml"), product: "loan")))
    let done = try ask("POST", "/api/decisions?product=loan", body, "analyst", [])
    #expect(done.json?["answer"]?["decision"]?.string == "approve", "\(done.text)")
    // The body of a request leaves no digest that could be guessed: decisions know their own keys.
    #expect(try ask("POST", "/api/decisions?product=loan", body, "analyst", [("Idempotency-Key", "d")]).status == 422)
    let typo = body.replacing("age", with: "aeg")
    #expect(try ask("POST", "/api/decisions?product=loan", typo, "analyst", []).status == 422)
    let keyed = body.replacing(
      "{\"application_id\":\"A\"", with: "{\"request_key\":\"k\",\"application_id\":\"E\"")
    #expect(
      try ask("POST", "/api/decisions?product=loan", keyed.replacing("\"k\"", with: "\"table:A\""), "analyst", [])
        .status == 422)
    let other = keyed.replacing("1200.5", with: "1200.51")
    for isRepeated in [false, true] {
      let many = try ask(
        "POST", "/api/decisions/batch?product=loan", "{\"items\":[\(keyed),\(typo),\(other)]}", "analyst", [])
      #expect(many.json?["items"]?.items?[0]["repeated"]?.bool == isRepeated, "\(many.text)")
      #expect(many.json?["items"]?.items?[1]["index"]?.integer == 1)
      #expect(many.json?["items"]?.items?[2]["type"]?.string == "urn:cutline:problem:idempotency-conflict")
    }
    #expect(try ask("POST", "/api/decisions?product=loan", other, "analyst", []).status == 409)
    #expect(try ask("POST", "/api/decisions/batch?product=none", "{\"items\":[]}", "analyst", []).status == 404)
    #expect(try store.database.query("SELECT * FROM idempotency WHERE route LIKE '%decisions%'").isEmpty)
    _ = try store.eraseInputs(ofApplication: "E", product: "loan", by: caller("admin"))
    #expect(try ask("POST", "/api/decisions?product=loan", keyed, "analyst", []).status == 410)
    let afterwards = try ask(
      "POST", "/api/decisions/batch?product=loan", "{\"items\":[\(keyed),\(body)]}", "analyst", [])
    #expect(afterwards.json?["items"]?.items?[0]["type"]?.string == "urn:cutline:problem:gone")
    #expect(afterwards.json?["items"]?.items?[1]["repeated"]?.bool == false)
    let list = try ask("GET", "/api/decisions?product=loan&limit=1", nil, "analyst", [])
    #expect(list.json?["items"]?.items?.count == 1 && list.json?["next_cursor"]?.string != nil)
    #expect(try ask("GET", "/api/decisions?product=none", nil, "analyst", []).status == 404)
    let id = try #require(done.json?["decision_id"]?.string)
    #expect(try ask("GET", "/api/decisions/\(id)", nil, "analyst", []).text.contains(id))
    #expect(try ask("GET", "/api/decisions/\(id)/proof", nil, "analyst", []).status == 200)
    let none = "01901234-5678-7000-8000-000000000000"
    #expect(try ask("GET", "/api/decisions/\(none)", nil, "analyst", []).status == 404)
    #expect(try ask("GET", "/api/decisions/\(none)/proof", nil, "analyst", []).status == 404)
  }

  private typealias Ask = (String, String, String?, String?, [(String, String)]) throws -> Response

  /// What every route refuses alike.
  private static func generic(_ ask: Ask, _ fixture: SiteFixture) throws {
    for route in routes {
      let (path, body) = route.example
      let method = route.method.rawValue
      let role: String? = if case .role(let role) = route.access { role.rawValue } else { nil }
      _ = try ask(method, path, body, role, [("Host", "evil.example")])
      if route.access != .open || route.name == "signIn" {
        _ = try ask(method, path, body, nil, [("X-Forwarded-For", "192.0.2.7")])
      }
      if case .role(let needed) = route.access, needed > .viewer { _ = try ask(method, path, body, "viewer", []) }
      if !route.method.isReading { _ = try ask(method, path, body, role, [("Origin", "http://evil.example")]) }
      if route.body != nil {
        _ = try ask(method, path, "{", role ?? "viewer", [])
        _ = try ask(method, path, "{\"x\":1}", role ?? "viewer", [])
        _ = try ask(method, path, "x=1", role ?? "viewer", [("Content-Type", "text/plain")])
      }
      _ = try ask(method, path + (path.contains("?") ? "&" : "?") + "surely=1", body, role ?? "viewer", [])
    }
    // Too many wrong tokens by now.
    for _ in 0...FailedTokens.limit { _ = try ask("GET", "/api/products", nil, "0", []) }
    for route in routes where route.access != .open {
      _ = try ask(route.method.rawValue, route.example.path, route.example.body, "0", [])
    }
    _ = try ask("POST", "/api/session", "{\"token\":\"\(String(repeating: "0", count: 64))\"}", nil, [])
    fixture.wait(hours: 1)
    _ = try ask("POST", "/api/session", "{\"token\":\"\(String(repeating: "0", count: 64))\"}", nil, [])
    _ = try ask("POST", "/api/session", "{\"token\":\"\(fixture.tokens["viewer"] ?? "")\"}", nil, [])
  }

  /// From a draft to a rollback, with all that is refused on the way.
  private static func story(_ ask: Ask) throws {
    let versions = "/api/scoring/versions"
    func draft(_ name: String, gates: String = "PASS", _ key: String? = nil, _ more: String = "") throws {
      let evidence =
        "{\"name\":\"gates\",\"text\":\"gate,state\\nproof,\(gates)\\n\",\"made_at\":\"2026-01-01T09:00:00Z\"}"
      let body =
        "{\"kind\":\"strategy\",\"version\":\"\(name)\",\"content\":{\"n\":\"\(name)\"},\"evidence\":[\(evidence)]\(more)}"
      _ = try ask("POST", versions, body, "analyst", key.map { [("Idempotency-Key", $0)] } ?? [])
    }
    func act(
      _ action: String, _ name: String, _ who: String = "approver", _ body: String = "{\"reason\":\"seen\"}",
      _ fields: [(String, String)] = []
    ) throws {
      _ = try ask("POST", "\(versions)/\(name)/\(action)", body, who, fields)
    }
    try draft("v1")
    try draft("v1", gates: "FAIL")
    try draft("v2", "k")
    try draft("v2", "k", ",\"notes\":\"x\"")
    try draft("v3", "l", ",\"base_version\":\"v9\"")
    _ = try ask(
      "POST", "\(versions)/v9/waivers", "{\"gate\":\"proof\",\"expires_on\":\"2026-01-02\",\"reason\":\"x\"}",
      "approver", [])
    for action in ["submit", "approve", "reject", "withdraw", "activate", "retire", "rollback", "confirm", "archive"] {
      try act(action, "v9", "admin")
      try act(action, "v1", "admin", "{\"reason\":\"seen\"}", [("If-Match", "\"0\"")])
      // Used for a request of another route, once it was used.
      _ = try ask("POST", "/api/products", "{\"product\":\"loan\"}", "admin", [("Idempotency-Key", "used")])
      try act(action, "v1", "admin", "{\"reason\":\"seen\"}", [("Idempotency-Key", "used")])
    }
    try act("approve", "v1")  // no draft is approved
    try act("withdraw", "v1", "analyst")
    try draft("bad", gates: "FAIL")
    try act("submit", "bad", "analyst")
    _ = try ask(
      "POST", "\(versions)/bad/waivers", "{\"gate\":\"proof\",\"expires_on\":\"2026-01-02\",\"reason\":\"x\"}",
      "approver", [])
    _ = try ask(
      "POST", "\(versions)/bad/waivers", "{\"gate\":\"proof\",\"expires_on\":\"2025-01-02\",\"reason\":\"x\"}",
      "approver", [])
    for key in ["a", "b"] {
      _ = try ask(
        "POST", "\(versions)/bad/waivers",
        "{\"gate\":\"proof\",\"expires_on\":\"2026-01-0\(key == "a" ? 2 : 3)\",\"reason\":\"x\"}", "approver",
        [("Idempotency-Key", "waive")])
    }
    try act("submit", "v1", "analyst")
    try act("submit", "v1", "analyst")
    try act("withdraw", "v1", "approver")
    try act("withdraw", "v1", "analyst")
    try act("submit", "v1", "analyst")
    try act("activate", "v1")
    try act("approve", "v1")
    try act("reject", "v1")
    _ = try ask(
      "POST", "\(versions)/v1/evidence", "{\"name\":\"memo\",\"text\":\"x\",\"made_at\":\"2026-01-01\"}", "analyst", [])
    try act("activate", "v1")
    try act("withdraw", "v1", "analyst")
    try act("submit", "v1", "analyst")
    try act("approve", "v1")
    // A failing gate whose waiver has ended refuses the activation.
    try act("submit", "bad", "analyst")
    try act("approve", "bad")
    try act("activate", "v1")
    try act("confirm", "v1")
    try act("archive", "v1", "analyst")
    try act("rollback", "v1")
    try act("retire", "v1")
    try act("retire", "v1")
    try act("rollback", "v1")
    try act("confirm", "v1")
    try act("confirm", "v1", "second")
    _ = try ask(
      "POST", "\(versions)/v1/evidence", "{\"name\":\"memo\",\"text\":\"x\",\"made_at\":\"2026-01-01\"}", "analyst", [])
    _ = try ask(
      "POST", "\(versions)/v9/evidence", "{\"name\":\"memo\",\"text\":\"x\",\"made_at\":\"2026-01-01\"}", "analyst", [])
    _ = try ask(
      "POST", "\(versions)/v2/evidence", "{\"name\":\"memo\",\"text\":\"x\",\"made_at\":\"2026-01-01\"}", "analyst",
      [("Idempotency-Key", "k")])
    try act("submit", "v2", "analyst")
    try act("reject", "v2")
    try act("archive", "v2", "analyst")
    for path in [
      versions, "\(versions)/v1", "\(versions)/v9", "\(versions)/v1/content", "\(versions)/v9/content",
      "\(versions)/v1/events",
      "\(versions)/v9/events", "/api/scoring/active", "/api/scoring/active?product=none",
      "/api/scoring/live?at=2026-01-01",
      "/api/scoring/live?at=2026-01-01&product=none", "/api/scoring/aliases", "/api/products", "/api/audit",
      "/api/audit/head",
      "/api/audit/checkpoint", "/api/audit/proof/3", "/api/audit/proof/3000", "/api/audit/growth?from=2",
      "/api/audit/growth?from=2000",
      "/api/session", "/api/openapi.json", "/healthz", "/readyz", "/metrics", "/",
    ] { _ = try ask("GET", path, nil, "viewer", []) }
    _ = try ask("PUT", "/api/scoring/aliases/champion", "{\"version\":\"v1\"}", "analyst", [])
    _ = try ask("PUT", "/api/scoring/aliases/champion", "{\"version\":\"v9\"}", "analyst", [])
    for body in ["{\"version\":\"v1\"}", "{\"version\":\"v2\"}"] {
      _ = try ask("PUT", "/api/scoring/aliases/champion?kind=strategy", body, "analyst", [("Idempotency-Key", "alias")])
    }
    _ = try ask("GET", "/api/principals", nil, "admin", [])
    for (role, key) in [("viewer", "p"), ("analyst", "p"), ("analyst", "q")] {
      _ = try ask(
        "POST", "/api/principals", "{\"name\":\"dora\",\"role\":\"\(role)\"}", "admin", [("Idempotency-Key", key)])
    }
    for (path, key) in [
      ("dora/renew", "r"), ("viewer/renew", "r"), ("nobody/renew", "s"), ("dora/disable", "t"), ("viewer/disable", "t"),
      ("nobody/disable", "u"), ("admin/disable", "v"),
    ] {
      _ = try ask("POST", "/api/principals/\(path)", nil, "admin", [("Idempotency-Key", key)])
    }
    for currency in ["EUR", "USD"] {
      _ = try ask("POST", "/api/products", "{\"product\":\"card\",\"currency\":\"\(currency)\"}", "admin", [])
      _ = try ask(
        "POST", "/api/products", "{\"product\":\"card\",\"currency\":\"\(currency)\"}", "admin",
        [("Idempotency-Key", "card")])
    }
    _ = try ask("POST", "/api/products", "{\"product\":\"card\"}", "admin", [("Idempotency-Key", "used")])
    _ = try ask("POST", "/api/audit/verify", nil, "admin", [])
    _ = try ask("DELETE", "/api/session", nil, "viewer", [])
  }
}
