internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace

/// Two strategies set against each other.
struct DiffCommand: Command {
  static let name = "diff"
  static let group = CommandGroup.strategies
  static let summary = "Sets two strategies against each other: cells, people, money, risk, in words."
  static let operands = ["A", "B"]
  static let options: [Option] = [
    .value("scenario", "NAME", "Of both runs (default base); A,B where they have different ones: pessimistic,base."),
    StatedStrategies.option, .value("output", short: "o", "FILE", "Write the cells that change as CSV."),
    .flag("json", "Print as JSON."),
  ]
  static let details = """
    A and B are folders of finished runs on one grid, or one folder twice with two scenarios. Both are verified first.
    "force" as a scenario is the strategy in force of the run.

    Printed are the cells that B decides otherwise than A, with the applications of B's main period in them, and what the
    change comes to. Where the runs differ, the effect of the strategy is told from that of other applications and predictions.

    Examples:
      cutline diff output/2023q1 output/2023q2
      cutline diff output/all output/all --scenario pessimistic,optimistic -o changes.csv
      cutline diff output/all output/all --scenario force,base
      cutline diff output/all output/all --cutoffs committee.csv --scenario base,committee
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let folders = arguments.operands
    let names = (arguments["scenario"] ?? "base").split(separator: ",", omittingEmptySubsequences: false).map(
      String.init)
    guard (1...2).contains(names.count), !names.contains("") else {
      throw Faults.usage("--scenario", "names \(names.count) scenarios", "Name one, or one of each: pessimistic,base.")
    }
    let runs = try folders.map { try StatedStrategies.added(to: VerifiedRun($0), arguments) }
    func side(_ index: Int) throws -> (run: VerifiedRun, strategy: Strategy) {
      let (run, name) = (runs[index], names[min(index, names.count - 1)])
      if name == "force" { return (run, try run.force().strategy) }
      return (run, try run.strategy(of: name).strategy)
    }
    let difference = try StrategyDifference(side(0), side(1))
    let grid = runs[1].cells.grid
    if let path = arguments["output"] { try write(difference, grid, to: path) }
    let labels = (0..<2).map { "\(folders[$0]) (\(names[min($0, names.count - 1)]))" }
    Console.out(
      arguments.has("json") ? try json(difference, grid, labels) : text(difference, grid, labels))
    return .ok
  }

  private static func text(_ difference: StrategyDifference, _ grid: CellGrid, _ labels: [String]) -> String {
    var text = ""
    if !difference.cells.isEmpty {
      var table = TextTable(
        grid.axes.map(\.source) + ["change", "booked", "rejected", "production", "risk %"],
        textColumns: grid.axes.count + 1)
      for cell in difference.cells {
        table.add(
          cell.intervals + [
            cell.isOpened ? "opened" : "closed", TextTable.grouped(Double(cell.booked)),
            TextTable.grouped(Double(cell.rejected)), TextTable.grouped(cell.production),
            cell.riskPct.map { TextTable.fixed($0, 2) } ?? "—",
          ])
      }
      text += "\n\(table.text)\n"
    }
    return text + difference.sentences(labels[0], labels[1]).map { "\($0)\n" }.joined()
  }

  private static func write(_ difference: StrategyDifference, _ grid: CellGrid, to path: String) throws {
    var csv = CsvText(
      grid.axes.flatMap { [$0.name, "\($0.name)_interval"] } + [
        "change", "booked", "rejected", "production", "risk_pct",
      ],
      guardsFormulas: true)
    for cell in difference.cells {
      csv.add(
        zip(cell.bins, cell.intervals).flatMap { [String($0), $1] } + [
          cell.isOpened ? "opened" : "closed", String(cell.booked), String(cell.rejected),
          NumberText.shortest(cell.production), NumberText.shortest(cell.riskPct),
        ])
    }
    try NewFile.write(csv.text, to: path)
    Console.error("\(path): \(difference.cells.count) cells")
  }

  private struct Report: Encodable {
    struct Cell: Encodable {
      let bins: [Int]
      let intervals: [String]
      let opened: Bool
      let booked, rejected: Int64
      let production: Double
      let riskPct: Double?
    }
    struct Total: Encodable {
      let production: Double
      let riskPct: Double?
      let people: [String: Int64]

      init(_ total: StrategyDifference.Total) {
        (production, riskPct) = (total.production, total.riskPct)
        people = Dictionary(uniqueKeysWithValues: total.people.map { ($0.key.rawValue, $0.value) })
      }
    }
    let variables: [String]
    let cells: [Cell]
    let first, secondOnFirstRun, second: Total
    let sentences: [String]
  }

  private static func json(_ difference: StrategyDifference, _ grid: CellGrid, _ labels: [String]) throws -> String {
    let report = Report(
      variables: grid.axes.map(\.name),
      cells: difference.cells.map {
        .init(
          bins: $0.bins, intervals: $0.intervals, opened: $0.isOpened, booked: $0.booked, rejected: $0.rejected,
          production: $0.production, riskPct: $0.riskPct)
      }, first: .init(difference.first), secondOnFirstRun: .init(difference.moved), second: .init(difference.second),
      sentences: difference.sentences(labels[0], labels[1]))
    return String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n"
  }
}
