internal import CutlineCore
internal import CutlineCredit

/// The least-norm solution of a small dense least-squares problem, by one-sided Jacobi rotations.
///
/// Minimises ‖A x − b‖, and among the minimisers ‖x‖. Rotations make the columns of A orthogonal, A V = U Σ; then
/// x = V Σ⁺ Uᵀ b, where singular values below 10⁻¹² of the largest count as zero. Only additions, multiplications,
/// divisions and square roots in a fixed order are used, so every processor gives the same bits, which a tuned library
/// does not promise.
///
/// Source: J. Demmel, K. Veselić, *Jacobi's method is more accurate than QR*, SIAM J. Matrix Anal. Appl. 13 (1992).
enum LeastSquares {
  static let rankTolerance = 1e-12
  static let sweepLimit = 60

  /// - Parameters:
  ///   - a: `m × n`, column-major.
  ///   - b: `m`.
  /// - Returns: `n` coefficients.
  /// - Throws: `Faults` (data) when the rotations do not settle, which finite data has not been seen to cause.
  /// - Complexity: O(m·n²) per sweep, a handful of sweeps.
  static func solve(_ a: [Double], rows m: Int, columns n: Int, _ b: [Double]) throws -> [Double] {
    var u = a
    var v = [Double](repeating: 0, count: n * n)
    for i in 0..<n { v[i * n + i] = 1 }
    // Columns that have shrunk to rounding noise count as zero below; turning them would never end.
    let scale = (0..<n).map { products(u, m, $0, $0).0 }.max() ?? 0
    let noise = 1e-4 * rankTolerance * rankTolerance * scale
    var isSettled = n < 2
    var sweep = 0
    while !isSettled {
      guard sweep < sweepLimit else {
        throw Faults.data(
          "least squares", "the rotations did not settle after \(sweepLimit) sweeps", "Use fewer features.")
      }
      sweep += 1
      isSettled = true
      for p in 0..<(n - 1) {
        for q in (p + 1)..<n {
          let (alpha, beta, gamma) = products(u, m, p, q)
          guard min(alpha, beta) > noise, abs(gamma) > 1e-15 * (alpha * beta).squareRoot() else { continue }
          isSettled = false
          let zeta = (beta - alpha) / (2 * gamma)
          let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          rotate(&u, m, p, q, c, c * t)
          rotate(&v, n, p, q, c, c * t)
        }
      }
    }
    let norms = (0..<n).map { products(u, m, $0, $0).0.squareRoot() }
    let largest = norms.max() ?? 0
    var x = [Double](repeating: 0, count: n)
    for j in 0..<n where norms[j] > rankTolerance * largest {
      var projection = 0.0
      for i in 0..<m { projection += u[j * m + i] * b[i] }
      let weight = projection / (norms[j] * norms[j])
      for i in 0..<n { x[i] += v[j * n + i] * weight }
    }
    return x
  }

  /// ‖p‖², ‖q‖² and p · q of two columns.
  private static func products(_ a: [Double], _ m: Int, _ p: Int, _ q: Int) -> (Double, Double, Double) {
    var (pp, qq, pq) = (0.0, 0.0, 0.0)
    for i in 0..<m {
      let (x, y) = (a[p * m + i], a[q * m + i])
      pp += x * x
      qq += y * y
      pq += x * y
    }
    return (pp, qq, pq)
  }

  private static func rotate(_ a: inout [Double], _ m: Int, _ p: Int, _ q: Int, _ c: Double, _ s: Double) {
    for i in 0..<m {
      let (x, y) = (a[p * m + i], a[q * m + i])
      a[p * m + i] = c * x - s * y
      a[q * m + i] = s * x + c * y
    }
  }
}
