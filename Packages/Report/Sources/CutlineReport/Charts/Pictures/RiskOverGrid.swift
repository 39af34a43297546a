internal import CutlineCore

/// Risk over the cells of the grid, of the main and of the recent period on one scale of colour, with production and risk in
/// each cell.
enum RiskOverGrid {
  static func charts(of tables: RunTables) throws -> [Chart] {
    // The main period is the same in all scenarios.
    guard let scenario = try tables.scenarios().first(where: { $0 == "base" }) ?? tables.scenarios().first,
      let main = try tables.named("data_summary_desagregado_\(scenario).csv")
    else { return [] }
    let recent = try tables.scenarios().compactMap { name in
      try tables.named("data_summary_desagregado_mr_\(name).csv").map { (name, $0) }
    }
    let risks = ([main] + recent.map(\.1)).flatMap { table in
      table.rows.indices.compactMap { table.number("b2_ever_h6", $0) }
    }
    let top = ((risks.max() ?? 1) / 5).rounded(.up) * 5
    let bins = try tables.named("bins.csv")
    let strategies = try tables.named("strategies.csv")
    let limit = strategies.flatMap { table in
      table.row(where: "strategy", is: scenario).flatMap { table.number("limit_pct", $0) }
    }
    let stem = "b2_ever_h6_vs_octroi_and_risk_score"
    let period = try tables.mainPeriod()
    let own = (
      table: main,
      basis: period.prefix(1).uppercased() + period.dropFirst()
        + ", bookings and all rejected demand as if it were accepted"
    )
    var charts = try chart(stem, of: own.table, bins, top, limit, own.basis, tables).map { [$0] } ?? []
    for (name, table) in recent {
      let basis =
        "Recent period, bookings and all rejected demand as if it were accepted; outcomes not yet known are carried forward"
      if let chart = try chart("\(stem)_mr_\(name)", of: table, bins, top, limit, basis, tables) {
        charts.append(chart)
      }
    }
    return charts
  }

  private static func finding(_ known: [(row: Int, risk: Double)], _ table: StoredTable, limit: Double?) -> String {
    guard let high = known.max(by: { $0.risk < $1.risk }) else { return "No cell has a risk" }
    func production(_ rows: [Int]) -> Double { rows.reduce(0) { $0 + (table.number("oa_amt_h0", $1) ?? 0) } }
    let whole = production(Array(table.rows.indices))
    guard let limit, whole > 0 else {
      return "The riskiest of \(Say.number(known.count, "cell")) has \(Say.percent(high.risk)) risk"
    }
    let above = known.filter { $0.risk > limit }
    return "\(Say.number(above.count, "cell")) of \(known.count) above \(Say.percent(limit)) risk "
      + "\(above.count == 1 ? "holds" : "hold") \(Say.percent(100 * production(above.map(\.row)) / whole)) of bookings and demand"
  }

  private static func chart(
    _ name: String, of table: StoredTable, _ bins: StoredTable?, _ top: Double, _ limit: Double?, _ basis: String,
    _ tables: RunTables
  ) throws -> Chart? {
    let axes = GridDrawing.axes(of: table, before: "acct_booked_h0_boo")
    guard let grid = GridDrawing(table, axes: axes, bins: bins, width: ChartTheme.pageWidth) else { return nil }
    let currency = tables.currency()
    let shown = table.rows.indices.filter { !FewApplications.isFew(table.number("acct_booked_h0_boo", $0)) }
    let known = shown.compactMap { row in table.number("b2_ever_h6", row).map { (row, $0) } }
    let finding = finding(known, table, limit: limit)
    let values = grid.cells.map { cell -> [String: Specification] in
      let isFew = FewApplications.isFew(table.number("acct_booked_h0_boo", cell.row))
      let risk = isFew ? nil : table.number("b2_ever_h6", cell.row)
      var fields = grid.place(cell)
      fields["risk"] = Specification(risk)
      if grid.hasText {
        fields["r"] = .text(isFew ? "few" : risk.map { "\(NumberText.fixed($0, 1))%" } ?? "–")
        fields["p"] = .text(
          isFew
            ? ""
            : table.number("oa_amt_h0", cell.row).map { production in
              production == 0 ? "0" : (Say.amount(production)).replacing("\u{202F}", with: "")
            } ?? "")
        // Above a third of the scale's root the colour is dark.
        fields["d"] = .flag(risk.map { $0 > top * 0.36 } ?? false)
      }
      return fields
    }
    var layers: [Specification] = [
      grid.rectangles([
        "field": "risk", "type": "quantitative",
        "scale": ["type": "sqrt", "domain": [0, .number(top)], "range": .texts(ChartTheme.risk)],
        "legend": [
          "title": "risk, %", "gradientLength": 200, "gradientThickness": 10, "orient": "top", "format": ".0f",
        ],
      ])
    ]
    if grid.hasText {
      for (isDark, colour) in [(false, ChartTheme.onLight), (true, ChartTheme.onDark)] {
        for (field, shift, size) in [("r", -5.0, 9.0), ("p", 6.0, 7.5)] {
          layers.append(
            grid.texts(field, filter: "datum.d === \(isDark)", colour: colour, shift: shift, size: size))
        }
      }
    }
    let left = grid.hiddenLines > 0 ? "; the first \(grid.lines) of \(grid.lines + grid.hiddenLines) lines" : ""
    return Chart(
      name: name, finding: finding,
      basis: "\(basis); risk in percent above production\(currency.isEmpty ? "" : " (\(currency))"), annualised; "
        + "main and recent period share the colours; \(FewApplications.remark)\(left)",
      summary: finding + ", darker where it is higher.", sources: [table.path],
      specification: grid.size.merging(["data": .values(values), "layer": .list(layers)]),
      table: ChartTable(
        columns: axes + ["Production", "Risk"],
        rows: table.shown(
          axes.map { ($0, nil) } + [("oa_amt_h0", .amount), ("b2_ever_h6", .percent)], rows: shown))
    )
  }
}
