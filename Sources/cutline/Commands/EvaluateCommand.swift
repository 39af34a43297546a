internal import CutlineCore
internal import CutlineCredit
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

struct EvaluateCommand: Command {
  static let name = "evaluate"
  static let group = CommandGroup.strategies
  static let summary = "Computes production and risk of given cutoffs on a cell table."
  static let operands = ["CELLS", "CUTOFFS"]
  static let options: [Option] =
    [
      .value("grid", "A,B", "CELLS is a CSV file: the columns that hold its bins."),
      .value("directions", "X,Y", "CELLS is a CSV file: higher-is-safer or higher-is-riskier, for the bin numbers."),
      .value("multiplier", "M", "CELLS is a CSV file: multiplier of the risk (default 7)."),
      AmountScaleOption.option,
      .flag("annualised", "CELLS is a run: multiply volumes by its annual coefficient."),
      .flag("distance", "CELLS is a run: add today's risk and production, and the distance to its frontier."),
      .value("output", short: "o", "DIR", "CELLS is a run: write all tables of the cutoffs into this folder, too."),
      .flag("fresh", "Take nothing from the previous result in that folder."), Plugins.option,
    ] + TableInput.options
  static let details = """
    CELLS is the folder of a run, or a CSV file with one row a cell such as data_summary_desagregado_base.csv.
    The options of reading are of CELLS where it is a file; those of marks, missing values and quotes also of CUTOFFS.
    CUTOFFS is a CSV file: one row a strategy with columns 1, 2, … (or bin_1, cut_1), or the rows of
    cutoff_summary_by_segment.csv. A cutoff is the riskiest bin still accepted; empty accepts nothing.
    Of a run they may be in raw scores, one row a band of all scores but the last, with what of the last is accepted there:
      strategy,score_rf,risk_score_rf
      committee,<= 484,> 713
      committee,> 484,> 639.6
    or TOML (.toml): strategy = "committee", [[rule]] score_rf = "<= 484", risk_score_rf = "> 713". A condition is > x, >= x, < x,
    <= x, (a..b], [a..b), all or none; edges must be those of the grid. cutline export --format csv writes such a file.

    Prints CSV: kept (booked and accepted), swap_in, swap_out and total, exact to the last decimal of the amounts (the cent, say), and the risk in percent.
    --distance adds today's risk and production, the most production at no more risk and the least risk at no less production on
    the frontier of the run. --output writes the summary, cutoffs and cells as the run does, and evaluation.csv.

    Examples:
      cutline evaluate output/all output/all/data/cutoff_summary_wide.csv
      cutline evaluate output/all committee.csv --distance -o output/committee
      cutline evaluate cells.csv cutoffs.csv --grid score_bin,bureau_bin --directions higher-is-safer,higher-is-safer
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    func list(_ name: String) -> [String] { arguments[name]?.split(separator: ",").map(String.init) ?? [] }
    var multiplier = 7.0
    if let text = arguments["multiplier"] {
      guard let value = Double(text), value > 0, value.isFinite else {
        throw Faults.usage("--multiplier", "\"\(text)\" is not a positive number", "Give one, such as 7.")
      }
      multiplier = value
    }
    let input = try TableInput(arguments)
    let file = try CellsFile(
      arguments.operands[0], grid: list("grid"), directions: list("directions"), multiplier: multiplier,
      scale: AmountScaleOption.value(arguments), read: input.read, say: TableInput.say)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: arguments.operands[0], isDirectory: &isFolder), isFolder.boolValue {
      for name in [
        "grid", "directions", "multiplier", "amount-scale", "format", "member", "type", "delimiter", "skip-lines",
      ] where !arguments.all(name).isEmpty {
        Console.error("  --\(name) has no effect: \(arguments.operands[0]) is the folder of a run")
      }
    } else if arguments.has("annualised") {
      throw Faults.usage(
        "--annualised", "\(arguments.operands[0]) is a file, which says nothing of months",
        "Name the folder of a run, or leave it out.")
    }
    let strategies = try StatedStrategies.read(
      arguments.operands[1], on: file.cells.grid, labels: file.labels, isRun: isFolder.boolValue, read: input.readBeside
    )
    let manifest = isFolder.boolValue ? try Self.verified(arguments.operands[0]) : nil
    let isCompared = arguments.has("distance")
    if isCompared, manifest == nil {
      throw Faults.usage(
        "--distance", "\(arguments.operands[0]) is a file, which has no frontier", "Name the folder of a run.")
    }
    let frontier = try manifest.flatMap { isCompared ? try Self.frontier($0, arguments.operands[0]) : nil }
    Console.data(Self.csv(strategies, file.cells, isAnnual: arguments.has("annualised"), frontier: frontier))
    guard let output = arguments["output"] else { return .ok }
    guard let manifest else {
      throw Faults.usage(
        "--output", "\(arguments.operands[0]) is a file, which says nothing of applications and periods",
        "Name the folder of a run.")
    }
    try await EvaluatedRun.write(strategies, of: manifest, in: arguments.operands[0], to: output, arguments)
    return .ok
  }

  /// - Throws: `Faults` (integrity) for a folder that is not what its run wrote.
  private static func verified(_ folder: String) throws -> Manifest {
    let (manifest, problems) = try RunVerification.problems(in: folder)
    guard problems.isEmpty else {
      throw Faults.integrity(
        folder, "\(problems.count) of its files are not what the run wrote: \(problems[0])",
        "Restore them or run again; cutline verify lists all.")
    }
    return manifest
  }

  private static func frontier(_ manifest: Manifest, _ folder: String) throws -> Frontier {
    guard let search = manifest.stages.first(where: { $0.kind == "search" }) else {
      throw Faults.usage("--distance", "the run in \(folder) has no search", "Leave it out.")
    }
    return try RunArtifact.load(Frontier.self, stage: search.id, from: folder, of: manifest)
  }

  /// - Parameter frontier: nil where nobody asked: the columns that compare with it are left out.
  private static func csv(
    _ strategies: [(name: String, strategy: Strategy)], _ cells: CellTable, isAnnual: Bool, frontier: Frontier?
  ) -> String {
    func amount(_ sum: Int64) -> String {
      if isAnnual { return "\(Double(sum) * cells.annualCoefficient / cells.scale.perUnit)" }
      return cells.scale.text(sum)
    }
    let groups = ["kept", "swap_in", "swap_out", "total"]
    var names = ["strategy"] + groups.flatMap { group in CellSums.columnNames.map { "\($0)_\(group)" } } + ["risk_pct"]
    if frontier != nil {
      names += [
        "risk_today_pct", "oa_amt_h0_today", "most_oa_amt_h0_at_its_risk", "least_risk_at_its_oa_amt_h0_pct",
        "frontier",
      ]
    }
    var csv = CsvText(names, guardsFormulas: true)
    let today = cells.booked.reduce(.zero, +)
    for named in strategies {
      let totals = cells.totals(of: named.strategy)
      let sums = [totals.kept, totals.swapIn, totals.swapOut, totals.optimum].flatMap { $0.values.map(amount) }
      var row = [named.name] + sums + [cells.measure.strategyPercent(totals.optimum).map { "\($0)" } ?? ""]
      if let frontier {
        let distance = FrontierDistance(of: totals.optimum, to: frontier)
        row += [
          cells.measure.percent(today).map { "\($0)" } ?? "", amount(today.production),
          distance.mostProduction.map(amount) ?? "",
          distance.leastRisk.flatMap(cells.measure.strategyPercent).map { "\($0)" } ?? "", distance.knowledge.rawValue,
        ]
      }
      csv.add(row)
    }
    return csv.text
  }
}
