internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineFormats

/// What a committee and a spreadsheet are given of every strategy:
///
/// - `decisions_{scenario}.csv`: per cell its raw intervals, the decision, what becomes of its applications (keep, swap in, swap out,
///   reject), acceptance today, production and risk with its interval over the resamples;
/// - `decision_matrix_{scenario}.csv`: accept or reject, the first score down, the second across;
/// - `cutoff_rules_{scenario}.csv`: a line a band of all scores but the last, with what is accepted there in raw values, and the
///   same in words; `cutline evaluate` reads it back;
/// - `strategies.csv`: a line a scenario, with the constraints that were on, the cells changed, acceptance, and the totals with
///   the applications outside the grid, which keep their decision.
///
/// O(cells × resamples).
struct StandardDecisions: Stage {
  typealias Kind = Decisions
  static let name = "standard"
  static let summary = "Decisions per cell with their people and risk, matrices in raw scores, a line a strategy."
  static let reads = ["draws", "force"]

  struct Config: StageConfig {
    var confidence = 0.95
    var folder = "data"
    static let fields: [Field<Self>] = [
      .double("confidence", \.confidence, in: 0.5...0.999, unit: "share", "Of the intervals of cells."),
      ResultFolder.field(\.folder),
    ]
  }
  let config: Config

  func run(_ input: Decisions.Input, in context: RunContext) async throws -> FileSet {
    let people = try CellPeople(input.cube)
    let intervals = input.draws.map { CellIntervals($0, input.cells.measure, confidence: config.confidence) }
    var files: [ResultFile] = []
    for scenario in input.scenarios.scenarios {
      guard let strategy = scenario.strategy else { continue }
      let table = DecisionTable(
        cells: input.cells, strategy: strategy, people: people, intervals: intervals, force: input.force)
      files.append(table.file("\(config.folder)/decisions_\(scenario.name).csv"))
      do {
        files.append(try Self.rules(strategy, scenario.name, input.cube, in: config.folder))
      } catch let error as Faults {
        // A column whose name no export can hold is no reason to lose the run.
        context.note("no cutoffs in raw scores: \(word: error.problem)")
      }
      if let matrix = table.matrix("\(config.folder)/decision_matrix_\(scenario.name).csv") { files.append(matrix) }
    }
    files.append(
      try StrategyLines(input, people).file("\(config.folder)/strategies.csv"))
    return FileSet(files: files)
  }

  /// What is missing or a code is answered before any rule, by the settings of the bins: `cutline export` has that, too.
  private static func rules(
    _ strategy: Strategy, _ name: String, _ cube: Cube, in folder: String
  ) throws -> ResultFile {
    let grid = cube.grid
    // As they were met in the rows of the run.
    let met = cube.summary.account.waterfall.compactMap { line -> (role: RowAccount.Line.Role, reason: String)? in
      guard line.role != .used else { return nil }
      // The column that a reason names says enough; the score's name in the grid stands before it.
      return grid.axes.first { line.reason.hasPrefix("\($0.name): ") }.map {
        (line.role, String(line.reason.dropFirst($0.name.count + 2)))
      }
    }
    let undecided = met.filter { $0.role != .outside }.map(\.reason)
    let apart =
      (met.filter { $0.role == .outside }.map(\.reason)
      + (undecided.isEmpty ? [] : ["these rules do not decide: " + undecided.joined(separator: ", ")]))
      .joined(separator: "; ")
    let rules = try StrategyRules(
      strategy, on: grid, policies: grid.axes.map { _ in ScorePolicy() },
      header: StrategyHeader(
        name: name, scenario: name, status: "", limitPct: "", segment: "", periodStart: "", periodEnd: "", run: "",
        version: ""))
    return ResultFile(
      path: "\(folder)/cutoff_rules_\(name).csv",
      columns: [ColumnNote("strategy", unit: "text", "Name of the scenario.")]
        + grid.axes.dropLast().map { ColumnNote($0.source, unit: "text", "A band of its values; all for every value.") }
        + grid.axes.suffix(1).map {
          ColumnNote($0.source, unit: "text", "What of it is accepted there; all, or none.")
        } + [
          ColumnNote("in_words", unit: "text", "The same as a sentence."),
          ColumnNote(
            "before_the_rules", unit: "text",
            "Codes and missing scores that the run met: these rules are not for them. cutline export has all of them."),
        ],
      rows: zip(rules.conditions, rules.words).map { [name] + $0 + [$1, apart] })
  }
}

/// Applications of the main period, per cell of the grid.
struct CellPeople {
  let booked, rejected: [Int64]
  /// Those outside the grid, which keep their decision.
  let outside: (booked: Int64, rejected: Int64)

  init(_ cube: Cube) throws {
    let cells = cube.grid.cellCount
    let (all, declined) = (
      try cube.sums(of: .rows, ApplicationState.booked), try cube.sums(of: .rows, [.scoreRejected])
    )
    (booked, rejected) = (Array(all.prefix(cells)), Array(declined.prefix(cells)))
    outside = (all.dropFirst(cells).reduce(0, +), declined.dropFirst(cells).reduce(0, +))
  }
}

/// Risk of each cell over the resamples, by percentiles.
struct CellIntervals {
  /// Percent; nil where fewer than 20 resamples have exposure in the cell.
  let ends: [(low: Double, high: Double)?]

  private static let fewest = 20

  init(_ draws: CellDraws, _ measure: RiskMeasure, confidence: Double) {
    ends = (0..<draws.head.grid.cellCount).map { cell in
      let risks = (0..<draws.resampleCount).compactMap { draw -> Double? in
        let own = draws.cell(cell, ofDraw: draw)
        return measure.percent(own.booked + own.swapIn)
      }.sorted()
      guard risks.count >= Self.fewest, let low = Quantile.of(risks, (1 - confidence) / 2),
        let high = Quantile.of(risks, (1 + confidence) / 2)
      else { return nil }
      return (low, high)
    }
  }
}
