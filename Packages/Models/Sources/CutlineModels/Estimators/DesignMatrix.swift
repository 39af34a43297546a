/// A column-major matrix of features.
struct DesignMatrix: Sendable {
  let rows, columns: Int
  /// `columns` runs of `rows` values.
  var values: [Double]

  init(rows: Int, columns: [[Double]]) {
    self.rows = rows
    self.columns = columns.count
    values = columns.flatMap { $0 }
  }

  subscript(row: Int, column: Int) -> Double { values[column * rows + row] }

  /// The rows for which `keep` is true.
  func filtered(_ keep: [Bool]) -> DesignMatrix {
    let kept = keep.indices.filter { keep[$0] }
    return DesignMatrix(
      rows: kept.count, columns: (0..<columns).map { column in kept.map { self[$0, column] } })
  }
}

/// A linear prediction `intercept + Σ βⱼ xⱼ`.
struct LinearFit: Sendable, Codable {
  let intercept: Double
  let coefficients: [Double]

  func predict(_ x: DesignMatrix) -> [Double] {
    (0..<x.rows).map { row in
      coefficients.indices.reduce(intercept) { $0 + coefficients[$1] * x[row, $1] }
    }
  }
}
