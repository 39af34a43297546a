@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// What bins of scores are worth, before a run.
struct BinsCommand: Command {
  static let name = "bins"
  static let group = CommandGroup.run
  static let summary = "Proposes bins for scores, with risk, weight of evidence and what the stated ones are worth."
  static let options: [Option] = [
    .value("config", short: "c", "PATH", "Configuration file (default config.toml)."),
    .value(
      "variable", "NAME", repeats: true,
      "A score of the grid, or any column of numbers (default: all scores of the grid)."),
    .value("method", "NAME", "optimal (default), quantile, equal-width, or another one of bin_methods."),
    .value("max-bins", "N", "The most bins."),
    .value("output", short: "o", "PATH", "Write the tables to a CSV file, too; an existing file stays."),
    .flag("json", "Print the report as JSON instead of tables."),
    .flag("skip-dq-checks", "Leave the data-quality checks out."),
    .value(
      "set", "KEY=VALUE", repeats: true, "Override a setting; a lone key is one of the plan's table ([preprocessing])."),
    Plugins.option,
  ]
  static let details = """
    Outcomes are those of booked applications of the main period, of the whole file unless bins_scope = "segment". Special
    codes and missing scores are bins of their own. docs/methods/binning.md has the formulas.

    The lines at the end go into the configuration. Written as edges = "optimal" there, each run proposes the edges anew.

    Examples:
      cutline bins
      cutline bins --variable income --max-bins 5
      cutline bins --method quantile --set bins_scope=segment -o bins.csv
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let registry = try Plugins.registry(arguments, config: PlanOptions.path(arguments))
    let own = Place(source: "cutline bins")
    var settings: [(String, ConfigValue.Content)] = []
    let named = arguments.all("variable").map { ConfigValue(.string($0), at: own) }
    if !named.isEmpty { settings.append(("only", .array(named))) }
    if let method = arguments["method"] { settings.append(("method", .string(method))) }
    if let most = try arguments.integer("max-bins", in: 2...100) {
      settings.append(("max_bins", .integer(Int64(most))))
    }
    if let output = arguments["output"], FileManager.default.fileExists(atPath: output) {
      throw Faults.usage(output, "is there already", "Name another file with --output, or remove it.")
    }
    let stage = StageRequest(
      id: name, kind: BinTables.name, use: "standard",
      from: ["source": PortSource(["source"]), "quality": PortSource(["quality"])],
      settings: settings.map { .init(key: $0.0, place: own, value: ConfigValue($0.1, at: own)) }, place: own)
    let changes = PlanChanges(skipQuality: arguments.has("skip-dq-checks"), added: [stage])
    let expansion = try PlanExpansion(
      PlanOptions.path(arguments), settings: arguments.all("set"), changes: changes, registry: registry)
    let plan = try expansion.checked(registry, onlyFor: name)
    // What is shown is all that is wanted.
    let place = try PrivateFolder()
    defer { withExtendedLifetime(place) {} }
    let folder = place.path + "/run"
    let plugins = registry.owners.compactMap(Manifest.Plugin.init)
    let options = Runner.Options(
      output: folder, workers: ProcessInfo.processInfo.activeProcessorCount, version: Tool.version,
      program: try ProgramIdentity.digest(plugins: plugins), plugins: plugins,
      configuration: PlanOptions.path(arguments))
    let view = ProgressView(expansion.verbosity ?? .info)
    let result: Runner.Result
    do {
      result = try await Runner(plan: plan, options: options) { view.show($0) }.run(keeping: [name])
    } catch let failure as RunFailure {
      // The folder goes; nothing is kept.
      throw RunFailure(failures: failure.failures, skipped: failure.skipped, finished: failure.finished, kept: nil)
    }
    guard let report = result.artifacts[name] as? BinReport else {
      throw Faults.data("bins", "the stage gave no report", "Use kind \(BinTables.name), standard.")
    }
    if let output = arguments["output"] { try NewFile.write(BinsText.csv(report), to: output) }
    Console.out(
      arguments.has("json")
        ? String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n"
        : BinsText.text(report))
    return report.variables.contains { $0.cuts.contains { $0.failure != nil } } ? .gate : .ok
  }
}
