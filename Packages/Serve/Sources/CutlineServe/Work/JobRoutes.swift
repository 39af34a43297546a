internal import CutlineCore
internal import CutlineDecide

/// Long work that is asked for: children of the tool, with progress, cancel and resume.
enum JobRoutes {
  static let all =
    [list, submit, show, cancel, resume, configuration, output, configurations] + PipelineRoutes.all
    + TrainingRoutes.all

  static let id = Route.Parameter.path("id", WorkSchemas.jobID, "The job.")

  static func job(_ call: Call, _ name: String = "id") throws -> JobID {
    guard let id = JobID(try call.required(name)) else { throw Problem(.notFound, "There is no such job.") }
    return id
  }

  static let list = Route.read(
    "/api/jobs", "listJobs", "Jobs, the latest first.", .role(.viewer),
    [.query("state", WorkSchemas.jobState, "Only those."), .limit, .cursor],
    [.json(200, "A part of the list.", StoreSchemas.page(of: WorkSchemas.job))]
  ) { call in
    let position = try call.position().flatMap { JobID($0) }
    let found = try call.jobs().list(
      limit: call.limit + 1, before: position, state: call.choice("state", JobState.self))
    return try call.page(found.jobs.map { shown($0, call) }) { $0.id }
  }

  /// What was wrong may name columns and folders: those who may not ask for jobs are told that something was.
  static func shown(_ job: JobReport, _ call: Call) -> JobReport {
    guard call.identity.role < .analyst, !job.faults.isEmpty else { return job }
    var job = job
    job.faults = ["What was wrong is told to analysts and those above."]
    return job
  }

  private static let source = Schema.object([
    .optional("text", .text(JobRequest.byteLimit), "In TOML."),
    .optional("name", .string(least: 1, most: 500), "Of a file in the folder of configurations."),
  ])

  static let requestFields: [Schema.Field] = [
    .required("name", WorkSchemas.name, "Of the folder of results."),
    .required("configuration", source, "One of text and name."),
    .optional("segments", source, "Of a batch: one of text and name."),
    .optional("only", .array(.string(least: 1, most: 4096), most: 1000), "Of a batch: only these segments."),
    .optional("settings", .array(.string(least: 3, most: 4096), most: 100), "key=value, as --set takes it."),
    .optional("fresh", .bool, "Takes nothing from what stands there."), .optional("strict", .bool, "As --strict."),
    .optional("skip_dq_checks", .bool, "Leaves the checks of the data out."),
    .optional("parallel", .bool, "Of a batch: several segments at a time."),
    .optional("replace", .bool, "Whether results of that name may be replaced."),
  ]

  /// JSON writes some characters with six.
  static let bodyLimit = 5 << 19

  private static func source(_ json: Json?, _ name: String) throws -> JobRequest.Source {
    switch (json?["text"]?.string, json?["name"]?.string) {
    case (let text?, nil): .text(text)
    case (nil, let name?): .named(name)
    default:
      throw Problem(
        .invalidInput, "A configuration is given as text or by its name.",
        entries: [.init(pointer: "/\(name)", detail: "must have one of text and name")])
    }
  }

  static func request(_ call: Call, _ kind: JobRequest.Kind) throws -> JobRequest {
    var request = JobRequest(
      kind, name: try call.required("name"), configuration: try source(call.member("configuration"), "configuration"),
      segments: try call.member("segments").map { try source($0, "segments") })
    request.only = call.member("only")?.items?.compactMap(\.string) ?? []
    request.settings = call.member("settings")?.items?.compactMap(\.string) ?? []
    request.options.isFresh = call.bool("fresh") ?? false
    request.options.isStrict = call.bool("strict") ?? false
    request.options.skipsQuality = call.bool("skip_dq_checks") ?? false
    request.options.isParallel = call.bool("parallel") ?? false
    request.options.replaces = call.bool("replace") ?? false
    return request
  }

