internal import CutlineCompute

/// Production, risk numerator and risk denominator of every cell of a grid of any number of binned variables.
///
/// Cells are in row-major order: the last dimension is the fastest. Position 0 is the safest bin in every dimension.
/// Units are whatever the caller adds up exactly, such as cents. Any sign is allowed here; searches may refuse some.
///
/// A strategy is a closed region: with a cell it accepts every cell that is at least as safe in all dimensions. It is
/// written as counts: for each combination of the bins of all but the last dimension, in row-major order, how many bins
/// of the last dimension are accepted from the safe end. Counts do not increase along any dimension. In two dimensions
/// this is `FrontierPoint.accepted` as the two-dimensional searches have it.
public struct GridSumsND: Sendable, Hashable {
  /// Bins per dimension.
  public let shape: [Int]
  public let production, numerator, denominator: [Int64]

  public var cellCount: Int { production.count }
  /// The length of a strategy's counts: the product of all but the last bins.
  public var countsPerStrategy: Int { cellCount / lastSize }
  var lastSize: Int { shape.last ?? 1 }

  /// Cells above this number are refused.
  public static let cellLimit = 1 << 24

  /// - Throws: `ComputeError.shape` when there is no dimension, a dimension is empty, the last one exceeds 65,535, cells
  ///   exceed `cellLimit` or an array does not have one value per cell; `ComputeError.sumsTooLarge` when Σ|x| of an array
  ///   is 2⁵³ or more. Below that every sum of cells is exact in Int64 and in Double.
  public init(shape: [Int], production: [Int64], numerator: [Int64], denominator: [Int64]) throws {
    let text = shape.map(String.init).joined(separator: " × ")
    var cells = 1
    for size in shape {
      guard size >= 1, size <= Self.cellLimit / cells else {
        throw ComputeError.shape(
          "a grid of \(text) cells (at least 1 bin a dimension, at most \(Self.cellLimit) cells)")
      }
      cells *= size
    }
    guard let last = shape.last, last <= Int(UInt16.max), shape.count <= 64 else {
      throw ComputeError.shape("a grid of \(text) cells (1 to 64 dimensions, at most 65535 bins in the last one)")
    }
    for (name, values) in [("production", production), ("numerators", numerator), ("denominators", denominator)] {
      guard values.count == cells else {
        throw ComputeError.shape("\(values.count) values of \(name) for a grid of \(text) cells")
      }
      guard sumsAreExact(values) else { throw ComputeError.sumsTooLarge(name) }
    }
    self.shape = shape
    self.production = production
    self.numerator = numerator
    self.denominator = denominator
  }

  /// A grid of two dimensions, rows first.
  public init(_ grid: GridSums) throws {
    try self.init(
      shape: [grid.rows, grid.columns], production: grid.production, numerator: grid.numerator,
      denominator: grid.denominator)
  }

  /// The position of a cell in each dimension, each from 0.
  public func position(of cell: Int) -> [Int] {
    var rest = cell
    var position = [Int](repeating: 0, count: shape.count)
    for dimension in shape.indices.reversed() {
      position[dimension] = rest % shape[dimension]
      rest /= shape[dimension]
    }
    return position
  }

  /// The sums of one strategy.
  ///
  /// - Throws: `ComputeError.shape` when the counts are no strategy of this grid.
  /// - Complexity: O(cells × dimensions).
  public func sums(accepted: [UInt16]) throws -> FrontierPoint {
    guard isStrategy(accepted) else {
      let text = shape.map(String.init).joined(separator: " × ")
      throw ComputeError.shape("cutoffs \(accepted) are no strategy of a grid of \(text) cells")
    }
    var p: Int64 = 0
    var n: Int64 = 0
    var d: Int64 = 0
    for (line, count) in accepted.enumerated() {
      for cell in line * lastSize..<line * lastSize + Int(count) {
        p += production[cell]
        n += numerator[cell]
        d += denominator[cell]
      }
    }
    return FrontierPoint(production: p, numerator: n, denominator: d, accepted: accepted)
  }

  private func isStrategy(_ accepted: [UInt16]) -> Bool {
    guard accepted.count == countsPerStrategy, accepted.allSatisfy({ $0 <= lastSize }) else { return false }
    var stride = accepted.count
    for size in shape.dropLast() {
      stride /= size
      for line in accepted.indices where (line / stride) % size > 0 {
        if accepted[line] > accepted[line - stride] { return false }
      }
    }
    return true
  }
}
