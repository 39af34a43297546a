/// Columns of features of one length.
struct DesignMatrix: Sendable {
  let rows: Int
  /// Per feature, per row.
  var columns: [[Double]]

  var count: Int { columns.count }

  subscript(row: Int, column: Int) -> Double { columns[column][row] }

  init(rows: Int, columns: [[Double]]) {
    self.rows = rows
    self.columns = columns
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
