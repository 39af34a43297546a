public import CutlineCredit
public import Foundation
internal import CutlineCore

/// A strategy as a spreadsheet: what it is, its summary, its matrix, what changes, and its cutoffs in raw scores.
///
/// Numbers are numbers at full precision, volumes annualised as in the tables of the run, risks fractions shown as percentages; a
/// cell without a value is empty.
public struct StrategyWorkbook {
  private let rules: StrategyRules
  private let strategy: Strategy
  private let cells: CellTable
  private let outside: [OutsideLine]
  private let bookedRows: [Int64]

  /// - Parameter bookedRows: per cell; empty where nobody knows.
  public init(
    _ rules: StrategyRules, strategy: Strategy, cells: CellTable, outside: [OutsideLine], bookedRows: [Int64] = []
  ) {
    (self.rules, self.strategy, self.cells, self.outside) = (rules, strategy, cells, outside)
    self.bookedRows = bookedRows
  }

  /// The bytes of an xlsx file.
  /// - Throws: `Faults` (usage) where libxlsxwriter is not installed; others as `XlsxLibrary.bytes`.
  public func bytes() throws -> Data {
    let book = Workbook(title: "Strategy \(rules.header.name)", sheets: [summary, matrix, swapSet, cutoffs, about])
    return try XlsxLibrary.installed.get().bytes(of: book)
  }

  private static func header(_ names: [String]) -> [Workbook.Cell] { names.map { .text($0, .header) } }

  private func annual(_ sum: Int64) -> Workbook.Cell {
    .number(Double(sum) * cells.annualCoefficient / cells.scale.perUnit, .amount)
  }

  private func share(_ percent: Double?) -> Workbook.Cell { .number(percent.map { $0 / 100 }, .percent) }

  private var summary: Workbook.Sheet {
    let actual = cells.booked.reduce(.zero, +)
    let totals = cells.totals(of: strategy)
    func row(_ name: String, _ sums: CellSums, _ risk: Double?) -> [Workbook.Cell] {
      let production = actual.production > 0 ? 100 * Double(sums.production) / Double(actual.production) : nil
      return [
        .text(name), share(risk), annual(sums.production), share(production), annual(sums.numerator),
        annual(sums.denominator),
      ]
    }
    let (before, after) = (cells.measure.percent(actual), cells.measure.strategyPercent(totals.optimum))
    let change: Double? = if let before, let after { after - before } else { nil }
    let rows =
      [
        row("Today", actual, before), row("Swap-in", totals.swapIn, cells.measure.percent(totals.swapIn)),
        row("Swap-out", totals.swapOut, cells.measure.percent(totals.swapOut)), row("Strategy", totals.optimum, after),
        row("Change", totals.optimum - actual, change),
      ] + outside.map { row("Outside the grid: \($0.reason)", $0.booked, cells.measure.percent($0.booked)) }
    let names = [
      "", "Risk", "Production a year", "Production against today", "todu_30ever_h6 a year", "todu_amt_pile_h6 a year",
    ]
    return Workbook.Sheet(name: "Summary", rows: [Self.header(names)] + rows, frozenColumns: 1)
  }

  /// One row per combination of the scores but the last, one column per bin of the last, by ascending raw value.
  private var matrix: Workbook.Sheet {
    let grid = cells.grid
    let axes = Array(grid.axes.dropLast())
    guard let last = grid.axes.last else { return Workbook.Sheet(name: "Matrix", rows: []) }
    let outer = CellGrid(axes: axes)
    func ascending(_ axis: GridAxis, _ place: Int) -> Int {
      axis.numbering == .ascending ? place : axis.binCount - 1 - place
    }
    let columns = (0..<last.binCount).map { ascending(last, $0) }
    let head = axes.map(\.source) + columns.map { "\(last.source) \(last.interval(ofBin: $0))" }
    let rows = (0..<outer.cellCount).map { place -> [Workbook.Cell] in
      let bins = zip(axes, outer.bins(place)).map { ascending($0, $1) }
      let labels = zip(axes, bins).map { Workbook.Cell.text($0.interval(ofBin: $1), .header) }
      return labels
        + columns.map { column in
          strategy.accepts(grid.index(bins + [column]), in: grid)
            ? .text("accept", .accepted) : .text("reject", .rejected)
        }
    }
    return Workbook.Sheet(name: "Matrix", rows: [Self.header(head)] + rows, frozenColumns: axes.count)
  }

  /// The cells that change: what is booked and would be rejected, what is rejected and would be accepted.
  private var swapSet: Workbook.Sheet {
    let grid = cells.grid
    let names =
      grid.axes.map(\.source) + [
        "change", "applications of the period", "requested a year", "production a year", "risk",
      ]
    var rows: [[Workbook.Cell]] = []
    for cell in 0..<grid.cellCount {
      let isAccepted = strategy.accepts(cell, in: grid)
      let sums = isAccepted ? cells.swapIn[cell] : cells.booked[cell]
      guard sums != .zero || isAccepted && cells.rejectedRows[cell] > 0 else { continue }
      let intervals = zip(grid.axes, grid.bins(cell)).map { Workbook.Cell.text($0.interval(ofBin: $1)) }
      rows.append(
        intervals + [
          .text(isAccepted ? "swap-in" : "swap-out"),
          isAccepted
            ? .number(Double(cells.rejectedRows[cell]), .count)
            : bookedRows.indices.contains(cell) ? .number(Double(bookedRows[cell]), .count) : .empty,
          annual(sums.requested),
          annual(sums.production), share(cells.measure.percent(sums)),
        ])
    }
    return Workbook.Sheet(name: "Swap set", rows: [Self.header(names)] + rows)
  }

  private var cutoffs: Workbook.Sheet {
    let last = rules.scores.last?.column ?? ""
    let names = rules.scores.dropLast().map(\.column) + ["accepted \(last)"]
    return Workbook.Sheet(
      name: "Cutoffs",
      rows: [Self.header(names)] + rules.conditions.map { $0.map { .text($0) } } + [
        [], [.text("Before these rules", .header)],
      ] + rules.apart.map { [.text($0)] })
  }

  private var about: Workbook.Sheet {
    let header = rules.header
    let facts = [
      ("Strategy", header.name), ("Scenario", header.scenario), ("Status", header.status),
      ("Risk limit", "\(header.limitPct) %"), ("Its risk", header.riskPct.map { "\($0) %" } ?? "undefined"),
      ("Remark", header.remark ?? ""), ("Segment", header.segment),
      ("Applications from", header.periodStart), ("to", header.periodEnd), ("Run", header.run),
      ("Written by", "cutline \(header.version)"), ("Volumes", "a year, as in the tables of the run"),
      ("Risk", "\(ConfigValue.number(cells.measure.multiplier)) × todu_30ever_h6 / todu_amt_pile_h6"),
    ]
    return Workbook.Sheet(
      name: "About", rows: [Self.header(["", ""])] + facts.map { [.text($0.0), .text($0.1)] }, frozenColumns: 1)
  }
}
