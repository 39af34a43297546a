internal import CutlineCore
internal import CutlineCredit

/// The cell of every row, and what stays outside the grid.
struct GridBinning {
  let grid: CellGrid
  /// Per row of the table; −1 for rows that have left.
  let cell: [Int32]
  /// Per axis, per row.
  let scores: [[Double]]
  let outside: [SampleSummary.OutsideLine]

  /// Bins the rows that are still in; missing, special and out-of-range scores follow each variable's policy.
  ///
  /// - Throws: `Faults` (data) where a policy is `error` and a row needs it.
  init(
    _ axes: [(name: String, bins: VariableBins)], table: Table, status: RowStatus, amounts: Amounts,
    waterfall: inout Waterfall, in context: RunContext
  ) throws {
    grid = CellGrid(axes: axes.map { $0.bins.axis(named: $0.name) })
    var cell = [Int32](repeating: 0, count: table.rowCount)
    var scores: [[Double]] = []
    var outside: [SampleSummary.OutsideLine] = []
    for (axis, (name, bins)) in zip(grid.axes, axes) {
      let values = try table.numbers(bins.source)
      scores.append(values)
      var groups: [(reason: String, policy: MissingPolicy, holds: (Int) -> Bool)] = bins.special.map { code in
        (
          "\(name): special code \(VariableBins.name(ofSpecial: code.value)) in \(bins.source)", code.policy,
          { values[$0] == code.value || Missing(values[$0]).map { $0 == Missing(code.value) } ?? false }
        )
      }
      groups.append(("\(name): \(bins.source) is missing", bins.missing, { values[$0].isNaN }))
      groups.append(
        ("\(name): \(bins.source) lies outside the edges", bins.outside, { axis.bin(of: values[$0]) == nil }))
      for group in groups {
        let rows = (0..<table.rowCount).filter { waterfall.isIn($0) && group.holds($0) }
        guard let first = rows.first else { continue }
        switch group.policy {
        case .error:
          throw Faults.data(
            "column \(bins.source), row \(first + 1)",
            "\(group.reason); \(rows.count) such row\(rows.count == 1 ? "" : "s") in the main period",
            "Set \(group.reason.contains("special") ? "special" : group.reason.contains("missing") ? "missing" : "outside") of [preprocessing.bins.\(name)] to \"drop\" or \"own-bin\"."
          )
        case .drop: waterfall.drop(group.reason) { group.holds($0) }
        case .ownBin:
          outside.append(Self.line(name, group.reason, rows, status, amounts))
          waterfall.drop(group.reason + ", keeps its decision", role: .outside) { group.holds($0) }
        }
      }
      for row in cell.indices where waterfall.isIn(row) {
        cell[row] = cell[row] * Int32(axis.binCount) + Int32(axis.bin(of: values[row]) ?? 0)
      }
    }
    for row in cell.indices where !waterfall.isIn(row) { cell[row] = -1 }
    self.cell = cell
    self.scores = scores
    self.outside = outside
  }

  private static func line(
    _ name: String, _ reason: String, _ rows: [Int], _ status: RowStatus, _ amounts: Amounts
  ) -> SampleSummary.OutsideLine {
    var sums = CellSums.zero
    let booked = rows.filter { status.values[$0] == .booked }
    for row in booked {
      let isMature = amounts.hasOutcome[row]
      sums += CellSums(
        accounts: amounts.values[0][row], requested: amounts.values[1][row],
        numerator: isMature ? amounts.values[2][row] : 0, denominator: isMature ? amounts.values[3][row] : 0,
        production: amounts.values[4][row])
    }
    return .init(
      variable: name, reason: reason, bookedRows: booked.count, scoreRejectedRows: rows.count - booked.count,
      booked: sums)
  }
}
