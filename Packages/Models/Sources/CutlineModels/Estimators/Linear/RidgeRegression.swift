internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Weighted least squares with a penalty on the squared coefficients.
///
/// Minimises `Σ wᵢ (yᵢ − β₀ − xᵢβ)² + α ‖β‖²`, the weights scaled to mean 1, the intercept free. With α = 0 it is
/// weighted linear regression; collinear features then get the solution of least norm, each feature being measured in the
/// power of two that is nearest to its spread, so that a feature's unit decides nothing.
///
/// The penalty is written as extra rows `√α · I`, and the stacked problem is solved by a singular value decomposition
/// (`LeastSquares`), which needs no squared condition number. Many rows are first reduced to a triangle by reflections
/// (`TriangleReduction`), which needs none either.
///
/// Source: Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 2nd ed., §3.4.1.
enum RidgeRegression {
  /// Up to that many rows are taken as they are.
  static let directRows = 4096

  /// - Parameters:
  ///   - x: `n × p`, used as given.
  ///   - y: `n`.
  ///   - weights: `n`, not negative, not all 0.
  ///   - alpha: α ≥ 0.
  ///   - workers: threads; the result does not depend on them.
  /// - Throws: `Faults` (data) when no row has weight or a value is not finite.
  /// - Complexity: O((n + p)·p²).
  static func fit(
    _ x: DesignMatrix, _ y: [Double], weights: [Double], alpha: Double, workers: Int = 1,
    instructionSet: InstructionSet? = nil
  ) throws -> LinearFit {
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite, y.allSatisfy(\.isFinite), x.columns.allSatisfy({ $0.allSatisfy(\.isFinite) })
    else {
      throw Faults.data("ridge regression", "there is no finite data with weight", "Check the training cells.")
    }
    let (n, p) = (x.rows, x.count)
    // Powers of two, which change no digit, keep squares within what doubles hold.
    let large = FitData.power(of: -max(0, max(1, y.map(\.magnitude).max() ?? 1).exponent - 500))
    let y = large == 1 ? y : y.map { $0 * large }
    let meanY = mean(y, weights, total)
    guard p > 0 else { return LinearFit(intercept: meanY / large, coefficients: []) }
    let isDirect = n <= directRows
    let standard =
      isDirect ? nil : StandardColumns(x.columns, weights: weights, workers: workers, instructionSet: instructionSet)
    let meanX = standard?.centres ?? x.columns.map { mean($0, weights, total) }
    let units =
      standard?.factors.map { $0 > 0 ? nearestPower($0) : 1 }
      ?? x.columns.indices.map { unit(x.columns[$0], meanX[$0], weights, total) }
    // Centred by the weighted means, the intercept leaves the problem and stays unpenalised.
    let penalised = alpha > 0 ? p : 0
    let few = isDirect ? n : p + 1
    let m = few + penalised
    var a = [Double](repeating: 0, count: m * p)
    var b = [Double](repeating: 0, count: m)
    if isDirect {
      for i in 0..<n {
        let root = (weights[i] * Double(n) / total).squareRoot()
        b[i] = root * (y[i] - meanY)
        for j in 0..<p { a[j * m + i] = root * ((x.columns[j][i] - meanX[j]) * units[j]) }
      }
    } else {
      let scale = Double(n) / total
      let triangle = TriangleReduction.triangle(
        x.columns, centres: meanX, units: units, target: y.map { $0 - meanY }, weights: weights.map { $0 * scale },
        workers: workers, instructionSet: instructionSet)
      for j in 0..<p { for i in 0...j { a[j * m + i] = triangle[j * (p + 1) + i] } }
      for i in 0...p { b[i] = triangle[p * (p + 1) + i] }
    }
    if alpha > 0 { for j in 0..<p { a[j * m + few + j] = alpha.squareRoot() * units[j] } }
    let beta = try LeastSquares.solve(a, rows: m, columns: p, b)
    let coefficients = beta.indices.map { beta[$0] * units[$0] / large }
    return LinearFit(
      intercept: zip(coefficients, meanX).reduce(meanY / large) { $0 - $1.0 * $1.1 }, coefficients: coefficients)
  }

  private static func mean(_ values: [Double], _ weights: [Double], _ total: Double) -> Double {
    let greatest = values.reduce(0) { max($0, $1.magnitude) }
    let factor = greatest.exponent > 900 ? FitData.power(of: -greatest.exponent) : 1
    return values.indices.reduce(0) { $0 + values[$1] * factor * weights[$1] } / total / factor
  }

  /// The power of two nearest to one over the deviation; 1 where nothing varies.
  private static func unit(_ x: [Double], _ mean: Double, _ weights: [Double], _ total: Double) -> Double {
    let greatest = x.reduce(0) { max($0, ($1 - mean).magnitude) }
    guard greatest > 0, greatest.isFinite else { return 1 }
    let factor = FitData.power(of: -greatest.exponent)
    let variance = x.indices.reduce(0) { sum, i in
      let z = (x[i] - mean) * factor
      return sum + z * z * weights[i]
    }
    let deviation = (variance / total).squareRoot()
    guard deviation > 0 else { return 1 }
    return nearestPower(factor / deviation)
  }

  private static func nearestPower(_ value: Double) -> Double {
    FitData.power(of: value.significand > Double(2).squareRoot() ? value.exponent + 1 : value.exponent)
  }
}
