/// The standard normal distribution; its bits depend on neither the C library nor the processor.
public enum Normal {
  /// Φ(z) = P(Z ≤ z). O(1).
  public static func probability(_ z: Double) -> Double { Link.probit.mean(of: z) }

  /// P(|Z| ≥ |z|). O(1).
  public static func twoSided(_ z: Double) -> Double { 2 * Link.probit.mean(of: -z.magnitude) }

  /// Φ⁻¹(p); ±∞ at 0 and 1, NaN outside. O(1).
  public static func quantile(_ p: Double) -> Double { Link.probit.sum(of: p) }
}
