internal import CutlineCore
internal import CutlineCredit

struct ValueConfig: StageConfig {
  var rates: ValueRates?
  var search: Chosen<Search> = "frontier"
  var folder = "data"

  static let fields: [Field<Self>] = [
    .shared(
      .custom(
        "value", allowed: ValueRates.allowed,
        "What an accepted application is worth: margin and funding in percent of production, loss given default in percent of "
          + "the balance that went bad, cost of acquisition per account. Without it no value is computed.",
        refused: [
          .integer(1), .string("x"), .table(ConfigTable([.init(key: "x", place: .default, value: one)])),
        ],
        form: .map(of: .oneOf([.number(-1000...1e9), .list(of: .number(-1000...1000), atLeast: 1)])),
        show: { $0.rates?.toml ?? "unset" }, read: { $0.rates = try ValueRates($1) })),
    .stage("search", \.search, "What searches the cells with value in place of production."),
    ResultFolder.field(\.folder),
  ]
  private static let one = ConfigValue(.integer(1), at: .default)
}

/// The exact frontier of value and risk, and the value of the strategies that were chosen by production.
///
/// The run's own search is given cells whose production is their value: what it proves of production holds of value. With
/// value = production the frontier is the run's own. Writes `value_frontier.csv` and `value_summary.csv`.
///
/// O(search).
struct StandardValue: Stage {
  typealias Kind = Value
  static let name = "standard"
  static let summary = "The frontier of value and risk by the run's search, and the value of every scenario."
  let config: ValueConfig

  func run(_ input: Value.Input, in context: RunContext) async throws -> FileSet {
    guard let rates = config.rates else {
      context.note("no value is stated ([preprocessing.value]): strategies are compared by production alone")
      return FileSet(files: [])
    }
    let cells = try rates.table(of: input.cells)
    let frontier = try await frontier(cells, input, context)
    let table = ValueTable(cells: input.cells, valued: cells, frontier: frontier, folder: config.folder)
    let lines = try table.lines(input.scenarios)
    for line in lines {
      guard let gain = line.gain, let own = line.own, own != 0 else { continue }
      context.note(
        "\(word: line.scenario): the strategy worth most within the limit is worth \(word: NumberText.fixed(100 * Double(gain) / Double(abs(own)), 2)) % more than the one with most production"
      )
    }
    return FileSet(files: (frontier == nil ? [] : [table.frontierFile]) + [table.summary(lines)])
  }

  /// Nil where nothing can be searched, which is said: then strategies are valued as they are.
  private func frontier(
    _ cells: CellTable, _ input: Value.Input, _ context: RunContext
  ) async throws -> Frontier? {
    guard !input.frontier.isFixed else {
      context.note("fixed cutoffs are chosen by nobody: their value is stated, and no other is looked for")
      return nil
    }
    // They limit money of production; on these cells they would limit value.
    if let limit = input.frontier.constraints?.first(where: {
      $0.contains("production_floor") || $0.contains("swap_in_production_limit")
    }) {
      context.warn("no strategy of most value: \(word: limit) limits production, and would limit value instead")
      return nil
    }
    let isLosing = (0..<cells.grid.cellCount).contains { cells.total($0).production < 0 }
    guard cells.grid.axes.count <= 2 || !isLosing else {
      context.warn(
        "no strategy of most value: cells lose money, and with more than two scores the search needs values of at least 0"
      )
      return nil
    }
    return try await config.search(
      Search.ports.make(PortValues(["cells": cells, "scenarios": input.scenarios])), in: context.inner(Self.purpose))
  }

  private static let purpose = Purpose("value")
}

/// Strategies with what they are worth.
struct ValueTable {
  let cells: CellTable
  /// The same with value as production.
  let valued: CellTable
  /// Nil where nothing was searched.
  let frontier: Frontier?
  let folder: String

  struct Line {
    let scenario, limit, status: String
    /// Of the scenario's strategy, and of the one worth most within its limit; nil where there is none.
    let chosen, best: Strategy?
    let own, gain: Int64?
  }

