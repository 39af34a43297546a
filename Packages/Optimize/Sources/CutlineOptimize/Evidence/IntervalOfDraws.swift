/// Intervals as the stage `intervals` makes them, for sums over several runs whose draws belong together.
public enum IntervalOfDraws {
  /// The ends of the interval of `draws` around `estimate`; nil where fewer than 20 draws define it.
  ///
  /// - Parameters:
  ///   - left: the estimates that leave one jackknife group out each; empty for no acceleration.
  ///   - method: `percentile` or `bca`; any other word is taken for `percentile`, the plainer one.
  ///   - confidence: 0.95 for 95 %.
  /// - Complexity: O(n log n).
  ///
  /// Source: B. Efron, *Better bootstrap confidence intervals*, JASA 82 (1987).
  public static func ends(
    _ draws: [Double], estimate: Double?, left: [Double], method: String, confidence: Double
  ) -> (low: Double?, high: Double?) {
    let interval = DrawInterval(
      draws, estimate: estimate, left: left, method: .init(rawValue: method) ?? .percentile, confidence: confidence)
    return (interval.low, interval.high)
  }
}
