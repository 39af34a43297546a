internal import CutlineCore
internal import CutlineCredit

struct EvaluationConfig: StageConfig {
  var run = ""
  var cube = "cube"
  var cells = "cells"
  var search = "search"
  var scenarios = "scenarios"
  var force = ""
  var strategies: [String] = []
  var folder = "data"
  var currency = Currency.euro

  static let fields: [Field<Self>] = [
    .text("run", \.run, "Folder of the finished run on whose cells strategies are evaluated."),
    .text("cube", \.cube, "The stage of that run that added its applications up."),
    .text("cells", \.cells, "Its stage of cells."),
    .text("search", \.search, "Its search, to whose frontier they are compared."),
    .text("scenarios", \.scenarios, "Its stage of scenarios."),
    .text("force", \.force, "Its stage that says which strategy is in force; empty where it has none."),
    .texts(
      "strategies", \.strategies, atLeast: 1,
      "Per strategy NAME: and how many bins of the last score are accepted from its safe end, in each combination of the others."
    ),
    ResultFolder.field(\.folder), Currency.field(\.currency),
  ]

  func validate(at places: FieldPlaces) throws {
    guard !run.isEmpty else {
      throw Faults.usage(places["run"], "run is empty", "Name the folder of a finished run.")
    }
  }
}

/// Stated strategies on the cells of a run: all tables that the run writes of its own strategies, and their distance to its
/// frontier.
///
/// Nothing is searched and nothing predicted anew: the sums are those of the run's cells. There are no intervals, as what they are
/// made of is not stored; their columns stay empty.
struct StandardEvaluation: Stage {
  typealias Kind = Evaluation
  static let name = "standard"
  static let summary = "The tables of stated strategies, against today and against the frontier of the run."
  let config: EvaluationConfig

  var externalInputs: [String] { config.run.isEmpty ? [] : StoredResults.files(config) }

  func run(_ input: NoInput, in context: RunContext) async throws -> FileSet {
    let run = try StoredResults(config)
    let cells = run.cells
    guard let limit = (run.scenarios.scenarios.first { $0.name == "base" } ?? run.scenarios.scenarios.first)?.limit
    else {
      throw Faults.data("evaluation", "the run has no scenario", "Run it with a risk limit.")
    }
    let stated = try Self.strategies(config.strategies, on: cells.grid)
    var scenarios: [ScenarioSet.Scenario] = []
    var points: [Frontier.Point] = []
    var table = EvaluationTable(cells, currency: config.currency)
    for (index, own) in stated.enumerated() {
      let totals = cells.totals(of: own.strategy)
      let sums = totals.optimum
      let file = Self.fileName(own.name, index, besides: scenarios.map(\.name))
      points.append(
        Frontier.Point(
          production: sums.production, numerator: sums.numerator, denominator: sums.denominator, strategy: own.strategy)
      )
      scenarios.append(
        ScenarioSet.Scenario(
          name: file, limit: limit, status: .fixed, point: index, strategy: own.strategy, totals: totals))
      let distance = FrontierDistance(of: sums, to: run.frontier)
      table.add(own.name, file: file, totals, distance)
      if distance.knowledge == .unknown {
        context.note("\(word: own.name): the run has no frontier to compare with (search \(word: run.frontier.search))")
      }
    }
    let chosen = scenarios.compactMap(\.strategy)
    let set = ScenarioSet(
      scenarios: scenarios, nested: zip(chosen, chosen.dropFirst()).allSatisfy { $1.contains($0) })
    let frontier = Frontier(points: points, strategyCount: nil, search: "evaluate", isFixed: true)
    let tables = StandardTables(config: StrategyTablesConfig(folder: config.folder, currency: config.currency))
    let files = try await tables.tables(
      TableInputs(cube: run.cube, cells: cells, frontier: frontier, scenarios: set, intervals: nil), in: context)
    let decisions = StandardDecisions(config: StandardDecisions.Config(folder: config.folder))
    let decided = try await decisions.run(
      Decisions.Input(
        cube: run.cube, cells: cells, frontier: frontier, scenarios: set, draws: nil, force: run.force), in: context)
    // Stated strategies are no frontier.
    let own = files.files.filter { file in
      !["pareto_optimal_solutions", "efficient_frontier_"].contains { file.path.hasPrefix("\(config.folder)/\($0)") }
    }
    return FileSet(files: [table.file(in: config.folder)] + own + decided.files)
  }

  /// `NAME: 0 3 4`.
  private static func strategies(_ texts: [String], on grid: CellGrid) throws -> [(name: String, strategy: Strategy)] {
    let columns = grid.axes.last?.binCount ?? 1
    return try texts.map { text in
      let refusal = Faults.usage(
        "strategies", "\(text.prefix(40).debugDescription) is no strategy of this grid",
        "Write NAME: and \(grid.cellCount / columns) numbers from 0 to \(columns).")
      guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { throw refusal }
      let accepted = text[text.index(after: colon)...].split(separator: " ").map { Int($0) }
      guard accepted.count == grid.cellCount / columns,
        accepted.allSatisfy({ $0.map { (0...columns).contains($0) } ?? false })
      else { throw refusal }
      return (String(text[..<colon]), Strategy(accepted: accepted.compactMap { $0 }))
    }
  }

  /// A name that makes a name of files.
  private static func fileName(_ name: String, _ index: Int, besides taken: [String]) -> String {
    let plain = name.lowercased().unicodeScalars.map { scalar -> Character in
      let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
      return isPlain ? Character(scalar) : "-"
    }
    let short = String(plain.prefix(50))
    return short.isEmpty || taken.contains(short) ? "\(short.isEmpty ? "strategy" : short)-\(index + 1)" : short
  }
}
