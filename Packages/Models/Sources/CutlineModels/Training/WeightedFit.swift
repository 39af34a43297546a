/// Weighted sums from which R² and the root mean squared error follow; sums of folds can be pooled.
struct WeightedFit {
  private var weight = 0.0
  private var y = 0.0
  private var yy = 0.0
  private var residual = 0.0

  init() {}

  init(observed: [Double], predicted: [Double], weights: [Double]) {
    for i in observed.indices where weights[i] > 0 {
      weight += weights[i]
      y += weights[i] * observed[i]
      yy += weights[i] * observed[i] * observed[i]
      residual += weights[i] * (observed[i] - predicted[i]) * (observed[i] - predicted[i])
    }
  }

  mutating func add(_ other: WeightedFit) {
    weight += other.weight
    y += other.y
    yy += other.yy
    residual += other.residual
  }

  /// 1 − residual / total sum of squares; −infinity where the observations do not vary.
  var r2: Double {
    let total = yy - y * y / weight
    return total > 0 ? 1 - residual / total : -.infinity
  }

  var rmse: Double { (residual / weight).squareRoot() }
}
