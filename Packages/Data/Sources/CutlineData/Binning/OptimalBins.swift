internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The edges that tell risks apart best, exactly, among all groupings of fine bins that keep a trend and sizes
/// (`OptimalBinning`).
///
/// The declared direction gives the trend: with higher-is-safer the rate falls in the score. Totals are of all rows, those of
/// special codes and without a score included. Whether the data contradicts the direction is looked at beside it: the value
/// of the better of both trends.
struct OptimalBins: Stage {
  typealias Kind = Bin
  static let name = "optimal"
  static let summary = "The edges that tell risks apart best, proven, with a monotone trend and least sizes."

  enum Objective: String, Sendable, CaseIterable {
    /// Of the risk ratio Σ todu_30 / Σ pile, the risk of the grid.
    case deviance
    /// Of good and bad applications.
    case informationValue = "iv"
  }

  enum Trend: String, Sendable, CaseIterable {
    /// By the direction of the score; auto where none is declared.
    case declared
    case ascending, descending, peak, valley, none, auto
  }

  struct Config: StageConfig {
    var objective = Objective.deviance
    var trend = Trend.declared
    var bins = 6
    var share = 0.05
    var rows = 1
    var good = 1
    var bad = 1
    var difference = 0.0
    var fine = FineValues.Method.distinct
    var fineBins = 100
    static let fields: [Field<Self>] = [
      .choice(
        "objective", \.objective,
        "What is greatest: the deviance of the risk ratio, or the information value of good and bad applications."),
      .choice("trend", \.trend, "How risk goes from bin to bin; declared = by the direction of the score."),
      .int("max_bins", \.bins, in: 2...100, "The most bins, where the variable states no max_bins."),
      .double("min_share", \.share, in: 0...0.5, unit: "share", "The least share of outcomes in each bin."),
      .int("min_rows", \.rows, in: 1...1_000_000_000, unit: "rows", "The fewest outcomes in each bin."),
      .int("min_good", \.good, in: 1...1_000_000_000, unit: "rows", "The fewest good ones in each bin; with iv."),
      .int("min_bad", \.bad, in: 1...1_000_000_000, unit: "rows", "The fewest bad ones in each bin."),
      .double(
        "min_rate_difference", \.difference, in: 0...1, unit: "fraction",
        "The least difference of neighbouring rates: of bad shares with iv, of Σ todu_30 / Σ pile with deviance."),
      .choice(
        "fine", \.fine,
        "What edges are chosen from: distinct = all values where they are no more than fine_bins, else as quantile."),
      .int("fine_bins", \.fineBins, in: 2...100, "The most of these groups."),
    ]
  }
  let config: Config

  func run(_ input: Bin.Input, in context: RunContext) async throws -> BinProposal {
    let evidence = input.evidence
    let values = FineValues(evidence, config.fine, most: config.fineBins)
    let (sums, total) = (values.sums, evidence.total)
    let isRatio = config.objective == .deviance
    let fine = FineBins(
      good: sums.map(\.good), bad: sums.map(\.bad), over: sums.map { isRatio ? $0.numerator : $0.bad },
      under: sums.map { isRatio ? $0.denominator : $0.good + $0.bad })
    guard let fine else {
      throw Faults.data(
        "variable \(evidence.variable)", "its sums do not fit in 64 bits", "State the amounts in a larger unit.")
    }
    let all = BinTotals(
      good: total.good, bad: total.bad, over: isRatio ? total.numerator : total.bad,
      under: isRatio ? total.denominator : total.good + total.bad)
    let objective: BinObjective = isRatio ? .deviance(all) : .informationValue(all)
    var limits = OptimalBinning.Limits()
    limits.bins = evidence.mostBins ?? config.bins
    limits.rows = max(Int64(config.rows), try Self.least(config.share, of: total.good + total.bad))
    // A ratio is defined where all are bad, too.
    (limits.good, limits.bad) = (isRatio ? 0 : Int64(config.good), Int64(config.bad))
    limits.difference = try Self.fraction(config.difference)
    switch OptimalBinning.solve(fine, objective, trend: trend(evidence.direction), limits) {
    case .infeasible(let shortfall):
      throw Faults.gate(
        "variable \(evidence.variable)", "no bins can be proposed: \(shortfall.rawValue)",
        "State edges, or lower min_share, min_rows, min_good or min_bad of the method optimal in bin_methods.")
    case .optimal(let best):
      return BinProposal(
        cuts: best.ends.dropLast().map { values.cut(after: values.ends[$0 - 1]) }, objective: config.objective.rawValue,
        value: best.value, freeValue: free(fine, objective, evidence.direction, limits))
    }
  }

  private func trend(_ direction: Direction?) -> OptimalBinning.Trend {
    switch config.trend {
    case .declared: direction.map { $0 == .higherIsSafer ? .descending : .ascending } ?? .auto
    default: OptimalBinning.Trend(rawValue: config.trend.rawValue) ?? .auto
    }
  }

  /// The value of the better direction, where one is declared.
  private func free(
    _ fine: FineBins, _ objective: BinObjective, _ direction: Direction?, _ limits: OptimalBinning.Limits
  ) -> Double? {
    guard config.trend == .declared, direction != nil,
      case .optimal(let best) = OptimalBinning.solve(fine, objective, trend: .auto, limits)
    else { return nil }
    return best.value
  }

  /// ⌈share · rows⌉, of the decimal number as it was written.
  private static func least(_ share: Double, of rows: Int64) throws -> Int64 {
    let (num, den) = try fraction(share)
    return Int64((Int128(num) * Int128(rows) + Int128(den) - 1) / Int128(den))
  }

  /// The decimal number as it was written, as a fraction.
  private static func fraction(_ value: Double) throws -> (num: Int64, den: Int64) {
    guard value > 0 else { return (0, 1) }
    let decimal = try DecimalNumber(value)
    return (Int64(decimal.mantissa), (0..<decimal.scale).reduce(1) { value, _ in value * 10 })
  }
}
