internal import CutlineCore
internal import CutlineCredit

/// Weighted least squares with a penalty on the squared coefficients.
///
/// Minimises `Σ wᵢ (yᵢ − β₀ − xᵢβ)² + α ‖β‖²`, the weights scaled to mean 1, the intercept free. With α = 0 it is
/// weighted linear regression; collinear features then get the solution of least norm.
///
/// The penalty is written as extra rows `√α · I`, and the stacked problem is solved by a singular value decomposition
/// (`LeastSquares`), which needs no squared condition number.
///
/// Source: Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 2nd ed., §3.4.1.
enum RidgeRegression {
  /// - Parameters:
  ///   - x: `n × p`, used as given.
  ///   - y: `n`.
  ///   - weights: `n`, not negative, not all 0.
  ///   - alpha: α ≥ 0.
  /// - Throws: `Faults` (data) when no row has weight or a value is not finite.
  /// - Complexity: O((n + p)·p²).
  static func fit(_ x: DesignMatrix, _ y: [Double], weights: [Double], alpha: Double) throws -> LinearFit {
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite, y.allSatisfy(\.isFinite), x.values.allSatisfy(\.isFinite) else {
      throw Faults.data("ridge regression", "there is no finite data with weight", "Check the training cells.")
    }
    let (n, p) = (x.rows, x.columns)
    let meanY = zip(y, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let meanX = (0..<p).map { j in (0..<n).reduce(0) { $0 + x[$1, j] * weights[$1] } / total }
    guard p > 0 else { return LinearFit(intercept: meanY, coefficients: []) }
    // Centred by the weighted means, the intercept leaves the problem and stays unpenalised.
    let penalised = alpha > 0 ? p : 0
    let m = n + penalised
    var a = [Double](repeating: 0, count: m * p)
    var b = [Double](repeating: 0, count: m)
    for i in 0..<n {
      let root = (weights[i] * Double(n) / total).squareRoot()
      b[i] = root * (y[i] - meanY)
      for j in 0..<p { a[j * m + i] = root * (x[i, j] - meanX[j]) }
    }
    if alpha > 0 { for j in 0..<p { a[j * m + n + j] = alpha.squareRoot() } }
    let beta = try LeastSquares.solve(a, rows: m, columns: p, b)
    return LinearFit(intercept: zip(beta, meanX).reduce(meanY) { $0 - $1.0 * $1.1 }, coefficients: beta)
  }
}
