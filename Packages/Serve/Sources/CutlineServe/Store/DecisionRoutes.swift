internal import CutlineDecide

/// Decisions by the policy in force, with their receipts.
enum DecisionRoutes {
  static let all = [decide, decideMany, list, show, proof]

  private static let text = Schema.string(least: 1, most: 300)
  private static let requestFields: [Schema.Field] = [
    .required("application_id", text, "Of the application."),
    .required("fields", .any, "By column, as the policy in force reads it: numbers, texts, true, false, null."),
    .optional("request_key", text, "By which the same request comes again, for ever (default: none)."),
    .optional("amount", .pattern("^[0-9]{1,15}(\\.[0-9]{1,2})?$", example: "1200.50"), "In the product's currency."),
    .optional("language", .choice(["en", "es", "ru"]), "Of names and sentences (default en)."),
  ]
  private static let decided = Schema.object([
    .required("decision_id", id, "Of the receipt."),
    .required("repeated", .bool, "Whether the request came before, under the same key."),
    .required("answer", .any, "As cutline decide one prints it: decision, stage, path, rules, reasons."),
  ])
  private static let id = Schema.pattern(
    "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    example: "01901234-5678-7000-8000-000000000000")

  private static func request(_ json: Json) throws -> DecisionDesk.Request {
    var request = DecisionDesk.Request(
      applicationID: json["application_id"]?.string ?? "", json: Array((json["fields"] ?? [:]).text.utf8))
    request.requestKey = json["request_key"]?.string
    if request.requestKey?.hasPrefix(DecisionDesk.Request.tablePrefix) == true {
      throw Problem(.invalidInput, "A request_key does not begin as the keys of tables' rows do.")
    }
    request.language = json["language"]?.string
    if let text = json["amount"]?.string {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      let cents = parts.count > 1 ? String(parts[1]) : ""
      request.amount = Int("\(parts[0])\(cents)\(String(repeating: "0", count: 2 - cents.count))")
    }
    return request
  }

  private static func said(_ kept: Store.KeptDecision) -> String {
    "{\"decision_id\":\"\(kept.decisionID)\",\"repeated\":\(kept.isRepeated),\"answer\":\(kept.answer)}"
  }

  private static let decide = Route.write(
    .post, "/api/decisions", "decide", "Decides about an application by the policy in force, and keeps the receipt.",
    .role(.analyst), [StoreRoutes.product], body: .init(schema: .object(requestFields)),
    [.json(200, "The decision.", decided)], [.notFound, .gone, .idempotencyConflict], repeats: .again
  ) { call in
    try noKey(call)
    let kept = try decide([request(call.wholeBody)], call)[0]
    return Response(200, Response.json, Array((said(try kept.get()) + "\n").utf8))
  }

  /// The store itself knows a request again, by a digest that needs the record's key: a digest of the body beside it could be guessed.
  private static func noKey(_ call: Call) throws {
    guard call.request.has("idempotency-key") else { return }
    throw Problem(.invalidInput, "Decisions have a request_key in the body, and no Idempotency-Key.")
  }

  private static func decide(
    _ requests: [DecisionDesk.Request], _ call: Call
  ) throws -> [Result<Store.KeptDecision, any Error>] {
    guard let store = call.site.store?.writer else { throw Problem(.unavailable, "This server has no store.") }
    let caller = try call.identity.known()
    return try store.inOneTransaction {
      try call.site.desk.decide(
        requests, product: store.product(meant: call.text("product")), in: store, by: caller)
    }
  }

  private static let decideMany = Route.write(
    .post, "/api/decisions/batch", "decideMany",
    "Decides about many applications, in their order; those that cannot be decided are named, and the others are kept.",
    .role(.analyst), [StoreRoutes.product],
    body: .init(
      schema: .object([.required("items", .array(.object(requestFields), most: 10_000), "")]), limit: 32 << 20),
    [
      .json(
        200, "By item, the decision, or its place with what is wrong.",
        .object([.required("items", .array(.any, most: 10_000), "")]))
    ], [.notFound], repeats: .again
  ) { call in
    try noKey(call)
    let requests = try (call.member("items")?.items ?? []).map(request)
    let items = try decide(requests, call).enumerated().map { index, result in
      switch result {
      case .success(let kept): return said(kept)
      case .failure(let error):
        let problem = Problem(error) { call.site.report($0) }
        return
          ([
            "index": .number(String(index)), "type": .text("urn:cutline:problem:\(problem.kind.rawValue)"),
            "detail": .text(problem.detail),
          ] as Json).text
      }
    }
    return Response(200, Response.json, Array("{\"items\":[\(items.joined(separator: ","))]}\n".utf8))
  }

  private static let sheet = Schema.object([
    .required("decision_id", id, ""), .required("product", StoreSchemas.product, ""),
    .required("application_id", text, ""), .required("received_at", .instant, ""),
    .required("policy", .text(64), "The version."), .required("decision", .text(10), "approve, decline or review."),
    .required("stage", .text(10), "Who decided: rules, first, second; models: people shall."),
    .optional("amount", .count, "In hundredths of the product's currency."),
  ])

  private static let list = Route.read(
    "/api/decisions", "listDecisions", "Decisions, the latest first, without what was given.", .role(.analyst),
    [
      StoreRoutes.product, .query("application_id", text, "Only of this application."),
      .query("decision", .choice(["approve", "decline", "review"]), "Only these."), .limit, .cursor,
    ], [.json(200, "A part of the list.", StoreSchemas.page(of: sheet))], [.notFound]
  ) { call in
    var query = Store.DecisionQuery()
    (query.product, query.application) = (call.text("product"), call.text("application_id"))
    (query.decision, query.before, query.limit) = (call.text("decision"), try call.position(), call.limit + 1)
    return try call.page(call.read { try $0.decisions(query) }) { $0.decisionID }
  }

  private static let decisionID = Route.Parameter.path("decision_id", id, "The decision.")

  private static let show = Route.read(
    "/api/decisions/{decision_id}", "showReceipt", "The receipt in the bytes that are kept; what was given is sealed.",
    .role(.analyst), [decisionID], [.json(200, "Canonical JSON.", .any)], [.notFound]
  ) { call in
    let text = try call.read { try $0.receipt(of: call.required("decision_id")).text }
    return Response(200, Response.json, Array(text.utf8))
  }

  private static let proof = Route.read(
    "/api/decisions/{decision_id}/proof", "proveReceipt",
    "That the receipt is what was sealed then, for somebody who has no store.", .role(.analyst), [decisionID],
    [.json(200, "For cutline audit verify.", .any)], [.notFound]
  ) { call in try Response(call.read { try $0.proof(ofDecision: call.required("decision_id")) }) }
}
