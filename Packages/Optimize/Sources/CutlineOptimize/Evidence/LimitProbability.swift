internal import CutlineCredit

/// P(true risk ≤ limit) of a strategy with the risk r₀ that was chosen as the best of many, counted over resamples:
///
///     P = #{b : a strategy was chosen, r₀ − e_b ≤ limit} / #{b : chosen, or proven that nothing keeps the limit}
///
/// e_b is what the strategy chosen in resample b errs by there. A resample in which nothing keeps the limit, or whose strategy
/// has no risk, counts against it. A search that stopped early proves neither: its resample is on neither side, and counted.
struct LimitProbability {
  /// Percent.
  let risk, limit: Double
  private var kept = 0
  /// Resamples that decide.
  private(set) var counted = 0
  /// Resamples left out.
  private(set) var unproven = 0

  init(risk: Double?, limit: DecimalNumber) {
    self.risk = risk ?? .nan
    self.limit = Double(limit.description) ?? .nan
  }

  /// - Parameter error: e_b; nil where no strategy was chosen, or its risk is undefined.
  mutating func add(_ status: Frontier.Answer.Status, error: Double?) {
    guard status != .unproven else {
      unproven += 1
      return
    }
    counted += 1
    if status == .optimal, let error, risk - error <= limit { kept += 1 }
  }

  /// Nil where too few resamples decide (`DrawInterval.fewest`), or the strategy has no risk.
  var value: Double? { counted >= DrawInterval.fewest && !risk.isNaN ? Double(kept) / Double(counted) : nil }
}
