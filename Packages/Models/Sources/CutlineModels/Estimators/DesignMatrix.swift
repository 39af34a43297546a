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
