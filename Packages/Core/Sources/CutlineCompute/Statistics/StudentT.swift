internal import Foundation

/// Student's distribution for whole degrees of freedom, by its finite series in θ = atan(t / √ν)
/// (Abramowitz and Stegun 26.7.3 and 26.7.4).
public enum StudentT {
  /// P(T ≤ t).
  public static func probability(_ t: Double, degrees: Int) -> Double {
    let theta = atan(t / Double(degrees).squareRoot())
    let square = cos(theta) * cos(theta)
    var term = degrees % 2 == 0 ? sin(theta) : sin(theta) * cos(theta)
    var sum = degrees == 1 ? 0 : term
    for step in stride(from: degrees % 2 == 0 ? 1 : 2, to: degrees - 2, by: 2) {
      term *= square * Double(step) / Double(step + 1)
      sum += term
    }
    return degrees % 2 == 0 ? (1 + sum) / 2 : 0.5 + (theta + sum) / Double.pi
  }

  /// The t with `probability(t) = p`, by bisection to the last bit or so.
  public static func quantile(_ p: Double, degrees: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    let upper = max(p, 1 - p)
    while probability(high, degrees: degrees) < upper, high < 1e9 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if probability(middle, degrees: degrees) < upper { low = middle } else { high = middle }
    }
    return p < 0.5 ? -high : high
  }
}
