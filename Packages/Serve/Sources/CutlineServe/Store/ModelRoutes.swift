internal import CutlineDecide

/// The registry of models, and what became of applications.
enum ModelRoutes {
  static let all = [show, list, outcomes]

  private static let number = Schema.number(-1e300...1e300)
  static let id = Schema.pattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", example: "model_0123456789abcdef")

  private static let metrics = Schema.object([
    .required("auc_roc", .number(0...1), "Of the card, on applications that it did not learn from."),
    .optional("auc_ci", .array(.number(0...1), most: 2), "95 %, after DeLong."),
    .required("gini", .number(-1...1), ""), .required("ks", .number(0...1), ""),
    .required("brier", .number(0...1), ""),
    .required("n", .count, "Applications."), .required("bad", .count, "Of them."),
  ])

  private static let importance = Schema.object([
    .required("feature", .text(400), ""), .required("coefficient", number, "In log-odds of bad."),
    .optional("standard_error", number, ""), .optional("p", .number(0...1), "Two-sided."),
    .required("share", .number(0...1), "Of the sum of all sizes, by importance_measure."),
    .optional("information_value", number, "Of the feature alone, on the training rows."),
  ])

  private static let gate = Schema.object([
    .required("gate", .text(100), ""), .required("state", .text(10), ""), .optional("value", number, ""),
    .required("threshold", .text(400), ""), .required("detail", .text(4000), ""),
  ])

  private static let training = Schema.object([
    .required("outcome_type", .text(400), "What counts as bad: a type of outcome, or the column that says so."),
    .required("labels", .text(100), "Where the labels come from."),
    .optional("window_days", .integer(1...3660), "How long after the decision an event counts."),
    .optional("as_of", .day, "The last day for which outcomes are complete."),
    .optional("period_start", .day, "The first day of decision of those that it was learnt from."),
    .optional("period_end", .day, "The last one."),
    .required("rows", .count, "Applications that it was learnt from."), .required("bad", .count, "Of them."),
    .optional("bad_rate_pct", .number(0...100), ""),
  ])

  private static let use = Schema.object([
    .required("version", .text(300), ""), .required("state", .text(20), "Where it stands."),
  ])

  static let model = Schema.object([
    .required("model_id", id, ""), .required("model_type", .text(64), ""),
    .required("product", StoreSchemas.product, ""),
    .required(
      "status", .text(20),
      "active where a version in force was made with it, else where the latest of them stands; registered without any."),
    .optional("batch_id", id, ""), .optional("training", training, "What it foretells, and what it was learnt from."),
    .optional("metrics", metrics, "Where it was tested."),
    .required(
      "importance_measure", .choice(["standardised_coefficient", "coefficient"]),
      "|coefficient · standard deviation|, or |coefficient| where nobody says how the features vary."),
    .required("feature_importance", .array(importance, most: 1000), "The largest first."),
    .required("gates", .array(gate, most: 1000), "Of its run."),
    .required("basis", .choice(["woe", "transforms"]), "What the coefficients are of."),
    .required("hyperparameters", .any, "Settings of the stages that learnt it."),
    .required("sha256", StoreSchemas.digest, "Of the model."),
    .required("data_sha256", StoreSchemas.digest, "Of the data that it was learnt from."),
    .required("code_version", .text(200), ""), .required("seed", .text(40), ""),
    .required("run_digest", .text(80), "The results digest of its run."),
    .required("has_sample", .bool, "Whether applications that it did not learn from came with it."),
    .required("versions", .array(use, most: 10_000), "Made with it, the first one first."),
    .required("created_at", .instant, ""), .required("created_by", StoreSchemas.person, ""),
  ])

  private static let show = Route.read(
    "/api/pipeline/models/{model_id}", "showModel", "A model of the registry, and how it did.", .role(.viewer),
    [.path("model_id", id, "The model.")], [.json(200, "It.", model)], [.notFound]
  ) { call in try Response(call.read { try $0.model(call.required("model_id")) }) }

  private static let list = Route.read(
    "/api/pipeline/models", "listModels", "Models of the registry, the latest first.", .role(.viewer),
    [
      .query("model_type", .pattern("^[a-z][a-z0-9_]{0,63}$", example: "logistic_regression"), "Only of this type."),
      .query("product", StoreSchemas.product, "Only of this product."), .query("batch_id", id, "Only of this batch."),
      .query("sort", .choice(["-created_at", "created_at"]), "The latest first (default), or the first."), .limit,
      .cursor,
    ], [.json(200, "A part of the list.", StoreSchemas.page(of: model))], [.notFound]
  ) { call in
    let last = try call.position()
    let models = try call.read { store in
      try store.models(
        type: call.text("model_type"), product: call.text("product"), batch: call.text("batch_id"),
        oldestFirst: call.text("sort") == "created_at", after: last, limit: call.limit + 1)
    }
    return try call.page(models) { $0.modelID }
  }

  // MARK: Outcomes

  private static let word = Schema.string(least: 1, most: 200)
  private static let outcome = Schema.object([
    .required("application_id", word, ""),
    .required("event", .choice(Outcome.Event.allCases.map(\.rawValue)), "What became of it."),
    .required("occurred_on", .day, ""),
    .optional("seen_until", .day, "The last day on which it was in the data (default: that of the event)."),
    .required("external_key", word, "By which a second report of the same is known."),
    .optional("source", .choice(Outcome.Source.allCases.map(\.rawValue)), "Who says so (default observed)."),
    .optional("supersedes", word, "The external_key of the outcome that it corrects."),
  ])

  private static let appended = Schema.object([
    .required("product", StoreSchemas.product, ""), .optional("report", .count, "Its number, where anything was new."),
    .required("appended", .count, ""), .required("repeated", .count, "Known already, word by word."),
    .required("in_no_batch", .count, "Of those appended, of applications that are in no batch."),
    .required(
      "rejected",
      .array(
        .object([.required("index", .count, "Among items, from 0."), .required("detail", .text(400), "")]),
        most: 10_000), "Not taken."),
  ])

  private static let outcomes = Route.write(
    .post, "/api/outcomes", "appendOutcomes",
    "Reports what became of applications; what is known already changes nothing, and what cannot be taken is named.",
    .role(.analyst), [StoreRoutes.product],
    body: .init(schema: .object([.required("items", .array(outcome, most: 10_000), "")]), limit: 8 << 20),
    [.json(200, "What was taken.", appended)], [.notFound]
  ) { call in
    let (outcomes, rejected) = read(call.member("items")?.items ?? [])
    return try call.write { store, caller in
      let done = try store.appendOutcomes(
        outcomes, at: "items", product: store.product(meant: call.text("product")), rejected: rejected,
        onRejection: .takeOthers, by: caller)
      return .init(try Response(done))
    }
  }

  /// Those that are outcomes, each with its place, and the mistakes of the others.
  private static func read(_ items: [Json]) -> ([(line: Int, outcome: Outcome)], [Store.Appended.Rejected]) {
    var (outcomes, rejected): ([(line: Int, outcome: Outcome)], [Store.Appended.Rejected]) = ([], [])
    for (index, item) in items.enumerated() {
      func text(_ name: String) -> String { item[name]?.string ?? "" }
      do throws(Outcome.Mistake) {
        outcomes.append(
          (
            index,
            try Outcome(
              applicationID: text("application_id"), event: text("event"), occurredOn: text("occurred_on"),
              seenUntil: text("seen_until"), externalKey: text("external_key"), source: text("source"),
              supersedes: text("supersedes"))
          ))
      } catch { rejected.append(.init(index: index, detail: error.problem)) }
    }
    return (outcomes, rejected)
  }
}
