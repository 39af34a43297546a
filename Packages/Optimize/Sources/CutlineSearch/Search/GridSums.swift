internal import CutlineCompute

/// Production, risk numerator and risk denominator of every cell of a grid of two binned variables, in position order.
///
/// Row 0 is the safest bin of the first variable, column 0 the safest of the second; the index of a cell is
/// `row * columns + column`. Units are whatever the caller adds up exactly, such as cents. Any sign is allowed.
public struct GridSums: Sendable, Hashable {
  public let rows, columns: Int
  public let production, numerator, denominator: [Int64]

  /// Rows and columns.
  public var shape: [Int] { [rows, columns] }

  /// - Throws: `ComputeError.shape` when an array does not have `rows × columns` values, a side is empty or columns
  ///   exceed 65,535; `ComputeError.sumsTooLarge` when Σ|x| of an array is 2⁵³ or more. Below that every sum of cells
  ///   is exact in Int64 and in Double.
  public init(rows: Int, columns: Int, production: [Int64], numerator: [Int64], denominator: [Int64]) throws {
    guard rows >= 1, columns >= 1, rows <= Int(UInt16.max), columns <= Int(UInt16.max) else {
      throw ComputeError.shape("a grid of \(rows) rows and \(columns) columns (each from 1 to 65535)")
    }
    for (name, values) in [("production", production), ("numerators", numerator), ("denominators", denominator)] {
      guard values.count == rows * columns else {
        throw ComputeError.shape("\(values.count) values of \(name) for a grid of \(rows) × \(columns) cells")
      }
      guard sumsAreExact(values) else { throw ComputeError.sumsTooLarge(name) }
    }
    self.rows = rows
    self.columns = columns
    self.production = production
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The sums of one strategy.
  ///
  /// - Parameter accepted: per row, how many columns are accepted from the safe end; not increasing from row 0 on.
  /// - Throws: `ComputeError.shape` when that is not a strategy of this grid.
  /// - Complexity: O(rows × columns).
  public func sums(accepted: [UInt16]) throws -> FrontierPoint {
    guard accepted.count == rows, accepted.allSatisfy({ $0 <= columns }),
      zip(accepted, accepted.dropFirst()).allSatisfy(>=)
    else { throw ComputeError.shape("cutoffs \(accepted) are no strategy of a grid of \(rows) × \(columns) cells") }
    var p: Int64 = 0
    var n: Int64 = 0
    var d: Int64 = 0
    for row in 0..<rows {
      for cell in row * columns..<row * columns + Int(accepted[row]) {
        p += production[cell]
        n += numerator[cell]
        d += denominator[cell]
      }
    }
    return FrontierPoint(production: p, numerator: n, denominator: d, accepted: accepted)
  }

  /// Per row, the sums of its first 0, 1, … `columns` cells: `rows × (columns + 1)` values.
  func rowSums(_ values: [Int64]) -> [Int64] {
    var sums = [Int64](repeating: 0, count: rows * (columns + 1))
    for row in 0..<rows {
      for column in 0..<columns {
        sums[row * (columns + 1) + column + 1] = sums[row * (columns + 1) + column] + values[row * columns + column]
      }
    }
    return sums
  }
}
