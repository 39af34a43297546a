/// The greatest distance between the distribution functions of two samples.
public struct KolmogorovSmirnov: Sendable, Hashable {
  /// max |F₁ − F₂|, in 0...1.
  public let distance: Double
  /// The value behind which it is attained first, where anybody asks for a cutoff of most separation.
  public let place: Double
  /// P(D ≥ distance) if both came from one continuous distribution; with ties it is too large, never too small.
  public let p: Double

  /// Beyond so many pairs the limit distribution takes the place of counting paths.
  public static let exactPairs = 25_000_000

  /// - Parameters:
  ///   - first: no NaN, any order; nil is returned where either is empty.
  /// - Complexity: O(n log n), and up to `exactPairs` pairs O(n₁ n₂) for the exact p; beyond it Kolmogorov's limit at
  ///   √(n₁n₂ / (n₁ + n₂)) D.
  ///
  /// Source: J. L. Hodges, Ark. Mat. 3 (1958); A. N. Kolmogorov, 1933.
  public init?(_ first: [Double], _ second: [Double]) {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let (a, b) = (first.sorted(), second.sorted())
    var (i, j, best, at) = (0, 0, 0, a[0])
    // Distances are compared as whole numbers: i n₂ − j n₁.
    while i < a.count || j < b.count {
      let value = j == b.count || (i < a.count && a[i] <= b[j]) ? a[i] : b[j]
      while i < a.count, a[i] == value { i += 1 }
      while j < b.count, b[j] == value { j += 1 }
      let distance = abs(i * b.count - j * a.count)
      if distance > best { (best, at) = (distance, value) }
    }
    distance = Double(best) / (Double(a.count) * Double(b.count))
    place = at
    p =
      a.count <= Self.exactPairs / b.count
      ? Self.exact(a.count, b.count, best)
      : Self.limit((Double(a.count) * Double(b.count) / Double(a.count + b.count)).squareRoot() * distance)
  }

  /// The share of monotone paths from (0, 0) to (m, n) that come to |i n − j m| ≥ h somewhere.
  private static func exact(_ m: Int, _ n: Int, _ h: Int) -> Double {
    guard h > 0 else { return 1 }
    // inside[j]: of the paths to (i, j), drawn with all orders alike, the share that has stayed inside.
    var outside = [Double](repeating: 0, count: n + 1)
    for i in 0...m {
      for j in 0...n {
        if abs(i * n - j * m) >= h {
          outside[j] = 1
        } else if i == 0 {
          outside[j] = j == 0 ? 0 : outside[j - 1]
        } else if j > 0 {
          // The last step to (i, j) came from (i − 1, j) with probability i / (i + j).
          let share = Double(i) / Double(i + j)
          outside[j] = outside[j] * share + outside[j - 1] * (1 - share)
        }
      }
    }
    return min(1, outside[n])
  }

  /// 2 Σ (−1)^{k−1} e^{−2k²λ²}.
  private static func limit(_ lambda: Double) -> Double {
    guard lambda > 0.2 else { return 1 }
    var (sum, sign) = (0.0, 1.0)
    for k in 1...100 {
      let term = Link.log.mean(of: -2 * Double(k * k) * lambda * lambda)
      sum += sign * term
      sign = -sign
      if term < 1e-18 { break }
    }
    return min(1, max(0, 2 * sum))
  }
}
