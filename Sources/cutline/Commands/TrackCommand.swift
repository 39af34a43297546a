@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineMonitor
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// A run's strategies on later months.
struct TrackCommand: Command {
  static let name = "track"
  static let group = CommandGroup.strategies
  static let summary = "Follows the strategies of a run on later months of another file: promised against observed."
  static let operands = ["RUN", "FILE"]
  static let options: [Option] = [
    .value("from", "MONTH", "First month of booking (default: the one after the run's main period)."),
    .value("to", "MONTH", "Last month (default: eleven months later)."),
    .value("false-alarms", "SHARE", "Share of comparisons in which noise alone is called a change (default 0.01)."),
    .value("output", short: "o", "DIR", "Folder of the result (default RUN.track)."),
    .value("workers", short: "w", "N", "Threads (default: all cores). The results do not depend on it."),
    .flag("fresh", "Take nothing from the previous result in that folder."),
    .flag("json", "Print track.json instead of a table."),
    Plugins.option,
  ]
  static let details = """
    RUN is the folder of a finished run: it is verified first, and its own settings, grid, cells and scenarios are used. FILE
    may be of any format that a run reads; its columns are called as in the run's file.

    data/track_<scenario>.csv has a line a month of booking: what the strategy accepts, what was booked or rejected against
    it, production, and the risk promised against observed with its interval, as far as outcomes are known.
    docs/methods/recent-period.md says how noise is told from change.

    Examples:
      cutline track output/all applications_2023.csv.gz
      cutline track output/all new.parquet --from 2023-01 --to 2023-06 -o output/all-2023h1
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let (folder, file) = (arguments.operands[0], arguments.operands[1])
    let (manifest, problems) = try RunVerification.problems(in: folder)
    guard problems.isEmpty else {
      for problem in problems { Console.error("\(folder): \(problem)") }
      throw Faults.integrity(
        folder, "\(problems.count) of its files are not what the run wrote", "Restore them or run again.")
    }
    if let failure = manifest.failures?.first {
      throw Faults.usage(
        folder, "is what a failed run had finished (stage \(failure.stage))", "Name the folder of a finished run.")
    }
    let registry = try Plugins.registry(arguments, config: nil)
    let asked = try TrackPlan(
      manifest, run: folder, file: file, first: month("from", arguments), last: month("to", arguments),
      level: level(arguments), registry: registry)
    let plan = try Plan(asked.requests, registry: registry, seed: manifest.seed)
    let plugins = registry.owners.compactMap(Manifest.Plugin.init)
    let output = try target(arguments["output"], besides: folder)
    let options = Runner.Options(
      output: output,
      workers: try arguments.integer("workers", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount,
      fresh: arguments.has("fresh"), version: Tool.version, program: try ProgramIdentity.digest(plugins: plugins),
      plugins: plugins, configuration: manifest.configuration)
    let view = ProgressView(.info)
    _ = try await Runner(plan: plan, options: options) { view.show($0) }.run(keeping: ["track"])
    let path = "\(output)/data/track.json"
    Console.published()
    let data = try FileSystem.read(path)
    if arguments.has("json") {
      Console.out(String(decoding: data, as: UTF8.self) + "\n")
    } else {
      let reports = try CanonicalJSON.decode([TrackReport].self, from: data)
      Console.out(text(reports, asked, output))
    }
    return .ok
  }

  /// Where the result goes: beside the run, and never onto it, into it, or onto another run than a track's.
  private static func target(_ asked: String?, besides folder: String) throws -> String {
    let run = PathKind.real(folder)
    let output = asked ?? "\(run).track"
    guard !PathKind.isOrLiesIn(output, run) else {
      throw Faults.usage(
        "--output \(output)", "is the run that is followed, or lies in it",
        "Name another folder: the run would be lost.")
    }
    // What cannot be read as a run is judged by whoever replaces it.
    if let other = try? Manifest.load(from: output), !other.stages.contains(where: { $0.kind == "track" }) {
      throw Faults.usage(
        "--output \(output)", "holds a run that is no result of cutline track",
        "Name another folder, or remove that one.")
    }
    return output
  }

  private static func month(_ option: String, _ arguments: Arguments) throws -> Month? {
    guard let text = arguments[option] else { return nil }
    guard let month = Month(iso: text) else {
      throw Faults.usage("--\(option)", "\"\(text)\" is no month", "Write it like 2023-01.")
    }
    return month
  }

  private static func level(_ arguments: Arguments) throws -> Double? {
    guard let text = arguments["false-alarms"] else { return nil }
    guard let level = Double(text), (0.0001...0.5).contains(level) else {
      throw Faults.usage("--false-alarms", "\"\(text)\" is no share from 0.0001 to 0.5", "Give one, such as 0.01.")
    }
    return level
  }

  private static func text(_ reports: [TrackReport], _ plan: TrackPlan, _ output: String) -> String {
    var text = "\nBooked \(plan.first) to \(plan.last)\n"
    for report in reports {
      func share(_ value: Double?) -> String { value.map { TextTable.fixed(100 * $0, 1) + " %" } ?? "–" }
      func percent(_ value: Double?) -> String { value.map { TextTable.fixed($0, 2) + " %" } ?? "–" }
      var table = TextTable(
        [
          "month", "verdict", "against", "applications", "accepted", "booked against", "rejected against",
          "kept production",
          "mature", "bad", "risk", "interval",
        ], textColumns: 3)
      for own in report.vintages {
        let interval = own.low.flatMap { low in
          own.high.map { "\(TextTable.fixed(low, 2)) to \(TextTable.fixed($0, 2))" }
        }
        table.add([
          own.month?.iso ?? "all", own.verdict, own.comparedWith, "\(own.decided)", share(own.acceptance),
          "\(own.bookedAgainst)",
          "\(own.rejectedAgainst)", TextTable.grouped(Double(own.keptProduction) / report.perUnit), share(own.maturity),
          "\(own.bad)", percent(own.risk), interval ?? "–",
        ])
      }
      func production(_ sum: Double) -> String {
        "\(TextTable.grouped(sum / report.perUnit)) of production a month"
      }
      text += "\n\(report.scenario), promised: \(share(report.promisedAcceptance)) accepted\n"
      text += "  kept, what the run had booked of it: \(percent(report.promisedKeptRisk)) risk, "
      text += "\(production(report.promisedKeptProduction))\n  strategy, swap-ins included: "
      text += "\(percent(report.promisedStrategyRisk)) risk, \(production(report.promisedStrategyProduction))\n"
      text += table.text
      if let all = report.vintages.last, all.ownMonths > 0 {
        text += "\(all.ownMonths) of \(report.vintages.count - 1) months hold the run's own applications: "
        text += "promised and observed are the same ones\n"
      }
    }
    if reports.contains(where: { !$0.qualityChecked }) {
      text += "\nThe data-quality checks of a run were not made of this file.\n"
    }
    return text + "\nIn \(output): data/track_<scenario>.csv, data/track.json\n"
  }
}
