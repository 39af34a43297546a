internal import CutlineCore
internal import Foundation

/// The exposure that a booked amount leaves, by cell, against the model of exposure.
enum TodoInference {
  private static let requested = "oa_amt_boo"
  private static let exposure = "todu_amt_pile_h6_boo"

  static func charts(of tables: RunTables) throws -> [Chart] {
    guard let scenario = try tables.scenarios().first(where: { $0 == "base" }) ?? tables.scenarios().first,
      let table = try tables.named("data_summary_desagregado_\(scenario).csv")
    else { return [] }
    let rows = table.rows.indices.filter { row in
      (table.number(requested, row) ?? 0) > 0 && table.number(exposure, row) != nil
        && !FewApplications.isFew(table.number("acct_booked_h0_boo", row))
    }
    guard !rows.isEmpty else { return [] }
    let sums = [requested, exposure].map { column in rows.reduce(0) { $0 + (table.number(column, $1) ?? 0) } }
    let ratio = sums[1] / sums[0]
    let currency = tables.currency()
    let top = rows.compactMap { table.number(requested, $0) }.max() ?? 0
    let far = rows.count { row in
      abs((table.number(exposure, row) ?? 0) / ((table.number(requested, row) ?? 1) * ratio) - 1) > 0.1
    }
    let finding =
      "A unit requested leaves \(NumberText.fixed(ratio, 2)) units of exposure over six months; "
      + "\(far) of \(Say.number(rows.count, "cell")) differ by more than 10 %"
    let unit = currency.isEmpty ? "" : ", \(currency)"
    let drawn = rows.count > GridDrawing.cellLimit ? Array(rows.prefix(GridDrawing.cellLimit)) : rows
    return [
      Chart(
        name: "todu_avg_inference", finding: finding,
        basis:
          "Booked applications, a point a cell (\(drawn.count) of \(rows.count)), annualised; line: exposure of all over amount of all; \(FewApplications.remark)",
        summary: finding + ".", sources: [table.path],
        specification: [
          "width": .number(Double(ChartTheme.width)), "height": 300,
          "layer": [
            [
              "data": .values([["x": 0, "y": 0], ["x": .number(top), "y": .number(top * ratio)]]),
              "mark": ["type": "line", "color": .text(ChartTheme.vermillion), "strokeWidth": 1.5],
              "encoding": [
                "x": ["field": "x", "type": "quantitative"], "y": ["field": "y", "type": "quantitative"],
              ],
            ],
            [
              "data": .values(
                drawn.map { ["requested": table.value(requested, $0), "exposure": table.value(exposure, $0)] }),
              "mark": ["type": "point", "filled": true, "size": 34, "opacity": 0.75, "color": .text(ChartTheme.blue)],
              "encoding": [
                "x": Draw.amount("requested", "Requested amount (oa_amt)\(unit)", fromZero: true),
                "y": Draw.amount("exposure", "Exposure (todu_amt_pile_h6)\(unit)", fromZero: true),
              ],
            ],
          ],
        ],
        table: ChartTable(
          columns: GridDrawing.axes(of: table, before: "acct_booked_h0_boo") + ["Requested", "Exposure"],
          rows: table.shown(
            GridDrawing.axes(of: table, before: "acct_booked_h0_boo").map { ($0, nil) } + [
              (requested, .amount), (exposure, .amount),
            ],
            rows: rows)))
    ]
  }
}
