internal import CCompute

extension CornerTask {
  /// Neighbouring corners that share a lane: they share most of their labels. Fewer where points are few, so that there
  /// is work for several workers and cones stay narrow.
  private static func cornersPerLane(_ count: Int) -> Int { min(32, max(1, count / (16 * Int(CUTLINE_CORNERS)))) }

  /// Tasks that together hold every frontier strategy, given the frontier of known ones.
  ///
  /// Let known points have P₁ < … < Pₘ and ρ₁ < … < ρₘ. A frontier strategy x with ρᵢ ≤ ρ(x), i the last such, has
  /// P(x) ≥ Pᵢ, and ρ(x) < ρᵢ₊₁ if i < m: it lies in corner i. Corners are closed, so that strategies that tie with a
  /// known point are found as well. Below ρ₁ and above Pₘ there is nothing where that was shown before.
  ///
  /// - Parameters:
  ///   - points: by ascending production and risk.
  ///   - greatestProduction: whether no strategy has more than Pₘ.
  ///   - leastRisk: whether no feasible strategy has less than ρ₁.
  ///   - price: a price of risk for bounds at a risk.
  static func covering(
    _ points: [cutline_point], greatestProduction: Bool, leastRisk: Bool, productionFloor: Int64?,
    price: (Double) -> Double
  ) -> [CornerTask] {
    let risks = points.map { RiskRatio(trusted: $0.numerator, max($0.denominator, 1)) }
    func floor(_ production: Int64?) -> Int64? {
      guard let productionFloor else { return production }
      return max(production ?? productionFloor, productionFloor)
    }
    guard let lowest = points.first, let least = risks.first, let highest = points.last, let greatest = risks.last
    else {
      // Nothing feasible is known: all strategies, risks up to and from 0.
      let zero = RiskRatio(trusted: 0, 1)
      return [
        CornerTask(floors: [floor(nil)], ceilings: [zero], low: nil, high: zero, price: 1),
        CornerTask(floors: [floor(nil)], ceilings: [nil], low: zero, high: nil, price: 1),
      ]
    }
    var tasks: [CornerTask] = []
    if !leastRisk {
      tasks.append(
        CornerTask(floors: [floor(nil)], ceilings: [least], low: nil, high: least, price: price(least.value)))
    }
    if points.count == 1 {
      tasks.append(
        CornerTask(
          floors: [floor(lowest.production)], ceilings: [least], low: least, high: least, price: price(least.value)))
    }
    let stride = cornersPerLane(points.count)
    for first in Swift.stride(from: 0, to: points.count - 1, by: stride * Int(CUTLINE_CORNERS)) {
      let end = min(first + stride * Int(CUTLINE_CORNERS), points.count - 1)
      let starts = Array(Swift.stride(from: first, to: end, by: stride))
      tasks.append(
        CornerTask(
          floors: starts.map { floor(points[$0].production) }, ceilings: starts.map { risks[min($0 + stride, end)] },
          low: risks[first], high: risks[end], price: price(risks[(first + 1 + end) / 2].value)))
    }
    if !greatestProduction {
      tasks.append(CornerTask(floors: [floor(highest.production)], ceilings: [nil], low: greatest, high: nil, price: 0))
    }
    return tasks
  }
}
