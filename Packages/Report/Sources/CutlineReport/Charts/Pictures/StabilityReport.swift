internal import CutlineCore

/// How far distributions have moved: the index of each variable against its thresholds and its noise, and by month.
enum StabilityReport {
  /// From where a shift is called moderate and unstable where nothing else is set.
  private static let usual = (moderate: 0.1, unstable: 0.25)
  private static let statuses = ["stable", "moderate", "unstable"]
  private static let colours = [ChartTheme.green, ChartTheme.ochre, ChartTheme.vermillion]
  /// Variables that are drawn by month.
  private static let seriesLimit = 6

  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let psi = try tables.named("stability_psi.csv"), let monthly = try tables.named("stability_monthly.csv"),
      !psi.rows.isEmpty || !monthly.rows.isEmpty
    else { return [] }
    return try tables.scenarios().map { scenario in
      try chart(scenario, psi, monthly, try tables.named("backtest_\(scenario).csv"))
    }
  }

  private static func chart(
    _ scenario: String, _ psi: StoredTable, _ monthly: StoredTable, _ backTest: StoredTable?
  ) throws -> Chart {
    var parts: [Specification] = []
    if psi.rows.indices.contains(where: { psi.number("psi", $0) != nil }) { parts.append(bars(psi)) }
    if !monthly.rows.isEmpty { parts.append(months(monthly)) }
    let tested = backTest.map { table in table.rows.indices.filter { table.number("observed_risk", $0) != nil } } ?? []
    if let backTest, !tested.isEmpty { parts.append(promises(backTest, tested)) }
    let finding = finding(psi, monthly)
    var test = ""
    if let backTest {
      let verdicts = tested.map { backTest.text("verdict", $0) }
      test =
        verdicts.isEmpty
        ? "; no promise can be held against outcomes yet"
        : "; of \(Say.number(verdicts.count, "promise")) held against outcomes \(verdicts.count { $0 == "within noise" }) within noise"
    }
    return Chart(
      name: "stability_report_\(scenario)", finding: finding,
      basis:
        "PSI of scores and amounts, CSI of categories: recent against main period, and each month against the main period; "
        + "colours by the thresholds of the run, dashes at the usual \(usual.moderate) and \(usual.unstable); tick: what the index stays "
        + "below where nothing has moved",
      summary: finding + test + ".",
      sources: [psi.path, monthly.path] + (tested.isEmpty ? [] : [backTest?.path].compactMap { $0 }),
      specification: ["vconcat": .list(parts), "spacing": 26, "resolve": Draw.apart],
      table: ChartTable(
        columns: ["Variable", "Month", "Index", "Noise", "Status"],
        rows: psi.rows.indices.map {
          [
            name(psi, $0), "recent period", Say.ratio(psi.number("psi", $0)), Say.ratio(psi.number("noise_bound", $0)),
            psi.text("status", $0),
          ]
        }
          + monthly.shown(
            [("variable", nil), ("month", nil), ("psi", .ratio), ("noise_bound", .ratio), ("status", nil)],
            rows: Array(monthly.rows.indices))))
  }

  private static func finding(_ psi: StoredTable, _ monthly: StoredTable) -> String {
    guard !psi.rows.isEmpty else {
      let worst = monthly.rows.indices.max { (monthly.number("psi", $0) ?? 0) < (monthly.number("psi", $1) ?? 0) }
      guard let worst else { return "No month was looked at" }
      return "Largest monthly shift: \(monthly.text("variable", worst)) in \(monthly.text("month", worst)) with "
        + "\(Say.ratio(monthly.number("psi", worst))), \(monthly.text("status", worst)); no recent period"
    }
    let moved = psi.rows.indices.filter { psi.text("status", $0) != "stable" }
    let noisy = psi.rows.indices.count { psi.text("beyond_noise", $0) == "true" }
    let start =
      moved.isEmpty
      ? "All \(Say.number(psi.rows.count, "distribution")) stay below the thresholds"
      : "\(moved.map { psi.text("variable", $0) }.prefix(3).joined(separator: ", ")) moved: \(moved.count) of \(psi.rows.count) not stable"
    return "\(start); \(noisy) of \(psi.rows.count) moved beyond noise"
  }

  private static func bars(_ table: StoredTable) -> Specification {
    let rows = table.rows.indices.filter { table.number("psi", $0) != nil }.sorted {
      (table.number("psi", $0) ?? 0) > (table.number("psi", $1) ?? 0)
    }.prefix(20)
    let values = rows.map { row -> [String: Specification] in
      [
        "variable": .text(name(table, row)), "psi": table.value("psi", row),
        "noise": table.value("noise_bound", row), "status": .text(table.text("status", row)),
        "label": .text(Say.ratio(table.number("psi", row))),
        "end": .number(max(table.number("psi", row) ?? 0, table.number("noise_bound", row) ?? 0)),
      ]
    }
    let order: Specification = .texts(rows.map { name(table, $0) })
    let top = max((rows.compactMap { table.number("psi", $0) }.max() ?? 0) * 1.15, usual.unstable * 1.15)
    let y: Specification = ["field": "variable", "type": "nominal", "sort": order, "axis": ["title": nil]]
    let x = Draw.number(
      "psi", "Index of recent against main period", ".2f", fromZero: true,
      more: ["scale": ["domain": [0, .number(top)]], "axis": ["tickCount": 6]])
    return [
      "data": .values(values), "width": .number(Double(ChartTheme.width) - 60),
      "height": .number(Double(max(rows.count, 2)) * 24),
      "layer": [
        [
          "data": .values([
            ["at": .number(usual.moderate), "what": "moderate"], ["at": .number(usual.unstable), "what": "unstable"],
          ]),
          "layer": [
            [
              "mark": ["type": "rule", "strokeDash": [5, 3], "color": .text(ChartTheme.light.quiet)],
              "encoding": ["x": ["field": "at", "type": "quantitative"]],
            ],
            [
              "mark": [
                "type": "text", "align": "left", "dx": 4, "y": -6, "fontSize": 10,
                "color": .text(ChartTheme.light.quiet),
              ],
              "encoding": ["x": ["field": "at", "type": "quantitative"], "text": ["field": "what"]],
            ],
          ],
        ],
        [
          "mark": ["type": "bar", "size": 14],
          "encoding": ["x": x, "y": y, "color": status(rows.map { table.text("status", $0) })],
        ],
        [
          "mark": ["type": "tick", "thickness": 3, "size": 20, "color": .text(ChartTheme.light.ink)],
          "encoding": ["x": ["field": "noise", "type": "quantitative"], "y": y],
        ],
        [
          "mark": ["type": "text", "align": "left", "dx": 8, "fontSize": 10],
          "encoding": [
            "x": ["field": "end", "type": "quantitative"], "y": y, "text": ["field": "label"],
          ],
        ],
      ],
    ]
  }

  /// A score may be looked at twice, as itself and as the overall score.
  private static func name(_ table: StoredTable, _ row: Int) -> String {
    table.text("variable", row) + (table.text("role", row) == "overall" ? " (overall)" : "")
  }

  /// - Parameter used: the statuses that are there.
  private static func status(_ used: [String]) -> Specification {
    let own = zip(statuses, colours).filter { used.contains($0.0) }
    return Draw.colour("status", own.map(\.0), own.map(\.1)).merging([
      "legend": own.count > 1 ? ["title": nil, "offset": 22] : nil
    ])
  }

  private static func months(_ table: StoredTable) -> Specification {
    var names: [String] = []
    for name in table.column("variable") where !names.contains(name) { names.append(name) }
    names = Array(names.prefix(seriesLimit))
    let rows = table.rows.indices.filter { names.contains(table.text("variable", $0)) }
    let values = rows.map { row -> [String: Specification] in
      [
        "variable": .text(table.text("variable", row)), "month": Draw.day(table.text("month", row)),
        "psi": table.value("psi", row),
      ]
    }
    let top = rows.compactMap { table.number("psi", $0) }.max() ?? 0
    var layers: [Specification] = [
      [
        "mark": ["type": "line", "point": ["size": 18]],
        "encoding": [
          "x": Draw.month(), "y": Draw.number("psi", "PSI of the month", ".2f", fromZero: true),
          "color": [
            "field": "variable", "type": "nominal", "sort": .texts(names), "legend": ["title": nil],
          ],
        ],
      ]
    ]
    // A threshold far above would press the lines to the ground; the bars show where it is.
    for at in [usual.moderate, usual.unstable] where at < top * 2 {
      layers.append([
        "data": .values([["at": .number(at)]]),
        "mark": ["type": "rule", "strokeDash": [5, 3], "color": .text(ChartTheme.light.quiet)],
        "encoding": ["y": ["field": "at", "type": "quantitative"]],
      ])
    }
    return [
      "data": .values(values), "width": .number(Double(ChartTheme.width)), "height": 150, "layer": .list(layers),
    ]
  }

  private static func promises(_ table: StoredTable, _ rows: [Int]) -> Specification {
    let names = rows.map { "\(table.text("group", $0)), \(table.text("outcome_months", $0)) months" }
    let values = zip(rows, names).flatMap { row, name in
      [("promised", "promised"), ("observed", "observed")].map { what, column -> [String: Specification] in
        [
          "group": .text(name), "what": .text(what), "risk": table.value("\(column)_risk", row),
          "low": table.value("\(column)_low", row), "high": table.value("\(column)_high", row),
        ]
      }
    }
    let y: Specification = ["field": "group", "type": "nominal", "sort": .texts(names), "axis": ["title": nil]]
    let offset: Specification = ["field": "what", "sort": ["promised", "observed"]]
    let colour = Draw.colour("what", ["promised", "observed"], [ChartTheme.grey, ChartTheme.blue])
    return [
      "data": .values(values), "width": .number(Double(ChartTheme.width) - 60),
      "height": .number(Double(rows.count) * 34 + 10),
      "layer": [
        [
          "mark": ["type": "rule", "strokeWidth": 2],
          "encoding": [
            "x": Draw.number(
              "low", "Risk, %, promised by the main period and observed in the recent one", ".2f",
              more: ["axis": ["tickCount": 6]]), "x2": ["field": "high"], "y": y,
            "yOffset": offset, "color": colour,
          ],
        ],
        [
          "mark": ["type": "point", "filled": true, "size": 60, "opacity": 1],
          "encoding": ["x": ["field": "risk", "type": "quantitative"], "y": y, "yOffset": offset, "color": colour],
        ],
      ],
    ]
  }
}
