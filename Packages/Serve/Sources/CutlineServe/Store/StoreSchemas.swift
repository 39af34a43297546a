internal import CutlineDecide

/// What the store's answers look like: as the command line prints them.
enum StoreSchemas {
  static let version = Schema.pattern("^[a-z0-9][a-z0-9._-]{0,63}$", example: "v1")
  /// A version, or a name that points to one.
  static let versionWord = Schema.pattern("^@?[a-z0-9][a-z0-9._-]{0,63}$", example: "v1")
  static let product = Schema.pattern("^[a-z0-9][a-z0-9._-]{0,63}$", example: "loan")
  static let kind = Schema.choice(VersionKind.allCases.map(\.rawValue))
  static let state = Schema.choice(VersionState.allCases.map(\.rawValue))
  static let role = Schema.choice(Role.allCases.map(\.rawValue))
  static let gate = Schema.pattern("^[a-z0-9_][a-z0-9_.-]{0,99}$", example: "proof")
  static let person = Schema.string(least: 1, most: 64)
  static let digest = Schema.pattern("^[0-9a-f]{64}$", example: String(repeating: "0", count: 64))
  static let reason = Schema.string(least: 1, most: 2000)

  static func page(of item: Schema) -> Schema {
    .object([
      .required("items", .array(item, most: 200), "In the order of the list."),
      .required("next_cursor", .nullable(.text(2000)), "Where it goes on; null at its end."),
    ])
  }

  static let sheet = Schema.object([
    .required("product", product, ""), .required("kind", kind, ""), .required("version", version, ""),
    .required("state", state, "Where it stands."), .required("status", state, "The same as state."),
    .required("sha256", digest, "Of the content."),
    .required("source", .text(40), "Who or what made it."),
    .required("notes", .text(4096), "What its maker wrote for whoever reads it later."),
    .required("size", .count, "Bytes of the content."),
    .optional("base_version", version, "What it was made from."),
    .optional("run_digest", .text(80), "The results digest of the run that made it."),
    .optional("model_id", ModelRoutes.id, "The model that it was made with."),
    .required("created_at", .instant, ""), .required("created_by", person, ""),
    .optional("submitted_by", person, ""),
    .required("approved_by", .array(person, most: 100), "Whose approvals count."),
    .required("void_approvals", .array(person, most: 100), "Whose count no more."),
    .required("approvals_required", .integer(1...9), ""), .optional("activated_at", .instant, ""),
    .optional("retired_at", .instant, ""), .optional("scheduled_for", .instant, "When it comes into force."),
    .required("gates", .choice(["pass", "fail", "waived", "none"]), ""),
    .required("failed_gates", .array(.text(100), most: 1000), ""),
    .required("not_passed_gates", .array(.text(100), most: 1000), "WARN and SKIPPED."),
    .required(
      "evidence",
      .array(.object([.required("name", .text(64), ""), .required("sha256", digest, "")]), most: 1000),
      "The latest of each name."),
    .optional("unconfirmed_rollback_since", .instant, "Since when a second person is waited for."),
    .required("confirmation_overdue", .bool, "For more than 24 hours."),
    .required("actions", .array(.text(20), most: 20), "What may be done with it now, whoever may."),
  ])

  static let answer = Schema.object([
    .required("version", sheet, ""), .optional("previous", version, "What was in force before."),
    .required("changed", .bool, "False where it was so already."), .required("event_seq", .count, "Of its last event."),
  ])

  static let event = Schema.object([
    .required("seq", .count, ""), .required("product", product, ""), .required("kind", kind, ""),
    .required("version", version, ""), .required("from", .text(20), "Empty for its making."),
    .required("to", state, ""), .required("action", .text(20), ""), .required("actor", person, ""),
    .required("reason", .text(4000), ""), .required("sha256", digest, "Of the content."), .required("at", .instant, ""),
    .optional("effective_from", .instant, "schedule: from when."),
  ])

  static let live = Schema.object([
    .required("product", product, ""), .required("kind", kind, ""), .required("version", version, ""),
    .required("sha256", digest, ""), .required("since", .instant, ""), .required("activated_by", person, ""),
  ])

  static let alias = Schema.object([
    .required("product", product, ""), .required("kind", kind, ""), .required("alias", version, ""),
    .required("version", version, ""), .required("actor", person, ""), .required("at", .instant, ""),
  ])

  static let productSheet = Schema.object([
    .required("product", product, ""),
    .required("currency", .pattern(Schema.currencyPattern, example: "EUR"), "ISO 4217."),
    .required("approvals_required", .integer(1...9), "How many others must approve a version."),
    .required("created_at", .instant, ""), .required("created_by", person, ""),
  ])

  static let principal = Schema.object([
    .required("name", person, ""), .required("role", role, ""), .required("human", .bool, "A service decides nothing."),
    .required("created_at", .instant, ""), .required("created_by", person, ""), .optional("disabled_at", .instant, ""),
    .optional("expires_at", .instant, "When the token ends."),
  ])

  static let token = Schema.object([
    .required("name", person, ""),
    .required("token", .nullable(digest), "Shown once; null where the same request is repeated."),
  ])

  static let record = Schema.object([
    .required("seq", .count, ""), .required("prev", digest, ""), .required("time", .instant, ""),
    .required("actor", person, ""), .required("action", .text(40), ""), .required("object_type", .text(40), ""),
    .required("object_id", .text(300), ""), .required("object_sha256", .text(64), ""),
    .required("payload_sha256", .text(64), ""), .required("hash", digest, ""),
  ])

  static let head = Schema.object([
    .required("store_id", .text(64), ""), .required("seq", .count, "Records."),
    .required("hash", digest, "Of the last."),
    .required("at", .instant, ""), .required("root", .text(64), "Of the tree, base64."),
    .optional("checkpoint", .text(4000), "Signed."),
  ])

  static let verdict = Schema.object([
    .required("records", .count, ""), .required("rows", .count, ""), .required("heads", .count, "Compared with."),
    .required("sound", .bool, ""),
    .optional(
      "fault",
      .object([
        .required("index", .count, "The record."), .required("reason", .text(20), ""),
        .required("detail", .text(4000), ""),
      ]), "The first."),
  ])

  static let proof = Schema.object([
    .required("index", .count, "From 0."), .required("size", .count, "Records."),
    .required("hash", digest, "The record's own."),
    .required("proof", .array(digest, most: 64), "On the way to the root."),
    .required("checkpoint", .text(4000), "Signed."),
    .required("key", .text(400), "With which it is verified."),
  ])

  static let growth = Schema.object([
    .required("old", .count, ""), .required("size", .count, ""), .required("oldRoot", .text(64), ""),
    .required("root", .text(64), ""), .required("proof", .array(digest, most: 64), ""),
    .required("checkpoint", .text(4000), ""), .required("key", .text(400), "With which it is verified."),
  ])
}
