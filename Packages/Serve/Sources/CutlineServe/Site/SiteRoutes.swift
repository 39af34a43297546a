internal import CutlineDecide

/// What every server has: its page, its state, its counts, the API's document, sessions.
enum SiteRoutes {
  static func all(hasStore: Bool) -> [Route] {
    [page(hasStore: hasStore), health, ready, metrics, document, session, signIn(hasStore: hasStore), signOut]
  }

  private static func page(hasStore: Bool) -> Route {
    let token: [Route.Parameter] =
      hasStore
      ? []
      : [
        .query(
          "token", .pattern("^[0-9a-f]{64}$", example: String(repeating: "0", count: 64)),
          "Of the address that was printed; exchanged for a session.")
      ]
    return .read(
      "/", "page", "What is here, for a browser.", .openHere, token,
      [.other(200, "A page without scripts.", Response.html)]
        + (hasStore
          ? [] : [.other(303, "Where a token was given: to the same page without it.", Response.html)])
    ) { call in
      if call.request.target.query.contains(where: { $0.name == "token" }) {
        let (value, _) = try call.site.door.sessions.begin(call.identity.caller, at: call.site.now)
        return Response(
          303, Response.html, [], [HttpField("Location", "/"), call.site.door.cookie(value, call.request)])
      }
      let settings = call.site.settings
      let links: [SitePage.Link] =
        [
          .init(target: "/api/openapi.json", name: "OpenAPI 3.1", says: "What programs may ask for."),
          .init(target: "/healthz", name: "Health", says: "That the server answers."),
          .init(target: "/readyz", name: "Readiness", says: "That what it needs is there."),
          .init(target: "/metrics", name: "Metrics", says: "Counts for Prometheus."),
        ]
        + (hasStore
          ? [
            .init(
              target: "/api/scoring/versions", name: "Versions",
              says: "Scorecards, rules, models, policies, strategies."),
            .init(target: "/api/scoring/active", name: "In force", says: "What decides now."),
            .init(target: "/api/audit", name: "Log", says: "Who did what."),
          ] : [])
      let runs =
        call.site.work.map { work in
          work.shelf.list(limit: 50).entries.filter { work.shows($0.name) }.map { entry -> SitePage.Link in
            let parts = entry.name.split(separator: "/", maxSplits: 1).map(String.init)
            let segment = parts.count > 1 ? "&segment=\(PathPattern.escaped(parts[1]))" : ""
            return SitePage.Link(
              target: "/api/runs/\(PathPattern.escaped(parts[0]))?\(segment.dropFirst())", name: entry.name,
              says: "\(entry.state.rawValue), \(entry.published.text)")
          }
        } ?? []
      return SitePage.response(
        title: "cutline \(settings.name)", version: settings.toolVersion,
        who: call.identity.name == "-" ? nil : call.identity.name, links: links + runs)
    }
  }

  private static let health = Route.read(
    "/healthz", "health", "That the server answers.", .open, [],
    [
      .json(
        200, "It does.",
        .object([
          .required("status", .choice(["ok"]), "Always ok."), .required("version", .text(40), "Of cutline."),
          .required("http", .text(80), "The library that speaks HTTP, and its version."),
        ]))
    ]
  ) { call in
    Response(
      [
        "status": "ok", "version": .text(call.site.settings.toolVersion),
        "http": .text("libmicrohttpd \(Server.libraryVersion ?? "")"),
      ] as Json)
  }

  private static let ready = Route.read(
    "/readyz", "readiness",
    "That what the server needs is there: the store opens, the end of its log can be read, and 16 MiB are free beside it.",
    .openHere, [],
    [
      .json(
        200, "It is.",
        .object([
          .required("status", .choice(["ready"]), "Always ready."),
          .optional("records", .count, "Of the log; where there is a store."),
        ]))
    ], [.unavailable]
  ) { call in
    var members: [Json.Member] = [.init("status", "ready")]
    if let store = call.site.store {
      guard store.writer.freeBytes ?? .max >= 16 << 20 else {
        throw Problem(.unavailable, "The disk of the store is full. Free room.")
      }
      let records = try store.read { store in
        _ = try store.products()
        return try store.log(.latest).first?.seq ?? 0
      }
      members.append(.init("records", .number(String(records))))
    }
    return Response(Json.object(members))
  }

