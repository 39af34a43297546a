internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Minimises F(β) + Σ λ₁ⱼ |βⱼ| + ½ Σ λ₂ⱼ βⱼ² for a convex loss F of `LossPass` by Newton's method with a line search; with
/// λ₁ each step minimises the quadratic model with the penalty (proximal Newton).
///
/// It has converged where the greatest violation of the optimality conditions, in units of standardised features, is at most
/// `tolerance` times `size`, the mean absolute size of the terms of ∂f/∂η. Where rounding forbids that, 10⁻⁷ times is
/// accepted once no further decrease can be told from rounding. Anything else is an error.
///
/// Features that are combinations of others and have no penalty are left at 0.
///
/// Source: J. D. Lee, Y. Sun, M. A. Saunders, *Proximal Newton-type methods for minimizing composite functions*, SIAM J.
/// Optim. 24 (2014); Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 2nd ed., §4.4.1.
struct NewtonFit {
  struct Penalty: Sendable {
    /// Per feature as it is, not standardised.
    var l1 = 0.0
    var l2 = 0.0

    /// Of one α and the share of the absolute values in it.
    init(alpha: Double, l1Ratio: Double = 0) {
      l1 = alpha * l1Ratio
      l2 = alpha * (1 - l1Ratio)
    }
  }

  struct Solution {
    /// Per standardised feature, the intercept last.
    var beta: [Double]
    var iterations: Int
    /// The greatest violation of the optimality conditions before the last step.
    var violation: Double
    /// What the violation is small against.
    var size: Double
    /// Places of features that were left out as combinations of others.
    var dependent: [Int]
  }

  let pass: LossPass
  let penalty: Penalty
  let tolerance: Double
  let iterationLimit: Int
  /// What errors call it.
  let estimator: String
  /// Tells whether a step could go on without an end; asked where nothing is penalised.
  let separation: Separation?

  private var l1: [Double] { pass.features.factors.map { penalty.l1 * $0 } + [0] }
  private var l2: [Double] { pass.features.factors.map { penalty.l2 * $0 * $0 } + [0] }

  func solve(from start: [Double], in context: RunContext) throws -> Solution {
    let (l1, l2) = (l1, l2)
    let isProximal = l1.contains { $0 > 0 }
    var beta = start
    var value = pass.value(at: beta, derivatives: true)
    var cost = value.loss + price(beta, l1, l2)
    guard cost.isFinite else { throw beyond() }
    let kept = penalty.l1 + penalty.l2 > 0 ? nil : Cholesky(value.hessian).isFree
    var iteration = 0
    var before = Double.infinity
    while true {
      try context.checkCancellation()
      let gradient = beta.indices.map { value.gradient[$0] + l2[$0] * beta[$0] }
      let free = beta.indices.filter { kept?[$0] ?? true }
      let violation = PenalisedQuadratic.violation(
        free.map { beta[$0] }, gradient: free.map { gradient[$0] }, l1: free.map { l1[$0] })
      let step =
        isProximal
        ? proximalStep(value, beta, l1, l2, tolerance: 0.1 * min(violation, tolerance * value.size))
        : newtonStep(value, gradient, l2, kept)
      let isOptimal = violation <= tolerance * value.size
      let slope =
        gradient.indices.reduce(0) { $0 + gradient[$1] * step[$1] }
        + beta.indices.reduce(0) { $0 + l1[$1] * ((beta[$1] + step[$1]).magnitude - beta[$1].magnitude) }
      // What is left no longer falls as Newton's method lets it fall: it is rounding.
      let isFlat = -slope <= 1e-14 * value.size && violation <= 1e-7 * value.size && violation > 0.5 * before
      before = violation
      var isSettled = true
      if let separation, penalty.l1 + penalty.l2 == 0, isOptimal || isFlat || iteration >= 12 {
        isSettled = try separation.isSettled(step)
      }
      if isSettled && (isOptimal || isFlat) {
        // The step to the optimum of the quadratic model is known: it squares what is left of the error.
        if isOptimal { beta = beta.indices.map { beta[$0] + step[$0] } }
        let dependent = pass.features.factors.indices.filter { !(kept?[$0] ?? true) }
        return Solution(
          beta: beta, iterations: iteration, violation: violation, size: value.size, dependent: dependent)
      }
      guard iteration < iterationLimit, slope < 0,
        let next = search(from: beta, step, cost: cost, slope: slope, value.size, l1, l2)
      else { throw notConverged(iteration, violation / value.size) }
      (beta, value, cost) = next
      iteration += 1
    }
  }

  private func price(_ beta: [Double], _ l1: [Double], _ l2: [Double]) -> Double {
    beta.indices.reduce(0) { $0 + l1[$1] * beta[$1].magnitude + 0.5 * l2[$1] * beta[$1] * beta[$1] }
  }

  private func newtonStep(
    _ value: LossPass.Value, _ gradient: [Double], _ l2: [Double], _ kept: [Bool]?
  ) -> [Double] {
    var hessian = value.hessian
    for j in l2.indices { hessian[j, j] += l2[j] }
    guard let kept else { return Cholesky(hessian).solve(gradient.map { -$0 }) }
    let places = gradient.indices.filter { kept[$0] }
    let part = Cholesky(hessian.part(places)).solve(places.map { -gradient[$0] })
    var step = [Double](repeating: 0, count: gradient.count)
    for (place, j) in places.enumerated() { step[j] = part[place] }
    return step
  }

  private func proximalStep(
    _ value: LossPass.Value, _ beta: [Double], _ l1: [Double], _ l2: [Double], tolerance: Double
  ) -> [Double] {
    let product = value.hessian.times(beta)
    let model = PenalisedQuadratic(
      hessian: value.hessian, linear: beta.indices.map { product[$0] - value.gradient[$0] }, l1: l1, l2: l2)
    let aim = model.minimum(from: beta, tolerance: tolerance).beta
    return beta.indices.map { aim[$0] - beta[$0] }
  }

  /// The first of the steps 1, ½, ¼ … that decreases the cost by a share of what its slope promises.
  private func search(
    from beta: [Double], _ step: [Double], cost: Double, slope: Double, _ size: Double, _ l1: [Double], _ l2: [Double]
  ) -> (beta: [Double], value: LossPass.Value, cost: Double)? {
    var length = 1.0
    for trial in 0..<60 {
      let next = beta.indices.map { beta[$0] + length * step[$0] }
      // Nearly always the first step is taken, so its derivatives are worth the while.
      var value = pass.value(at: next, derivatives: trial == 0)
      let now = value.loss + price(next, l1, l2)
      if now <= cost + 1e-4 * length * slope + 1e-14 * max(size, cost.magnitude) {
        if trial > 0 { value = pass.value(at: next, derivatives: true) }
        return (next, value, now)
      }
      length *= 0.5
    }
    return nil
  }

  private func beyond() -> Faults {
    Faults.data(
      "fit \(estimator)", "the loss is no number at the start", "Check offsets and weights for values that cannot be.")
  }

  private func notConverged(_ iterations: Int, _ violation: Double) -> Faults {
    Faults.data(
      "fit \(estimator)",
      "did not converge: after \(iterations) iterations the gradient is \(violation) of its terms, not \(tolerance)",
      "Add a penalty, use fewer features, or raise tolerance or max_iterations.")
  }
}
