internal import CutlineCore
internal import CutlineCredit

/// Writes every table of a strategy run under `data/`.
struct StandardTables: Stage {
  typealias Kind = StrategyTables
  static let name = "standard"
  static let summary = "Frontier, scenarios, cells, cutoffs and the waterfall as CSV files."
  static let reads = ["intervals"]
  let config: StrategyTablesConfig

  func run(_ input: StrategyTables.Input, in context: RunContext) async throws -> FileSet {
    try await tables(
      TableInputs(
        cube: input.cube, cells: input.cells, frontier: input.frontier, scenarios: input.scenarios,
        intervals: input.intervals), in: context)
  }

  /// The same for strategies that come from elsewhere.
  func tables(_ input: TableInputs, in context: RunContext) async throws -> FileSet {
    let frontier = try FrontierTable(input.cells, statedBy: input.frontier.statedBy)
    let points = input.frontier.points
    let rows = try await context.concurrently(Array(stride(from: 0, to: points.count, by: 1024))) { first in
      (first..<min(first + 1024, points.count)).map { frontier.row($0, points[$0].strategy) }
    }.flatMap { $0 }
    var files: [ResultFile] = []
    func write(_ name: String, _ columns: [ColumnNote], _ rows: [[String]]) {
      var table = ResultTable(path: "\(config.folder)/\(name).csv", columns: columns)
      for row in rows { table.add(row) }
      files.append(table.file)
    }
    write("pareto_optimal_solutions", frontier.columns, rows)
    let whole = files[0]
    let cells = CellRows(input.cells)
    let outside = try input.cube.outsideLines()
    let intervals = IntervalTables(input.cells, input.intervals)
    for scenario in input.scenarios.scenarios {
      files.append(
        ResultFile(
          path: "\(config.folder)/efficient_frontier_\(scenario.name).csv", bytes: whole.bytes, columns: whole.columns))
      write("optimal_solution_\(scenario.name)", frontier.columns, scenario.point.map { [rows[$0]] } ?? [])
      let summary = try ScenarioSummary(scenario, input.cells, outside, intervals)
      write(
        "risk_production_summary_\(scenario.name)", ScenarioSummary.columns(config.currency, intervals), summary.rows)
      write("data_summary_desagregado_\(scenario.name)", cells.columns, cells.rows)
      if input.intervals?.made ?? 0 > 0 {
        write("cutoff_stability_\(scenario.name)", intervals.stabilityColumns, intervals.stability(scenario))
      }
    }
    let cutoffs = CutoffSummary(input.cells, input.scenarios, intervals)
    write("cutoff_summary_by_segment", cutoffs.longColumns, cutoffs.longRows)
    write("cutoff_summary_wide", cutoffs.wideColumns, cutoffs.wideRows)
    write("bins", BinRows.columns, try BinRows(input.cube).rows)
    write(
      "row_waterfall",
      [
        ColumnNote("role", unit: "text", "input, dropped, outside (keeps its decision) or used."),
        ColumnNote("reason", unit: "text", "Why the rows are there."), ColumnNote("rows", unit: "rows", "How many."),
        ColumnNote("booked_rows", unit: "rows", "Of these, booked; empty where the preparation does not say."),
        ColumnNote("booked_oa_amt_h0", unit: "currency", basis: "period", "Production of these."),
        ColumnNote(
          "oa_amt_h0_source", unit: "text",
          "Of the rows that are used: the column that is their production, which is the requested amount where nothing was booked."
        ),
      ],
      input.cube.summary.account.waterfall.map { line in
        let source = line.role != .used ? "" : line.reason.hasPrefix("booked") ? "oa_amt_h0" : "oa_amt"
        return [
          line.role.rawValue, line.reason, String(line.rows), line.bookedRows.map(String.init) ?? "",
          line.bookedProduction.map(input.cells.scale.text) ?? "", source,
        ]
      })
    if input.intervals != nil {
      write("intervals", IntervalTables.listColumns, intervals.list)
      files.append(ResultFile(path: "\(config.folder)/intervals.json", bytes: try intervals.json(), columns: []))
    }
    if let rates = input.cells.rates {
      write("swap_in_rates", RateRows.columns, RateRows.rows(rates, input.cells.scale))
    }
    return FileSet(files: files)
  }
}

