internal import CutlineDecide

/// Jobs under the names of the requirement.
enum PipelineRoutes {
  static let all = [trigger, status, runs, cancel]

  /// A job in the requirement's words.
  struct Shown: Encodable {
    let job: JobReport

    enum CodingKeys: String, CodingKey {
      case pipeline, status, assets, fault
      case runID = "run_id"
      case batchID = "batch_id"
      case comparedWith = "compared_with"
      case startedAt = "started_at"
      case endedAt = "ended_at"
      case seconds = "duration_seconds"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(job.id, forKey: .runID)
      try container.encode(pipeline, forKey: .pipeline)
      try container.encode(status, forKey: .status)
      try container.encode(job.training?.batch, forKey: .batchID)
      try container.encode(job.training?.base ?? job.training?.compared, forKey: .comparedWith)
      try container.encode(job.startedAt, forKey: .startedAt)
      try container.encode(job.endedAt, forKey: .endedAt)
      let seconds = job.startedAt.flatMap { start in
        job.endedAt.map { Double($0.microseconds - start.microseconds) / 1e6 }
      }
      try container.encode(seconds, forKey: .seconds)
      try container.encode(job.conclusion?.fault, forKey: .fault)
      var assets = container.nestedContainer(keyedBy: Name.self, forKey: .assets)
      guard job.training != nil else { return }
      for (name, stages) in JobTraining.assets {
        try assets.encode(asset(name, stages), forKey: Name(stringValue: name))
      }
    }

    var pipeline: String { job.training == nil ? job.kind.rawValue : JobTraining.pipeline }

    /// A training whose draft could not be made has failed, though its program has not.
    var status: StoredRun.State {
      if job.conclusion?.fault != nil { return .failure }
      let state = Self.state(job.state)
      return job.training != nil && job.conclusion == nil && state == .success ? .started : state
    }

    private struct Name: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    private struct Asset: Encodable {
      struct Output: Encodable {
        var modelID: String?
        var area: Double?
        var version: String?
        enum CodingKeys: String, CodingKey {
          case modelID = "model_id"
          case area = "auc_roc"
          case version = "new_version"
        }
      }
      var status: StoredRun.State
      let startedAt, endedAt: Instant?
      var output: Output

      enum CodingKeys: String, CodingKey {
        case status, output
        case startedAt = "started_at"
        case endedAt = "ended_at"
      }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(status, forKey: .status)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(endedAt, forKey: .endedAt)
        try container.encode(output, forKey: .output)
      }
    }

    /// From the events of its stages; the last asset ends with the draft.
    private func asset(_ name: String, _ ids: [String]) -> Asset {
      let stages = ids.compactMap { job.progress.stagesByID[$0] }
      let isOver = job.state.isEnd
      var status: StoredRun.State =
        isOver && stages.isEmpty ? (job.state == .cancelled ? .canceled : .failure) : .queued
      if stages.contains(where: { $0.state == .failure }) {
        status = .failure
      } else if stages.count == ids.count, stages.allSatisfy({ $0.state == .success }) {
        status = .success
      } else if !stages.isEmpty {
        status = isOver ? (job.state == .cancelled ? .canceled : .failure) : .started
      }
      func moment(_ seconds: Double?) -> Instant? {
        seconds.flatMap { seconds in
          job.startedAt.map { Instant(microseconds: $0.microseconds + Int64(seconds * 1e6)) }
        }
      }
      var output = Asset.Output()
      switch name {
      case "train_model_asset": (output.modelID, output.area) = (job.conclusion?.modelID, job.conclusion?.area)
      case "refine_scorecard":
        output.version = job.conclusion?.version
        if status == .success { status = job.conclusion.map { $0.fault == nil ? .success : .failure } ?? .started }
      default: break
      }
      let ended = [.success, .failure, .canceled].contains(status) ? stages.compactMap(\.ended).max() : nil
      return Asset(
        status: status, startedAt: moment(stages.compactMap(\.began).min()), endedAt: moment(ended), output: output)
    }

