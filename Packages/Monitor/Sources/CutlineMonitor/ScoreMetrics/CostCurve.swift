internal import CutlineCompute
internal import CutlineCore

/// What a score is worth over all ratios of costs: the least expected cost, and the H-measure.
///
/// With c the cost of refusing a good application and 1 − c that of accepting a bad one, of N with π₁ bad and π₀ good ones, refusing the
/// riskiest costs c π₀ FPR + (1 − c) π₁ (1 − TPR). Only corners of the upper convex hull of the ROC curve are ever best; the corner
/// between edges of bad rates r_i ≥ r_{i+1} is so for c in [r_{i+1}, r_i].
struct CostCurve: Sendable {
  /// A corner of the hull: refused so far.
  struct Corner: Sendable {
    let bad, good: Int64
    /// The last value refused, as shown; nil where nothing is.
    let value: Double?
  }

  let corners: [Corner]
  private let bads, goods: Int64

  /// Nil without both classes. O(values).
  init?(_ counts: ScoreCounts) {
    guard counts.hasBothClasses else { return nil }
    (bads, goods) = (counts.bads, counts.goods)
    var hull = [Corner(bad: 0, good: 0, value: nil)]
    var (b, g) = (Int64(0), Int64(0))
    for place in counts.values.indices where counts.bad[place] + counts.good[place] > 0 {
      (b, g) = (b + counts.bad[place], g + counts.good[place])
      let next = Corner(bad: b, good: g, value: counts.shown[place])
      // The last corner falls away where it lies on or below the line from the one before it.
      while hull.count > 1, !Self.turnsDown(hull[hull.count - 2], hull[hull.count - 1], next) { hull.removeLast() }
      hull.append(next)
    }
    corners = hull
  }

  private static func turnsDown(_ a: Corner, _ b: Corner, _ c: Corner) -> Bool {
    Int128(b.bad - a.bad) * Int128(c.good - b.good) > Int128(c.bad - b.bad) * Int128(b.good - a.good)
  }

  /// Per application, where refusing a good one costs `c` and accepting a bad one 1 − c.
  private func cost(_ corner: Corner, _ c: Double) -> Double {
    (c * Double(corner.good) + (1 - c) * Double(bads - corner.bad)) / Double(bads + goods)
  }

  /// One ratio of costs.
  struct Point: Sendable {
    /// The cost of refusing a good one, of that and of accepting a bad one.
    let goodCost: Double
    let cost: Double
    /// The cheaper of refusing all and none.
    let trivial: Double
    let corner: Corner
  }

  /// The least cost at c = 0, 1/steps, … 1. O(corners + steps).
  func points(steps: Int) -> [Point] {
    (0...steps).map { step in
      let c = Double(step) / Double(steps)
      let best = corners.dropFirst().reduce(corners[0]) { cost($1, c) < cost($0, c) ? $1 : $0 }
      return Point(
        goodCost: c, cost: cost(best, c), trivial: min(cost(corners[0], c), cost(corners[corners.count - 1], c)),
        corner: best)
    }
  }

  /// H = 1 − ∫ least cost · u(c) dc / ∫ cost of the better of all and none · u(c) dc, with u the Beta(1 + π₁, 1 + π₀) density: its mode is
  /// π₁, where both kinds of error weigh alike. In 0...1; 0 where the score orders nothing. O(corners).
  ///
  /// Source: D. J. Hand, *Measuring classifier performance*, Machine Learning 77 (2009); D. J. Hand, C. Anagnostopoulos, *A better
  /// Beta for the H measure of classification performance*, Pattern Recognition Letters 40 (2014), for the prior.
  var hMeasure: Double {
    let rate = Double(bads) / Double(bads + goods)
    let (a, b) = (1 + rate, 2 - rate)
    /// ∫ c u and ∫ (1 − c) u from 0 to x.
    func moments(_ x: Double) -> (Double, Double) {
      (
        a / (a + b) * BetaDistribution.probabilities(a + 1, b, at: x).lower,
        b / (a + b) * BetaDistribution.probabilities(a, b + 1, at: x).lower
      )
    }
    /// ∫ of the cost of a corner over low...high.
    func integral(_ corner: Corner, _ low: (Double, Double), _ high: (Double, Double)) -> Double {
      (Double(corner.good) * (high.0 - low.0) + Double(bads - corner.bad) * (high.1 - low.1)) / Double(bads + goods)
    }
    let (none, one) = (moments(0), moments(1))
    var (least, high) = (0.0, one)
    for (corner, next) in zip(corners, corners.dropFirst()) {
      let (dBad, dGood) = (next.bad - corner.bad, next.good - corner.good)
      let low = moments(Double(dBad) / Double(dBad + dGood))
      least += integral(corner, low, high)
      high = low
    }
    least += integral(corners[corners.count - 1], none, high)
    let middle = moments(rate)
    let trivial = integral(corners[corners.count - 1], none, middle) + integral(corners[0], middle, one)
    return max(0, 1 - least / trivial)
  }
}
