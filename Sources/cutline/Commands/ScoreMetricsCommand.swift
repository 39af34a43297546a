@_spi(Run) internal import CutlineCore
internal import CutlineMonitor
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// How well the scores of a portfolio tell bad applications from good ones.
struct ScoreMetricsCommand: Command {
  static let name = "score-metrics"
  static let group = CommandGroup.run
  static let summary = "Measures scores: AUC, Gini, KS, H, lift, curves, DeLong, by segment and period; warns of leaks."
  static let options: [Option] =
    BatchCommand.segmentOptions + [
      .list("segments", short: "s", "NAME…", "Only these segments (default: all of the file)."),
      .value(
        "score", "NAME", repeats: true, "A score of the grid, or any column of numbers (default: all of the grid)."),
      .value("outcome", "COLUMN", "1 = bad, 0 = good (default: early_bad, or todu_30 above 0)."),
      .value("weight", "COLUMN", "By which applications count (default: once each)."),
      .value("score-date", "COLUMN", "Dates of the scores: is a score better where it was made later?"),
      .value("output", short: "o", "DIR", "Folder of the tables (default output/score-metrics)."),
      .flag("force", "Replace the folder of an earlier call."),
      .flag("skip-dq-checks", "Leave the data-quality checks out."),
      .flag("no-pictures", "Draw no score_discriminance_*.png."),
      .flag("fail-on-leak", "Exit 4 where a score is warned of."),
    ]
  static let details = """
    Without a file of segments it is about the configuration alone. Outcomes are those of booked applications; lines called
    through-the-door set the scores against the decision instead. docs/methods/score-metrics.md has the formulas.

    Examples:
      cutline score-metrics
      cutline score-metrics -s premium -o output/premium-scores
      cutline score-metrics --score score_rf --score income --fail-on-leak
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let path = PlanOptions.path(arguments)
    let registry = try Plugins.registry(arguments, config: path)
    let output = arguments["output"] ?? "output/score-metrics"
    try check(output, force: arguments.has("force"))
    let (plans, notes) = try plans(arguments, path, registry)
    for note in notes { Console.error("  configuration: \(note)") }
    let plugins = registry.owners.compactMap(Manifest.Plugin.init)
    let program = try ProgramIdentity.digest(plugins: plugins)
    let shared = SharedInputs()
    var reports: [ScoreMetricsReport] = []
    var files: [(from: String, to: String)] = []
    // What is wanted of the runs is in the output.
    let place = try PrivateFolder()
    defer { withExtendedLifetime(place) {} }
    for (number, plan) in plans.enumerated() {
      let folder = "\(place.path)/\(number)"
      var options = Runner.Options(
        output: folder, workers: ProcessInfo.processInfo.activeProcessorCount, version: Tool.version, program: program,
        plugins: plugins, configuration: path)
      options.shared = shared
      let view = ProgressView(.info)
      let result = try await Runner(plan: plan, options: options) { view.show($0) }.run(keeping: [name])
      guard let report = result.artifacts[name] as? ScoreMetricsReport else {
        throw Faults.data(name, "the stage gave no report", "Use kind \(name), standard.")
      }
      reports.append(report)
      files += report.files.map { ("\(folder)/data/\($0)", $0) }
    }
    let tables = ScoreMetricsTables(reports)
    let isDrawn = try await write(
      tables.files(in: "."), files, to: output, force: arguments.has("force"), draws: !arguments.has("no-pictures"))
    if !isDrawn { Console.error("  \(ChartFile.absence)") }
    var table = TextTable(ScoreMetricsTables.summaryHeader, textColumns: 4)
    for line in tables.summary { table.add(line) }
    let leaking = reports.contains { !$0.leaking.isEmpty }
    Console.out(
      table.text + (leaking ? "\n  A score may know the outcome: leak_warnings.csv says by which test.\n" : "")
        + "\n  written: \(output)\n")
    return leaking && arguments.has("fail-on-leak") ? .gate : .ok
  }

  /// Of each segment and supersegment, or of the configuration alone.
  private static func plans(
    _ arguments: Arguments, _ path: String, _ registry: Registry
  ) throws -> (plans: [Plan], notes: [String]) {
    let names = arguments.all("segments")
    let isOfSegments =
      arguments["segments-config"] != nil || !names.isEmpty || FileSystem.exists("segments.toml")
    guard isOfSegments else {
      let changes = PlanChanges(
        skipQuality: arguments.has("skip-dq-checks"), added: [request(arguments, [("level", .string("all"))])])
      let expansion = try PlanExpansion(path, settings: arguments.all("set"), changes: changes, registry: registry)
      return ([try expansion.checked(registry, onlyFor: name)], expansion.notes)
    }
    let plans = try SegmentPlans(
      BatchConfiguration(path, settings: arguments.all("set"), registry: registry), try BatchCommand.file(arguments),
      only: names, skipQuality: arguments.has("skip-dq-checks"), registry: registry
    ) { subject in
      let own: [(String, ConfigValue.Content)] = [("level", .string(subject.level)), ("label", .string(subject.name))]
      return request(arguments, own + (subject.supersegment.map { [("supersegment", .string($0))] } ?? []))
    }
    return (plans.plans.map(\.plan), plans.notes)
  }

  private static func request(
    _ arguments: Arguments, _ own: [(String, ConfigValue.Content)]
  ) -> StageRequest {
    let place = Place(source: "cutline \(name)")
    var settings = own
    let scores = arguments.all("score").map { ConfigValue(.string($0), at: place) }
    if !scores.isEmpty { settings.append(("scores", .array(scores))) }
    for (option, key) in [("outcome", "outcome"), ("weight", "weight"), ("score-date", "score_date")] {
      if let value = arguments[option] { settings.append((key, .string(value))) }
    }
    return StageRequest(
      id: name, kind: name, use: "standard",
      from: ["sample": PortSource(["prepare"]), "source": PortSource(["source"])],
      settings: settings.map { .init(key: $0.0, place: place, value: ConfigValue($0.1, at: place)) }, place: place)
  }

  // MARK: - The folder

  private static let mark = "score_discriminance.csv"

  /// - Throws: `Faults` (usage) for a folder that is there and not to be replaced, or is something else.
  private static func check(_ output: String, force: Bool) throws {
    guard FileSystem.exists(output) else { return }
    guard force else {
      throw Faults.usage(output, "is there already", "Name another folder with --output, or say --force.")
    }
    guard !FileSystem.isLink(output), FileSystem.leadsToFile("\(output)/\(mark)") else {
      throw Faults.usage(output, "is no folder of cutline score-metrics", "Name another folder with --output.")
    }
    if let other = try FileSystem.filesBelow(output).first(where: { !isOwn($0) }) {
      throw Faults.io(
        output, "holds \(other), which cutline score-metrics has not written",
        "Move it away or choose another --output; nothing was touched.")
    }
  }

  /// What this command writes: tables and pictures of scores.
  private static func isOwn(_ path: String) -> Bool {
    path.hasSuffix(".csv") || path.hasPrefix("score_discriminance_") && path.hasSuffix(".png")
  }

  /// All files under a temporary name, then under their own: a reader sees the old folder or the new one.
  /// - Returns: false where pictures are wanted and nothing can draw them.
  private static func write(
    _ tables: [ResultFile], _ files: [(from: String, to: String)], to output: String, force: Bool, draws: Bool
  ) async throws -> Bool {
    let target = URL(fileURLWithPath: output).standardizedFileURL
    let parent = target.deletingLastPathComponent().path
    try FileSystem.makeFolders(parent)
    let place = try PrivateFolder(in: parent, beside: target.lastPathComponent)
    let whole = try place.folder("whole")
    for file in files {
      try FileSystem.makeFolders("\(whole)/\(file.to)".parentFolder)
      try FileSystem.linkOrCopy(file.from, to: "\(whole)/\(file.to)")
    }
    for table in tables { try NewFile.write(Data(table.bytes), to: "\(whole)/\(table.path.dropFirst(2))") }
    let pictures = draws ? try await ChartSource.charts(of: whole, besides: []).bitmaps() : []
    for picture in pictures ?? [] { try NewFile.write(Data(picture.bytes), to: "\(whole)/\(picture.path)") }
    try check(output, force: force)
    // The folder that is replaced goes with the temporary one.
    let isPlaced =
      FileSystem.exists(target.path)
      ? FileSystem.exchange(whole, target.path)
        || FileSystem.move(target.path, to: "\(place.path)/old") && FileSystem.move(whole, to: target.path)
      : FileSystem.move(whole, to: target.path)
    guard isPlaced else { throw FileSystem.failure(output, "cannot be put in place") }
    Console.published()
    return pictures != nil
  }
}