    private static func state(_ state: JobState) -> StoredRun.State {
      switch state {
      case .queued: .queued
      case .running, .cancelling: .started
      case .succeeded: .success
      case .failed, .interrupted: .failure
      case .cancelled: .canceled
      }
    }
  }

  private static let id = Route.Parameter.path("run_id", WorkSchemas.jobID, "The job's id.")

  private static let trigger = Route.write(
    .post, "/api/pipeline/trigger/{pipeline}", "triggerPipeline", "Asks for a run or a batch, as POST /api/jobs does.",
    .role(.analyst),
    [.path("pipeline", .pattern("^[a-z0-9_-]{1,64}$", example: "run"), "run or batch.")],
    body: .init(schema: .object(JobRoutes.requestFields), limit: JobRoutes.bodyLimit),
    [.json(202, "It is taken, with its Location.", WorkSchemas.pipelineRun)], [.notFound, .conflict, .rate]
  ) { call in
    guard let kind = JobRequest.Kind(rawValue: try call.required("pipeline")) else {
      throw Problem(
        .notFound,
        "There are the pipelines \((JobRequest.Kind.allCases.map(\.rawValue) + [JobTraining.pipeline]).joined(separator: ", "))."
      )
    }
    let request = try JobRoutes.request(call, kind)
    let jobs = try call.jobs()
    return try call.once { caller in
      let job = try jobs.submit(request, by: call.identity.name, caller: caller)
      return .init(
        try Response(Shown(job: job), status: 202, [HttpField("Location", "/api/pipeline/status/\(job.id)")]))
    }
  }

  private static let status = Route.read(
    "/api/pipeline/status/{run_id}", "pipelineStatus", "Where a job stands, in the requirement's words.",
    .role(.viewer), [id],
    [.json(200, "It.", WorkSchemas.pipelineRun)], [.notFound]
  ) { call in try Response(Shown(job: call.jobs().job(JobRoutes.job(call, "run_id")))) }

  private static let runs = Route.read(
    "/api/pipeline/runs", "listPipelineRuns", "Jobs, the latest first, in the requirement's words.", .role(.viewer),
    [
      .query("pipeline", WorkSchemas.pipeline, "Only of this one."),
      .query("status", .choice(StoredRun.State.allCases.map(\.rawValue)), "Only those."),
      .query("batch_id", ModelRoutes.id, "Only of this batch."), .limit, .cursor,
    ],
    [.json(200, "A part of the list.", StoreSchemas.page(of: WorkSchemas.pipelineRun))]
  ) { call in
    var position = try call.position().flatMap { JobID($0) }
    var found: [Shown] = []
    var hasMore = true
    while found.count <= call.limit, hasMore {
      let part = try call.jobs().list(limit: call.limit + 1, before: position)
      found += part.jobs.map { Shown(job: $0) }.filter { shown in
        (call.text("pipeline").map { $0 == shown.pipeline } ?? true)
          && (call.text("status").map { $0 == shown.status.rawValue } ?? true)
          && (call.text("batch_id").map { $0 == shown.job.training?.batch } ?? true)
      }
      position = part.jobs.last.flatMap { JobID($0.id) }
      hasMore = part.hasMore && position != nil
    }
    return try call.page(Array(found.prefix(call.limit + 1))) { $0.job.id }
  }

  private static let cancel = Route.write(
    .post, "/api/pipeline/cancel/{run_id}", "cancelPipeline",
    "Asks for the end of a job; asking twice changes nothing.", .role(.analyst), [id],
    [.json(200, "It.", WorkSchemas.pipelineRun)], [.notFound]
  ) { call in
    let (jobs, id) = (try call.jobs(), try JobRoutes.job(call, "run_id"))
    return try call.once { caller in
      .init(try Response(Shown(job: jobs.cancel(id, by: call.identity.name, caller: caller))))
    }
  }
}
