internal import CutlineDecide

/// The log: read by whoever may read, proven to whoever asks.
enum AuditRoutes {
  static let all = [log, head, checkpoint, proof, growth, verify]

  private static let log = Route.read(
    "/api/audit", "log", "Records of the log, the latest first.", .role(.viewer),
    [
      .query("object", .string(least: 1, most: 300), "Only what was done to it, such as v2."),
      .query("actor", StoreSchemas.person, "Only what they did."), .limit, .cursor,
    ], [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.record))]
  ) { call in
    var query = Store.LogQuery()
    query.object = call.text("object")
    query.actor = call.text("actor")
    query.limit = call.limit + 1
    query.before = try call.position().flatMap { Int($0) }
    return try call.page(call.read { [query] in try $0.log(query) }) { String($0.seq) }
  }

  private static let head = Route.read(
    "/api/audit/head", "head", "The end of the log, with a signed checkpoint.", .role(.viewer), [],
    [.json(200, "As one line.", StoreSchemas.head)]
  ) { call in Response(200, Response.json, try call.read { try AnswerJSON.line(of: $0.head()) }) }

  private static let checkpoint = Route.read(
    "/api/audit/checkpoint", "checkpoint", "The signed checkpoint as text, for a witness (C2SP).", .role(.viewer), [],
    [.other(200, "A signed note.", "text/plain; charset=utf-8")]
  ) { call in
    Response(200, "text/plain; charset=utf-8", Array(try call.read { try $0.checkpoint().text }.utf8))
  }

  private static let proof = Route.read(
    "/api/audit/proof/{seq}", "proof", "That a record is in the log, for somebody who has no store.", .role(.viewer),
    [.path("seq", .integer(1...9_007_199_254_740_991), "The record's number.")],
    [.json(200, "The proof.", StoreSchemas.proof)],
    [.notFound]
  ) { call in try Response(call.read { try $0.proof(of: call.integer("seq") ?? 0) }) }

  private static let growth = Route.read(
    "/api/audit/growth", "growth", "That the log has only grown since it had so many records.", .role(.viewer),
    [.query("from", .count, "How many it had.", isRequired: true)], [.json(200, "The proof.", StoreSchemas.growth)],
    [.notFound]
  ) { call in try Response(call.read { try $0.growth(from: call.integer("from") ?? 0) }) }

  private static let verify = Route.write(
    .post, "/api/audit/verify", "verifyLog", "Reads the whole log against all tables, on the server: O(records).",
    .role(.admin), [],
    [.json(200, "What was found; sound is false where something is not as it was written.", StoreSchemas.verdict)],
    repeats: .again
  ) { call in try Response(call.read { try $0.verifyAudit() }) }
}
