/// The best grouping of neighbouring fine bins, exactly, by dynamic programming.
///
/// Maximises Σ over bins of an objective of the bin's totals, subject to a greatest number of bins, least rows, good and bad of
/// each, and a trend of the rate with a least difference between neighbours; rates are compared as fractions of whole numbers.
///
/// The state is the whole first bin s...e of what is still to be grouped, the bins left and, for peak and valley, whether the
/// turn is past: only the rate of that bin decides what may follow. Values over (s, e) of the best grouping of s...m, from
/// the right; transitions over the next bin. Then the grouping is read off from the left, so that of those within 1e-13 of
/// the best it has the fewest bins, and of these the smallest ends.
///
/// Complexity: O(m³ K) time, O(m² K) memory for m fine bins and at most K bins.
public struct OptimalBinning: Sendable, Hashable {
  /// How the rate goes from bin to bin. Either part of peak and valley may be empty; auto is the better of ascending and
  /// descending, ascending on a tie.
  public enum Trend: String, Sendable, CaseIterable { case ascending, descending, peak, valley, none, auto }

  public struct Limits: Sendable {
    public var bins = 6
    /// Of each bin.
    public var rows: Int64 = 1
    public var good: Int64 = 1
    public var bad: Int64 = 1
    /// The least difference of the rates of neighbours, as a fraction of whole numbers.
    public var difference: (num: Int64, den: Int64) = (0, 1)
    public init() {}
  }

  /// Why there is no grouping: the first of these that even all fine bins together do not meet.
  public enum Shortfall: String, Sendable, Hashable {
    case noValues = "there are no values to group"
    case noGood = "no row is good"
    case noBad = "no row is bad"
    case noExposure = "there is no exposure"
    case rows = "all values together have fewer rows than one bin needs"
    case good = "all values together have fewer good rows than one bin needs"
    case bad = "all values together have fewer bad rows than one bin needs"
    case exposure = "all values together have no exposure"
  }

  public enum Outcome: Sendable, Hashable {
    case optimal(OptimalBinning)
    case infeasible(Shortfall)
  }

  /// The number of fine bins up to and including each bin, ascending; the last is all of them.
  public let ends: [Int]
  public let value: Double
  /// Ascending or descending where auto was asked for.
  public let trend: Trend

  /// Values closer than this are equal.
  public static let tie = 1e-13

  public static func solve(_ fine: FineBins, _ objective: BinObjective, trend: Trend, _ limits: Limits) -> Outcome {
    if trend == .auto {
      let (up, down) = (
        solve(fine, objective, trend: .ascending, limits), solve(fine, objective, trend: .descending, limits)
      )
      if case .optimal(let rising) = up, case .optimal(let falling) = down, falling.value > rising.value + tie {
        return down
      }
      return up
    }
    if let shortfall = shortfall(fine, objective, limits) { return .infeasible(shortfall) }
    return .optimal(Table(fine, objective, trend, limits).best)
  }

  /// Whether one bin may have these totals; the first limit that it breaks.
  private static func broken(_ bin: BinTotals, _ limits: Limits) -> Shortfall? {
    bin.good + bin.bad < limits.rows
      ? .rows
      : bin.good < limits.good ? .good : bin.bad < limits.bad ? .bad : bin.under <= 0 || bin.over < 0 ? .exposure : nil
  }

  private static func shortfall(_ fine: FineBins, _ objective: BinObjective, _ limits: Limits) -> Shortfall? {
    guard fine.count > 0 else { return .noValues }
    return objective.lack ?? broken(fine.totals(0, fine.count - 1), limits)
  }

  /// The values of all states.
  private struct Table {
    private let (m, most): (Int, Int)
    private let trend: Trend
    private let difference: (num: Int64, den: Int64)
    private let totals: [BinTotals?]
    private let values: [Double]
    /// Per first bin, bins left and phase: the best sum; −∞ where there is none.
    private var sums: [Double]

