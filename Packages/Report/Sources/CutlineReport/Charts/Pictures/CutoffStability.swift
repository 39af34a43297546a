internal import CutlineCore

/// How often a cell is accepted by the strategy that is chosen again in each resample.
enum CutoffStability {
  /// A decision that this share of the resamples repeats is called sure.
  private static let sure = 0.95

  static func charts(of tables: RunTables) throws -> [Chart] {
    let bins = try tables.named("bins.csv")
    return try tables.names("cutoff_stability_", ".csv").compactMap { scenario in
      try tables.named("cutoff_stability_\(scenario).csv").flatMap { try chart(of: $0, scenario, bins, tables) }
    }
  }

  private static func chart(
    of table: StoredTable, _ scenario: String, _ bins: StoredTable?, _ tables: RunTables
  ) throws -> Chart? {
    let axes = GridDrawing.axes(of: table, before: "accepted")
    guard let grid = GridDrawing(table, axes: axes, bins: bins) else { return nil }
    let repeated = table.rows.indices.compactMap { row in
      table.number("accepted_share", row).map { table.text("accepted", row) == "1" ? $0 : 1 - $0 }
    }
    let count = repeated.count { $0 >= sure }
    let finding =
      repeated.isEmpty
      ? "No resample has a strategy"
      : "\(count) of \(Say.number(repeated.count, "cell")) \(count == 1 ? "is" : "are") decided alike in at least "
        + "\(Say.count(100 * sure)) % of the resamples"
    let intervals = try tables.named("intervals.csv")
    let resamples = intervals.flatMap { $0.rows.isEmpty ? nil : $0.text("resamples", 0) } ?? ""
    let values = grid.cells.map { cell in
      grid.place(cell).merging(["share": Specification(table.number("accepted_share", cell.row).map { 100 * $0 })]) {
        $1
      }
    }
    let left = grid.hiddenLines > 0 ? "; the first \(grid.lines) of \(grid.lines + grid.hiddenLines) lines" : ""
    return Chart(
      name: "cutoff_stability_\(scenario)", finding: finding,
      basis: "Share of \(resamples.isEmpty ? "the" : resamples) resamples whose own best strategy accepts the cell; "
        + "line: strategy of scenario \(scenario)\(left)",
      summary: finding + ".", sources: [table.path] + (resamples.isEmpty ? [] : [intervals?.path].compactMap { $0 }),
      specification: grid.size.merging([
        "data": .values(values),
        "layer": [
          grid.rectangles([
            "field": "share", "type": "quantitative",
            "scale": [
              "domain": [0, 50, 100], "type": "linear", "interpolate": "rgb",
              "range": ["#b35806", "#f1f1ee", .text(ChartTheme.blue)],
            ],
            "legend": [
              "title": "accepted in % of the resamples", "gradientLength": 200, "gradientThickness": 10,
              "orient": "top",
            ],
          ]),
          grid.staircase({ table.text("accepted", $0.row) == "1" }, dashed: false, colour: ChartTheme.onLight),
        ],
      ]),
      table: ChartTable(
        columns: axes + ["Accepted", "Accepted in resamples"],
        rows: table.rows.indices.map { row in
          axes.map { table.text($0, row) } + [
            table.text("accepted", row) == "1" ? "yes" : "no",
            Say.percent(table.number("accepted_share", row).map { 100 * $0 }),
          ]
        }))
  }
}
