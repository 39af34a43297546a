internal import CSearch

extension CornerTask {
  /// Neighbouring corners that share a lane: they share most of their labels. Fewer where points are few, so that there
  /// is work for several workers and cones stay narrow.
  private static func cornersPerLane(_ count: Int) -> Int { min(32, max(1, count / (16 * Int(CUTLINE_CORNERS)))) }

  /// Tasks that together hold every frontier strategy, given the frontier of known ones.
  ///
  /// Let known points have P₁ < … < Pₘ and ρ₁ < … < ρₘ. A frontier strategy x with ρᵢ ≤ ρ(x), i the last such, has
  /// P(x) ≥ Pᵢ, and ρ(x) < ρᵢ₊₁ if i < m: it lies in corner i. Corners are closed, so that strategies that tie with a
  /// known point are found as well. Below ρ₁, above Pₘ and between an empty sum and the least risk of others there is
  /// nothing but ties where that was shown before.
  ///
  /// - Parameters:
  ///   - points: by ascending production and risk.
  ///   - price: a price of risk for bounds at a risk.
  static func covering(
    _ points: [cutline_point], extremes: KnownStrategies.Extremes, productionFloor: Int64?, price: (Double) -> Double
  ) -> [CornerTask] {
    let risks = points.map { RiskRatio(trusted: $0.numerator, max($0.denominator, 1)) }
    func floor(_ production: Int64?) -> Int64? {
      guard let productionFloor else { return production }
      return max(production ?? productionFloor, productionFloor)
    }
    guard let least = risks.first, let highest = points.last, let greatest = risks.last else {
      // Nothing feasible is known: all strategies, risks up to and from 0.
      let zero = RiskRatio(trusted: 0, 1)
      return [
        CornerTask(floors: [floor(nil)], ceilings: [zero], low: nil, high: zero, price: 1),
        CornerTask(floors: [floor(nil)], ceilings: [nil], low: zero, high: nil, price: 1),
      ]
    }
    var tasks: [CornerTask] = []
    if !extremes.leastRisk {
      tasks.append(
        CornerTask(floors: [floor(nil)], ceilings: [least], low: nil, high: least, price: price(least.value)))
    }
    /// Strategies that tie with a point, or beat it at its own risk.
    func ties(_ place: Int) -> CornerTask {
      CornerTask(
        floors: [floor(points[place].production)], ceilings: [risks[place]], low: risks[place], high: risks[place],
        price: price(risks[place].value))
    }
    let start = extremes.leastRiskOfSome ? 1 : 0
    if start == 1 {
      // Only sums without numerator are of interest: no production makes up for one.
      var empty = ties(0)
      empty.price = 4 * Double(highest.production.magnitude) + 1
      tasks.append(empty)
    }
    if points.count == start + 1 { tasks.append(ties(start)) }
    let stride = cornersPerLane(points.count)
    for first in Swift.stride(from: start, to: points.count - 1, by: stride * Int(CUTLINE_CORNERS)) {
      let end = min(first + stride * Int(CUTLINE_CORNERS), points.count - 1)
      let starts = Array(Swift.stride(from: first, to: end, by: stride))
      tasks.append(
        CornerTask(
          floors: starts.map { floor(points[$0].production) }, ceilings: starts.map { risks[min($0 + stride, end)] },
          low: risks[first], high: risks[end], price: price(risks[(first + 1 + end) / 2].value)))
    }
    if !extremes.greatestProduction {
      tasks.append(CornerTask(floors: [floor(highest.production)], ceilings: [nil], low: greatest, high: nil, price: 0))
    }
    return tasks
  }
}
