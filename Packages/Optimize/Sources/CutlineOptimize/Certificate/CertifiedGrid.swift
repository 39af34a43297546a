internal import CutlineCore

/// The sums of a two-score cell table as the certificate's writer and checker see them: safest row and column first,
/// running totals along each row. Written for the check alone: it shares nothing with the searches.
struct CertifiedGrid {
  let rows, cols: Int
  /// Per row, of its first 0, 1, … `cols` cells: production, numerator, denominator.
  let running: [[Sums]]
  /// Whether no cell has a negative numerator or denominator.
  let isNonNegative: Bool
  private let rowOrder: [Int]

  struct Sums: Equatable {
    var production: Int64 = 0
    var numerator: Int64 = 0
    var denominator: Int64 = 0

    static func + (a: Sums, b: Sums) -> Sums {
      Sums(
        production: a.production + b.production, numerator: a.numerator + b.numerator,
        denominator: a.denominator + b.denominator)
    }

    /// Risk is defined: an empty sum, or a positive denominator.
    var isFeasible: Bool { denominator > 0 || (denominator == 0 && numerator == 0) }
  }

  /// - Throws: `ConfigError` unless the grid has two scores; `NumericError` when a sum could leave 2⁵³.
  init(_ cells: CellTable) throws {
    guard cells.grid.axes.count == 2 else {
      throw ConfigError(
        "certificate", "the grid has \(cells.grid.axes.count) scores", "Frontiers of two scores can be certified.")
    }
    let (first, second) = (cells.grid.axes[0], cells.grid.axes[1])
    func fromSafeEnd(_ axis: GridAxis) -> [Int] {
      axis.safestIsLast ? Array((0..<axis.binCount).reversed()) : Array(0..<axis.binCount)
    }
    rowOrder = fromSafeEnd(first)
    rows = first.binCount
    cols = second.binCount
    var nonNegative = true
    var magnitude = [Int64](repeating: 0, count: 3)
    var running: [[Sums]] = []
    for row in rowOrder {
      var line = [Sums()]
      for col in fromSafeEnd(second) {
        let sums = cells.total(row * second.binCount + col)
        let cell = Sums(production: sums.production, numerator: sums.numerator, denominator: sums.denominator)
        for (index, value) in [cell.production, cell.numerator, cell.denominator].enumerated() {
          guard value.magnitude < 1 << 53 else { throw Self.tooLarge }
          magnitude[index] += abs(value)
          guard magnitude[index] < 1 << 53 else { throw Self.tooLarge }
        }
        if cell.numerator < 0 || cell.denominator < 0 { nonNegative = false }
        line.append(line[line.count - 1] + cell)
      }
      running.append(line)
    }
    self.running = running
    isNonNegative = nonNegative
  }

  private static let tooLarge = NumericError(
    "certificate", "the sums reach 2^53 hundredths", "Write the cell table in larger units.")

  /// Counts per bin of the first score as counts per row from the safest on, and back.
  func fromSafest(_ byBin: [Int]) -> [Int] { rowOrder.map { byBin[$0] } }

  /// The sums of a strategy given from the safest row on.
  func sums(_ accepted: [Int]) -> Sums {
    zip(running, accepted).reduce(Sums()) { $0 + $1.0[$1.1] }
  }
}
