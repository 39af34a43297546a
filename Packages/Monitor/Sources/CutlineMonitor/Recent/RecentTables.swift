internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The tables of the recent period.
struct RecentTables {
  private let recent: RecentRisk
  private let cells: CellTable
  private let currency: Currency
  private let folder: String

  init(_ recent: RecentRisk, _ cells: CellTable, _ currency: Currency, folder: String) {
    (self.recent, self.cells, self.currency, self.folder) = (recent, cells, currency, folder)
  }

  /// `risk_production_summary_mr_{scenario}.csv`.
  ///
  /// - Throws: `Faults` (integrity) where Optimum is not Actual − Swap-out + Swap-in, or Actual not the sum of the cells.
  func summary(_ scenario: ScenarioSet.Scenario) throws -> ResultFile {
    let columns =
      [
        ColumnNote("Metric", unit: "text", "Actual, Swap-in, Swap-out, Optimum selected."),
        ColumnNote(
          "Risk (%)", unit: "percent", "multiplier · todu_30ever_h6 / todu_amt_pile_h6; empty where undefined."),
        ColumnNote(
          "risk_low", unit: "percent",
          "95 % interval of what the ladder alone may be off by; empty where nothing is carried, or its error is not known."
        ),
        ColumnNote("risk_high", unit: "percent", "Its upper end; noise of outcomes and of predictions is not in it."),
        ColumnNote("Production (\(currency.sign))", unit: "currency", basis: "annualised", "Sum of oa_amt_h0."),
        ColumnNote("Production (%)", unit: "percent", "Production relative to Actual."),
        ColumnNote("todu_30ever_h6", unit: "currency", basis: "annualised", "Risk numerator."),
        ColumnNote("todu_amt_pile_h6", unit: "currency", basis: "annualised", "Risk denominator."),
        ColumnNote("maturity", unit: "text", "Of the booked: mature, partly mature or immature; predicted of Swap-in."),
        ColumnNote("risk_source", unit: "text", "The source of most of its exposure."),
      ]
      + RiskSource.allCases.map {
        ColumnNote(
          "share_\($0.rawValue)", unit: "percent", "Of its exposure (todu_amt_pile_h6), by source of the risk.")
      } + [ColumnNote("share_predicted", unit: "percent", "Of its exposure: rejected, as the model predicts them.")]
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    let actual = cells.booked.reduce(.zero, +)
    let all = [Bool](repeating: true, count: cells.grid.cellCount)
    add("Actual", actual, all, swapIn: .zero, actual, to: &text)
    if let strategy = scenario.strategy {
      let totals = cells.totals(of: strategy)
      guard totals.optimum == actual - totals.swapOut + totals.swapIn else {
        throw Faults.integrity(
          "recent period, \(scenario.name)", "the optimum is not actual − swap-out + swap-in", "Report this stage.")
      }
      let accepted = (0..<cells.grid.cellCount).map { strategy.accepts($0, in: cells.grid) }
      add("Swap-in", totals.swapIn, all.map { !$0 }, swapIn: totals.swapIn, actual, to: &text)
      add("Swap-out", totals.swapOut, accepted.map { !$0 }, swapIn: .zero, actual, to: &text)
      add("Optimum selected", totals.optimum, accepted, swapIn: totals.swapIn, actual, to: &text)
    } else {
      text.add(
        ["No strategy: \(scenario.status.rawValue) in the main period"]
          + Array(repeating: "", count: columns.count - 1))
    }
    return file("risk_production_summary_mr_\(scenario.name)", text, columns)
  }

  /// - Parameters:
  ///   - isIn: cells whose booked applications are in it.
  ///   - swapIn: what of it is predicted.
  private func add(
    _ name: String, _ sums: CellSums, _ isIn: [Bool], swapIn: CellSums, _ actual: CellSums, to text: inout CsvText
  ) {
    let isOptimum = name.hasPrefix("Optimum")
    let risk = isOptimum ? cells.measure.strategyPercent(sums) : cells.measure.percent(sums)
    let share = actual.production > 0 ? 100 * Double(sums.production) / Double(actual.production) : nil
    let parts =
      RiskSource.allCases.map { source in
        (source.rawValue, isIn.indices.reduce(Int64(0)) { $0 + (isIn[$1] ? part(source, $1).denominator : 0) })
      } + [("predicted", swapIn.denominator)]
    let carried = isIn.indices.reduce(Int64(0)) { $0 + (isIn[$1] ? part(.carried, $1).numerator : 0) }
    let interval = ladderInterval(sums, carried: carried)
    let whole = parts.reduce(0.0) { $0 + Double($1.1) }
    let most = whole > 0 ? parts.max { $0.1 < $1.1 }?.0 ?? "" : ""
    let isBooked = parts.dropLast().contains { $0.1 != 0 }
    text.add(
      [
        name, NumberText.shortest(risk), interval.low, interval.high, annualised(sums.production),
        NumberText.shortest(share),
        annualised(sums.numerator), annualised(sums.denominator),
        isBooked ? maturity(parts) : swapIn == .zero ? "" : "predicted", most,
      ] + parts.map { whole > 0 ? NumberText.shortest(100 * Double($0.1) / whole) : "" })
  }

