internal import CutlineDecide

/// Versions and what is in force, to be looked at; and drafts.
enum VersionRoutes {
  static let all = [list, show, content, events, compare, active, live, aliases, setAlias, create, attach]

  static func tag(_ sheet: VersionSheet) throws -> HttpField {
    HttpField("ETag", "\"\(Secret.text(Secret.digest(try AnswerJSON.bytes(of: sheet))).prefix(32))\"")
  }

  private static let list = Route.read(
    "/api/scoring/versions", "listVersions", "Versions by product, kind and time.", .role(.viewer),
    [
      .query("product", StoreSchemas.product, "Only of this product."),
      .query("kind", StoreSchemas.kind, "Only of this kind."),
      .query("state", StoreSchemas.state, "Only those."), .query("status", StoreSchemas.state, "The same as state."),
      .query("all", .bool, "Archived ones, too."), .limit, .cursor,
    ], [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.sheet))]
  ) { call in
    let last = try call.position().map { position in
      let parts = position.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      return VersionName(product: parts.first ?? "", kind: parts.dropFirst().first ?? "", version: parts.last ?? "")
    }
    let sheets = try call.read { store in
      try store.versions(
        product: call.text("product"), kind: call.choice("kind", VersionKind.self),
        state: call.choice("state", VersionState.self) ?? call.choice("status", VersionState.self),
        withArchived: call.bool("all") ?? false, after: last,
        limit: call.limit + 1)
    }
    return try call.page(sheets) { [$0.product, $0.kind, $0.version].joined(separator: "\n") }
  }

  private static let show = Route.read(
    "/api/scoring/versions/{version}", "showVersion", "One version, with its evidence.", .role(.viewer),
    [StoreRoutes.version, StoreRoutes.product, StoreRoutes.kind], [.json(200, "It, with an ETag.", StoreSchemas.sheet)],
    [.notFound]
  ) { call in
    let sheet = try call.read { try $0.sheet(of: call.version($0)) }
    return try Response(sheet, [tag(sheet)])
  }

  private static let content = Route.read(
    "/api/scoring/versions/{version}/content", "versionContent", "The bytes of a version, as they came in.",
    .role(.viewer),
    [StoreRoutes.version, StoreRoutes.product, StoreRoutes.kind], [.json(200, "JSON of its kind.", .any)], [.notFound]
  ) { call in
    let (bytes, sheet) = try call.read { store in
      let name = try call.version(store)
      return (try store.content(of: name), try store.sheet(of: name))
    }
    return Response(200, Response.json, bytes, [HttpField("ETag", "\"\(sheet.sha256)\"")])
  }

  private static let events = Route.read(
    "/api/scoring/versions/{version}/events", "versionEvents", "What happened to a version, in its order.",
    .role(.viewer),
    [StoreRoutes.version, StoreRoutes.product, StoreRoutes.kind, .limit, .cursor],
    [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.event))], [.notFound]
  ) { call in
    let events = try call.read { try $0.history(of: call.version($0)) }
    return try call.page(of: events) { String(String($0.seq + 1_000_000_000_000).dropFirst()) }
  }

  private static let compare = Route.read(
    "/api/scoring/versions/{version}/compare", "compareVersions", "What differs between two scorecards.",
    .role(.viewer),
    [
      StoreRoutes.version, StoreRoutes.product,
      .query("with", StoreSchemas.versionWord, "The other one, which is the old.", isRequired: true),
    ], [.json(200, "As cutline scorecard compare prints it.", .any)], [.notFound]
  ) { call in
    let comparison = try call.read { store in
      func card(_ name: VersionName) throws -> DecidingCard {
        try DecidingCard(store.content(of: name), at: name.description)
      }
      let (new, old) = try (
        card(store.version(meant: call.required("version"), product: call.text("product"), kind: .scorecard)),
        card(store.version(meant: call.required("with"), product: call.text("product"), kind: .scorecard))
      )
      return CardDifference(old, new)
    }
    return try Response(comparison)
  }

  private static func live(_ call: Call, at moment: Instant?) throws -> Response {
    let found = try call.read { store in
      try store.live(
        at: moment ?? store.moment(), product: call.text("product"), kind: call.choice("kind", VersionKind.self))
    }
    return try call.page(of: found) { "\($0.product)\u{1}\($0.kind)" }
  }

  private static let liveParameters: [Route.Parameter] = [
    .query("product", StoreSchemas.product, "Only of this product."),
    .query("kind", StoreSchemas.kind, "Only of this kind."),
    .limit, .cursor,
  ]

  private static let active = Route.read(
    "/api/scoring/active", "active", "What is in force now, for each product and kind.", .role(.viewer), liveParameters,
    [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.live))], [.notFound]
  ) { call in try live(call, at: nil) }

  private static let live = Route.read(
    "/api/scoring/live", "live", "What was in force at a moment, to the microsecond.", .role(.viewer),
    [.query("at", .instant, "The moment.", isRequired: true)] + liveParameters,
    [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.live))], [.notFound]
  ) { call in try live(call, at: call.instant("at")) }

  private static let aliases = Route.read(
    "/api/scoring/aliases", "listAliases", "Names that point to versions.", .role(.viewer), [.limit, .cursor],
    [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.alias))]
  ) { call in
    try call.page(of: call.read { try $0.aliases() }) { "\($0.product)\u{1}\($0.kind)\u{1}\($0.alias)" }
  }

  private static let setAlias = Route.write(
    .put, "/api/scoring/aliases/{alias}", "setAlias", "Points a name to a version.", .role(.analyst),
    [.path("alias", StoreSchemas.version, "The name, without its @."), StoreRoutes.product, StoreRoutes.kind],
    body: .init(schema: .object([.required("version", StoreSchemas.versionWord, "To what.")])),
    [.json(200, "As it stands now.", StoreSchemas.alias)], [.notFound]
  ) { call in
    try call.write { store, caller in
      let name = try call.version(store)
      let alias = try call.required("alias")
      try store.setAlias(alias, to: name, by: caller)
      guard
        let set = try store.aliases().first(where: {
          $0.alias == alias && $0.product == name.product && $0.kind == name.kind
        })
      else { throw Problem(.notFound, "The alias is not there.") }
      return .init(try Response(set))
    }
  }

  // MARK: Drafts

  private static let evidence = Schema.object([
    .required("name", StoreSchemas.version, "gates for its table of gates."),
    .required("text", .text(1 << 20), "The file's."), .required("made_at", .instant, "When it was made."),
  ])

  private static func evidence(_ json: Json) throws -> Store.Evidence {
    guard let name = json["name"]?.string, let text = json["text"]?.string,
      let madeAt = json["made_at"]?.string.flatMap({ Instant($0) })
    else { throw Problem(.invalidInput, "Evidence needs name, text and made_at.") }
    return Store.Evidence(name: name, bytes: Array(text.utf8), madeAt: madeAt)
  }

  private static let create = Route.write(
    .post, "/api/scoring/versions", "createVersion",
    "Makes a draft. The same again by the same person changes nothing.", .role(.analyst),
    body: .init(
      schema: .object([
        .optional("kind", StoreSchemas.kind, "Of content; a run and a model give a scorecard."),
        .optional("product", StoreSchemas.product, "Default: the only one."),
        .optional("version", StoreSchemas.version, "Default: the next of v1, v2, …"),
        .optional("content", .any, "Kept byte for byte; one of content, run and model_id."),
        .optional("run", WorkSchemas.folder, "A finished run of the shelf, whose scorecard it is."),
        .optional("batch_id", ModelRoutes.id, "run: the batch that the scorecard was learnt from."),
        .optional("model_id", ModelRoutes.id, "A model that advises on base_version."),
        .optional("alpha", .number(0...1), "model_id: how much of the advice is taken (default 0.5)."),
        .optional("base_version", StoreSchemas.version, "What it was made from."),
        .optional("approvals_required", .integer(1...9), "At least so many."),
        .optional("notes", .text(2000), "For whoever reads it later; nothing personal."),
        .optional("evidence", .array(evidence, most: 20), "What speaks for it."),
      ]), limit: 16 << 20),
    [.json(201, "The draft.", StoreSchemas.sheet)], [.notFound, .conflict, .gateFailed, .damaged]
  ) { call in
    switch (call.member("content") != nil, call.text("run"), call.text("model_id")) {
    case (true, nil, nil):
      guard let kind = call.choice("kind", VersionKind.self) else {
        throw Problem(.invalidInput, "The kind is missing.", entries: [.init(pointer: "/kind", detail: "is missing")])
      }
      return try created(call, kind, Store.Draft(content: call.rawMember("content")))
    case (false, let run?, nil):
      // Read before the store is held: a run may be large.
      let work = try call.work()
      guard work.shows(run) else { throw Problem(.notFound, "There is no such run.") }
      let folder = try RunRoutes.sound { try work.shelf.run(run).path }
      let batch = try call.text("batch_id").map { name in try call.read { try $0.batch(name) } }
      return try created(call, .scorecard, RunRoutes.sound { try CardDraft.read(folder, batch: batch) })
    case (false, nil, let model?): return try refined(call, model)
    default: throw Problem(.invalidInput, "A draft is made of one of content, run and model_id.")
    }
  }

  private static func created(_ call: Call, _ kind: VersionKind, _ given: Store.Draft) throws -> Response {
    var draft = given
    draft.baseVersion = call.text("base_version")
    draft.approvalsRequired = call.integer("approvals_required") ?? 1
    draft.notes = call.text("notes") ?? ""
    draft.evidence += try (call.member("evidence")?.items ?? []).map(evidence)
    return try call.write { [draft] store, caller in
      try made(
        store.create(
          product: store.product(meant: call.text("product")), kind: kind, version: call.text("version"), draft,
          by: caller))
    }
  }

  private static func refined(_ call: Call, _ model: String) throws -> Response {
    guard let base = call.text("base_version") else {
      throw Problem(
        .invalidInput, "A model advises on a version.", entries: [.init(pointer: "/base_version", detail: "is missing")]
      )
    }
    return try call.write { store, caller in
      var request = Store.RefinementRequest(
        model: model, base: try store.version(meant: base, product: call.text("product"), kind: .scorecard))
      request.alpha = call.number("alpha") ?? request.alpha
      request.name = call.text("version")
      request.notes = call.text("notes") ?? ""
      request.approvalsRequired = call.integer("approvals_required") ?? 1
      return try made(store.refine(request, by: caller).version)
    }
  }

  private static func made(_ sheet: VersionSheet) throws -> StoreAccess.Written {
    let path = "/api/scoring/versions/\(sheet.version)?product=\(sheet.product)&kind=\(sheet.kind)"
    return .init(try Response(sheet, status: 201, [HttpField("Location", path), tag(sheet)]))
  }

  private static let attach = Route.write(
    .post, "/api/scoring/versions/{version}/evidence", "attachEvidence",
    "Adds what speaks for a version; approvals of the older evidence count no more.", .role(.analyst),
    [StoreRoutes.version, StoreRoutes.product, StoreRoutes.kind], body: .init(schema: evidence, limit: 4 << 20),
    [.json(200, "The version.", StoreSchemas.sheet)], [.notFound, .conflict]
  ) { call in
    try call.write { store, caller in
      let sheet = try store.attach(evidence(call.wholeBody), to: call.version(store), by: caller)
      return .init(try Response(sheet, [tag(sheet)]))
    }
  }
}
