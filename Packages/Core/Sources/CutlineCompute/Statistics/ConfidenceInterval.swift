/// The two ends of an interval of stated confidence.
public struct ConfidenceInterval: Sendable, Codable, Hashable {
  public let low, high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

/// Intervals of a binomial probability.
public enum BinomialInterval {
  /// Wilson's score interval: the p with |k/n − p| ≤ z √(p(1 − p)/n). Its coverage is near its level on average, and never
  /// far from it.
  ///
  /// - Parameters:
  ///   - successes: k, in 0...trials.
  ///   - confidence: in 0..<1, such as 0.95.
  /// - Returns: nil without trials.
  ///
  /// Source: E. B. Wilson, JASA 22 (1927); Brown, Cai, DasGupta, Stat. Sci. 16 (2001).
  public static func wilson(successes: Int, trials: Int, confidence: Double) -> ConfidenceInterval? {
    guard trials > 0, (0...trials).contains(successes) else { return nil }
    let (n, p) = (Double(trials), Double(successes) / Double(trials))
    let z = Normal.quantile(0.5 + confidence / 2)
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return ConfidenceInterval(
      low: successes == 0 ? 0 : max(0, middle - half), high: successes == trials ? 1 : min(1, middle + half))
  }

  /// The exact interval: its coverage is nowhere below its level. Its ends are quantiles of beta distributions,
  /// B(α/2; k, n − k + 1) and B(1 − α/2; k + 1, n − k).
  ///
  /// - Parameters and result: as for `wilson`.
  ///
  /// Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934).
  public static func clopperPearson(successes: Int, trials: Int, confidence: Double) -> ConfidenceInterval? {
    guard trials > 0, (0...trials).contains(successes) else { return nil }
    let (k, n, tail) = (Double(successes), Double(trials), (1 - confidence) / 2)
    return ConfidenceInterval(
      low: successes == 0 ? 0 : BetaDistribution.quantile(tail, k, n - k + 1),
      high: successes == trials ? 1 : BetaDistribution.quantile(1 - tail, k + 1, n - k))
  }
}

/// Intervals of the mean of a Poisson count.
public enum PoissonInterval {
  /// Garwood's exact interval: χ²_{α/2}(2k)/2 to χ²_{1−α/2}(2k + 2)/2.
  ///
  /// - Parameters:
  ///   - events: k, not negative.
  ///   - confidence: in 0..<1.
  ///
  /// Source: F. Garwood, Biometrika 28 (1936).
  public static func garwood(events: Int, confidence: Double) -> ConfidenceInterval {
    let (k, tail) = (Double(max(0, events)), (1 - confidence) / 2)
    return ConfidenceInterval(
      low: k == 0 ? 0 : ChiSquared.quantile(tail, degrees: 2 * k) / 2,
      high: ChiSquared.quantile(1 - tail, degrees: 2 * k + 2) / 2)
  }
}
