internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// `bins.csv`: the bins of each score with their intervals, whether they were stated or proposed, and what is known of the
/// applications of the main period in them.
struct BinRows {
  static let columns = [
    ColumnNote("variable", unit: "text", "Score of the grid."),
    ColumnNote("source", unit: "text", "The column that holds it."),
    ColumnNote("direction", unit: "text", "Which end of the raw score is safe."),
    ColumnNote("bin", unit: "bin", "Number of the bin."),
    ColumnNote("low", unit: "raw score", "Lower edge; empty where there is none."),
    ColumnNote("high", unit: "raw score", "Upper edge; empty where there is none."),
    ColumnNote("closed", unit: "text", "Which edge belongs to the bin: right or left."),
    ColumnNote("applications", unit: "applications", basis: "period", "Booked or rejected by score, in the grid."),
    ColumnNote("booked", unit: "applications", basis: "period", "Of these, booked."),
    ColumnNote("good", unit: "applications", basis: "period", "Booked with a known outcome, not bad."),
    ColumnNote("bad", unit: "applications", basis: "period", "Booked with a known outcome, bad."),
    ColumnNote("risk_pct", unit: "percent", "Risk of the booked with a known outcome; empty without exposure."),
    ColumnNote(
      "woe", unit: "number",
      "ln of the share of the good over that of the bad, smoothed by 0.5; empty where no one or all are bad."
    ),
    ColumnNote("iv", unit: "number", "Information value of the bin, smoothed by 0.5."),
  ]

  let rows: [[String]]

  /// - Throws: `Faults` (data) when a sum is not an Int64.
  init(_ cube: Cube) throws {
    let cells = cube.grid.cellCount
    let states = [ApplicationState.bookedMature]
    let columns = [
      try cube.sums(of: .rows, ApplicationState.decidedByScore), try cube.sums(of: .rows, ApplicationState.booked),
      try cube.sums(of: .rows, states), try cube.sums(of: .badRows, states),
      try cube.sums(of: Measure(.numerator), states), try cube.sums(of: Measure(.denominator), states),
    ].map { $0.prefix(cells) }
    var rows: [[String]] = []
    for (index, axis) in cube.grid.axes.enumerated() {
      let stride = cube.grid.axes[(index + 1)...].reduce(1) { $0 * $1.binCount }
      var sums = columns.map { _ in [Int64](repeating: 0, count: axis.binCount) }
      for (at, column) in columns.enumerated() {
        for cell in 0..<cells { sums[at][cell / stride % axis.binCount] += column[cell] }
      }
      let good = zip(sums[2], sums[3]).map { $0 - $1 }
      let woe = WoeTable(good: good, bad: sums[3])
      for bin in 0..<axis.binCount {
        let edge = axis.numbering == .ascending ? bin : axis.binCount - 1 - bin
        let ends = [axis.edges[edge], axis.edges[edge + 1]].map { $0.isFinite ? NumberText.shortest($0) : "" }
        let risk = cube.measure.percent(CellSums(numerator: sums[4][bin], denominator: sums[5][bin]))
        let head = [axis.name, axis.source, axis.direction.rawValue, String(bin + 1)]
        let counts = [sums[0][bin], sums[1][bin], good[bin], sums[3][bin]].map(String.init)
        rows.append(
          head + ends + [axis.closed.rawValue] + counts + [NumberText.shortest(risk)]
            + [woe?.woe[bin], woe?.informationValues[bin]].map { NumberText.shortest($0) })
      }
    }
    self.rows = rows
  }
}
