internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineOptimize
internal import CutlineRun
internal import CutlineSearch
internal import CutlineWorkspace
internal import Foundation

struct FrontierCommand: Command {
  static let name = "frontier"
  static let group = CommandGroup.strategies
  static let summary = "Finds the exact frontier of production and risk of a cell table, or the optimum of risk limits."
  static let options: [Option] =
    [
      .value(
        "cells", "PATH",
        "One row a cell: CSV, Parquet, SAS7BDAT or XPT; absent cells are zero. Or a run folder: its own cells (required)."
      ),
      .value("grid", "A,B", "The columns of a file that hold the bins (required)."),
      .value(
        "directions", "X,Y",
        "higher-is-safer or higher-is-riskier per column of a file, for the bin numbers (required)."),
      .value("production", "COLUMN", "What is maximised (default amount)."),
      .value("numerator", "COLUMN", "Risk numerator (default todu30)."),
      .value("denominator", "COLUMN", "Risk denominator (default pile)."),
      .value("multiplier", "M", "Risk = multiplier · numerator / denominator (default 7)."),
      .value("swap-in", "P,N,D", "Columns with the part of the three that comes from rejected applications."),
      AmountScaleOption.option,
      .value("search", "NAME", "Which search: see cutline list (default frontier; threshold with --thresholds)."),
      .value("thresholds", "R,S", "Risk limits in percent: one point each, instead of the frontier."),
      .value(
        "pin", "A,B=accept", repeats: true, "A cell that every strategy accepts (or =reject), by its bins; repeatable."),
      .value("production-floor", "AMOUNT", "Leave out strategies with less production."),
      .value("swap-in-limit", "AMOUNT", "Most production from rejected applications."),
      .value("swap-in-risk", "R", "Greatest risk in percent of what comes from rejected applications."),
      .value("current", "FILE", "The strategy in force, as cutoffs (see cutline evaluate --help)."),
      .value("changes", "N", "Most cells whose decision differs from --current."),
      .value("nesting", "NAME", "Nested thresholds: bottom-up, top-down, middle-out or joint."),
      .value("tolerance", "E", "Three and more scores: a share of production that may be lost (default 0)."),
      .value(
        "time-limit", "SECONDS", "Of a frontier, or of each threshold, reading included. What is then open is named."
      ),
      .value("memory", "MIB", "Memory, cells included (default 4096). A grid that needs more is refused."),
      .value(
        "device", "NAME", "exhaustive: auto, scalar, cpu or opencl; the result does not depend on it (default auto)."),
      .value("threads", "N", "Threads (default: all cores). The result does not depend on it."),
      .value("output", short: "o", "FILE", "Write the frontier there as CSV (default: standard output)."),
      .value("certificate", "FILE", "Also write what cutline check-certificate needs to prove the result."),
      .flag("strict", "Exit 5 when a threshold is infeasible or not proven, or a frontier is not complete."),
      .flag("count", "Print the number of strategies and stop."),
      .flag("json", "Print counts, device and times as JSON on standard output; needs --output."),
      Plugins.option,
    ] + TableInput.options
  static let details = """
    Output: production, numerator, denominator, risk_pct in ascending risk, then one column cut_<bin> per bin of the
    first variable with its cutoff: the riskiest bin of the last variable still accepted, empty where none is. With more
    variables there is one column cut_<bin>_<bin> per combination of the bins of all but the last. With --thresholds
    one row a limit, in their order, and at the end threshold_pct, status (optimal, infeasible or unproven) and bound:
    no strategy within the limit has more production. Where an unproven one equals its bound, only the least risk at it is
    open.

    Examples:
      cutline frontier --cells cells.csv --grid i,j --directions higher-is-safer,higher-is-safer \\
        --production amount --numerator todu30 --denominator pile --output frontier.csv
      cutline frontier --cells cells.csv --grid i,j,k --directions higher-is-safer,higher-is-safer,higher-is-riskier \\
        --thresholds 1.0,1.1,1.2 --nesting bottom-up --pin 3,7,1=accept
      cutline frontier --cells output/all --certificate proof.json --output frontier.csv
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let clock = ContinuousClock()
    let start = clock.now
    let limits = try FrontierLimits(arguments)
    let input = try FrontierInput(arguments)
    if arguments.has("count") {
      Console.out(try count(input.grid) + "\n")
      return .ok
    }
    if arguments.has("json"), arguments["output"] == nil {
      throw Faults.usage(
        "--json", "prints the report where the frontier would go", "Add --output FILE for the frontier.")
    }
    let settings = try FrontierSettings(arguments, input)
    try checkFiles(arguments)
    if arguments["certificate"] != nil {
      try CertificateWriter.check(
        scores: input.grid.axes.count, limits: settings.thresholds, settings: settings.constraints)
    }
    let stage = try Plugins.registry(arguments, config: nil)
      .stage(kind: "search", name: settings.search, at: Place(source: "--search"))
    try limits.check(bins: input.grid.axes.map(\.binCount), search: settings.search)
    let cells = try input.cells()
    let read = clock.now
    var report = FrontierReport(read: (read - start) / .seconds(1))
    let frontier = try await search(cells, stage, settings, limits, &report)
    let searched = clock.now
    report.searchSeconds = (searched - read) / .seconds(1)
    let output = try FrontierCsv(
      frontier, thresholds: settings.thresholds, cells: cells,
      labels: CutoffLabels(grid: input.grid, labels: input.labels))
    if let path = arguments["output"] {
      try NewFile.replace(Data(output.bytes), to: path)
    } else {
      Console.data(String(decoding: output.bytes, as: UTF8.self))
    }
    if let path = arguments["certificate"] {
      try writeCertificate(frontier, cells, input, settings, limits, to: path)
    }
    if arguments["output"] != nil { Console.published() }
    report.writeSeconds = (clock.now - searched) / .seconds(1)
    report.add(frontier, output.answers, multiplier: input.columns.multiplier, scale: cells.scale)
    if arguments.has("json") {
      Console.out(String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n")
    } else {
      for line in report.lines(multiplier: input.columns.multiplier) { Console.error(line) }
    }
    let missed = output.answers.contains { $0.status != .optimal } || (output.answers.isEmpty && !frontier.open.isEmpty)
    return missed && arguments.has("strict") ? .infeasible : .ok
  }

  /// One file is not two things.
  private static func checkFiles(_ arguments: Arguments) throws {
    var used: [String: String] = [:]
    for option in ["cells", "current", "output", "certificate"] {
      guard let path = arguments[option] else { continue }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      if ["output", "certificate"].contains(option),
        let run = [folder, folder.deletingLastPathComponent()].first(where: {
          PathKind.isFile($0.appendingPathComponent(Manifest.fileName).path)
        })
      {
        throw Faults.usage(
          "--\(option)",
          "\(path) lies in the folder of a run, \(run.relativePath), which would no longer be what it wrote",
          "Name a file elsewhere.")
      }
      let place = PathKind.real(path)
      if let other = used.updateValue(option, forKey: place), !["cells", "current"].contains(option) {
        throw Faults.usage("--\(option)", "\(path) is also the file of --\(other)", "Name another file.")
      }
    }
  }

  private static func count(_ grid: CellGrid) throws -> String {
    guard let count = StrategyCount.decimal(shape: grid.axes.map(\.binCount)) else {
      throw Faults.data(
        "--count",
        "the strategies of \(grid.axes.count) scores with so many bins have no formula and are too many to "
          + "count", "Count fewer bins.")
    }
    return count
  }

  private static func search(
    _ cells: CellTable, _ stage: StageDescription, _ settings: FrontierSettings, _ limits: FrontierLimits,
    _ report: inout FrontierReport
  ) async throws -> Frontier {
    let view = ProgressView(.info)
    let events = EventKeeper()
    let context = RunContext(stageID: "search", seed: 0, workers: settings.workers, device: settings.device) { event in
      view.show(event)
      events.keep(event)
    }
    let output = try await stage.instance(settings.entries(for: stage, limits)).run(["cells": cells], in: context)
    guard let frontier = output as? Frontier else {
      throw Faults.usage("--search", "\(stage.name) gives no frontier", "Name another search.")
    }
    report.add(events.events)
    return frontier
  }

  private static func writeCertificate(
    _ frontier: Frontier, _ cells: CellTable, _ input: FrontierInput, _ settings: FrontierSettings,
    _ limits: FrontierLimits, to path: String
  ) throws {
    let answered = try settings.thresholds.isEmpty ? frontier : frontier.answering(settings.thresholds, cells.measure)
    let certificate = try CertificateWriter.certificate(
      of: answered, cells: cells, columns: input.columns, settings: settings.constraints, workers: settings.workers,
      deadline: limits.deadline(thresholds: settings.thresholds.count))
    try NewFile.replace(certificate.encoded(), to: path)
  }
}
