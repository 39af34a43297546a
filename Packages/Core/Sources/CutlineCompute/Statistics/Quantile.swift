/// Quantiles of a sample.
public enum Quantile {
  /// The sample quantile with linear interpolation, at place (n − 1)p of the sorted values (type 7 of Hyndman and Fan, the
  /// default of R and NumPy).
  ///
  /// - Parameters:
  ///   - sorted: ascending, no NaN.
  ///   - p: cut to 0...1.
  /// - Returns: nil of nothing.
  /// - Complexity: O(1).
  public static func of(_ sorted: [Double], _ p: Double) -> Double? {
    guard let last = sorted.indices.last else { return nil }
    let place = Double(last) * min(1, max(0, p))
    let below = min(last, Int(place))
    let share = place - Double(below)
    return share > 0 ? sorted[below] + share * (sorted[below + 1] - sorted[below]) : sorted[below]
  }

  /// The same where each value stands for a whole number of equal ones: a sample of Σ counts values.
  ///
  /// - Parameters:
  ///   - sorted: ascending.
  ///   - counts: one a value, not negative.
  /// - Complexity: O(n).
  public static func of(_ sorted: [Double], counts: [Int64], _ p: Double) -> Double? {
    let total = zip(sorted, counts).reduce(0) { $0 + $1.1 }
    guard total > 0 else { return nil }
    let place = Double(total - 1) * min(1, max(0, p))
    let below = Int64(place)
    func value(at wanted: Int64) -> Double {
      var before: Int64 = 0
      for (value, count) in zip(sorted, counts) {
        before += count
        if wanted < before { return value }
      }
      return sorted[sorted.count - 1]
    }
    let (low, share) = (value(at: below), place - Double(below))
    return share > 0 ? low + share * (value(at: below + 1) - low) : low
  }

  /// The median, of values in any order; nil of nothing. O(n log n).
  public static func median(_ values: [Double]) -> Double? { of(values.sorted(), 0.5) }
}
