/// Student's distribution for whole degrees of freedom ν, by the tail P(T ≤ −t) = ½ I_{ν/(ν+t²)}(ν/2, ½), which keeps its digits
/// however small it is; its bits depend on neither the C library nor the processor.
public enum StudentT {
  /// P(T ≤ t).
  ///
  /// - Parameter degrees: ν, positive.
  public static func probability(_ t: Double, degrees: Int) -> Double {
    let tail = tail(t.magnitude, degrees: degrees)
    return t < 0 ? tail : 1 - tail
  }

  /// P(|T| ≥ |t|).
  public static func twoSided(_ t: Double, degrees: Int) -> Double { 2 * tail(t.magnitude, degrees: degrees) }

  private static func tail(_ t: Double, degrees: Int) -> Double {
    guard t > 0 else { return 0.5 }
    guard t < .infinity else { return 0 }
    let (half, square) = (Double(degrees) / 2, t * t)
    let share = Double(degrees) / (Double(degrees) + square)
    // Near t = 0 the other end of the beta distribution has the digits.
    return share > 0.5
      ? 0.5 * BetaDistribution.probabilities(0.5, half, at: square / (Double(degrees) + square)).upper
      : 0.5 * BetaDistribution.probabilities(half, 0.5, at: share).lower
  }

  /// The t with `probability(t) = p`, by bisection to the last bit or so.
  public static func quantile(_ p: Double, degrees: Int) -> Double {
    guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
    let wanted = min(p, 1 - p)
    var (low, high) = (0.0, 1.0)
    while tail(high, degrees: degrees) > wanted, high < 1e300 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if tail(middle, degrees: degrees) > wanted { low = middle } else { high = middle }
    }
    return p < 0.5 ? -high : high
  }
}