/// What the tables are made of.
struct TableInputs: Sendable {
  let cube: Cube
  let cells: CellTable
  let frontier: Frontier
  let scenarios: ScenarioSet
  let intervals: StrategyIntervals?
}

/// `swap_in_rates.csv`: one row a rate.
private enum RateRows {
  static let columns = [
    ColumnNote(
      "rate", unit: "text", "pass (other rules than the score), take_up (of offers) or granted (of a request)."),
    ColumnNote("multiplies", unit: "text", "Which quantities of a swap-in."),
    ColumnNote("value", unit: "fraction", "The rate."),
    ColumnNote(
      "low", unit: "fraction", "Lower end of its 95 % interval, months as clusters; empty where there is none."),
    ColumnNote("high", unit: "fraction", "Upper end."),
    ColumnNote("numerator", unit: "currency", basis: "of the window", "The sum above; empty where it is not measured."),
    ColumnNote("denominator", unit: "currency", basis: "of the window", "The sum below."),
    ColumnNote("rows", unit: "rows", "Applications behind the denominator; empty where they are not counted."),
    ColumnNote("first_month", unit: "month", "Begin of the window."),
    ColumnNote("last_month", unit: "month", "Its end."),
    ColumnNote("basis", unit: "text", "What the sums are of, or why the rate is assumed."),
  ]

  static func rows(_ rates: SwapInRates, _ scale: AmountScale) -> [[String]] {
    let all = "accounts, requested, todu_30, pile, production"
    let named = [
      ("pass", all, rates.pass), ("take_up", all, rates.takeUp),
      ("granted", "production; with an exposure per granted unit also todu_30 and pile", rates.granted),
    ]
    return named.map { name, what, rate in
      let isMeasured = rate.denominator > 0
      let sums = [rate.numerator, rate.denominator].map { sum in
        isMeasured ? NumberText.shortest(Double(sum) / scale.perUnit) : ""
      }
      return [name, what] + [rate.value, rate.low, rate.high].map { NumberText.shortest($0) } + sums
        + [rate.rows > 0 ? String(rate.rows) : "", rates.firstMonth?.iso ?? "", rates.lastMonth?.iso ?? "", rate.basis]
    }
  }
}

/// `data_summary_desagregado_*.csv`: one row a cell.
private struct CellRows {
  let columns: [ColumnNote]
  let rows: [[String]]

  init(_ cells: CellTable) {
    var columns = cells.grid.axes.map {
      ColumnNote(
        $0.name, unit: "bin", "Bin of \($0.source), numbered \($0.numbering.rawValue), \($0.direction.rawValue).")
    }
    for (suffix, what) in [
      ("_boo", "booked applications"), ("_rep", "rejected applications, as predicted"), ("", "both"),
    ] {
      columns += CellSums.columnNames.map {
        ColumnNote(
          $0 + suffix, unit: $0 == "acct_booked_h0" ? "accounts" : "currency", basis: "annualised", "Sum over \(what).")
      }
    }
    columns.append(ColumnNote("b2_ever_h6", unit: "percent", "Risk of the cell; empty where it has no exposure."))
    columns.append(ColumnNote("text", unit: "text", "Production in millions and risk, rounded, for charts."))
    self.columns = columns
    rows = cells.booked.indices.map { cell in
      let sums = [cells.booked[cell], cells.swapIn[cell], cells.total(cell)]
      let risk = cells.measure.percent(sums[2])
      let millions = Double(sums[2].production) * cells.annualCoefficient / (1e6 * cells.scale.perUnit)
      let text = "\(NumberText.fixed(millions, 2))M" + (risk.map { " \(NumberText.fixed($0, 2))%" } ?? "")
      return cells.grid.bins(cell).map { String($0 + 1) }
        + sums.flatMap { $0.values.map { NumberForm.annualised($0, cells) } } + [NumberText.shortest(risk), text]
    }
  }
}
