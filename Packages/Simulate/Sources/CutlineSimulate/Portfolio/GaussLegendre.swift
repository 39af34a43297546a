internal import Foundation

/// Gauss–Legendre quadrature: exact for polynomials of degree 2n − 1 on an interval.
struct GaussLegendre: Sendable {
  /// Abscissas in (−1, 1) and weights that sum to 2.
  let nodes, weights: [Double]

  /// The rule with `count` nodes, by Newton's method on the Legendre polynomial.
  init(_ count: Int) {
    var nodes: [Double] = []
    var weights: [Double] = []
    for index in 0..<count {
      var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<50 {
        var (previous, current) = (1.0, x)
        for degree in stride(from: 2, through: count, by: 1) {
          let k = Double(degree)
          (previous, current) = (current, ((2 * k - 1) * x * current - (k - 1) * previous) / k)
        }
        slope = Double(count) * (x * current - previous) / (x * x - 1)
        let step = current / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      nodes.append(x)
      weights.append(2 / ((1 - x * x) * slope * slope))
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// Calls `body` with each abscissa in `low…high` and its weight.
  func forEach(_ low: Double, _ high: Double, _ body: (Double, Double) -> Void) {
    let half = 0.5 * (high - low)
    let middle = 0.5 * (high + low)
    for index in nodes.indices { body(middle + half * nodes[index], half * weights[index]) }
  }
}
