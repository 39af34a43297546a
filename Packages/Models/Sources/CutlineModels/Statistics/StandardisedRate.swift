internal import CutlineCompute

/// A ratio S / E of a weighted sum of rare events to its expectation, with the gamma interval of standardised rates.
///
/// With V the variance of S and k the most that one further event would add to it,
///
///     low  = V / (2 S) · χ²_{α/2}(2 S² / V) / E                                 (0 where S = 0)
///     high = (V + k²) / (2 (S + k)) · χ²_{1−α/2}(2 (S + k)² / (V + k²)) / E
///
/// With equal weights and Poisson events it is Garwood's exact interval; it holds its level where weights differ and events
/// are few, which a normal interval does not.
///
/// Source: M. P. Fay, E. J. Feuer, *Confidence intervals for directly standardized rates: a method based on the gamma
/// distribution*, Stat. Med. 16 (1997).
struct StandardisedRate: Sendable {
  struct Interval: Sendable, Hashable, Encodable {
    let low, high: Double
  }

  /// S, not negative.
  let sum: Double
  /// V, the variance of S: 0 where S is 0.
  let variance: Double
  /// E, positive.
  let expected: Double
  /// k, positive.
  let event: Double

  /// - Parameters:
  ///   - groups: what independent groups of applications, as hash classes are, add to S; at least two, those that add nothing
  ///     included. V = G / (G − 1) Σ (s_g − S / G)², and not less than S² / n.
  ///   - events: n, how many events S is of: no weighting makes them surer than n equal ones, which few groups that happen to
  ///     agree would say.
  init?(groups: [Double], expected: Double, event: Double, events: Double) {
    guard groups.count >= 2, expected > 0, event > 0 else { return nil }
    let count = Double(groups.count)
    let sum = groups.reduce(0, +)
    self.sum = max(0, sum)
    let own = count / (count - 1) * groups.reduce(0) { $0 + ($1 - sum / count) * ($1 - sum / count) }
    variance = max(own, events > 0 ? sum * sum / events : 0)
    self.expected = expected
    self.event = event
  }

  /// S / E.
  var ratio: Double { sum / expected }

  /// ν = S² / V: events of equal weight that would be as sure. 0 where S = 0.
  var effectiveEvents: Double { sum > 0 && variance > 0 ? sum * sum / variance : 0 }

  /// How many of such events were expected: ν / ratio, and where none was seen E / k.
  var expectedEvents: Double { effectiveEvents > 0 ? effectiveEvents / ratio : expected / event }

  /// - Parameter confidence: 1 − α, in 0..<1.
  func interval(_ confidence: Double) -> Interval {
    let tail = (1 - confidence) / 2
    func quantile(_ p: Double, _ sum: Double, _ variance: Double) -> Double {
      variance / (2 * sum) * ChiSquared.quantile(p, degrees: 2 * sum * sum / variance) / expected
    }
    return Interval(
      low: sum > 0 && variance > 0 ? quantile(tail, sum, variance) : 0,
      high: quantile(1 - tail, sum + event, variance + event * event))
  }
}
