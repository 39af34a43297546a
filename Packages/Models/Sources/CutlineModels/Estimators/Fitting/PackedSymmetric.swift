internal import CModels

/// A symmetric matrix: its lower triangle, row by row.
struct PackedSymmetric: Sendable {
  let size: Int
  var values: [Double]

  static func count(_ size: Int) -> Int { size * (size + 1) / 2 }

  init(_ size: Int, _ values: [Double]? = nil) {
    self.size = size
    self.values = values ?? [Double](repeating: 0, count: Self.count(size))
  }

  subscript(i: Int, j: Int) -> Double {
    get { values[i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i] }
    set { values[i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i] = newValue }
  }

  /// The matrix times a vector.
  func times(_ x: [Double]) -> [Double] {
    (0..<size).map { i in (0..<size).reduce(0) { $0 + self[i, $1] * x[$1] } }
  }

  /// The rows and columns in `places`.
  func part(_ places: [Int]) -> PackedSymmetric {
    var part = PackedSymmetric(places.count)
    for (i, a) in places.enumerated() { for j in 0...i { part[i, j] = self[a, places[j]] } }
    return part
  }
}

/// A positive semidefinite matrix as L Lᵀ, after its diagonal is scaled to 1. Rows that depend on those before them are
/// left out: `isFree` is false there, and solutions are 0.
struct Cholesky {
  /// What remains of a scaled diagonal of 1 when it is a combination of the others, as far as sums can tell.
  static let pivotTolerance = 1e-12

  let isFree: [Bool]
  private let size: Int
  private let scale: [Double]
  private var lower: [Double]

  /// - Complexity: O(size³).
  init(_ matrix: PackedSymmetric) {
    size = matrix.size
    scale = (0..<matrix.size).map { matrix[$0, $0] > 0 ? 1 / matrix[$0, $0].squareRoot() : 0 }
    var lower = [Double](repeating: 0, count: size * size)
    var free = [Bool](repeating: false, count: size)
    for i in 0..<size where scale[i] > 0 && scale[i].isFinite {
      for j in 0..<i where free[j] {
        var sum = matrix[i, j] * scale[i] * scale[j]
        for k in 0..<j { sum -= lower[i * size + k] * lower[j * size + k] }
        lower[i * size + j] = sum / lower[j * size + j]
      }
      var pivot = 1.0
      for k in 0..<i { pivot -= lower[i * size + k] * lower[i * size + k] }
      free[i] = pivot > Self.pivotTolerance
      if free[i] {
        lower[i * size + i] = pivot.squareRoot()
      } else {
        for k in 0..<i { lower[i * size + k] = 0 }
      }
    }
    isFree = free
    self.lower = lower
  }

  /// x with A x = b, where A is not singular; else one of the solutions for b in its range.
  func solve(_ b: [Double]) -> [Double] {
    var x = (0..<size).map { isFree[$0] ? b[$0] * scale[$0] : 0 }
    for i in 0..<size where isFree[i] {
      for k in 0..<i { x[i] -= lower[i * size + k] * x[k] }
      x[i] /= lower[i * size + i]
    }
    for i in stride(from: size - 1, through: 0, by: -1) where isFree[i] {
      for k in (i + 1)..<max(size, i + 1) { x[i] -= lower[k * size + i] * x[k] }
      x[i] /= lower[i * size + i]
    }
    return (0..<size).map { x[$0] * scale[$0] }
  }
}

/// How `cmodels_gram` lays out its sums: tiles of columns, a tile's pairs in rows, the partial sums of a pair side by side.
enum GramTiles {
  private static let tile = Int(CMODELS_TILE)

  /// Columns with what whole tiles need.
  static func padded(_ columns: Int) -> Int { (columns + tile - 1) / tile * tile }

  /// Partial sums of `width` columns.
  static func lanes(_ width: Int) -> Int {
    let tiles = width / tile
    return tiles * (tiles + 1) / 2 * tile * tile * Int(CMODELS_LANES)
  }

  /// The packed lower triangle of the first `columns` columns.
  static func unpack(_ sums: UnsafePointer<Double>, columns: Int, into out: UnsafeMutablePointer<Double>) {
    for j in 0..<columns {
      for k in 0...j {
        let (tj, tk) = (j / tile, k / tile)
        let place = (tj * (tj + 1) / 2 + tk) * tile * tile + (j % tile) * tile + k % tile
        out[j * (j + 1) / 2 + k] = RowChunks.joined(sums + place * Int(CMODELS_LANES))
      }
    }
  }
}
