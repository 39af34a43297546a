internal import CutlineCore
internal import CutlineDecide
internal import Foundation

/// The pipeline of requirement 001 by its name: `ml_training_pipeline`.
enum TrainingRoutes {
  static let all = [trigger]

  private static let options = Schema.object([
    .optional(
      "observation_window_days", .integer(1...3660), "How long after the decision an event counts (default 180)."),
    .optional("outcome_type", .choice(Outcome.Kind.allCases.map(\.rawValue)), "What counts as bad (default default)."),
    .optional("as_of", .day, "The last day for which outcomes are complete (default: the last that any speaks of)."),
    .optional(
      "scorecard_version", StoreSchemas.versionWord,
      "The version that the model advises on; without it the model's own card is the draft, and is compared with the version in force, where there is one."
    ),
    .optional("alpha", .number(0...1), "How much of the advice is taken (default 0.5)."),
    .optional(
      "plan", .pattern("^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$", example: "scorecard"),
      "The configuration PLAN.toml among the server's own (default scorecard)."),
  ])

  private static let trigger = Route.write(
    .post, "/api/pipeline/trigger/\(JobTraining.pipeline)", "triggerTraining",
    "Builds labels of a batch, has a model learn from them, registers it and makes a draft. Nothing comes into force.",
    .role(.analyst),
    body: .init(
      schema: .object([
        .required("batch_id", ModelRoutes.id, "Which applications."), .optional("config", options, "How."),
      ])), [.json(202, "It is taken, with its Location.", WorkSchemas.pipelineRun)],
    [.notFound, .conflict, .rate]
  ) { call in
    guard let store = call.site.store else { throw Problem(.unavailable, "This server has no store.") }
    let jobs = try call.jobs()
    let config = call.member("config")
    let name = try call.required("batch_id")
    return try call.once { caller in
      guard let caller else { throw Problem(.unauthenticated, "Somebody must ask.") }
      let batch = try store.writer.batch(name)
      var request = Store.LabelRequest(batch: name)
      request.windowDays = config?["observation_window_days"]?.integer ?? 180
      request.kind = config?["outcome_type"]?.string.flatMap(Outcome.Kind.init(rawValue:)) ?? .default
      request.asOf = config?["as_of"]?.string.flatMap { CalendarDate(iso: $0) }
      let base = try config?["scorecard_version"]?.string.map {
        try store.writer.version(meant: $0, product: batch.product, kind: .scorecard).version
      }
      let compared = try base == nil ? inForce(batch.product, store.writer) : nil
      let report = try store.writer.buildLabels(request, by: caller)
      let labels = try store.writer.labels(of: name, kind: request.kind, windowDays: request.windowDays)
      let training = JobTraining(
        batch: name, product: batch.product, windowDays: request.windowDays, labelsSHA256: report.sha256, base: base,
        alpha: config?["alpha"]?.double ?? 0.5, compared: compared?.version)
      let stamp = Secret.text(try Secret.random(6))
      let job = try jobs.train(
        training, labels: Store.Label.csv(labels, of: report), active: compared.map(store.writer.content(of:)),
        source: batch.source,
        configuration: "\(config?["plan"]?.string ?? "scorecard").toml", name: "\(name.prefix(60))-\(stamp)",
        by: call.identity.name, caller: caller)
      return .init(
        try Response(
          PipelineRoutes.Shown(job: job), status: 202, [HttpField("Location", "/api/pipeline/status/\(job.id)")]))
    }
  }

  /// The scorecard in force; nil where there is none.
  private static func inForce(_ product: String, _ store: Store) throws -> VersionName? {
    do { return try store.resolve("@active", product: product, kind: .scorecard) } catch let refusal as Refusal
      where refusal.reason == .notFound
    {
      return nil
    }
  }
}
