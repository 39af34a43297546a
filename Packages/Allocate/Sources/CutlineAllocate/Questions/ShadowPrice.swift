internal import CutlineCore
internal import CutlineCredit

/// What a little more risk would bring, from the multiplier of the bound.
///
/// With λ the price of a unit of slack s = n D − d N (n/d = target / (100 · multiplier)), a target that is higher by one percentage
/// point adds d · Σ D / (100 · multiplier) to the slack of what is chosen; so the objective's marginal rate is
///
///     λ · d · Σ D / (100 · multiplier)   per percentage point.
///
/// It is the slope of the concave hull of the curve of production against the target, at the target; the curve itself has steps.
public struct ShadowPrice: Sendable {
  /// In units of the amounts' scale per percentage point; nil where there is no multiplier.
  public let perPoint: Double?
  /// Per segment: the rate of its next step on the way to more, in the same unit; nil where there is none. The step that the
  /// budget would be spent on next is the one with the greatest.
  public let next: [Double?]

  /// - Throws: `Faults` as the allocation itself.
  public init(_ allocation: Allocation, _ input: Allocate.Input) throws {
    let problem = try AllocationProblem(input)
    let (options, budget) = (problem.options, problem.budget)
    let base =
      input.limits.weight == .exposure
      ? Double(allocation.sums.denominator) : Double(allocation.sums.production) * 0x1p30
    let unit = Double(budget.denominator) * base / (100 * options.measure.multiplier)
    perPoint = allocation.dual.flatMap { dual in
      Double(dual.price).map { $0 / Double(sign: .plus, exponent: dual.shift, significand: 1) * unit }
    }
    let active = Set(options.constraints)
    next = try allocation.choices.enumerated().map { segment, choice in
      let (own, slack) = (options.objective(choice.sums), try budget.slack(choice.sums))
      var best: Double?
      for option in try options.options(segment, active: active) {
        let gain = options.objective(option.sums) - own
        guard gain > 0 else { continue }
        let used = slack - (try budget.slack(option.sums))
        let rate = used > 0 ? Double(gain) / Double(used) * unit : .infinity
        best = max(best ?? rate, rate)
      }
      return best
    }
  }
}
