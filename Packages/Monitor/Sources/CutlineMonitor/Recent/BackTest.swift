internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Promised against observed risk of what was booked: of one scenario, or of all, at one horizon.
struct BackTest: Sendable, Codable, Hashable {
  enum Verdict: String, Sendable, Codable {
    case deteriorated
    case withinNoise = "within noise"
    case improved
    /// Fewer than ten bad applications in one of the periods, or all of them in few hash classes.
    case notEnough = "not enough"
    /// No application of the recent period has an outcome.
    case immature
  }

  /// One of the two periods.
  struct Side: Sendable, Codable, Hashable {
    let rows, bad: Int64
    /// Percent, with its interval; nil where undefined.
    let risk, low, high: Double?
  }

  /// Nil: everything that was booked.
  let scenario: String?
  /// After booking.
  let months: Int
  let promised, observed: Side
  /// What the main period's cells promise of the cells that were booked since, percent.
  let promisedAtRecentMix: Double?
  /// Observed over promised, its interval, and how likely noise alone is to do as much; nil without a test.
  let ratio, low, high, p: Double?
  let verdict: Verdict
  /// The share of tests that noise alone makes speak of a change.
  let level: Double

  /// The fewest bad applications, in each period.
  static let fewestBad: Int64 = 10

  /// - Parameters:
  ///   - main, recent: booked applications with an outcome, by hash class.
  ///   - mix: in percent, see `promisedAtRecentMix`.
  init(
    scenario: String?, months: Int, multiplier: Double, main: BucketSums, recent: BucketSums, mix: Double?,
    level: Double
  ) {
    (self.scenario, self.months, self.level) = (scenario, months, level)
    promisedAtRecentMix = mix
    let (first, second) = (Self.noise(main), Self.noise(recent))
    let comparison: RiskComparison? =
      if let first, let second { RiskComparison(first, second, level: level, isPaired: true) } else { nil }
    func side(_ sums: BucketSums, _ noise: LogRisk?) -> Side {
      let (numerator, denominator) = sums.totals
      let risk = denominator > 0 ? 100 * multiplier * numerator / denominator : nil
      let factors = noise?.factors(level: level)
      return Side(
        rows: sums.rows, bad: sums.bad, risk: risk, low: factors.flatMap { own in risk.map { $0 * own.low } },
        high: factors.flatMap { own in risk.map { $0 * own.high } })
    }
    promised = side(main, first)
    observed = side(recent, second)
    (ratio, low, high, p) = (comparison?.ratio, comparison?.low, comparison?.high, comparison?.p)
    verdict = recent.rows == 0 ? .immature : comparison?.verdict(level: level) ?? .notEnough
  }

  /// Nil where too little went bad to speak of noise.
  static func noise(_ sums: BucketSums) -> LogRisk? { sums.bad >= fewestBad ? LogRisk(sums) : nil }
}

/// Sums by hash class of the two periods, from the cube where it has hash classes, else from the rows.
struct BucketSource {
  private let cube: Cube
  private let sample: Sample?

  /// - Throws: `Faults` (usage) where neither has them.
  init(_ cube: Cube, _ sample: Sample?) throws {
    (self.cube, self.sample) = (cube, sample)
    guard cube.buckets != nil || sample != nil else {
      throw Faults.usage(
        "port sample", "is not connected, and the grid is too fine for hash classes in the cube",
        "Connect it with from = { sample = \"prepare\" }.")
    }
  }

  /// Which outcome is compared.
  struct Outcome {
    let numerator, denominator: Amount
    /// Those that have it.
    let rows, bad: Measure
    let states: [ApplicationState]

    static let late = Outcome(
      numerator: .numerator, denominator: .denominator, rows: .rows, bad: .badRows, states: [.bookedMature])
    static let early = Outcome(
      numerator: .earlyNumerator, denominator: .earlyDenominator, rows: Measure(.earlyRows),
      bad: Measure(.earlyBadRows),
      states: ApplicationState.booked)
  }

  /// Per group of cells.
  func sums(_ outcome: Outcome, in period: Period, groups: [[Bool]]) throws -> [BucketSums] {
    if let buckets = cube.buckets {
      let fold = Array(0..<buckets)
      func columns(_ measure: Measure) throws -> [[Int64]] {
        try cube.sums(of: measure, outcome.states, in: period, fold: fold, folds: buckets) ?? []
      }
      let measures = [Measure(outcome.numerator), Measure(outcome.denominator), outcome.rows, outcome.bad]
      let values = try measures.map(columns)
      return groups.map { group in
        var sums = BucketSums(buckets: buckets)
        for bucket in 0..<buckets {
          for cell in group.indices where group[cell] {
            sums.numerator[bucket] += values[0][bucket][cell]
            sums.denominator[bucket] += values[1][bucket][cell]
            sums.rows += values[2][bucket][cell]
            sums.bad += values[3][bucket][cell]
          }
        }
        return sums
      }
    }
    guard let sample else { return [] }
    let (numerator, denominator) = (
      try sample.values(of: outcome.numerator), try sample.values(of: outcome.denominator)
    )
    let isEarly = outcome.numerator == .earlyNumerator
    let known = isEarly ? try sample.values(of: .earlyRows) : []
    var all = groups.map { _ in BucketSums(buckets: Bucket.count) }
    for row in sample.cell.indices
    where sample.period[row] == period && sample.status[row] == .booked
      && (isEarly ? known[row] > 0 : sample.outcome[row] == .mature)
    {
      let (cell, bucket) = (Int(sample.cell[row]), Bucket.of(key: sample.key[row]))
      for group in groups.indices where cell < groups[group].count && groups[group][cell] {
        all[group].numerator[bucket] += numerator[row]
        all[group].denominator[bucket] += denominator[row]
        all[group].rows += 1
        all[group].bad += numerator[row] > 0 ? 1 : 0
      }
    }
    return all
  }
}
