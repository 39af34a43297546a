internal import CutlineDecide

/// What people do with versions: one route for each action of the table of `Transition`, which says who may.
enum VersionActionRoutes {
  static let all = actions.compactMap(route) + [waive]

  private static let actions: [(action: Transition.Action, summary: String)] = [
    (.submit, "Gives a draft to others for review."),
    (.approve, "Approves; another person than who made and submitted it."),
    (.reject, "Rejects, for good."), (.withdraw, "Takes it back to a draft; its creator may."),
    (.activate, "Puts it in force, now or from a moment on; the one before is retired in the same transaction."),
    (.retire, "Takes it out of force: nothing is in force then."),
    (.rollback, "Puts back in force what was before, with the same bytes."),
    (.confirm, "Confirms a rollback, as a second person."), (.archive, "Hides it from lists."),
  ]

  /// Those that need a reason have one in their body; the others may.
  private static let reasoned: Set<Transition.Action> = [.approve, .reject, .retire, .rollback]

  private static func route(_ action: Transition.Action, _ summary: String) -> Route? {
    guard let role = Transition.all.first(where: { $0.action == action })?.role else { return nil }
    let needsReason = reasoned.contains(action)
    let reason: Schema.Field =
      needsReason
      ? .required("reason", StoreSchemas.reason, "Why; nothing personal.")
      : .optional("reason", .text(2000), "Why; nothing personal.")
    let from: [Schema.Field] =
      action == .activate ? [.optional("effective_from", .instant, "From then on; now where it is past.")] : []
    return .write(
      .post, "/api/scoring/versions/{version}/\(action.rawValue)", "\(action.rawValue)Version", summary, .role(role),
      [StoreRoutes.version, StoreRoutes.product, StoreRoutes.kind, StoreRoutes.ifMatch],
      body: .init(schema: .object([reason] + from), isRequired: needsReason),
      [.json(200, "What came of it.", StoreSchemas.answer)],
      // Who made something may not do everything with it, whatever their role.
      [.notFound, .conflict, .precondition, .forbidden, .invalidInput]
        + ([.submit, .activate].contains(action) ? [.gateFailed] : []) + (action == .activate ? [.notApproved] : [])
    ) { call in
      try call.write { store, caller in
        let name = try call.version(store)
        if let wanted = call.text("If-Match"), call.request.has("if-match") {
          let now = try VersionRoutes.tag(store.sheet(of: name)).value
          guard wanted == now || wanted == "*" else {
            throw Problem(
              .precondition, "\(name) is not what it was any more. Look at it again.", [HttpField("ETag", now)])
          }
        }
        var request = VersionRequest(action, name)
        request.reason = call.text("reason") ?? ""
        request.effectiveFrom = call.instant("effective_from")
        let answer = try store.perform(request, by: caller)
        return .init(try Response(answer, [VersionRoutes.tag(answer.version)]))
      }
    }
  }

  private static let waive = Route.write(
    .post, "/api/scoring/versions/{version}/waivers", "grantWaiver",
    "Lets a version pass a gate that it fails, until the end of a day.", .role(.approver),
    [StoreRoutes.version, StoreRoutes.product, StoreRoutes.kind],
    body: .init(
      schema: .object([
        .required("gate", StoreSchemas.gate, "Which."), .required("expires_on", .day, "The last day."),
        .required("reason", StoreSchemas.reason, "Why; nothing personal."),
      ])), [.json(200, "The version.", StoreSchemas.sheet)], [.notFound, .conflict, .invalidInput]
  ) { call in
    guard let day = call.instant("expires_on") else { throw Problem(.invalidInput, "expires_on is no day.") }
    return try call.write { store, caller in
      let sheet = try store.grantWaiver(
        call.required("gate"), for: call.version(store), until: day, reason: call.required("reason"), by: caller)
      return .init(try Response(sheet, [VersionRoutes.tag(sheet)]))
    }
  }
}