    init(_ fine: FineBins, _ objective: BinObjective, _ trend: Trend, _ limits: Limits) {
      (m, most) = (fine.count, max(1, min(limits.bins, fine.count)))
      (self.trend, difference) = (trend, limits.difference)
      totals = (0..<m * m).map { [m] pair in
        let (s, e) = (pair / m, pair % m)
        guard s <= e else { return nil }
        let bin = fine.totals(s, e)
        return broken(bin, limits) == nil ? bin : nil
      }
      values = totals.map { $0.map(objective.value) ?? -.infinity }
      sums = Array(repeating: -.infinity, count: m * m * most * 2)
      for s in (0..<m).reversed() {
        for e in s..<m where totals[s * m + e] != nil { fill(s, e) }
      }
    }

    private func place(_ s: Int, _ e: Int, _ left: Int, _ phase: Int) -> Int {
      (((s * m + e) * most) + left - 1) * 2 + phase
    }

    private mutating func fill(_ s: Int, _ e: Int) {
      let value = values[s * m + e]
      guard e < m - 1 else {
        (sums[place(s, e, 1, 0)], sums[place(s, e, 1, 1)]) = (value, value)
        return
      }
      for next in (e + 1)..<m {
        guard let (stays, turns) = steps(s, e, next) else { continue }
        for left in stride(from: 2, through: most, by: 1) {
          let at = place(s, e, left, 0)
          let from = place(e + 1, next, left - 1, 0)
          let (early, late) = (stays ? sums[from] : -.infinity, turns ? sums[from + 1] : -.infinity)
          sums[at] = max(sums[at], value + max(early, late))
          sums[at + 1] = max(sums[at + 1], value + late)
        }
      }
    }

    /// Whether bin e+1...next may follow s...e before the turn, and as or after it; nil where neither.
    private func steps(_ s: Int, _ e: Int, _ next: Int) -> (stays: Bool, turns: Bool)? {
      guard let own = totals[s * m + e], let other = totals[(e + 1) * m + next] else { return nil }
      if trend == .none { return (true, false) }
      let isRise = trend != .descending && own.rises(to: other, by: difference)
      let isFall = trend != .ascending && other.rises(to: own, by: difference)
      guard isRise || isFall else { return nil }
      switch trend {
      case .peak: return (isRise, isFall)
      case .valley: return (isFall, isRise)
      default: return (true, false)
      }
    }

    var best: OptimalBinning {
      let tops = (1...most).map { left in (0..<m).reduce(-Double.infinity) { max($0, sums[place(0, $1, left, 0)]) } }
      let enough = (tops.max() ?? 0) - tie
      var left = (tops.firstIndex { $0 >= enough } ?? 0) + 1
      // The smallest end from which the rest can still reach `need`; rounding may leave none, then the best.
      var (s, phase, need, value) = (0, 0, enough, 0.0)
      var last: Int?
      var ends: [Int] = []
      while s < m {
        let options = (s..<m).compactMap { end -> (end: Int, sum: Double, phase: Int)? in
          guard let last else { return (end, sums[place(s, end, left, 0)], 0) }
          guard let (stays, turns) = steps(last, s - 1, end) else { return nil }
          let from = place(s, end, left, 0)
          let (early, late) = (stays && phase == 0 ? sums[from] : -.infinity, turns ? sums[from + 1] : -.infinity)
          return (end, max(early, late), early >= late ? 0 : 1)
        }
        let most = options.reduce(-Double.infinity) { max($0, $1.sum) }
        guard let chosen = options.first(where: { $0.sum >= min(need, most) }), most > -.infinity else { break }
        need = min(need, chosen.sum) - values[s * m + chosen.end]
        value += values[s * m + chosen.end]
        ends.append(chosen.end + 1)
        (last, s, phase, left) = (s, chosen.end + 1, chosen.phase, left - 1)
      }
      return OptimalBinning(ends: ends, value: value, trend: trend)
    }
  }
}
