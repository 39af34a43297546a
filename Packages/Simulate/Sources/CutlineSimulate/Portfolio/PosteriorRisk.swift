internal import Foundation

/// Expectations over the latent log-odds given both scores, tabulated in their mean.
///
/// With u standard normal, x = m + v·u the latent log-odds of good above those at a score of 500, and the reviewer's
/// chance of an override a(u) = Φ((ηu − c)/√(1−η²)) below the cutoff, r(u) = Φ((c′ − ηu)/√(1−η²)) above it:
/// E[p], E[p·a] and E[p·r] with p = 1/(1 + exp(g + x)), g the log-odds of good at 500 less the shock.
struct PosteriorRisk: Sendable {
  /// Three expectations at one mean.
  struct Value: Sendable {
    /// Probability of bad; of bad and approved by override; of bad and rejected by override.
    var bad = 0.0, badApproved = 0.0, badRejected = 0.0
  }

  private let table: [Value]
  private static let first = -30.0, step = 0.02, last = 30.0

  init(_ model: PortfolioModel, lowSideQuantile: Double, highSideQuantile: Double) {
    let fresh = (1 - model.overrideInsight * model.overrideInsight).squareRoot()
    let deviation = model.posteriorDeviation
    // The trapezium rule converges geometrically for an analytic integrand that vanishes at both ends.
    let grid = stride(from: -8.5, through: 8.5, by: 0.125).map { u in
      (
        offset: deviation * u, weight: 0.125 * StandardNormal.density(u),
        approved: StandardNormal.probability((model.overrideInsight * u - lowSideQuantile) / fresh),
        rejected: StandardNormal.probability((highSideQuantile - model.overrideInsight * u) / fresh)
      )
    }
    table = (0...Int((Self.last - Self.first) / Self.step)).map { index in
      let mean = Self.first + Double(index) * Self.step
      var value = Value()
      for point in grid {
        let bad = point.weight / (1 + exp(mean + point.offset))
        value.bad += bad
        value.badApproved += bad * point.approved
        value.badRejected += bad * point.rejected
      }
      return value
    }
  }

  /// The expectations at a mean log-odds of good `mean`, by cubic interpolation (error below 1e-8).
  func callAsFunction(_ mean: Double) -> Value {
    let place = (min(max(mean, Self.first + 1), Self.last - 1) - Self.first) / Self.step
    let index = Int(place)
    let t = place - Double(index)
    let weights = SIMD4(
      -t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6
    )
    let near = (table[index - 1], table[index], table[index + 1], table[index + 2])
    func blend(_ part: (Value) -> Double) -> Double {
      (weights * SIMD4(part(near.0), part(near.1), part(near.2), part(near.3))).sum()
    }
    return Value(bad: blend { $0.bad }, badApproved: blend { $0.badApproved }, badRejected: blend { $0.badRejected })
  }
}
