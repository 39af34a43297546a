/// The beta distribution: distribution function and quantiles, also for shapes of millions.
///
/// I_x(a, b) by its continued fraction (Lentz), for x beyond (a + 1) / (a + b + 2) as 1 − I_{1−x}(b, a). With n = a + b its
/// factor is put together as
///
///     xᵃ (1 − x)ᵇ / B(a, b) = √(ab / 2πn) · exp(a τ(xn/a) + b τ((1 − x)n/b) + s(n) − s(a) − s(b)),  τ(r) = ln r + 1 − r
///
/// with s the remainder of Stirling's formula, so that nothing of the size of a ln x cancels.
///
/// Source: W. H. Press et al., *Numerical Recipes*, 3rd ed., §6.4; C. Loader, *Fast and accurate computation of binomial
/// probabilities*, 2000.
public enum BetaDistribution {
  /// P(X ≤ x) and P(X > x), the smaller of which is found without a difference.
  ///
  /// - Parameters:
  ///   - a: positive; and `b`.
  ///   - x: in 0...1.
  /// - Complexity: O(√max(a, b)) terms.
  public static func probabilities(_ a: Double, _ b: Double, at x: Double) -> (lower: Double, upper: Double) {
    guard x > 0 else { return (0, 1) }
    guard x < 1 else { return (1, 0) }
    let factor = factor(a, b, at: x)
    if x < (a + 1) / (a + b + 2) {
      let lower = factor * fraction(a, b, at: x) / a
      return (lower, 1 - lower)
    }
    let upper = factor * fraction(b, a, at: 1 - x) / b
    return (1 - upper, upper)
  }

  /// The x with P(X ≤ x) = p, by Newton's method kept between bounds.
  ///
  /// - Parameter p: 0 gives 0, 1 gives 1.
  /// - Complexity: some 10 evaluations of P.
  public static func quantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    guard p > 0 else { return 0 }
    guard p < 1 else { return 1 }
    var (low, high) = (0.0, 1.0)
    var x = a / (a + b)
    for _ in 0..<200 {
      let (lower, upper) = probabilities(a, b, at: x)
      let miss = p < 0.5 ? lower - p : (1 - p) - upper
      if miss == 0 { break }
      if miss > 0 { high = x } else { low = x }
      let density = factor(a, b, at: x) / (x * (1 - x))
      var next = x - miss / density
      if !(next > low && next < high) { next = 0.5 * low + 0.5 * high }
      let step = abs(next - x)
      x = next
      if step <= 1e-15 * x { break }
    }
    return x
  }

  /// xᵃ (1 − x)ᵇ / B(a, b).
  private static func factor(_ a: Double, _ b: Double, at x: Double) -> Double {
    let n = a + b
    let exponent =
      a * Stirling.logarithmBelowTangent(x * n / a) + b * Stirling.logarithmBelowTangent((1 - x) * n / b)
      + Stirling.correction(n) - Stirling.correction(a) - Stirling.correction(b)
    return (a * b / (2 * .pi * n)).squareRoot() * Link.log.mean(of: exponent)
  }

  private static func fraction(_ a: Double, _ b: Double, at x: Double) -> Double {
    func safe(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / safe(1 - (a + b) * x / (a + 1))
    var value = d
    for step in 1...1_000_000 {
      let m = Double(step)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / safe(1 + term * d)
        c = safe(1 + term / c)
        value *= c * d
      }
      if abs(c * d - 1) < 1e-16 { break }
    }
    return value
  }
}
