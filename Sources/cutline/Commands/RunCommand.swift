internal import CRefusal
internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

struct RunCommand: Command {
  static let name = "run"
  static let group = CommandGroup.run
  static let summary = "Runs the plan of a configuration: from applications to the optimal strategy."
  static let options: [Option] =
    PlanOptions.options + PlanOptions.parts + [
      .value("output", short: "o", "DIR", "Folder of the run (default output/<segment>)."),
      .flag("fresh", "Take nothing from the previous run in that folder."),
      .flag(
        "rehash", "Read every input for its digest, even where its inode, size and times are those of the last run."),
      .value("workers", short: "w", "N", "Threads (default: all cores). The results do not depend on it."),
      .value("device", "NAME", "auto, scalar, cpu or opencl. The results do not depend on it."),
      .flag("strict", "Exit 5 when a scenario is infeasible or not proven."),
      StabilityCommand.failOn, EventFile.option,
      .flag("json", "Print the outcome as JSON instead of a table."),
    ]
  static let details = """
    Examples:
      cutline run
      cutline run -c configs/segment_a.toml -o output/a
      cutline run --set optimum_risk=4.5 --set reject_inference_method=acceptance-uplift
      cutline run -c new.toml -m output/all/models/model_0123456789abcdef

    A second run in the same folder takes unchanged stages from the first. The folder is replaced in one step when
    everything is done; until then, and after any failure, the old run stands. Where a stage fails, those that do not
    depend on it still run, and what is finished is kept in DIR.failed for the next run.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode { try await run(arguments, adding: []) }

  /// - Parameters:
  ///   - added: stages that another command adds where the plan has none of their id.
  ///   - completed: what it still fills in when the keys of the table have filled theirs.
  static func run(
    _ arguments: Arguments, adding added: [StageRequest],
    completed: @escaping @Sendable (inout [StageRequest]) -> Void = { _ in }
  ) async throws -> ExitCode {
    // Ten million rows in 2 GiB: what a stage has given up is another one's.
    cutline_memory_returned()
    let events = try EventFile.open(arguments)
    let registry = try Plugins.registry(arguments, config: PlanOptions.path(arguments))
    let severity = try StabilityCommand.severity(arguments)
    let workers = try arguments.integer("workers", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
    let device = try arguments.choice("device", DeviceChoice.self) ?? .auto
    let asked = try PlanOptions.expand(arguments, registry: registry, added: added, completed: completed)
    let (plan, anew) = try asked.part(arguments)
    if severity != nil, !plan.nodes.contains(where: { $0.stage.kind == "alerts" }) {
      throw Faults.usage(
        "--fail-on", "asks for alerts, and the plan has no stage of kind alerts",
        "Add one, as the plan portfolio has it, or leave --until and --fail-on apart.")
    }
    let output = arguments["output"] ?? defaultOutput(asked.expansion.segments)
    let verbosity = asked.expansion.verbosity ?? .info
    if verbosity <= .info { for note in asked.notes { Console.error("  configuration: \(note)") } }
    let plugins = registry.owners.compactMap(Manifest.Plugin.init)
    var options = Runner.Options(
      output: output, workers: workers, device: device, fresh: arguments.has("fresh"), version: Tool.version,
      program: try ProgramIdentity.digest(plugins: plugins), plugins: plugins, configuration: asked.path)
    options.anew = anew
    options.rehash = arguments.has("rehash")
    let view = ProgressView(verbosity)
    let result = try await Runner(plan: plan, options: options) { event in
      view.show(event)
      events?.write(event)
    }.run(
      keeping: Set(["cube", "cells", "scenarios", "intervals", "in-force", "search"] + asked.until))
    Console.published()
    let cube = result.artifacts["cube"] as? Cube
    let cells = result.artifacts["cells"] as? CellTable
    let scenarios = result.artifacts["scenarios"] as? ScenarioSet
    var alerts: DriftAlerts?
    do {
      if result.manifest.stages.contains(where: { $0.kind == "alerts" }) {
        alerts = try DriftAlerts(in: output, result.manifest)
      }
      let outcome = try RunOutcome(
        manifest: result.manifest, output: output, cube: cube, cells: cells, scenarios: scenarios,
        intervals: result.artifacts["intervals"] as? StrategyIntervals,
        force: result.artifacts["in-force"] as? StrategyInForce, frontier: result.artifacts["search"] as? Frontier)
      Console.out(arguments.has("json") ? try outcome.json() : outcome.text + (alerts?.brief ?? ""))
    } catch let error as Faults where severity == nil {
      // The run is in its place; a gate that was asked for must have its alerts.
      Console.error("warning: the run is in \(output), but cannot be shown:")
      Console.failure(error)
    }
    // A fixed strategy has a reason where it breaks its limit.
    let infeasible =
      scenarios?.scenarios.contains { $0.status == .fixed ? $0.reason != nil : $0.status != .optimal } ?? false
    if infeasible, arguments.has("strict") { return .infeasible }
    return severity.flatMap { alerts?.reach($0) } == true ? .gate : .ok
  }

  private static func defaultOutput(_ segments: [String]) -> String {
    let name = segments.isEmpty ? "all" : segments.joined(separator: "+")
    let safe = name.lowercased().map { $0.isLetter || $0.isNumber || "._+-".contains($0) ? $0 : "_" }
    return "output/" + String(String(safe).drop { $0 == "." }.prefix(80))
  }
}