  static let submit = Route.write(
    .post, "/api/jobs", "submitJob", "Asks for a run or a batch; it is checked whole before it is taken.",
    .role(.analyst),
    body: .init(schema: .object([.required("kind", .choice(["run", "batch"]), "")] + requestFields), limit: bodyLimit),
    [.json(202, "The job, with its Location.", WorkSchemas.job)], [.conflict, .rate]
  ) { call in
    let kind = JobRequest.Kind(rawValue: try call.required("kind")) ?? .run
    let request = try request(call, kind)
    let jobs = try call.jobs()
    return try call.once { caller in
      let job = try jobs.submit(request, by: call.identity.name, caller: caller)
      return .init(try Response(job, status: 202, [HttpField("Location", "/api/jobs/\(job.id)")]))
    }
  }

  private static let show = Route.read(
    "/api/jobs/{id}", "showJob", "One job, and how far it is.", .role(.viewer), [id],
    [.json(200, "It.", WorkSchemas.job)], [.notFound]
  ) { call in try Response(shown(call.jobs().job(job(call)), call)) }

  private static let cancel = Route.write(
    .post, "/api/jobs/{id}/cancel", "cancelJob", "Asks for the end of a job; asking twice changes nothing.",
    .role(.analyst), [id],
    [.json(202, "It is told to end.", WorkSchemas.job), .json(200, "It has ended.", WorkSchemas.job)], [.notFound]
  ) { call in
    let (jobs, id) = (try call.jobs(), try job(call))
    return try call.once { caller in
      let job = try jobs.cancel(id, by: call.identity.name, caller: caller)
      return .init(try Response(job, status: job.state.isEnd ? 200 : 202))
    }
  }

  private static let resume = Route.write(
    .post, "/api/jobs/{id}/resume", "resumeJob",
    "Goes on with a job that failed, was cancelled or interrupted, as a new one.",
    .role(.analyst), [id], [.json(202, "The new job, with its Location.", WorkSchemas.job)],
    [.notFound, .conflict, .rate]
  ) { call in
    let (jobs, id) = (try call.jobs(), try job(call))
    return try call.once { caller in
      let job = try jobs.resume(id, by: call.identity.name, caller: caller)
      return .init(try Response(job, status: 202, [HttpField("Location", "/api/jobs/\(job.id)")]))
    }
  }

  private static let configuration = Route.read(
    "/api/jobs/{id}/configuration", "jobConfiguration", "The configuration of a job, in the bytes that it came in.",
    .role(.analyst), [id],
    [.other(200, "TOML.", "application/toml")], [.notFound]
  ) { call in Response(200, "application/toml", try call.jobs().asked(job(call)).configuration) }

  private static let configurations = Route.read(
    "/api/configurations", "listConfigurations", "Configurations of the operator, by the names that jobs give.",
    .role(.analyst), [],
    [
      .json(
        200, "Sorted, the first \(DeclaredFolders.mostNames).",
        .object([.required("items", .array(.string(least: 1, most: 4096), most: DeclaredFolders.mostNames), "")]))
    ], [.notFound]
  ) { call in try Response(["items": .array(call.jobs().folders.configurationNames().map { .text($0) })] as Json) }

  private static let output = Route.read(
    "/api/jobs/{id}/output", "jobOutput",
    "The end of what a job's program wrote, 64 KiB; plugins may have printed into it.", .role(.analyst),
    [id, .query("stream", .choice(["stdout", "stderr"]), "Which (default stderr).")],
    [.other(200, "Text.", "text/plain; charset=utf-8")], [.notFound]
  ) { call in
    Response(
      200, "text/plain; charset=utf-8", try call.jobs().text(of: job(call), errors: call.text("stream") != "stdout"))
  }
}

extension Call {
  /// Jobs, where the server takes them.
  func jobs() throws -> Jobs {
    guard let jobs = try work().jobs else {
      throw Problem(.notFound, "This server takes no jobs. Start it with a folder for them.")
    }
    return jobs
  }
}
