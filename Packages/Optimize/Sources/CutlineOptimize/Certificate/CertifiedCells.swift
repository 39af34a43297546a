internal import CutlineCore
public import CutlineCredit

/// The cells that a search has seen, as a table that a certificate is about: every sum with all its decimals, of the period, as
/// whole numbers of the scale were searched. (`data_summary_desagregado` has volumes of a year.)
public struct CertifiedCells {
  public static let production = "oa_amt_h0"
  public static let numerator = "todu_30ever_h6"
  public static let denominator = "todu_amt_pile_h6"
  public let cells: CellTable

  public init(cells: CellTable) { self.cells = cells }

  /// Bins are numbered, so that their direction is that of the numbers.
  public var columns: Certificate.CellColumns {
    Certificate.CellColumns(
      bins: cells.grid.axes.map(\.name),
      directions: cells.grid.axes.map { $0.safestIsLast ? .higherIsSafer : .higherIsRiskier },
      production: Self.production, numerator: Self.numerator, denominator: Self.denominator,
      multiplier: cells.measure.multiplier)
  }

  /// Booked and expected from rejected applications together.
  func file(in folder: String) -> ResultFile {
    let bins = cells.grid.axes.map { ColumnNote($0.name, unit: "bin", "Number of the bin.") }
    let sums = [Self.production, Self.numerator, Self.denominator].map {
      ColumnNote(
        $0, unit: "currency", basis: "period",
        "Sum of the cell if accepted: booked, and expected from rejected applications.")
    }
    let rows = (0..<cells.grid.cellCount).map { cell -> [String] in
      let total = cells.total(cell)
      return cells.grid.bins(cell).map { String($0 + 1) }
        + [total.production, total.numerator, total.denominator].map(cells.scale.text)
    }
    return ResultFile(path: "\(folder)/certified_cells.csv", columns: bins + sums, rows: rows)
  }
}
