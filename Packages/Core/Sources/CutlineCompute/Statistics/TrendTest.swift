/// Whether a series rises or falls, without and with a straight line.
public enum TrendTest {
  /// The line of least squares through (0, y₀), (1, y₁), …
  public struct Line: Sendable, Hashable {
    /// Per step.
    public let slope: Double
    public let intercept: Double
    /// Two-sided p-value of slope 0, by Student's t with n − 2; nil below three values or without scatter.
    public let p: Double?
  }

  /// - Returns: nil below two values.
  /// - Complexity: O(n).
  public static func line(_ values: [Double]) -> Line? {
    let n = Double(values.count)
    guard values.count > 1 else { return nil }
    let (middle, mean) = ((n - 1) / 2, values.reduce(0, +) / n)
    var (xx, xy) = (0.0, 0.0)
    for (place, value) in values.enumerated() {
      let x = Double(place) - middle
      xx += x * x
      xy += x * (value - mean)
    }
    let slope = xy / xx
    let intercept = mean - slope * middle
    let residuals = values.enumerated().reduce(0.0) { sum, own in
      let residual = own.element - intercept - slope * Double(own.offset)
      return sum + residual * residual
    }
    guard values.count > 2, residuals > 0 else { return Line(slope: slope, intercept: intercept, p: nil) }
    let t = slope / (residuals / (n - 2) / xx).squareRoot()
    return Line(slope: slope, intercept: intercept, p: StudentT.twoSided(t, degrees: values.count - 2))
  }

  /// Kendall's S = Σ sign(y_j − y_i) over i < j, with its variance under exchangeability, ties included.
  public struct MannKendall: Sendable, Hashable {
    public let s: Int
    public let variance: Double
    /// With continuity correction; 0 where S = 0.
    public let z: Double
    public let p: Double
  }

  /// - Returns: nil below three values, or where all are equal.
  /// - Complexity: O(n²).
  ///
  /// Source: H. B. Mann, Econometrica 13 (1945); M. G. Kendall, *Rank Correlation Methods*.
  public static func mannKendall(_ values: [Double]) -> MannKendall? {
    guard values.count > 2 else { return nil }
    var s = 0
    for i in values.indices {
      for j in (i + 1)..<values.count { s += values[j] > values[i] ? 1 : values[j] < values[i] ? -1 : 0 }
    }
    let n = Double(values.count)
    let ties = Dictionary(grouping: values) { $0 }.values.map { Double($0.count) }
    let lost = ties.reduce(0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) }
    let variance = (n * (n - 1) * (2 * n + 5) - lost) / 18
    guard variance > 0 else { return nil }
    let z = s == 0 ? 0 : (Double(s) - (s > 0 ? 1 : -1)) / variance.squareRoot()
    return MannKendall(s: s, variance: variance, z: z, p: Normal.twoSided(z))
  }

  /// The median slope of all pairs, per step; nil below two values. O(n² log n).
  ///
  /// Source: P. K. Sen, JASA 63 (1968).
  public static func theilSen(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    return Quantile.median(
      values.indices.flatMap { i in
        ((i + 1)..<values.count).map { j in (values[j] - values[i]) / Double(j - i) }
      })
  }
}
