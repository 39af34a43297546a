/// Charts that tell a month out of control from a month of noise.
///
/// All of them take a baseline from earlier values only; what a value is compared with never includes it.
public enum ControlChart {
  /// A value set against its limits.
  public struct Point: Sendable, Hashable {
    /// What was to be expected, and the limits around it.
    public let centre, low, high: Double
    /// Two-sided p-value of the distance from the centre; nil where the chart has none.
    public let p: Double?
    public let isOut: Bool

    public init(centre: Double, low: Double, high: Double, p: Double?, isOut: Bool) {
      (self.centre, self.low, self.high, self.p, self.isOut) = (centre, low, high, p, isOut)
    }
  }

  /// Whether a value fits to the earlier ones, each being a mean of `weights` independent things: with the weighted mean c of
  /// the k baseline values and s² = Σ w (y − c)² / (k − 1),
  ///
  ///     T = (y − c) / (s √(1/w + 1/Σw))  ~  t(k − 1),   limits c ± t s √(1/w + 1/Σw)
  ///
  /// exactly so for normal values of variance σ²/w, and nearly for rates of many applications: binomial noise and whatever
  /// multiplies it are both in s, and a month of few applications has wide limits. The level holds for short baselines, which
  /// it does not for a mean ± 3 standard deviations.
  ///
  /// - Parameters:
  ///   - value: y, with its weight w > 0, such as its number of applications.
  ///   - baseline: the earlier values with their weights.
  ///   - level: chance of a false alarm for each value, such as 0.01.
  /// - Returns: nil with fewer than two baseline values of positive weight, a weight that is not positive, and where earlier
  ///   values do not vary at all, which says nothing of how far the next one may lie.
  /// - Complexity: O(k).
  public static func prediction(
    _ value: (value: Double, weight: Double), baseline: [(value: Double, weight: Double)], level: Double
  ) -> Point? {
    let used = baseline.filter { $0.weight > 0 && $0.value.isFinite }
    guard used.count >= 2, value.weight > 0, value.value.isFinite else { return nil }
    if used.allSatisfy({ $0.value == value.value }) {
      return Point(centre: value.value, low: value.value, high: value.value, p: 1, isOut: false)
    }
    let total = used.reduce(0) { $0 + $1.weight }
    let centre = used.reduce(0) { $0 + $1.weight * $1.value } / total
    let degrees = used.count - 1
    let squares = used.reduce(0) { $0 + $1.weight * ($1.value - centre) * ($1.value - centre) }
    let error = (squares / Double(degrees) * (1 / value.weight + 1 / total)).squareRoot()
    let half = error * StudentT.quantile(1 - level / 2, degrees: degrees)
    guard error > 0 else { return nil }
    let p = StudentT.twoSided((value.value - centre) / error, degrees: degrees)
    return Point(centre: centre, low: centre - half, high: centre + half, p: p, isOut: p < level)
  }

  /// Whether `events` of `trials` fit to earlier ones, for rates of so few events that months seem not to vary: given all of
  /// them, the events are hypergeometric. Two-sided: twice the smaller tail, the value included.
  ///
  /// - Returns: 1 without trials on either side.
  /// - Complexity: O(events + earlier events).
  public static func rareEvents(
    _ events: Int64, of trials: Int64, earlier: (events: Int64, trials: Int64)
  ) -> Double {
    let (all, whole) = (events + earlier.events, trials + earlier.trials)
    guard trials > 0, earlier.trials > 0, events <= trials, earlier.events <= earlier.trials, all > 0, all < whole
    else {
      return 1
    }
    // Of the rarer of the two kinds.
    if 2 * all > whole {
      return rareEvents(trials - events, of: trials, earlier: (earlier.trials - earlier.events, earlier.trials))
    }
    func logChoose(_ n: Int64, _ k: Int64) -> Double {
      let (n, k) = (Double(n), Double(k))
      return Stirling.logGamma(n + 1) - Stirling.logGamma(k + 1) - Stirling.logGamma(n - k + 1)
    }
    let scale = logChoose(whole, all)
    func probability(_ k: Int64) -> Double {
      Link.log.mean(of: logChoose(trials, k) + logChoose(earlier.trials, all - k) - scale)
    }
    let (least, most) = (max(0, all - earlier.trials), min(all, trials))
    let below = (least...max(least, events)).reduce(0.0) { $0 + probability($1) }
    let above = (min(events, most)...most).reduce(0.0) { $0 + probability($1) }
    return min(1, 2 * min(below, above))
  }

  /// The mean of the `window` values before each, ± `sigmas` of their standard deviations: the requirement's rule. With three
  /// values before it, a value of noise is out in about a quarter of all months.
  public static func rolling(_ value: Double, before: [Double], sigmas: Double) -> Point? {
    guard before.count >= 2 else { return nil }
    let (mean, deviation) = moments(before)
    let half = sigmas * deviation
    return Point(centre: mean, low: mean - half, high: mean + half, p: nil, isOut: abs(value - mean) > half)
  }

  /// Mean and standard deviation with n − 1; the deviation is 0 below two values.
  public static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    guard !values.isEmpty else { return (0, 0) }
    let mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else { return (mean, 0) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count - 1)).squareRoot())
  }

  /// σ by the mean moving range of neighbours / 1.128, which a slow drift does not inflate; nil below two values.
  public static func movingRangeSigma(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let ranges = zip(values, values.dropFirst()).map { abs($1 - $0) }
    return ranges.reduce(0, +) / Double(ranges.count) / 1.128
  }

  /// Exponentially weighted means z_t = λ y_t + (1 − λ) z_{t−1}, z_0 = `centre`, and whether each lies beyond
  /// `centre` ± `sigmas` σ √(λ/(2 − λ) (1 − (1 − λ)^{2t})). Finds small shifts that last.
  ///
  /// Source: S. W. Roberts, Technometrics 1 (1959).
  public static func ewma(
    _ values: [Double], centre: Double, sigma: Double, lambda: Double = 0.2, sigmas: Double = 3
  ) -> [(mean: Double, isOut: Bool)] {
    var (mean, fading) = (centre, 1.0)
    return values.map { value in
      mean = lambda * value + (1 - lambda) * mean
      fading *= (1 - lambda) * (1 - lambda)
      let limit = sigmas * sigma * (lambda / (2 - lambda) * (1 - fading)).squareRoot()
      return (mean, abs(mean - centre) > limit)
    }
  }

  /// Cumulative sums of standardised values beyond an allowance, upwards and downwards:
  /// S⁺_t = max(0, S⁺ + z_t − k), S⁻_t = max(0, S⁻ − z_t − k); out beyond h.
  ///
  /// Source: E. S. Page, Biometrika 41 (1954).
  public static func cusum(
    _ values: [Double], centre: Double, sigma: Double, allowance k: Double = 0.5, decision h: Double = 5
  ) -> [(up: Double, down: Double, isOut: Bool)] {
    var (up, down) = (0.0, 0.0)
    return values.map { value in
      let z = sigma > 0 ? (value - centre) / sigma : 0
      up = max(0, up + z - k)
      down = max(0, down - z - k)
      return (up, down, max(up, down) > h)
    }
  }
}
