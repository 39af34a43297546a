internal import CutlineCore
internal import CutlineCredit

/// Polynomials of the scores, one row a cell.
///
/// A bin is represented by the mean raw score of its applications; over the cells, each score and then each feature
/// is standardised with exposure weights, so that coefficients and penalties do not depend on the scale of a score.
struct PolynomialFeatures: Sendable {
  enum Set: String, Sendable, CaseIterable {
    /// The scores.
    case simple
    /// The scores and their product.
    case base
    /// All monomials up to degree 2.
    case quadratic
    /// All monomials up to degree 3.
    case cubic
  }

  let names: [String]
  /// Cells × features.
  let matrix: DesignMatrix

  /// - Parameters:
  ///   - scores: per axis, per bin: its mean score.
  ///   - weights: per cell; cells without weight do not count in the standardisation.
  init(_ set: Set, grid: CellGrid, scores: [[Double]], weights: [Double]) {
    let standard = grid.axes.indices.map { axis in
      Self.standardised((0..<grid.cellCount).map { scores[axis][grid.bins($0)[axis]] }, weights)
    }
    var names: [String] = []
    var columns: [[Double]] = []
    for exponents in Self.exponents(set, grid.axes.count) {
      names.append(
        zip(grid.axes, exponents).filter { $0.1 > 0 }.map { $0.1 == 1 ? $0.0.name : "\($0.0.name)^\($0.1)" }.joined(
          separator: "·"))
      let values = (0..<grid.cellCount).map { cell in
        exponents.indices.reduce(1.0) { product, axis in
          (0..<exponents[axis]).reduce(product) { value, _ in value * standard[axis][cell] }
        }
      }
      columns.append(Self.standardised(values, weights))
    }
    self.names = names
    matrix = DesignMatrix(rows: grid.cellCount, columns: columns)
  }

  /// Exponents per feature: by degree, then lexicographically descending.
  private static func exponents(_ set: Set, _ axes: Int) -> [[Int]] {
    let degree =
      switch set {
      case .simple: 1
      case .base, .quadratic: 2
      case .cubic: 3
      }
    var all: [[Int]] = [[]]
    for _ in 0..<axes { all = all.flatMap { head in (0...degree).map { head + [$0] } } }
    return all.filter { (1...degree).contains($0.reduce(0, +)) }
      .filter { set != .base || $0.allSatisfy { $0 <= 1 } }
      .sorted { a, b in
        let (x, y) = (a.reduce(0, +), b.reduce(0, +))
        return x != y ? x < y : b.lexicographicallyPrecedes(a)
      }
  }

  private static func standardised(_ values: [Double], _ weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / total
    let deviation = variance.squareRoot()
    return values.map { deviation > 0 ? ($0 - mean) / deviation : 0 }
  }
}
