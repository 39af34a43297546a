/// The gamma distribution with scale 1, and with it χ²: distribution function and quantiles.
///
/// P(a, x) = γ(a, x) / Γ(a) by its power series where x < a + 1, else 1 − Q(a, x) by its continued fraction (Lentz). The
/// factor xᵃ e⁻ˣ / Γ(a) is put together from a (ln(x/a) + 1 − x/a) and Stirling's series, so that nothing of the size of
/// a ln x cancels. Logarithms and exponentials are those of `Link`: the bits depend on no C library.
///
/// Source: W. H. Press et al., *Numerical Recipes*, 3rd ed., §6.2; N. M. Temme, *A set of algorithms for the incomplete gamma
/// functions*, Probab. Eng. Inf. Sci. 8 (1994).
public enum GammaDistribution {
  /// P and Q = 1 − P, the smaller of which is found without a difference.
  ///
  /// - Parameters:
  ///   - shape: a, positive.
  ///   - x: not negative.
  /// - Complexity: O(√a) terms near x = a.
  public static func probabilities(shape a: Double, at x: Double) -> (lower: Double, upper: Double) {
    guard x > 0 else { return (0, 1) }
    guard x < .infinity else { return (1, 0) }
    let factor = factor(shape: a, at: x)
    if x < a + 1 {
      var (term, sum, n) = (1 / a, 1 / a, a)
      while term > sum * 1e-17 {
        n += 1
        term *= x / n
        sum += term
      }
      let lower = factor * sum
      return (lower, 1 - lower)
    }
    // Q = factor / (x + 1 − a − 1(1 − a) / (x + 3 − a − …)).
    var b = x + 1 - a
    var (c, d) = (1e300, 1 / b)
    var fraction = d
    for i in 1...1_000_000 {
      let step = Double(i) * (a - Double(i))
      b += 2
      d = step * d + b
      d = 1 / (d == 0 ? 1e-300 : d)
      c = b + step / c
      if c == 0 { c = 1e-300 }
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    let upper = factor * fraction
    return (1 - upper, upper)
  }

  /// The x with P(a, x) = p, by Newton's method kept between bounds.
  ///
  /// - Parameters:
  ///   - p: 0 gives 0, 1 infinity.
  ///   - shape: a, positive.
  /// - Complexity: some 10 evaluations of P.
  public static func quantile(_ p: Double, shape a: Double) -> Double {
    guard p > 0 else { return 0 }
    guard p < 1 else { return .infinity }
    var (low, high) = (0.0, Double.infinity)
    var x = start(p, shape: a)
    for _ in 0..<200 {
      let (lower, upper) = probabilities(shape: a, at: x)
      let miss = p < 0.5 ? lower - p : (1 - p) - upper
      if miss == 0 { break }
      if miss > 0 { high = min(high, x) } else { low = max(low, x) }
      let density = factor(shape: a, at: x) / x
      var next = x - miss / density
      if !(next > low && next < high) { next = high < .infinity ? 0.5 * low + 0.5 * high : 2 * x }
      let step = abs(next - x)
      x = next
      if step <= 1e-15 * x { break }
    }
    return x
  }

  /// xᵃ e⁻ˣ / Γ(a).
  private static func factor(shape a: Double, at x: Double) -> Double {
    guard a >= 10 else {
      // Γ(a) = Γ(a + n) / (a (a + 1) … (a + n − 1)).
      var (shifted, product) = (a, 1.0)
      while shifted < 10 {
        product *= shifted
        shifted += 1
      }
      let power = factor(shape: shifted, at: x)
      return power * product * Link.log.mean(of: (a - shifted) * Link.log.sum(of: x))
    }
    let ratio = x / a
    return (a / (2 * .pi)).squareRoot()
      * Link.log.mean(of: a * Stirling.logarithmBelowTangent(ratio) - Stirling.series(a))
  }

  /// By Wilson and Hilferty, or for small quantiles by the first term of the series.
  private static func start(_ p: Double, shape a: Double) -> Double {
    let z = Link.probit.sum(of: p)
    let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
    if root > 0.3 { return a * root * root * root }
    // P ≈ xᵃ / (a Γ(a)), and factor(1) = e⁻¹ / Γ(a).
    let power = p * a / (factor(shape: a, at: 1) * Link.log.mean(of: 1))
    return max(Link.log.mean(of: Link.log.sum(of: power) / a), .leastNormalMagnitude)
  }
}

/// χ² with any positive number of degrees of freedom: twice a gamma variable of half the shape.
public enum ChiSquared {
  /// P(χ² > x). O(√(degrees + x)).
  public static func upper(_ x: Double, degrees: Double) -> Double {
    GammaDistribution.probabilities(shape: degrees / 2, at: x / 2).upper
  }

  /// The x that χ² stays below with probability `p`.
  public static func quantile(_ p: Double, degrees: Double) -> Double {
    2 * GammaDistribution.quantile(p, shape: degrees / 2)
  }
}
