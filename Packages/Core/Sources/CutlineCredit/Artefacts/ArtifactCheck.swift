internal import CutlineCore

/// What is asked of every artefact that a program gives.
enum ArtifactCheck {
  /// - Throws: `Faults` (data) when `grid` is not the one of the input.
  static func sameGrid(_ grid: CellGrid, _ expected: CellGrid) throws {
    guard grid != expected else { return }
    let differs = zip(grid.axes, expected.axes).first { $0 != $1 }?.1.name
    throw Faults.data(
      "grid", "is not the grid of the input" + (differs.map { ": \($0) differs" } ?? ""), "Hand it on unchanged.")
  }

  static func sameMultiplier(_ multiplier: Double, _ expected: Double) throws {
    guard multiplier != expected else { return }
    throw Faults.data("multiplier", "is \(multiplier), that of the input is \(expected)", "Hand it on unchanged.")
  }

  /// One value a cell, finite and in `range`.
  static func cells(_ name: String, _ values: [Double], _ grid: CellGrid, in range: ClosedRange<Double>) throws {
    guard values.count == grid.cellCount else {
      throw Faults.data(
        name, "has \(values.count) values for \(grid.cellCount) cells",
        "Give one a cell, the last variable of the grid fastest.")
    }
    guard let cell = values.firstIndex(where: { !range.contains($0) }) else { return }
    throw Faults.data(
      name, "is \(values[cell]) in cell \(cell) (\(label(cell, grid)))",
      "It must be a number in \(range.lowerBound)...\(range.upperBound).")
  }

  /// - Throws: `Faults` (data) when `value` is not finite or not in `range`.
  static func number(_ name: String, _ value: Double, in range: ClosedRange<Double>) throws {
    guard range.contains(value) else {
      throw Faults.data(name, "is \(value)", "It must be a number in \(range.lowerBound)...\(range.upperBound).")
    }
  }

  /// - Throws: `Faults` (data) when a strategy does not fit the grid or is not monotone.
  static func strategy(_ name: String, _ strategy: Strategy, _ grid: CellGrid, isFixed: Bool = false) throws {
    let columns = grid.axes.last?.binCount ?? 1
    let combinations = grid.cellCount / columns
    guard strategy.accepted.count == combinations else {
      throw Faults.data(
        name, "has \(strategy.accepted.count) cutoffs for \(combinations) combinations of bins", "Give one each.")
    }
    if let cutoff = strategy.accepted.first(where: { $0 < 0 || $0 > columns }) {
      throw Faults.data(name, "accepts \(cutoff) of \(columns) bins", "Give a number in 0...\(columns).")
    }
    if !isFixed, let (safer, riskier) = strategy.firstViolation(in: grid) {
      throw Faults.data(
        name,
        "is not monotone: combination \(safer) accepts \(strategy.accepted[safer]) bins, the riskier \(riskier) "
          + "accepts \(strategy.accepted[riskier])", "A safer combination must accept at least as much.")
    }
  }

  /// The bins of a cell, from 1.
  static func label(_ cell: Int, _ grid: CellGrid) -> String {
    zip(grid.axes, grid.bins(cell)).map { "\($0.name) \($1 + 1)" }.joined(separator: ", ")
  }

  /// One value a cell from a CSV file with a column per variable (its bin) and one for the value.
  ///
  /// - Throws: `Faults` (data) when a cell is missing or stands twice.
  static func cellFile(_ file: String, column: String, _ grid: CellGrid, _ folder: ExchangeFolder) throws -> [Double] {
    var rows = try folder.csv(file, columns: grid.axes.map(\.name) + [column])
    var values = [Double](repeating: .nan, count: grid.cellCount)
    while let row = try rows.next() {
      let bins = try grid.axes.indices.map { try row.whole($0, in: 1...grid.axes[$0].binCount) - 1 }
      let cell = grid.index(bins)
      guard values[cell].isNaN else {
        throw Faults.data(
          "\(file), line \(row.line)", "the cell \(label(cell, grid)) stands a second time", "Write each cell once.")
      }
      values[cell] = try row.number(grid.axes.count)
    }
    if let cell = values.firstIndex(where: \.isNaN) {
      let missing = values.count { $0.isNaN }
      throw Faults.data(
        file, "\(missing) of \(values.count) cells are missing, the first is \(label(cell, grid))",
        "Write every cell of the grid.")
    }
    return values
  }
}
