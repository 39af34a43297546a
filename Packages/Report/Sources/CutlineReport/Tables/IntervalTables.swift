internal import CutlineCore
internal import CutlineCredit

/// What tables say of intervals: the columns beside production and risk, and files of their own.
struct IntervalTables {
  private let cells: CellTable
  private let intervals: StrategyIntervals?

  init(_ cells: CellTable, _ intervals: StrategyIntervals?) {
    self.cells = cells
    self.intervals = intervals
  }

  /// Lower and upper end of production, then of risk; empty fields where there is none.
  func fields(_ scenario: String, _ line: StrategyIntervals.Line) -> [String] {
    StrategyIntervals.Quantity.allCases.flatMap { quantity -> [String] in
      let interval = intervals?[scenario]?.best(line, quantity)
      return [interval?.low, interval?.high].map { text($0, quantity) }
    }
  }

  /// Their columns.
  var columns: [ColumnNote] {
    let what: String
    if let intervals, intervals.made > 0 {
      let isChosen = intervals.scenarios.contains { $0.best(.optimum, .risk)?.basis == .selectionAware }
      what =
        "\(NumberText.shortest(100 * intervals.confidence)) % interval over \(intervals.made) resamples; "
        + (isChosen
          ? "selection-aware (the strategy is chosen again in each) for the optimum, whole-estimator for other rows."
          : "whole-estimator: booked and rejected applications and all that is made of them.")
        + " The other bases are in intervals.csv."
    } else {
      switch (intervals, intervals?.failures.first) {
      case (nil, _): what = "Empty: this plan has no bootstrap stage."
      case (_, let failure?): what = "Empty: no resample could be made: \(failure.reason)."
      case (_, nil): what = "Empty: no resamples were drawn."
      }
    }
    return [
      ColumnNote("production_ci_lower", unit: "currency", basis: "annualised", "Lower end of the " + what),
      ColumnNote("production_ci_upper", unit: "currency", basis: "annualised", "Upper end of the " + what),
      ColumnNote("risk_ci_lower", unit: "percent", "Lower end of the " + what),
      ColumnNote("risk_ci_upper", unit: "percent", "Upper end of the " + what),
    ].map { note in
      what.hasPrefix("Empty") ? ColumnNote(note.name, unit: note.unit, basis: note.basis, what) : note
    }
  }

  private func text(_ value: Double?, _ quantity: StrategyIntervals.Quantity) -> String {
    NumberText.shortest(value.map { number($0, quantity) })
  }

  /// Production as units of a year.
  private func number(_ value: Double, _ quantity: StrategyIntervals.Quantity) -> Double {
    quantity == .risk ? value : value * cells.annualCoefficient / cells.scale.perUnit
  }

  // MARK: intervals.csv, intervals.json

  static let listColumns = [
    ColumnNote("scenario", unit: "text", "Name of the scenario."),
    ColumnNote("limit_pct", unit: "percent", "Its risk limit."),
    ColumnNote(
      "basis", unit: "text",
      "What varies: booked-only (booked applications), whole-estimator (booked, rejected and all that is made of them), selection-aware (also the choice of the strategy)."
    ),
    ColumnNote("line", unit: "text", "Line of the summary; change is optimum minus actual."),
    ColumnNote("quantity", unit: "text", "production (annualised, currency) or risk (percent)."),
    ColumnNote("estimate", unit: "as quantity", "Of the run; empty where it is undefined."),
    ColumnNote("low", unit: "as quantity", "Lower end; empty where too few resamples define it."),
    ColumnNote("high", unit: "as quantity", "Upper end."),
    ColumnNote("standard_error", unit: "as quantity", "Standard deviation over the resamples."),
    ColumnNote("draws", unit: "resamples", "In which the quantity is defined."),
    ColumnNote("resamples", unit: "resamples", "Asked for."),
    ColumnNote("confidence", unit: "share", "How often the interval should hold the truth."),
    ColumnNote("method", unit: "text", "percentile, bca, or error: of the chosen strategy's error."),
  ]

