internal import CutlineCompute

/// Intervals from the distribution of draws.
struct DrawInterval {
  enum Method: String, Sendable, CaseIterable { case percentile, bca }

  let low, high: Double?
  let standardError: Double?
  let draws: Int

  /// Fewer draws say nothing of the tails.
  static let fewest = 20

  /// Quantiles of the draws, of `percentile` at α and 1 − α, of `bca` at
  ///
  ///     Φ(z₀ + (z₀ + z_α) / (1 − a (z₀ + z_α))),   z₀ = Φ⁻¹(share of draws below the estimate),
  ///
  /// where the acceleration a = Σ (θ̄ − θ_j)³ / (6 (Σ (θ̄ − θ_j)²)^{3/2}) is of estimates θ_j that leave a group of
  /// applications out; without groups a = 0.
  ///
  /// - Parameters:
  ///   - values: of the draws that define the quantity.
  ///   - left: of the jackknife groups.
  /// - Complexity: O(n log n).
  ///
  /// Source: B. Efron, *Better bootstrap confidence intervals*, JASA 82 (1987).
  init(_ values: [Double], estimate: Double?, left: [Double], method: Method, confidence: Double) {
    draws = values.count
    guard values.count >= Self.fewest else { (low, high, standardError) = (nil, nil, nil); return }
    let sorted = values.sorted()
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = (squares / Double(sorted.count - 1)).squareRoot()
    let tail = (1 - confidence) / 2
    var tails = [tail, 1 - tail]
    if method == .bca, let estimate {
      let below = sorted.reduce(0.0) { $0 + ($1 < estimate ? 1 : $1 == estimate ? 0.5 : 0) } / Double(sorted.count)
      // All draws on one side leave nothing to correct by.
      if below > 0, below < 1 {
        let (bias, acceleration) = (Normal.quantile(below), Self.acceleration(left))
        tails = tails.map { share in
          let shifted = bias + Normal.quantile(share)
          let scale = 1 - acceleration * shifted
          return scale > 0 ? Normal.probability(bias + shifted / scale) : share
        }
      }
    }
    low = Quantile.of(sorted, tails[0])
    high = Quantile.of(sorted, tails[1])
  }

  /// 0 where the groups do not differ.
  static func acceleration(_ left: [Double]) -> Double {
    guard left.count >= 2 else { return 0 }
    let mean = left.reduce(0, +) / Double(left.count)
    let (squares, cubes) = left.reduce((0.0, 0.0)) { sums, value in
      let own = mean - value
      return (sums.0 + own * own, sums.1 + own * own * own)
    }
    return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }

  /// estimate − quantiles of the errors: where the truth may lie, given how the estimator errs.
  init(errors: [Double], estimate: Double, confidence: Double) {
    let own = DrawInterval(errors, estimate: nil, left: [], method: .percentile, confidence: confidence)
    draws = errors.count
    standardError = own.standardError
    low = own.high.map { estimate - $0 }
    high = own.low.map { estimate - $0 }
  }
}
