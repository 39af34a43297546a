internal import CutlineCore
internal import CutlineCredit

/// `risk_production_summary_*.csv`: what happens today, what the strategy takes in and lets go, and what it comes to.
///
/// Optimum = Actual − Swap-out + Swap-in, exactly, for production, numerator and denominator.
struct ScenarioSummary {
  let rows: [[String]]

  /// - Parameter currency: its code; the header has its sign.
  static func columns(_ currency: Currency, _ intervals: IntervalTables) -> [ColumnNote] {
    [
      ColumnNote(
        "Metric", unit: "text", "Actual, Swap-in, Swap-out, Optimum selected, Summary (optimum minus actual)."),
      ColumnNote("Risk (%)", unit: "percent", "multiplier · todu_30ever_h6 / todu_amt_pile_h6; empty where undefined."),
      ColumnNote("Production (\(currency.sign))", unit: "currency", basis: "annualised", "Sum of oa_amt_h0."),
      ColumnNote("Production (%)", unit: "percent", "Production relative to Actual."),
      ColumnNote("todu_30ever_h6", unit: "currency", basis: "annualised", "Risk numerator."),
      ColumnNote("todu_amt_pile_h6", unit: "currency", basis: "annualised", "Risk denominator."),
    ] + intervals.columns
  }

  /// - Throws: `Faults` (integrity) where the scenario's totals are not those of the cells.
  init(
    _ scenario: ScenarioSet.Scenario, _ cells: CellTable, _ outside: [OutsideLine], _ intervals: IntervalTables
  ) throws {
    let actual = cells.booked.reduce(.zero, +)
    if let totals = scenario.totals, totals.optimum != actual - totals.swapOut + totals.swapIn {
      throw Faults.integrity(
        "summary of \(scenario.name)", "the optimum is not actual − swap-out + swap-in",
        "The scenarios are not of these cells: connect stages of one run.")
    }
    func row(
      _ name: String, _ sums: CellSums, risk: Double?, _ line: StrategyIntervals.Line? = nil
    ) -> [String] {
      let share = actual.production > 0 ? 100 * Double(sums.production) / Double(actual.production) : nil
      return [
        name, NumberText.shortest(risk), NumberForm.annualised(sums.production, cells),
        NumberText.shortest(share),
        NumberForm.annualised(sums.numerator, cells), NumberForm.annualised(sums.denominator, cells),
      ] + (line.map { intervals.fields(scenario.name, $0) } ?? ["", "", "", ""])
    }
    var rows = [row("Actual", actual, risk: cells.measure.percent(actual), .actual)]
    if let totals = scenario.totals {
      let optimum = totals.optimum
      let (before, after) = (cells.measure.percent(actual), cells.measure.strategyPercent(optimum))
      let change: Double? = if let before, let after { after - before } else { nil }
      rows.append(row("Swap-in", totals.swapIn, risk: cells.measure.percent(totals.swapIn), .swapIn))
      rows.append(row("Swap-out", totals.swapOut, risk: cells.measure.percent(totals.swapOut), .swapOut))
      let name: String =
        switch scenario.status {
        case .unproven: "Best found (not proven optimal)"
        case .fixed: "Fixed cutoffs"
        case .optimal, .infeasible: "Optimum selected"
        }
      rows.append(row(name, optimum, risk: after, .optimum))
      rows.append(row("Summary", optimum - actual, risk: change, .change))
    } else {
      let what =
        scenario.status == .unproven
        ? "Not proven: the search found no strategy with a risk of at most \(scenario.limit) % before its limit"
        : "Infeasible: \(scenario.reason ?? "no strategy that accepts anything has a risk of at most \(scenario.limit) %")"
      rows.append(
        [what]
          + Array(repeating: "", count: 9))
    }
    for line in outside {
      rows.append(row("Outside the grid: \(line.reason)", line.booked, risk: cells.measure.percent(line.booked)))
    }
    self.rows = rows
  }
}