  /// The risk were the carried numerator e^{±1.96 σ} times itself, σ² by `Ladder.logVariance`.
  private func ladderInterval(_ sums: CellSums, carried: Int64) -> (low: String, high: String) {
    guard carried > 0, sums.denominator > 0, let ladder = recent.ladder, let up = ladder.numeratorFactor,
      let variance = ladder.logVariance(carrying: Int64((Double(carried) / up).rounded()))
    else { return ("", "") }
    func percent(_ sign: Double) -> String {
      let factor = Link.log.mean(of: sign * Normal.quantile(0.975) * variance.squareRoot())
      let numerator = Double(sums.numerator) + Double(carried) * (factor - 1)
      return NumberText.shortest(100 * cells.measure.multiplier * numerator / Double(sums.denominator))
    }
    return (percent(-1), percent(1))
  }

  private func part(_ source: RiskSource, _ cell: Int) -> CellSums { recent.sources[source]?[cell] ?? .zero }

  private func maturity(_ parts: [(String, Int64)]) -> String {
    let (observed, others) = (parts[0].1, parts[1..<RiskSource.allCases.count].contains { $0.1 != 0 })
    return (observed == 0 ? RecentRisk.State.immature : others ? .partlyMature : .mature).rawValue
  }

  /// `data_summary_desagregado_mr_{scenario}.csv`: one row a cell; its columns add up to the rows of the summary.
  func cellRows(_ scenario: ScenarioSet.Scenario) -> ResultFile {
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
    columns += [
      ColumnNote("b2_ever_h6", unit: "percent", "Risk of the cell; empty where it has no exposure."),
      ColumnNote("risk_source", unit: "text", "The source of most of its booked exposure; empty without any."),
      ColumnNote("accepted", unit: "text", "Whether the scenario accepts the cell; empty where it has no strategy."),
    ]
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for cell in 0..<cells.grid.cellCount {
      let total = cells.total(cell)
      let parts = RiskSource.allCases.map { ($0.rawValue, part($0, cell).denominator) }
      let source = parts.contains { $0.1 > 0 } ? parts.max { $0.1 < $1.1 }?.0 ?? "" : ""
      text.add(
        cells.grid.bins(cell).map { String($0 + 1) }
          + [cells.booked[cell], cells.swapIn[cell], total].flatMap { $0.values.map(annualised) }
          + [
            NumberText.shortest(cells.measure.percent(total)), source,
            scenario.strategy.map { String($0.accepts(cell, in: cells.grid)) } ?? "",
          ])
    }
    return file("data_summary_desagregado_mr_\(scenario.name)", text, columns)
  }

  /// `backtest_{scenario}.csv`: the scenario beside everything that was booked.
  func backTest(_ scenario: ScenarioSet.Scenario) -> ResultFile {
    let columns = BackTestTable.columns
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for test in recent.tests where test.scenario == nil || test.scenario == scenario.name {
      text.add(BackTestTable.fields(test))
    }
    return file("backtest_\(scenario.name)", text, columns)
  }

  private func annualised(_ sum: Int64) -> String {
    NumberText.shortest(Double(sum) * cells.annualCoefficient / cells.scale.perUnit)
  }

  private func file(_ name: String, _ text: CsvText, _ columns: [ColumnNote]) -> ResultFile {
    ResultFile(path: "\(folder)/\(name).csv", bytes: text.bytes, columns: columns)
  }
}

/// One row a test.
enum BackTestTable {
  static let columns = [
    ColumnNote("group", unit: "text", "all: everything that was booked; else what the scenario would have kept."),
    ColumnNote("outcome_months", unit: "months", "After booking: the horizon of the risk, or 3 for a first sight."),
    ColumnNote("promised_rows", unit: "applications", "Main period, booked, with that outcome."),
    ColumnNote("promised_bad", unit: "applications", "Of these, bad."),
    ColumnNote("promised_risk", unit: "percent", "Risk of the main period."),
    ColumnNote("promised_low", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("promised_high", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("promised_at_recent_mix", unit: "percent", "Risk of the main period's cells, weighted as booked since."),
    ColumnNote("observed_rows", unit: "applications", "Recent period, booked, with that outcome."),
    ColumnNote("observed_bad", unit: "applications", "Of these, bad."),
    ColumnNote("observed_risk", unit: "percent", "Risk of the recent period."),
    ColumnNote("observed_low", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("observed_high", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("ratio", unit: "ratio", "Observed over promised; empty without a test."),
    ColumnNote("ratio_low", unit: "ratio", "Its interval at 1 − level, noise of both periods included."),
    ColumnNote("ratio_high", unit: "ratio", "Its interval at 1 − level, noise of both periods included."),
    ColumnNote("p", unit: "probability", "That noise alone differs as much, two-sided."),
    ColumnNote("level", unit: "probability", "Share of tests in which noise alone is called a change."),
    ColumnNote("verdict", unit: "text", "deteriorated, within noise, improved, not enough, immature."),
  ]

  static func fields(_ test: BackTest) -> [String] {
    func side(_ side: BackTest.Side) -> [String] {
      [String(side.rows), String(side.bad)] + [side.risk, side.low, side.high].map { NumberText.shortest($0) }
    }
    return [test.scenario ?? "all", String(test.months)] + side(test.promised)
      + [NumberText.shortest(test.promisedAtRecentMix)] + side(test.observed)
      + [test.ratio, test.low, test.high, test.p, test.level].map { NumberText.shortest($0) } + [test.verdict.rawValue]
  }
}
