/// How well predictions fit weighted observations; those of parts, such as folds, can be pooled.
///
/// Kept are Σ w, the mean ȳ, Σ w (y − ȳ)² and Σ w (y − ŷ)², each found in two passes and pooled after Chan, Golub and
/// LeVeque (1983), so that nothing cancels where the observations lie close together.
public struct WeightedFit: Sendable {
  private var weight = 0.0
  private var mean = 0.0
  private var spread = 0.0
  private var residual = 0.0

  /// Observations without weight are left out.
  ///
  /// - Precondition: the three have one length.
  public init(observed: [Double], predicted: [Double], weights: [Double]) {
    precondition(observed.count == predicted.count && observed.count == weights.count)
    var sum = 0.0
    for i in observed.indices where weights[i] > 0 {
      weight += weights[i]
      sum += weights[i] * observed[i]
    }
    guard weight > 0 else { return }
    mean = sum / weight
    for i in observed.indices where weights[i] > 0 {
      spread += weights[i] * (observed[i] - mean) * (observed[i] - mean)
      residual += weights[i] * (observed[i] - predicted[i]) * (observed[i] - predicted[i])
    }
  }

  public mutating func add(_ other: WeightedFit) {
    guard other.weight > 0 else { return }
    let total = weight + other.weight
    let step = other.mean - mean
    spread += other.spread + step * step * weight * (other.weight / total)
    residual += other.residual
    mean += step * (other.weight / total)
    weight = total
  }

  /// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²`; −infinity where the observations do not vary.
  public var r2: Double { spread > 0 ? 1 - residual / spread : -.infinity }

  /// `√(Σ w (y − ŷ)² / Σ w)`, in the unit of the observations; not a number without any.
  public var rmse: Double { (residual / weight).squareRoot() }
}