  private static let metrics = Route.read(
    "/metrics", "metrics", "Counts of requests, durations, connections and records for Prometheus.", .openHere, [],
    [.other(200, "Text of version 0.0.4.", "text/plain; version=0.0.4; charset=utf-8")]
  ) { call in
    let site = call.site
    var gauges: [Metrics.Gauge] = [
      .init(
        name: "cutline_build_info", help: "Which cutline, and which library speaks HTTP.",
        labels: [("version", site.settings.toolVersion), ("libmicrohttpd", Server.libraryVersion ?? "")], value: 1),
      .init(name: "cutline_http_connections", help: "Open connections.", value: site.watch.count),
      .init(
        name: "cutline_http_connections_ended_total", help: "Connections that were ended because they took too long.",
        kind: "counter", value: site.watch.ended),
      .init(name: "cutline_sessions", help: "Browsers that are signed in.", value: site.door.sessions.count),
    ]
    if let store = site.store {
      let (records, alerts) = try store.read { (try $0.log(.latest).first?.seq ?? 0, try $0.alerts().count) }
      gauges += [
        .init(name: "cutline_store_records", help: "Records of the log.", value: records),
        .init(
          name: "cutline_store_alerts", help: "What waits for somebody: cutline store check says what.", value: alerts),
      ]
    }
    if let work = site.work {
      gauges += work.shelf.alerts.sorted { $0.key < $1.key }.map {
        .init(
          name: "cutline_alerts", help: "Alerts of the runs that are served, as their files count them.",
          labels: [("severity", $0.key)], value: $0.value)
      }
      let runs = work.shelf.counts
      gauges += RunEntry.State.allCases.map {
        .init(
          name: "cutline_runs", help: "Runs that are served.", labels: [("state", $0.rawValue)], value: runs[$0] ?? 0)
      }
      if let jobs = work.jobs?.counts {
        gauges += JobState.allCases.map {
          .init(
            name: "cutline_jobs", help: "Jobs by where they stand.", labels: [("state", $0.rawValue)],
            value: jobs[$0] ?? 0)
        }
      }
    }
    return Response(200, "text/plain; version=0.0.4; charset=utf-8", Array(site.metrics.text(gauges).utf8))
  }

  private static let document = Route.read(
    "/api/openapi.json", "document", "This API as OpenAPI 3.1.", .role(.viewer), [],
    [.json(200, "The document.", .any)]
  ) { call in Response(OpenApi.document(call.site.table.routes, version: call.site.settings.toolVersion)) }

  // MARK: Sessions

  private static let sessionSchema = Schema.object([
    .required("principal", .text(64), "Who asks; - for nobody in particular."),
    .required("role", .choice(Role.allCases.map(\.rawValue)), "What they may."),
    .required("csrf_token", .nullable(.text(64)), "For X-CSRF-Token of what a browser writes; null without a session."),
    .required("expires_at", .nullable(.instant), "When the session ends."),
  ])

  private static func said(_ identity: Identity, _ session: Sessions.Session?) -> Json {
    [
      "principal": .text(identity.name), "role": .text(identity.role.rawValue),
      "csrf_token": session.map { .text($0.csrfToken) } ?? .null,
      "expires_at": session.map { .text($0.expires.text) } ?? .null,
    ]
  }

  private static let session = Route.read(
    "/api/session", "session", "Who asks, and the token that pages send with what they write.", .role(.viewer), [],
    [.json(200, "Who it is.", sessionSchema)]
  ) { call in
    guard case .session(let session) = call.identity.proof else { return Response(said(call.identity, nil)) }
    return Response(said(call.identity, session))
  }

  private static func signIn(hasStore: Bool) -> Route {
    .write(
      .post, "/api/session", "signIn", "Exchanges a token for a session: a cookie that lasts \(Sessions.hours) hours.",
      .open,
      body: .init(
        schema: .object([
          .required(
            "token", .pattern("^[0-9a-f]{64}$", example: String(repeating: "0", count: 64)), "As it was shown once.")
        ]), limit: 4096),
      [.json(200, "Signed in; the cookie is HttpOnly and SameSite=Strict.", sessionSchema)], [.unauthenticated, .rate],
      repeats: .again
    ) { call in
      let identity = try call.site.door.identity(token: call.required("token"), call.request)
      let (value, session) = try call.site.door.sessions.begin(identity.caller, at: call.site.now)
      return Response(said(identity, session), [call.site.door.cookie(value, call.request)])
    }
  }

  private static let signOut = Route.write(
    .delete, "/api/session", "signOut", "Ends the session.", .role(.viewer), [],
    [.json(200, "Signed out.", .object([.required("ended", .bool, "Whether there was one.")]))], repeats: .again
  ) { call in
    let value = call.request.cookie(call.site.door.cookieName)
    if let value { call.site.door.sessions.end(value) }
    return Response(["ended": .bool(value != nil)] as Json, [call.site.door.cookie("", call.request)])
  }
}

extension Store.LogQuery {
  /// The last record alone.
  static var latest: Store.LogQuery {
    var query = Store.LogQuery()
    query.limit = 1
    return query
  }
}
