internal import CutlineDecide

/// Jobs under the names of the requirement.
enum PipelineRoutes {
  static let all = [trigger, status, runs, cancel]

  private struct Shown: Encodable {
    struct None: Encodable {}
    let job: JobReport

    enum CodingKeys: String, CodingKey {
      case pipeline, status, assets
      case runID = "run_id"
      case startedAt = "started_at"
      case endedAt = "ended_at"
      case seconds = "duration_seconds"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(job.id, forKey: .runID)
      try container.encode(job.kind, forKey: .pipeline)
      try container.encode(Self.state(job.state), forKey: .status)
      try container.encode(job.startedAt, forKey: .startedAt)
      try container.encode(job.endedAt, forKey: .endedAt)
      let seconds = job.startedAt.flatMap { start in
        job.endedAt.map { Double($0.microseconds - start.microseconds) / 1e6 }
      }
      try container.encode(seconds, forKey: .seconds)
      try container.encode(None(), forKey: .assets)
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
        .notFound, "There are the pipelines \(JobRequest.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
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
    [.limit, .cursor],
    [.json(200, "A part of the list.", StoreSchemas.page(of: WorkSchemas.pipelineRun))]
  ) { call in
    let position = try call.position().flatMap { JobID($0) }
    let found = try call.jobs().list(limit: call.limit + 1, before: position)
    return try call.page(found.jobs.map { Shown(job: $0) }) { $0.job.id }
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
