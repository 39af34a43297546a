internal import CutlineCore
internal import CutlineCredit

/// The least value of ½ βᵀHβ − cᵀβ + Σ λ₁ⱼ |βⱼ| + ½ Σ λ₂ⱼ βⱼ².
///
/// Coordinate descent finds which coefficients are 0 and the signs of the others; for these the optimum is a linear system,
/// which is solved, stepping back to the first coefficient that would change its sign. So the result is exact up to
/// rounding where the system is not singular, and otherwise as near as the descent comes.
///
/// Source: J. Friedman, T. Hastie, R. Tibshirani, *Regularization paths for generalized linear models via coordinate
/// descent*, J. Stat. Software 33 (2010); M. R. Osborne, B. Presnell, B. A. Turlach, *A new approach to variable selection in
/// least squares problems*, IMA J. Numer. Anal. 20 (2000) for the active set.
struct PenalisedQuadratic {
  let hessian: PackedSymmetric
  let linear: [Double]
  let l1, l2: [Double]
  static let roundLimit = 1000
  private static let sweeps = 20

  /// The greatest violation of the optimality conditions at β: |gⱼ + λ₁ⱼ sign βⱼ| where βⱼ ≠ 0, (|gⱼ| − λ₁ⱼ)⁺ where it is
  /// 0, g the gradient of the smooth part.
  static func violation(_ beta: [Double], gradient: [Double], l1: [Double]) -> Double {
    beta.indices.reduce(0) { greatest, j in
      let g = gradient[j]
      let own = beta[j] == 0 ? max(0, g.magnitude - l1[j]) : (g + (beta[j] > 0 ? l1[j] : -l1[j])).magnitude
      return max(greatest, own.isNaN ? .infinity : own)
    }
  }

  /// - Parameters:
  ///   - start: where to begin.
  ///   - tolerance: the greatest violation that is accepted.
  /// - Returns: the minimum and its violation; a violation above the tolerance where `roundLimit` rounds did not suffice.
  /// - Complexity: O(p²) per sweep, O(p³) per linear system.
  func minimum(from start: [Double], tolerance: Double) -> (beta: [Double], violation: Double) {
    var beta = start
    var gradient = smoothGradient(beta)
    var best = Self.violation(beta, gradient: gradient, l1: l1)
    for _ in 0..<Self.roundLimit {
      if best <= tolerance { break }
      for _ in 0..<Self.sweeps where sweep(&beta, &gradient) == 0 { break }
      polish(&beta)
      gradient = smoothGradient(beta)
      best = Self.violation(beta, gradient: gradient, l1: l1)
    }
    return (beta, best)
  }

  private func smoothGradient(_ beta: [Double]) -> [Double] {
    let product = hessian.times(beta)
    return beta.indices.map { product[$0] + l2[$0] * beta[$0] - linear[$0] }
  }

  /// One pass over the coordinates; the greatest change of a coefficient.
  private func sweep(_ beta: inout [Double], _ gradient: inout [Double]) -> Double {
    var greatest = 0.0
    for j in beta.indices {
      let bend = hessian[j, j] + l2[j]
      guard bend > 0 else { continue }
      let free = bend * beta[j] - gradient[j]
      let shrunk = free.magnitude <= l1[j] ? 0 : free > 0 ? free - l1[j] : free + l1[j]
      let step = shrunk / bend - beta[j]
      guard step != 0, step.isFinite else { continue }
      beta[j] += step
      for k in beta.indices { gradient[k] += hessian[k, j] * step }
      gradient[j] += l2[j] * step
      greatest = max(greatest, step.magnitude)
    }
    return greatest
  }

  /// Solves for the coefficients that are not 0, as long as the signs stay.
  private func polish(_ beta: inout [Double]) {
    for _ in beta.indices {
      let active = beta.indices.filter { hessian[$0, $0] + l2[$0] > 0 && (beta[$0] != 0 || l1[$0] == 0) }
      guard !active.isEmpty else { return }
      var matrix = hessian.part(active)
      for (place, j) in active.enumerated() { matrix[place, place] += l2[j] }
      let system = Cholesky(matrix)
      guard system.isFree.allSatisfy({ $0 }) else { return }
      let right = active.map { linear[$0] - (beta[$0] > 0 ? l1[$0] : beta[$0] < 0 ? -l1[$0] : 0) }
      let aim = system.solve(right)
      guard aim.allSatisfy(\.isFinite) else { return }
      // How far until a coefficient with a penalty on its size reaches 0.
      var fraction = 1.0
      var stopped: Int?
      for (place, j) in active.enumerated() where l1[j] > 0 && aim[place] * beta[j].signum < 0 {
        let own = beta[j] / (beta[j] - aim[place])
        if own < fraction { (fraction, stopped) = (own, j) }
      }
      for (place, j) in active.enumerated() {
        beta[j] = stopped == nil ? aim[place] : beta[j] + fraction * (aim[place] - beta[j])
      }
      guard let stopped else { return }
      beta[stopped] = 0
    }
  }
}

extension Double {
  /// 1, −1 or 0.
  fileprivate var signum: Double { self > 0 ? 1 : self < 0 ? -1 : 0 }
}
