internal import CutlineCore
internal import CutlineDecide
internal import CutlineRun
internal import Foundation

/// The shelf of runs: lists, and files only as their manifests list them.
enum RunRoutes {
  static let all = [list, show, files, manifest, results, file]

  private static let name = Route.Parameter.path("name", WorkSchemas.folder, "The run, or the batch.")
  private static let segment = Route.Parameter.query("segment", WorkSchemas.folder, "Of a batch: which run of it.")

  private static let list = Route.read(
    "/api/runs", "listRuns", "Runs and segments of batches, the latest first.", .role(.viewer),
    [
      .query("state", WorkSchemas.runState, "Only those."),
      .query("text", .string(least: 1, most: 200), "Part of the name, or of the name of a file that it read."),
      .query("from", .instant, "Published from then on."), .query("until", .instant, "Published before."),
      .query("batch", WorkSchemas.folder, "Only segments of this batch."), .limit, .cursor,
    ], [.json(200, "A part of the list.", WorkSchemas.runs)]
  ) { call in
    let work = try call.work()
    var filter = RunShelf.Filter()
    filter.state = call.choice("state", RunEntry.State.self)
    filter.text = call.text("text")
    (filter.from, filter.until) = (call.instant("from"), call.instant("until"))
    filter.batch = call.text("batch")
    var position: RunShelf.Position?
    if let text = try call.position() {
      let parts = text.split(separator: " ", maxSplits: 1)
      position = RunShelf.Position(
        published: Instant(microseconds: parts.first.flatMap { Int64($0) } ?? 0),
        name: parts.count > 1 ? String(parts[1]) : "")
    }
    // Where one run or batch was named the others of its folder are passed over.
    filter.only = work.only
    let page = work.shelf.list(limit: call.limit, after: position, filter: filter)
    return try call.page(
      page.entries, next: page.next.map { "\($0.published.microseconds) \($0.name)" },
      extent: ListExtent(isComplete: page.isComplete, total: page.total, unsayable: page.unsayable))
  }

  private static func run(_ call: Call) throws -> ShelvedRun {
    let work = try call.work()
    let name = try call.required("name") + (call.text("segment").map { "/\($0)" } ?? "")
    guard work.shows(name) else { throw Problem(.notFound, "There is no such run.") }
    return try sound { try work.shelf.run(name) }
  }

  /// What a run's folder holds is data: where it is not what the run wrote, the server is not at fault.
  static func sound<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let faults as Faults where faults.code == .integrity {
      throw Problem(.damaged, faults.masked)
    }
  }

  private static let show = Route.read(
    "/api/runs/{name}", "showRun", "One run: what it came to, its gates and alerts.", .role(.viewer), [name, segment],
    [.json(200, "It.", WorkSchemas.entry)], [.notFound, .damaged]
  ) { call in try Response(run(call).entry) }

  private static let files = Route.read(
    "/api/runs/{name}/files", "runFiles", "The files of a run, with their digests.", .role(.viewer), [name, segment],
    [.json(200, "All of them.", WorkSchemas.files)], [.notFound, .damaged]
  ) { call in try Response(Page(run(call).files)) }

  private static let manifest = Route.read(
    "/api/runs/{name}/manifest", "runManifest", "The manifest of a run, in its bytes.", .role(.viewer),
    [name, segment],
    [.json(200, "manifest.json.", .any)], [.notFound, .damaged]
  ) { call in Response(200, Response.json, Array(try run(call).manifestBytes)) }

  private static let results = Route.read(
    "/api/runs/{name}/results", "runResults", "What cutline run --json prints of the run, in the same bytes.",
    .role(.viewer),
    [name, segment], [.json(200, "The results.", .any)], [.notFound, .damaged]
  ) { call in Response(200, Response.json, Array(try sound { try run(call).results() })) }

  /// The most of a file that is given at once.
  private static let fileLimit = 64 << 20

  private static let file = Route.read(
    "/api/runs/{name}/file", "runFile",
    "A file of a run, compared with its digest. Files of rows are for analysts and those above.",
    .role(.viewer),
    [name, segment, .query("path", .string(least: 1, most: 4096), "As the list has it.", isRequired: true)],
    [.other(200, "Its bytes, with their digest as ETag.", "application/octet-stream")],
    [.notFound, .damaged, .forbidden, .tooLarge]
  ) { call in
    let file = try sound { try run(call).file(call.required("path")) }
    guard !file.file.isPersonal || call.identity.role >= .analyst else {
      if case .none = call.identity.proof {
        throw Problem(.unauthenticated, "The file holds rows of applications: it needs a token.")
      }
      throw Problem(.forbidden, "The file holds rows of applications, and this needs analyst.")
    }
    guard file.file.bytes <= fileLimit else {
      throw Problem(.tooLarge, "The file has more than \(fileLimit) bytes. Take it from the folder of runs.")
    }
    var response = Response(
      200, file.file.mediaType, try sound { try file.bytes() }, [HttpField("ETag", "\"\(file.file.sha256)\"")])
    // A page of a run is shown as a page, and can do nothing.
    response.set(
      "Content-Security-Policy",
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'")
    return response
  }
}

extension Call {
  /// Runs and jobs, where the server has them.
  func work() throws -> Work {
    guard let work = site.work else {
      throw Problem(.notFound, "This server has no folder of runs. Start it with one.")
    }
    return work
  }
}
