internal import CutlineCore
internal import CutlineCredit

/// `cutoff_summary_by_segment.csv` (one row per scenario and bin of the first variable) and `cutoff_summary_wide.csv`.
struct CutoffSummary {
  let longColumns, wideColumns: [ColumnNote]
  private(set) var longRows: [[String]] = []
  private(set) var wideRows: [[String]] = []

  init(_ cells: CellTable, _ set: ScenarioSet, _ intervals: IntervalTables) {
    let names = cells.grid.axes.map(\.name)
    let combinations = FrontierTable.combinations(cells.grid)
    let outer = names.dropLast().joined(separator: "_")
    let last = names.last ?? ""
    let what =
      outer.isEmpty
      ? "\(FrontierTable.whole): a single score has one cutoff."
      : "Bin of \(FrontierTable.outer(cells.grid))\(names.count > 2 ? ", by their numbers" : "")."
    let figures =
      [
        ColumnNote("risk_pct", unit: "percent", "Risk of the scenario's strategy."),
        ColumnNote("production", unit: "currency", basis: "annualised", "Production of the scenario's strategy."),
      ] + intervals.columns + [
        ColumnNote(
          "status", unit: "text",
          "optimal, infeasible (then nothing else is there), unproven (the best found) or fixed (stated, not searched)."
        )
      ]
    let heads = [
      ColumnNote("segment", unit: "text", "Segment filter of the run."),
      ColumnNote("scenario", unit: "text", "Name of the scenario."),
    ]
    longColumns =
      heads + [
        ColumnNote("\(outer.isEmpty ? FrontierTable.whole : outer)_bin", unit: "bin", what),
        ColumnNote("var0_name", unit: "text", "The variables but the last; empty where there is one only."),
        ColumnNote(
          "cutoff_value", unit: "bin", "Riskiest bin of the last variable still accepted; empty where none is."),
        ColumnNote("var1_name", unit: "text", "Last variable."),
      ] + figures
    wideColumns =
      heads
      + combinations.map {
        ColumnNote("bin_\($0)", unit: "bin", "Cutoff of \(last) there. \(what) Empty where nothing is accepted.")
      } + figures
    for scenario in set.scenarios {
      let cutoffs = combinations.indices.map { index in
        scenario.strategy.flatMap { $0.cutoff(index, in: cells.grid).map(String.init) } ?? ""
      }
      let optimum = scenario.totals?.optimum
      let numbers =
        [
          optimum.map { NumberText.shortest(cells.measure.strategyPercent($0)) } ?? "",
          optimum.map { NumberForm.annualised($0.production, cells) } ?? "",
        ] + intervals.fields(scenario.name, .optimum) + [scenario.status.rawValue]
      let head = [cells.basis?.segment ?? "", scenario.name]
      for (combination, cutoff) in zip(combinations, cutoffs) {
        longRows.append(head + [combination, outer, cutoff, last] + numbers)
      }
      wideRows.append(head + cutoffs + numbers)
    }
  }
}