  var list: [[String]] {
    guard let intervals else { return [] }
    return intervals.scenarios.flatMap { scenario in
      scenario.intervals.map { own in
        [scenario.name, scenario.limit.description, own.basis.rawValue, own.line.rawValue, own.quantity.rawValue]
          + [own.estimate, own.low, own.high, own.standardError].map { text($0, own.quantity) }
          + [
            String(own.draws), String(intervals.resamples), NumberText.shortest(intervals.confidence), own.method,
          ]
      }
    }
  }

  private struct Report: Encodable {
    struct Interval: Encodable {
      let basis, line, quantity, unit, method: String
      let estimate, low, high, standardError: Double?
      let draws: Int
    }
    struct Scenario: Encodable {
      let name, limitPct: String
      let intervals: [Interval]
      /// Of choosing; null where the strategy was not chosen again.
      let chosen, infeasible, unproven: Int?
      let riskOptimismPct, productionOptimism, probabilityWithinLimit: Double?
    }
    let confidence: Double
    let method, segment, periodStart, periodEnd: String?
    let seed: UInt64
    let resamples, made: Int
    let failures: [CellDraws.Failure]
    let notCovered: [String]
    let scenarios: [Scenario]
  }

  /// Everything in one file, each number with its unit and basis; empty where there are no intervals.
  func json() throws -> [UInt8] {
    guard let intervals else { return [] }
    let scenarios = intervals.scenarios.map { scenario in
      let own = scenario.selection
      return Report.Scenario(
        name: scenario.name, limitPct: scenario.limit.description,
        intervals: scenario.intervals.map { interval in
          func value(_ value: Double?) -> Double? { value.map { number($0, interval.quantity) } }
          return Report.Interval(
            basis: interval.basis.rawValue, line: interval.line.rawValue, quantity: interval.quantity.rawValue,
            unit: interval.quantity == .risk ? "percent" : "currency, annualised", method: interval.method,
            estimate: value(interval.estimate), low: value(interval.low), high: value(interval.high),
            standardError: value(interval.standardError), draws: interval.draws)
        },
        chosen: own?.chosen, infeasible: own?.infeasible, unproven: own?.unproven,
        riskOptimismPct: own?.riskOptimism,
        productionOptimism: own?.productionOptimism.map { number($0, .production) },
        probabilityWithinLimit: own?.withinLimit)
    }
    let basis = cells.basis
    let report = Report(
      confidence: intervals.confidence, method: intervals.method, segment: basis?.segment,
      periodStart: basis?.periodStart, periodEnd: basis?.periodEnd, seed: intervals.seed,
      resamples: intervals.resamples, made: intervals.made, failures: intervals.failures,
      notCovered: intervals.fixed, scenarios: scenarios)
    return Array(try CanonicalJSON.encode(report, pretty: true))
  }

  // MARK: cutoff_stability_*.csv

  var stabilityColumns: [ColumnNote] {
    cells.grid.axes.map { ColumnNote($0.name, unit: "bin", "Bin of \($0.source).") } + [
      ColumnNote("accepted", unit: "0 or 1", "Whether the scenario's strategy accepts the cell."),
      ColumnNote(
        "accepted_share", unit: "share", basis: "of the resamples with a strategy",
        "How often the strategy chosen again in a resample accepts it."),
    ]
  }

  /// Empty where the scenario was not chosen again.
  func stability(_ scenario: ScenarioSet.Scenario) -> [[String]] {
    guard let strategy = scenario.strategy, let shares = intervals?[scenario.name]?.selection?.stability else {
      return []
    }
    return shares.enumerated().map { cell, share in
      cells.grid.bins(cell).map { String($0 + 1) }
        + [strategy.accepts(cell, in: cells.grid) ? "1" : "0", NumberText.shortest(share)]
    }
  }
}
