internal import CutlineCore
internal import CutlineCredit
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
    ] + TableInput.options
  static let details = """
    CELLS is the folder of a run, or a CSV file with one row a cell such as data_summary_desagregado_base.csv.
    The options of reading are of CELLS where it is a file; those of marks, missing values and quotes also of CUTOFFS.
    CUTOFFS is a CSV file: one row a strategy with columns 1, 2, … (or bin_1, cut_1), or the rows of
    cutoff_summary_by_segment.csv. A cutoff is the riskiest bin still accepted; empty accepts nothing.

    Prints CSV: kept (booked and accepted), swap_in, swap_out and total, exact to the last decimal of the amounts (the cent, say), and the risk in percent.

    Examples:
      cutline evaluate output/all output/all/data/cutoff_summary_wide.csv
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
    let cells = file.cells
    let labels = CutoffLabels(grid: cells.grid, labels: file.labels)
    let strategies = try CutoffsFile(arguments.operands[1], labels: labels, read: input.readBeside).strategies
    let annual = arguments.has("annualised")
    func amount(_ sum: Int64) -> String {
      if annual { return "\(Double(sum) * cells.annualCoefficient / cells.scale.perUnit)" }
      return cells.scale.text(sum)
    }
    let groups = ["kept", "swap_in", "swap_out", "total"]
    var csv = CsvText(
      ["strategy"] + groups.flatMap { group in CellSums.columnNames.map { "\($0)_\(group)" } } + ["risk_pct"])
    for named in strategies {
      let totals = cells.totals(of: named.strategy)
      let sums = [totals.kept, totals.swapIn, totals.swapOut, totals.optimum].flatMap { $0.values.map(amount) }
      let risk = cells.measure.strategyPercent(totals.optimum).map { "\($0)" } ?? ""
      csv.add([named.name] + sums + [risk])
    }
    Console.out(csv.text)
    return .ok
  }
}
