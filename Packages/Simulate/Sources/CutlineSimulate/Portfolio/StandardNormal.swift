internal import Foundation

/// The standard normal distribution.
enum StandardNormal {
  /// Density.
  static func density(_ z: Double) -> Double { exp(-0.5 * z * z) / (2 * Double.pi).squareRoot() }

  /// Distribution function Φ.
  static func probability(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// Inverse of Φ, −∞ at 0 and ∞ at 1, by bisection: exact to the last bits and used a few times a model.
  static func quantile(_ probability: Double) -> Double {
    if probability <= 0 { return -.infinity }
    if probability >= 1 { return .infinity }
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<200 {
      let middle = 0.5 * (low + high)
      if Self.probability(middle) < probability { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}
