internal import CutlineCompute
internal import CutlineCore
public import CutlineCredit

/// How sure the risk and the production of an allocation are, from the resamples of its segments' runs.
///
/// A resample's weight of an application depends on the seed, the resample's number and the application's key alone, so that
/// resample b of all segments is one resample of all applications. With the strategies fixed it has
///
///     risk_b = multiplier · Σ N_b / Σ D_b,   production_b = Σ P_b,
///
/// sums over the segments; intervals are their quantiles. That the strategies were chosen on the same applications is not in
/// them: the promise is too good by the optimism that each run states.
public struct AllocationUncertainty: Sendable {
  /// A segment: its resamples, and what is accepted; nil for what is booked today.
  public struct Part: Sendable {
    public let name: String
    public let draws: CellDraws
    public let strategy: Strategy?
    /// 12 / months.
    public let annualCoefficient: Double

    public init(name: String, draws: CellDraws, strategy: Strategy?, annualCoefficient: Double) {
      (self.name, self.draws, self.strategy, self.annualCoefficient) = (name, draws, strategy, annualCoefficient)
    }
  }

  public struct Interval: Sendable, Codable {
    public let low, high: Double
  }

  public let confidence: Double
  public let resamples: Int
  /// Percent.
  public let risk: Interval
  /// Currency a year.
  public let production: Interval
  /// Share of resamples whose risk is at most the target.
  public let keepsTarget: Double

  /// Fewer say nothing of the tails.
  public static let fewest = 20

  /// - Parameters:
  ///   - parts: every segment.
  /// - Throws: `Faults` (usage) for resamples of different seeds or with too few numbers in common.
  /// - Complexity: O(resamples · cells).
  public init(_ parts: [Part], target: DecimalNumber, confidence: Double = 0.95) throws {
    guard let first = parts.first else { throw Faults.usage("draws", "there is no segment", "Name runs.") }
    var common = Set(first.draws.head.made)
    for part in parts {
      let (head, other) = (part.draws.head, first.draws.head)
      guard head.seed == other.seed, head.method == other.method else {
        throw Faults.usage(
          "draws of \(part.name)",
          "have the seed \(head.seed) (\(head.method)), those of \(first.name) \(other.seed) (\(other.method))",
          "Run all segments with one seed.")
      }
      common.formIntersection(head.made)
    }
    guard common.count >= Self.fewest else {
      throw Faults.usage(
        "draws", "the segments have \(common.count) resamples in common; \(Self.fewest) are needed",
        "Run all segments with the same number of resamples.")
    }
    let measure = first.draws.head.measure
    var (risks, productions, kept) = ([Double](), [Double](), 0)
    for number in common.sorted() {
      var (numerator, denominator, production) = (0.0, 0.0, 0.0)
      for part in parts {
        guard let draw = part.draws.head.made.firstIndex(of: number) else { continue }
        let grid = part.draws.head.grid
        let accepts = (0..<grid.cellCount).map { part.strategy?.accepts($0, in: grid) ?? true }
        let totals = part.draws.totals(of: accepts, inDraw: draw)
        // Today is what is booked: nothing is swapped in.
        let sums = part.strategy == nil ? totals.kept : totals.optimum
        let unit = AmountScale(part.draws.head.decimals).perUnit
        numerator += Double(sums.numerator) / unit
        denominator += Double(sums.denominator) / unit
        production += Double(sums.production) / unit * part.annualCoefficient
      }
      let risk = denominator > 0 ? 100 * measure.multiplier * numerator / denominator : 0
      risks.append(risk)
      productions.append(production)
      if let limit = Double("\(target)"), risk <= limit { kept += 1 }
    }
    func interval(_ values: [Double]) -> Interval {
      let sorted = values.sorted()
      let tail = (1 - confidence) / 2
      return Interval(low: Quantile.of(sorted, tail) ?? 0, high: Quantile.of(sorted, 1 - tail) ?? 0)
    }
    (self.confidence, resamples) = (confidence, common.count)
    (risk, production) = (interval(risks), interval(productions))
    keepsTarget = Double(kept) / Double(common.count)
  }
}
