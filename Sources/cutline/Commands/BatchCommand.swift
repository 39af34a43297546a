internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineMonitor
internal import CutlineOptimize
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// All segments of a portfolio, and the models that some of them share.
struct BatchCommand: Command {
  static let name = "batch"
  static let group = CommandGroup.run
  static let summary = "Runs all segments of segments.toml, with shared models and one table over all of them."
  static let options: [Option] =
    segmentOptions + [
      .list("segments", short: "s", "NAME…", "Only these segments (default: all)."),
      .flag("list", short: "l", "List segments and supersegments, and write nothing."),
      .flag("parallel", short: "p", "Several segments at a time, as memory allows."),
      .value("workers", short: "w", "N", "With --parallel: segments at a time (default: all cores)."),
      .value("memory", "MIB", "With --parallel: what they may take together (default: 70 % of what is free)."),
      .value("output", short: "o", "DIR", "Folder of the segments' folders (default output)."),
      .flag("reuse-models", "Take the models of supersegments as they are; exit 6 where they are of other settings."),
      .flag("clean", "First remove the folders of the segments' earlier runs, and nothing else."),
      .flag("clean-only", "Remove them and run nothing."),
      .flag("skip-dq-checks", "Leave the data-quality checks out; every result says so."),
      .flag("no-consolidation", "Write no consolidated_risk_production.csv."),
      .flag("consolidate-only", "Write it from the runs that are there, and run nothing."),
      .flag(
        "strict",
        "Rows in two segments or in none: exit 3. Infeasible or not proven: exit 5. Runs that do not belong together: exit 4."
      ),
      .flag(
        "rehash", "Read every input for its digest, even where its inode, size and times are those of the last run."),
      .value("device", "NAME", "auto, scalar, cpu or opencl. The results do not depend on it."),
      EventFile.option,
      .flag("json", "Print what batch.json holds instead of a table."),
    ]
  static let details = """
    Examples:
      cutline batch
      cutline batch --clean --parallel
      cutline batch -s no_premium_cd premium -p -w 2
      cutline batch --reuse-models
      cutline batch --consolidate-only

    Each [segments.NAME] is laid over the configuration, table by table; cutline config diff NAME base shows how. The data is read
    once for all of them, and output/NAME is what cutline run would leave. A segment that fails does not stop the others: the
    table at the end says which and why, and the exit code is that of the first one in the file. Called again, a batch runs what
    has changed or has not come to its end. Supersegments are trained first, into output/_supersegment_NAME.
    """

  /// Those that say which segments there are.
  static let segmentOptions: [Option] = [
    .value("config", short: "c", "PATH", "Configuration under all segments (default config.toml)."),
    .value("segments-config", "PATH", "File of the segments (default segments.toml)."),
    .value(
      "set", "KEY=VALUE", repeats: true, "Override a setting for all segments; a lone key is one of the plan's table."),
    Plugins.option,
  ]

  static func file(_ arguments: Arguments) throws -> SegmentsFile {
    try SegmentsFile(arguments["segments-config"] ?? "segments.toml")
  }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let events = try EventFile.open(arguments)
    let file = try file(arguments)
    if arguments.has("list") {
      Console.out(BatchText.list(file))
      return .ok
    }
    for (one, other) in [("clean-only", "consolidate-only"), ("no-consolidation", "consolidate-only")] {
      if arguments.has(one), arguments.has(other) {
        throw Faults.usage("--\(one)", "does not go with --\(other)", "Leave one of them out.")
      }
    }
    let batch = try batch(file, arguments)
    if arguments.has("clean") || arguments.has("clean-only") {
      let isClean = clean(batch)
      if arguments.has("clean-only") || !isClean { return isClean ? .ok : .io }
    }
    if arguments.has("consolidate-only") {
      let table = try batch.consolidateOnly()
      for warning in table.warnings { Console.error("  warning: \(warning)") }
      try await PortfolioReport.write(in: batch.options.output, segments: file.segments.map(\.name))
      Console.out(BatchText.consolidated(table, in: batch.options.output))
      return arguments.has("strict") && table.isDoubtful ? .gate : .ok
    }
    for note in batch.notes { Console.error("  configuration: \(note)") }
    let view = BatchView()
    let outcome = try await batch.run { event in
      view.show(event)
      events?.write(event)
    }
    view.end()
    for warning in outcome.consolidation?.warnings ?? [] { Console.error("  warning: \(warning)") }
    if outcome.consolidation != nil {
      try await PortfolioReport.write(in: batch.options.output, segments: file.segments.map(\.name))
    }
    Console.out(
      arguments.has("json")
        ? String(decoding: try CanonicalJSON.encode(outcome.state, pretty: true), as: UTF8.self) + "\n"
        : BatchText.closing(outcome, in: batch.options.output))
    return outcome.state.exitCode
  }

  private static func batch(_ file: SegmentsFile, _ arguments: Arguments) throws -> Batch {
    let path = PlanOptions.path(arguments)
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let workers = try arguments.integer("workers", in: 1...1024)
    for option in ["workers", "memory"] where arguments[option] != nil && !arguments.has("parallel") {
      throw Faults.usage("--\(option)", "is for segments side by side", "Say --parallel, too.")
    }
    var output = arguments["output"] ?? "output"
    while output.count > 1, output.hasSuffix("/") { output.removeLast() }
    let registry = try Plugins.registry(arguments, config: path)
    let plugins = registry.owners.compactMap(Manifest.Plugin.init)
    var options = Batch.Options(
      output: output, threads: threads, version: Tool.version,
      program: try ProgramIdentity.digest(plugins: plugins), plugins: plugins)
    options.workers = arguments.has("parallel") ? workers ?? threads : 1
    options.memory = try arguments.integer("memory", in: 1...100_000_000)
    options.device = try arguments.choice("device", DeviceChoice.self) ?? .auto
    options.skipQuality = arguments.has("skip-dq-checks")
    options.reuseModels = arguments.has("reuse-models")
    options.strict = arguments.has("strict")
    options.consolidates = !arguments.has("no-consolidation")
    options.onlyConsolidates = arguments.has("consolidate-only")
    options.rehash = arguments.has("rehash")
    return try Batch(
      BatchConfiguration(path, settings: arguments.all("set"), registry: registry), file,
      only: arguments.all("segments"), options: options, registry: registry,
      neighbours: BatchNeighbours(
        groups: { source, filters in
          try SegmentRows.groups(in: source, filters: filters).map {
            SegmentCoverage.Group(segments: $0.segments, rows: $0.rows, words: $0.words)
          }
        },
        interval: { draws, estimate, left, method, confidence in
          IntervalOfDraws.ends(draws, estimate: estimate, left: left, method: method, confidence: confidence)
        },
        recent: { manifest, folder in
          guard let record = manifest.stages.first(where: { $0.kind == "recent" }) else { return nil }
          let recent = try RunArtifact.load(RecentRisk.self, stage: record.id, from: folder)
          return recent.cells.map { ($0, recent.outcomes) }
        }, gates: { try PortfolioReport.gates($0, in: $1)?.notPassed }))
  }

  /// - Returns: whether nothing is left that it should have removed.
  private static func clean(_ batch: Batch) -> Bool {
    let (removed, kept) = batch.clean()
    for folder in removed { Console.error("  removed \(folder)") }
    if removed.isEmpty, kept.isEmpty { Console.error("  nothing to remove in \(batch.options.output)") }
    for fault in kept { Console.failure(fault) }
    return kept.isEmpty
  }
}
