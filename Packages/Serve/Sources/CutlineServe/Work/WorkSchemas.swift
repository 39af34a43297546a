internal import CutlineDecide

/// What jobs and runs look like: as the library gives them.
enum WorkSchemas {
  static let jobID = Schema.pattern(
    "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    example: "01890a5d-ac96-774b-bcce-b302099a8057")
  static let jobState = Schema.choice(JobState.allCases.map(\.rawValue))
  static let runState = Schema.choice(RunEntry.State.allCases.map(\.rawValue))
  static let name = Schema.pattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", example: "base")
  /// A folder may be called anything that can be said.
  static let folder = Schema.string(least: 1, most: 255)
  private static let number = Schema.number(-1e300...1e300)

  static let progress = Schema.object([
    .required("stages_done", .count, "That have ended or were taken over."), .required("stages", .count, "Of all."),
    .required("running", .array(.text(200), most: 1000), ""),
    .optional("fraction", .number(0...1), "Of the stage that said so last."),
    .optional("units_done", .count, "Of a batch: segments that have ended."), .optional("units", .count, "Of all."),
    .required("failures", .array(.text(4000), most: 10_000), "Of a batch."),
    .optional("rows", .count, "Of the source."),
  ])

  static let job = Schema.object([
    .required("id", jobID, ""), .required("kind", .choice(["run", "batch"]), ""),
    .required("name", .text(80), "Of its results."),
    .required("state", jobState, ""), .required("by", .text(64), "Who asked."), .required("asked_at", .instant, ""),
    .optional("started_at", .instant, ""), .optional("ended_at", .instant, ""),
    .optional("cancelled_by", .text(64), ""),
    .optional("resumes", jobID, "The job that it goes on with."),
    .optional("run", .text(64), "Its number among the runs of the store."),
    .optional("exit_code", .integer(0...255), ""), .optional("signal", .integer(0...255), ""),
    .required("published", .bool, "Whether its results are in their place."),
    .required("faults", .array(.text(8000), most: 1000), "What was wrong."), .required("progress", progress, ""),
    .optional("before", .count, "Jobs that come before it, where it waits."),
    .required("configuration_sha256", StoreSchemas.digest, ""),
  ])

  private static let gates = Schema.object(
    ["pass", "warn", "fail", "waived", "skipped"].map { .required($0, .count, "") })

  private static let strategy = Schema.object([
    .required("name", .text(200), ""), .required("status", .text(100), ""), .optional("limit_pct", number, ""),
    .optional("risk_pct", number, ""), .optional("production", number, ""), .required("keeps_limit", .text(100), ""),
  ])

  private static let entryFields: [Schema.Field] = [
    .required("name", .text(600), "NAME, or BATCH/SEGMENT."), .optional("batch", .text(300), ""),
    .required("state", runState, ""),
    .optional("reason", .text(4000), "Why it is damaged, or what failed."), .required("published", .instant, ""),
    .required("version", .text(80), "Of cutline."), .required("configuration", .text(4096), ""),
    .required("results_digest", .text(80), ""), .required("seconds", number, ""),
    .required(
      "inputs",
      .array(
        .object([
          .required("path", .text(4096), ""), .required("sha256", .text(80), ""), .required("bytes", .count, ""),
        ]), most: 1000), ""),
    .optional("rows_read", .count, ""), .optional("rows_used", .count, ""),
    .required("strategies", .array(strategy, most: 1000), "As strategies.csv has them."),
    .optional("gates", gates, "By their state."),
    .required("alerts", .any, "By scenario and severity."), .required("files", .count, ""),
    .required("bytes", .count, ""),
    .required("personal_files", .count, "That hold rows of applications."),
  ]
  static let entry = Schema.object(entryFields)

  static let runs = Schema.object([
    .required("items", .array(entry, most: 200), "The latest first."),
    .required("next_cursor", .nullable(.text(2000)), "Where it goes on; null at its end."),
    .required("is_complete", .bool, "Whether all that lies there has been read by now."),
    .required("total", .count, "Runs that the filters take, on all pages."),
    .required("unsayable", .count, "Folders with names that are no text."),
  ])

  static let files = Schema.object([
    .required(
      "items",
      .array(
        .object([
          .required("path", .text(4096), ""), .required("sha256", .text(80), ""),
          .required("media_type", .text(100), ""),
          .required("bytes", .count, ""),
          .required("personal", .bool, "Whether it holds rows of applications: for analysts."),
          .required("columns", .array(.any, most: 10_000), "Of tables."),
        ]), most: 100_000), "By path, with the manifest."),
    .required("next_cursor", .nullable(.text(1)), "Always null: it is all of them."),
  ])

  static let pipeline = Schema.choice(["run", "batch", JobTraining.pipeline])

  private static let asset = Schema.object([
    .required("status", .choice(StoredRun.State.allCases.map(\.rawValue)), ""),
    .required("started_at", .nullable(.instant), ""), .required("ended_at", .nullable(.instant), ""),
    .required(
      "output",
      .object([
        .optional("model_id", ModelRoutes.id, "That was registered."),
        .optional("auc_roc", .number(0...1), "Of its test."),
        .optional("new_version", StoreSchemas.version, "The draft."),
      ]), ""),
  ])

  static let pipelineRun = Schema.object([
    .required("run_id", jobID, ""), .required("pipeline", pipeline, ""),
    .required("status", .choice(StoredRun.State.allCases.map(\.rawValue)), ""),
    .required("batch_id", .nullable(ModelRoutes.id), "Of a training."),
    .required(
      "compared_with", .nullable(StoreSchemas.version),
      "Of a training: the version that the gates compare with; null where there was nothing to compare with."),
    .required("started_at", .nullable(.instant), ""),
    .required("ended_at", .nullable(.instant), ""), .required("duration_seconds", .nullable(number), ""),
    .required("fault", .nullable(.text(8000)), "Why no draft was made, though the run has succeeded."),
    .required(
      "assets", .object(JobTraining.assets.map { .optional($0.name, asset, "By the events of its stages.") }),
      "Of a training; empty for others."),
  ])
}
