internal import CutlineCore

/// The frontier of production against risk with the strategies that matter, and below it the grid with the staircase of today
/// and of the proposal.
enum RiskProductionVisualizer {
  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let strategies = try tables.named("strategies.csv") else { return [] }
    return try tables.scenarios().compactMap { try chart(of: $0, strategies, tables) }
  }

  /// How many points of a frontier are drawn.
  private static let pointLimit = 300

  private struct Mark {
    let name: String
    let row: Int
    let production, risk: Double
  }

  private static func chart(of scenario: String, _ table: StoredTable, _ tables: RunTables) throws -> Chart? {
    let marks = table.rows.indices.compactMap { row -> Mark? in
      guard let production = table.number("production", row), let risk = table.number("risk_pct", row) else {
        return nil
      }
      return Mark(name: table.text("strategy", row), row: row, production: production, risk: risk)
    }
    guard let chosen = marks.first(where: { $0.name == scenario }) else { return nil }
    let actual = marks.first { $0.name == "actual" }
    let force = marks.first { $0.name == "in force" }
    let limit = table.number("limit_pct", chosen.row)
    let currency = tables.currency()
    let frontier = try tables.named("pareto_optimal_solutions.csv")
    let decisions = try tables.named("decisions_\(scenario).csv")
    let (points, pointsBasis) = frontier.map { curve(of: $0, chosen, limit) } ?? ([], "no frontier was searched")
    var sources = [table.path] + [frontier?.path].compactMap { $0 }
    let interval = try interval(of: scenario, tables, &sources)
    var parts = [frontierPart(scenario, points, marks, chosen, limit, interval, currency)]
    if let decisions, let grid = try gridPart(decisions, scenario, tables) {
      parts.append(grid)
      sources.append(decisions.path)
    }
    let finding = finding(scenario, chosen, actual ?? force, limit, table)
    let main = try tables.mainPeriod()
    let confidence = interval == nil ? "" : "; cross: confidence interval of the proposal"
    return Chart(
      name: "risk_production_visualizer_\(scenario)", finding: finding,
      basis: "\(main.prefix(1).uppercased() + main.dropFirst()), annualised, in the grid; \(pointsBasis)\(confidence)",
      summary: finding + "."
        + (force.map {
          " The strategy in force alone would bring \(Say.amount($0.production, currency)) at \(Say.percent($0.risk))."
        } ?? ""),
      sources: sources, specification: ["vconcat": .list(parts), "spacing": 28, "resolve": Draw.apart],
      table: ChartTable(
        columns: ["Strategy", "Limit", "Production", "Risk", "Accepted", "Changed cells"],
        rows: table.shown(
          [
            ("strategy", nil), ("limit_pct", .percent), ("production", .amount), ("risk_pct", .percent),
            ("acceptance_pct", .percent), ("changed_cells", .count),
          ], rows: Array(table.rows.indices))),
      isInteractive: true)
  }

  private static func finding(
    _ scenario: String, _ chosen: Mark, _ before: Mark?, _ limit: Double?, _ table: StoredTable
  ) -> String {
    let name = scenario.prefix(1).uppercased() + scenario.dropFirst()
    var finding = "\(name): \(Say.amount(chosen.production)) production at \(Say.percent(chosen.risk)) risk"
    if let before, let change = Say.change(from: before.production, to: chosen.production) {
      let today = before.name == "actual" ? "today" : "the strategy in force"
      finding =
        "\(name): \(change == "as much" ? "as much production" : "\(change) production") at \(Say.percent(chosen.risk)) "
        + "risk than \(today) at \(Say.percent(before.risk))"
      if change == "as much" { finding = finding.replacing(" than ", with: " as ") }
    }
    if let cells = Int(table.text("changed_cells", chosen.row)) {
      finding += "; \(Say.number(cells, "cell")) \(cells == 1 ? "changes" : "change")"
    }
    return finding
  }

  /// Both ends, the chosen point's neighbours and evenly what lies between.
  private static func curve(
    of table: StoredTable, _ chosen: Mark, _ limit: Double?
  ) -> (points: [[String: Specification]], basis: String) {
    let points = table.rows.indices.compactMap { row -> (production: Double, risk: Double)? in
      guard let production = table.number("oa_amt_h0", row), let risk = table.number("b2_ever_h6", row) else {
        return nil
      }
      return (production, risk)
    }
    var kept = Set(points.indices)
    if points.count > pointLimit {
      kept = Set((0..<pointLimit).map { $0 * (points.count - 1) / (pointLimit - 1) })
      if let own = points.firstIndex(where: { $0.production == chosen.production }) { kept.insert(own) }
      if let limit, let last = points.lastIndex(where: { $0.risk <= limit }) { kept.insert(last) }
    }
    let basis =
      "\(Say.number(points.count, "strategy").replacing("strategys", with: "strategies")) on the frontier"
      + (kept.count < points.count ? ", \(kept.count) of them drawn" : "")
    return (
      kept.sorted().map { ["production": .number(points[$0].production), "risk": .number(points[$0].risk)] }, basis
    )
  }

  /// Of the proposal, from the summary: production and risk, low and high.
  private static func interval(
    of scenario: String, _ tables: RunTables, _ sources: inout [String]
  ) throws -> [String: Specification]? {
    guard let table = try tables.named("risk_production_summary_\(scenario).csv"),
      let row = table.row(where: "Metric", is: "Optimum selected"), table.number("risk_ci_lower", row) != nil
    else { return nil }
    sources.append(table.path)
    return [
      "p": table.value("production_ci_lower", row), "p2": table.value("production_ci_upper", row),
      "r": table.value("risk_ci_lower", row), "r2": table.value("risk_ci_upper", row),
    ]
  }

  // MARK: - Parts

  private static func frontierPart(
    _ scenario: String, _ curve: [[String: Specification]], _ marks: [Mark], _ chosen: Mark, _ limit: Double?,
    _ interval: [String: Specification]?, _ currency: String
  ) -> Specification {
    // What matters fills the picture; the whole frontier is in the file.
    func ends(_ names: [String]) -> [Double] {
      names.compactMap { name in if case .number(let value)? = interval?[name] { value } else { nil } }
    }
    let risks = marks.map(\.risk) + [limit].compactMap { $0 } + ends(["r", "r2"])
    let productions = marks.map(\.production) + ends(["p", "p2"])
    let span = { (values: [Double]) -> Specification in
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      let margin = max((high - low) * 0.3, abs(high) * 0.02)
      return [.number(max(0, low - margin)), .number(high + margin)]
    }
    let x = Draw.number(
      "risk", "Risk, %", ".1f",
      more: ["scale": ["domain": span(risks), "nice": false], "axis": ["tickCount": 8]])
    let y = Draw.amount(
      "production", "Production a year\(currency.isEmpty ? "" : ", \(currency)")",
      more: ["scale": ["domain": span(productions), "nice": false], "axis": ["tickCount": 6]])
    let names = ["Proposed: \(scenario)", "Today", "Strategy in force", "Other scenarios"]
    let named = marks.map { mark -> [String: Specification] in
      let group =
        mark.name == scenario ? 0 : mark.name == "actual" ? 1 : mark.name == "in force" ? 2 : 3
      return [
        "what": .text(names[group]), "strategy": .text(mark.name), "production": .number(mark.production),
        "risk": .number(mark.risk), "order": .number(Double(-group)),
      ]
    }
    let used = names.enumerated().filter { place, name in named.contains { $0["what"] == .text(name) } }
    let shapes = ["circle", "diamond", "square", "triangle-up"]
    let colours = [ChartTheme.blue, ChartTheme.vermillion, ChartTheme.purple, ChartTheme.grey]
    var layers: [Specification] = []
    if let limit {
      layers.append([
        "data": .values([["risk": .number(limit), "text": .text("limit \(Say.percent(limit))")]]),
        "encoding": ["x": x],
        "layer": [
          ["mark": ["type": "rule", "strokeDash": [5, 3], "color": .text(ChartTheme.light.quiet)]],
          [
            "mark": [
              "type": "text", "align": "left", "dx": 5, "y": 8, "fontSize": 10, "color": .text(ChartTheme.light.quiet),
            ],
            "encoding": ["text": ["field": "text"]],
          ],
        ],
      ])
    }
    if !curve.isEmpty {
      layers.append([
        "data": .values(curve),
        "mark": ["type": "line", "clip": true, "color": .text(ChartTheme.sky), "strokeWidth": 2.5],
        "encoding": ["x": x, "y": y, "order": ["field": "production", "type": "quantitative"]],
      ])
    }
    if let interval {
      let colour: Specification = ["type": "rule", "color": .text(ChartTheme.blue), "strokeWidth": 1.5, "clip": true]
      layers.append([
        "data": .values([
          interval.merging(["risk": .number(chosen.risk), "production": .number(chosen.production)]) { $1 }
        ]),
        "layer": [
          [
            "mark": colour,
            "encoding": ["x": ["field": "r", "type": "quantitative"], "x2": ["field": "r2"], "y": y],
          ],
          [
            "mark": colour,
            "encoding": ["y": ["field": "p", "type": "quantitative"], "y2": ["field": "p2"], "x": x],
          ],
        ],
      ])
    }
    layers.append([
      "data": .values(named),
      "mark": [
        "type": "point", "filled": true, "size": 130, "opacity": 1, "stroke": .text(ChartTheme.light.paper),
        "strokeWidth": 1.5,
      ],
      "encoding": [
        "x": x, "y": y, "order": ["field": "order", "type": "quantitative"],
        "color": Draw.colour("what", used.map(\.element), used.map { colours[$0.offset] }),
        "shape": [
          "field": "what", "type": "nominal", "legend": ["title": nil],
          "scale": ["domain": .texts(used.map(\.element)), "range": .texts(used.map { shapes[$0.offset] })],
        ],
        "tooltip": [
          ["field": "strategy", "title": "strategy"],
          ["field": "production", "title": "production", "type": "quantitative", "format": ",.0f"],
          ["field": "risk", "title": "risk, %", "type": "quantitative", "format": ".3f"],
        ],
      ],
    ])
    return ["width": .number(Double(ChartTheme.width)), "height": 260, "layer": .list(layers)]
  }

  static let changes = ["accepted, as in force", "opened", "closed", "rejected, as in force"]
  private static let changeColours = ["#bcd6ec", ChartTheme.blue, "#e69f00", "#e4e7eb"]

  private static func gridPart(_ table: StoredTable, _ scenario: String, _ tables: RunTables) throws -> Specification? {
    let axes = GridDrawing.axes(of: table, before: "decision").filter { !$0.hasSuffix("_interval") }
    guard let grid = GridDrawing(table, axes: axes, bins: try tables.named("bins.csv")) else { return nil }
    let hasForce = table.rows.indices.contains { !table.text("in_force", $0).isEmpty }
    let values = grid.cells.map { cell -> [String: Specification] in
      let isAccepted = table.text("decision", cell.row) == "accept"
      let change = table.text("change", cell.row)
      var fields = grid.place(cell)
      fields["change"] = .text(
        changes[change == "opened" ? 1 : change == "closed" ? 2 : isAccepted ? 0 : 3])
      fields["interval"] = .text(axes.map { table.text("\($0)_interval", cell.row) }.joined(separator: " · "))
      return fields
    }
    var layers = [
      grid.rectangles(Draw.colour("change", changes, changeColours)),
      grid.staircase({ table.text("decision", $0.row) == "accept" }, dashed: false, colour: ChartTheme.onLight),
    ]
    if hasForce {
      layers.append(
        grid.staircase({ table.text("in_force", $0.row) == "accept" }, dashed: true, colour: ChartTheme.vermillion))
    }
    let title = "Who is accepted: full line as proposed" + (hasForce ? ", dashed line by the strategy in force" : "")
    return grid.size.merging([
      "data": .values(values), "layer": .list(layers),
      "title": ["text": .text(title), "fontSize": 12, "fontWeight": "normal", "anchor": "start", "offset": 8],
    ])
  }
}
