internal import CutlineCompute
internal import CutlineCore

/// What the scores of a band promise, and what came.
///
/// Expected is the mean over the band's applications with an outcome of 1 / (1 + base odds · 2^((S − base points)/PDO)); observed is their bad
/// rate, with Wilson's interval.
public struct BandCalibration: Sendable, Encodable {
  public let band: String
  /// Applications with an outcome, and the bad ones of them.
  public let rows, bad: Int
  public let expectedPct, observedPct: Double
  /// 95 %, of the observed.
  public let interval: [Double]
  /// Whether the interval does not hold what was promised.
  public let isOutside: Bool

  enum CodingKeys: String, CodingKey {
    case band, rows, bad
    case expectedPct = "expected_pct"
    case observedPct = "observed_pct"
    case interval = "observed_ci_pct"
    case isOutside = "outside"
  }

  /// Bands with outcomes, the best first; none of an expert card.
  ///
  /// - Parameters:
  ///   - scores: in units, of applications with an outcome.
  /// - Complexity: O(n · bands).
  static func of(_ card: DecidingCard, _ scores: [Int64], isBad: [Bool]) -> [BandCalibration] {
    guard case .points(let own) = card else { return [] }
    let unit = own.scale.unitsPerPoint
    var sums = [(rows: Int, bad: Int, expected: Double)](repeating: (0, 0, 0), count: own.bands.all.count)
    for (score, isBad) in zip(scores, isBad) {
      let band = own.bands.band(of: score, unit: unit)
      sums[band].rows += 1
      sums[band].bad += isBad ? 1 : 0
      sums[band].expected += own.scale.probability(of: own.points(score))
    }
    return zip(own.bands.all, sums).compactMap { band, sum in
      guard let found = BinomialInterval.wilson(successes: sum.bad, trials: sum.rows, confidence: 0.95) else {
        return nil
      }
      let (expected, rows) = (sum.expected / Double(sum.rows), Double(sum.rows))
      return BandCalibration(
        band: band.name, rows: sum.rows, bad: sum.bad, expectedPct: 100 * expected,
        observedPct: 100 * Double(sum.bad) / rows, interval: [100 * found.low, 100 * found.high],
        isOutside: expected < found.low || expected > found.high)
    }
  }
}
