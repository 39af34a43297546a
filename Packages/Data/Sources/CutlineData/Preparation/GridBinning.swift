internal import CutlineCore
internal import CutlineCredit

/// The place of every row of the segment: a cell of the grid, a cell outside it, or none.
struct GridBinning {
  let grid: CellGrid
  /// Cell `grid.cellCount + k` is the k-th.
  let outside: [OutsideCell]
  /// Per row of the table; −1 where it has none.
  private(set) var cell: [Int32]
  /// Per axis: the column, and where it holds special codes.
  private let columns: [(values: [Double], isCode: (Int) -> Bool)]
  /// Rows of the segment that have no place among the cells of the grid and had left the waterfall before, and why.
  private(set) var others: [(reason: String, rows: RowSet)] = []
  /// For people.
  private(set) var notes: [String] = []

  /// Bins the rows of the segment; missing, special and out-of-range scores follow each variable's policy. Only rows that
  /// are still in enter the waterfall, and only for them a policy `error` stops the run: others just get no place.
  ///
  /// - Throws: `Faults` (data) where a policy is `error` and a row needs it.
  init(
    _ axes: [(name: String, bins: VariableBins)], table: Table, segment: RowSet, waterfall: inout Waterfall
  ) throws {
    grid = CellGrid(axes: axes.map { $0.bins.axis(named: $0.name) })
    guard grid.axes.reduce(1.0, { $0 * Double($1.binCount) }) <= Double(Self.cellLimit) else {
      throw Faults.usage("preprocessing.bins", "the grid has more than \(Self.cellLimit) cells", "Use fewer bins.")
    }
    var inGrid = segment
    var cell = [Int32](repeating: -1, count: table.rowCount)
    for row in segment { cell[row] = 0 }
    var columns: [(values: [Double], isCode: (Int) -> Bool)] = []
    var outside: [OutsideCell] = []
    for (axis, (name, bins)) in zip(grid.axes, axes) {
      let raw = try table.numbers(bins.source)
      let values = bins.outside == .edgeBin ? Self.clamped(raw, to: axis, but: bins) : raw
      let beyond = zip(raw, values).count { !$0.isNaN && $0 != $1 }
      if beyond > 0 { notes.append("\(name): \(beyond) values beyond the edges are in the outermost bins") }
      for group in Self.groups(name, bins, axis, values) {
        let rows = inGrid.filter(group.holds)
        let main = rows.filter(waterfall.isIn)
        inGrid = inGrid.filter { !group.holds($0) }
        if rows.count > main.count {
          let keeps = group.policy == .ownBin ? Self.keepsDecision : ""
          others.append((group.reason + keeps, rows.filter { !waterfall.isIn($0) }))
        }
        if group.isStated, rows.isEmpty, !segment.contains(where: group.holds) {
          notes.append("\(group.reason): no row has it")
        }
        switch group.policy {
        case .error:
          if let first = main.first(where: { _ in true }) { throw Self.refusal(group, name, bins, first, main.count) }
          for row in rows { cell[row] = -1 }
        case .drop:
          for row in rows { cell[row] = -1 }
          if !main.isEmpty { waterfall.drop(group.reason) { group.holds($0) } }
        case .ownBin:
          if !rows.isEmpty { outside.append(OutsideCell(variable: name, reason: group.reason)) }
          // The number of the grid's cells is added when it is known that the row stays there.
          for row in rows { cell[row] = Int32(grid.cellCount + outside.count - 1) }
          if !main.isEmpty {
            waterfall.drop(group.reason + Self.keepsDecision, role: .outside) { group.holds($0) }
          }
        }
      }
      for row in inGrid { cell[row] = cell[row] * Int32(axis.binCount) + Int32(axis.bin(of: values[row]) ?? 0) }
      let codes = Self.groups(name, bins, axis, values).prefix(bins.special.count)
      columns.append((raw, { row in codes.contains { $0.holds(row) } }))
    }
    self.cell = cell
    self.columns = columns
    self.outside = outside
  }

  /// The cells of some rows, without the others'.
  consuming func cells(of rows: RowSet) -> [Int32] {
    let own = cell
    _ = consume self
    return (consume own).kept(rows)
  }

  /// Per axis, of some rows; NaN for special codes.
  func scores(of rows: RowSet) -> [[Double]] {
    columns.map { column in rows.map { column.isCode($0) ? .nan : column.values[$0] } }
  }

  private static let keepsDecision = ", keeps its decision"

  /// The finest grid of applications.
  private static let cellLimit = 1 << 24

  private typealias Group = (reason: String, policy: MissingPolicy, isStated: Bool, holds: (Int) -> Bool)

  /// Special codes, missing values, values outside the edges, in the order in which they are looked at.
  private static func groups(_ name: String, _ bins: VariableBins, _ axis: GridAxis, _ values: [Double]) -> [Group] {
    let special = bins.special.map { code in
      (
        reason: "\(name): special code \(VariableBins.name(ofSpecial: code.value)) in \(bins.source)",
        policy: code.policy, isStated: true,
        holds: { (row: Int) in
          values[row] == code.value || Missing(values[row]).map { $0 == Missing(code.value) } ?? false
        }
      )
    }
    return special + [
      ("\(name): \(bins.source) is missing", bins.missing, false, { values[$0].isNaN }),
      (
        "\(name): \(bins.source) lies outside the edges", bins.outside.policy ?? .error, false,
        { axis.bin(of: values[$0]) == nil }
      ),
    ]
  }

  /// Values beyond an outer edge at that edge; special codes stay what they are.
  private static func clamped(_ values: [Double], to axis: GridAxis, but bins: VariableBins) -> [Double] {
    guard let first = axis.edges.first, let last = axis.edges.last else { return values }
    return values.map { value in
      value.isNaN || bins.special.contains { $0.value == value } ? value : min(max(value, first), last)
    }
  }

  private static func refusal(
    _ group: Group, _ name: String, _ bins: VariableBins, _ first: Int, _ count: Int
  ) -> Faults {
    let key = group.reason.contains("special") ? "special" : group.reason.contains("missing") ? "missing" : "outside"
    return Faults.data(
      "column \(bins.source), row \(first + 1)",
      "\(group.reason); \(count) such row\(count == 1 ? "" : "s") in the main period",
      "Set \(key) of [preprocessing.bins.\(name)] to \"drop\" or \"own-bin\".")
  }
}
