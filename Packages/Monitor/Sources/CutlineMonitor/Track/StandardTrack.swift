internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct TrackConfig: StageConfig {
  var run = ""
  var cube = "cube"
  var cells = "cells"
  var scenarios = "scenarios"
  var level = 0.01
  var folder = "data"
  static let fields: [Field<Self>] = [
    .text("run", \.run, "Folder of the finished run whose strategies are followed."),
    .text("cube", \.cube, "The stage of that run that added its applications up."),
    .text("cells", \.cells, "Its stage of cells."),
    .text("scenarios", \.scenarios, "Its stage of scenarios."),
    .double(
      "false_alarms", \.level, in: 0.0001...0.5, unit: "share",
      "Share of comparisons in which noise alone is called a change, better or worse."),
    ResultFolder.field(\.folder),
  ]

  func validate(at places: FieldPlaces) throws {
    guard !run.isEmpty else {
      throw Faults.usage(places["run"], "run is empty", "Name the folder of a finished run.")
    }
  }
}

/// The strategies of a run on later months: what they accept, what was decided against them, and whether what was booked
/// went as promised.
///
/// Observed is the risk of booked applications that it accepts and whose outcome is known, by month of booking. It is
/// compared with the risk of what the run's main period had booked and the strategy accepts (`kept`, as the back-test does):
/// while its swap-ins are still rejected, none of them is in either. With the whole strategy, swap-ins included, it is
/// compared where nobody was rejected against it any more (`strategy`; see `TrackedStrategy`). The ratio's interval includes
/// the noise of both (`RiskComparison`). Months are compared one by one: with K of them, K · level alarms are expected of
/// noise, and the line of all months is the one to decide by.
struct StandardTrack: Stage {
  typealias Kind = Track
  static let name = "standard"
  static let summary = "Acceptance, overrides, production and risk by month of booking, promised against observed."
  let config: TrackConfig

  var externalInputs: [String] { config.run.isEmpty ? [] : StoredRun.files(config) }

  func run(_ input: Track.Input, in context: RunContext) async throws -> FileSet {
    let run = try StoredRun(config)
    let sample = input.sample
    guard run.cells.grid == sample.grid, run.cells.measure == sample.measure else {
      throw Faults.data(
        "track", "the applications are cut into another grid than that of \(config.run)",
        "Read them with the settings of that run, as cutline track does.")
    }
    var files: [ResultFile] = []
    var reports: [TrackReport] = []
    for scenario in run.scenarios.scenarios {
      guard let strategy = scenario.strategy, let totals = scenario.totals else {
        context.note("\(word: scenario.name) has no strategy (\(word: scenario.status.rawValue)): it is not followed")
        continue
      }
      let promise = try TrackPromise(strategy, totals, run)
      let report = try TrackedStrategy(sample, promise, level: config.level).report(of: scenario.name)
      if let all = report.vintages.last { say(all, of: report, context) }
      reports.append(report)
      files.append(TrackTable.file(report, folder: config.folder))
    }
    let json = try CanonicalJSON.encode(reports, pretty: true)
    return FileSet(files: files + [ResultFile(path: "\(config.folder)/track.json", bytes: Array(json))])
  }

  /// Points by which more may be booked of what a strategy accepts than in the run before its swap-ins are seen in it.
  private static let fewPoints = 0.05

  private func say(_ all: TrackReport.Vintage, of report: TrackReport, _ context: RunContext) {
    let scenario = report.scenario
    context.note(
      "\(word: scenario): \(all.accepted) of \(all.decided) applications accepted, \(all.bookedAgainst) booked and \(all.rejectedAgainst) rejected against it; risk against that of the \(word: all.comparedWith == "kept" ? "booked that it keeps" : "whole strategy"): \(word: all.verdict)"
    )
    if all.ownMonths > 0 {
      context.note(
        "\(word: scenario): \(all.ownMonths) of \(report.vintages.count - 1) months hold the run's own applications: promised and observed are the same ones"
      )
    }
    if all.comparedWith == "kept", let now = all.followed, let then = report.promisedFollowed,
      now > then + Self.fewPoints
    {
      context.warn(
        "\(word: scenario): of what it accepts \(word: NumberText.fixed(100 * now, 1)) % were booked, in the run \(word: NumberText.fixed(100 * then, 1)) %: it is followed in part, and a higher risk may be that of its swap-ins"
      )
    }
  }
}