  func value(_ strategy: Strategy) -> Int64 { valued.totals(of: strategy).optimum.production }

  func lines(_ set: ScenarioSet) throws -> [Line] {
    try set.scenarios.map { scenario in
      let answer = try frontier?.answer(to: scenario.chosenAt ?? scenario.limit, measure: cells.measure)
      let best = answer?.point.flatMap { frontier?.points[$0].strategy }
      let own = scenario.strategy.map(value)
      let gain: Int64? = if let best, let own { value(best) - own } else { nil }
      return Line(
        scenario: scenario.name, limit: "\(scenario.limit)", status: answer?.status.rawValue ?? "not searched",
        chosen: scenario.strategy,
        best: best, own: own, gain: gain)
    }
  }

  private var combinations: [String] {
    let outer = CellGrid(axes: Array(cells.grid.axes.dropLast()))
    return (0..<outer.cellCount).map { outer.bins($0).map { String($0 + 1) }.joined(separator: "_") }
  }

  private var cutoffColumns: [ColumnNote] {
    combinations.map {
      ColumnNote(
        $0.isEmpty ? "cutoff" : "cutoff_\($0)", unit: "bin",
        "Riskiest bin of \(cells.grid.axes.last?.name ?? "") accepted; empty where none is.")
    }
  }

  private func fields(_ strategy: Strategy) -> [String] {
    let optimum = cells.totals(of: strategy).optimum
    return [
      NumberText.annualised(value(strategy), cells), NumberText.annualised(optimum.production, cells),
      NumberText.shortest(cells.measure.strategyPercent(optimum)),
    ]
  }

  private static let figures = [
    ColumnNote("value", unit: "currency", basis: "annualised", "By the rates of [preprocessing.value]."),
    ColumnNote("production", unit: "currency", basis: "annualised", "Sum of oa_amt_h0."),
    ColumnNote("risk_pct", unit: "percent", "Risk of the strategy."),
  ]

  var frontierFile: ResultFile {
    ResultFile(
      path: "\(folder)/value_frontier.csv", columns: Self.figures + cutoffColumns,
      rows: (frontier?.points ?? []).map { point in
        fields(point.strategy)
          + combinations.indices.map { point.strategy.cutoff($0, in: cells.grid).map { String($0) } ?? "" }
      })
  }

  func summary(_ lines: [Line]) -> ResultFile {
    let columns =
      [
        ColumnNote("scenario", unit: "text", "Actual, or a scenario."),
        ColumnNote("chosen_by", unit: "text", "production, as the scenario is, or value; empty for Actual."),
        ColumnNote("limit_pct", unit: "percent", "Risk limit; empty for Actual."),
        ColumnNote(
          "status", unit: "text", "Of the search for most value: optimal, infeasible, unproven or not searched."),
      ] + Self.figures + cutoffColumns
    let actual = (cells.booked.reduce(.zero, +), valued.booked.reduce(.zero, +).production)
    let none = combinations.map { _ in "" }
    let today =
      [
        "Actual", "", "", "", NumberText.annualised(actual.1, cells), NumberText.annualised(actual.0.production, cells),
        NumberText.shortest(cells.measure.percent(actual.0)),
      ] + none
    func row(_ line: Line, by objective: String, _ status: String, _ strategy: Strategy?) -> [String] {
      let head = [line.scenario, objective, line.limit, status]
      guard let strategy else { return head + ["", "", ""] + none }
      return head + fields(strategy)
        + combinations.indices.map { strategy.cutoff($0, in: cells.grid).map { String($0) } ?? "" }
    }
    return ResultFile(
      path: "\(folder)/value_summary.csv", columns: columns,
      rows: [today]
        + lines.flatMap { line in
          [
            row(line, by: "production", "", line.chosen),
            row(line, by: "value", line.status, line.best),
          ]
        })
  }
}
