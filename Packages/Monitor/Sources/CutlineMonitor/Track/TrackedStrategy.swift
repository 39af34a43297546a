internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The rows of one strategy, added up by month of booking.
///
/// A month follows the strategy where it rejected none of the applications that the strategy accepts, though the run's policy
/// would have rejected at least five of as many; until then its swap-ins are rejected, and what is booked is what it keeps.
struct TrackedStrategy {
  private let sample: Sample
  private let promise: TrackPromise
  private let level: Double
  private let months: [Month]
  /// Per month.
  private var counts: [Counts]

  /// Σ of the cells' promised risk times the observed denominator, and Σ of that denominator.
  private struct Mix {
    var sum = 0.0, weight = 0.0
    var percent: Double? { weight > 0 ? sum / weight : nil }

    mutating func add(_ risk: Double?, _ denominator: Int64) {
      guard let risk else { return }
      sum += risk * Double(denominator)
      weight += Double(denominator)
    }

    static func += (a: inout Mix, b: Mix) {
      a.sum += b.sum
      a.weight += b.weight
    }
  }

  /// What of a month is counted and added up.
  private struct Counts {
    var decided: Int64 = 0, outside: Int64 = 0, booked: Int64 = 0, accepted: Int64 = 0
    var bookedAgainst: Int64 = 0, rejectedAgainst: Int64 = 0
    var production: Int64 = 0, keptProduction: Int64 = 0, againstProduction: Int64 = 0, rejectedRequested: Int64 = 0
    var kept: BucketSums
    var keptBooked: Int64 = 0
    var against = CellSums.zero
    var againstMature: Int64 = 0, againstBad: Int64 = 0
    var mix = Mix(), strategyMix = Mix()
    var ownMonths = 0

    init(buckets: Int) { kept = BucketSums(buckets: buckets) }

    static func += (a: inout Counts, b: Counts) {
      for path in [
        \Counts.decided, \.outside, \.booked, \.accepted, \.bookedAgainst, \.rejectedAgainst, \.production,
        \.keptProduction, \.againstProduction, \.rejectedRequested, \.keptBooked, \.againstMature, \.againstBad,
      ] { a[keyPath: path] += b[keyPath: path] }
      for bucket in a.kept.numerator.indices {
        a.kept.numerator[bucket] += b.kept.numerator[bucket]
        a.kept.denominator[bucket] += b.kept.denominator[bucket]
      }
      a.kept.rows += b.kept.rows
      a.kept.bad += b.kept.bad
      a.against += b.against
      a.mix += b.mix
      a.strategyMix += b.strategyMix
      a.ownMonths += b.ownMonths
    }
  }

  init(_ sample: Sample, _ promise: TrackPromise, level: Double) throws {
    (self.sample, self.promise, self.level) = (sample, promise, level)
    let isIn = sample.cell.indices.filter { sample.period[$0] == .main && sample.status[$0].isDecidedByScore }
    months = Set(isIn.map { sample.month[$0] }).sorted()
    let buckets = promise.buckets ?? Bucket.count
    counts = months.map { _ in Counts(buckets: buckets) }
    let place = Dictionary(uniqueKeysWithValues: months.enumerated().map { ($1, $0) })
    let grid = sample.grid
    let accepts = (0..<grid.cellCount).map { promise.strategy.accepts($0, in: grid) }
    let keptRisk = promise.cells.booked.map { promise.cells.measure.percent($0) }
    let strategyRisk = (0..<grid.cellCount).map { promise.cells.measure.percent(promise.cells.total($0)) }
    let (requested, production) = (try sample.values(of: .requested), try sample.values(of: .production))
    let (numerator, denominator) = (try sample.values(of: .numerator), try sample.values(of: .denominator))
    for row in isIn {
      guard let at = place[sample.month[row]] else { continue }
      let cell = Int(sample.cell[row])
      guard cell < grid.cellCount else {
        counts[at].outside += 1
        continue
      }
      let isBooked = sample.status[row] == .booked
      let isMature = sample.outcome[row] == .mature
      counts[at].decided += 1
      if accepts[cell] { counts[at].accepted += 1 }
      if isBooked {
        counts[at].booked += 1
        counts[at].production += production[row]
      }
      switch (isBooked, accepts[cell]) {
      case (true, true):
        counts[at].keptBooked += 1
        counts[at].keptProduction += production[row]
        guard isMature else { continue }
        let bucket = Bucket.of(key: sample.key[row]) % buckets
        counts[at].kept.numerator[bucket] += numerator[row]
        counts[at].kept.denominator[bucket] += denominator[row]
        counts[at].kept.rows += 1
        counts[at].kept.bad += numerator[row] > 0 ? 1 : 0
        counts[at].mix.add(keptRisk[cell], denominator[row])
        counts[at].strategyMix.add(strategyRisk[cell], denominator[row])
      case (true, false):
        counts[at].bookedAgainst += 1
        counts[at].againstProduction += production[row]
        guard isMature else { continue }
        counts[at].against += CellSums(numerator: numerator[row], denominator: denominator[row])
        counts[at].againstMature += 1
        counts[at].againstBad += numerator[row] > 0 ? 1 : 0
      case (false, true):
        counts[at].rejectedAgainst += 1
        counts[at].rejectedRequested += requested[row]
      case (false, false): break
      }
    }
    for (at, month) in months.enumerated()
    where promise.isOwn(month, rows: counts[at].decided, production: counts[at].production) {
      counts[at].ownMonths = 1
    }
  }

  func report(of scenario: String) -> TrackReport {
    var all = Counts(buckets: promise.buckets ?? Bucket.count)
    for own in counts { all += own }
    let cells = promise.cells
    func monthly(_ sums: CellSums) -> Double { Double(sums.production) / Double(cells.basis?.months ?? 1) }
    return TrackReport(
      scenario: scenario, promisedAcceptance: promise.acceptance, promisedFollowed: promise.followed,
      promisedKeptRisk: promise.keptRisk, promisedStrategyRisk: promise.strategyRisk,
      promisedKeptProduction: monthly(promise.totals.kept),
      promisedStrategyProduction: monthly(promise.totals.optimum),
      qualityChecked: !sample.summary.qualitySkipped, level: level, perUnit: cells.scale.perUnit,
      vintages: zip(months, counts).map { vintage($0, $1) } + [vintage(nil, all)])
  }

  private func vintage(_ month: Month?, _ own: Counts) -> TrackReport.Vintage {
    let measure = promise.cells.measure
    let noise = BackTest.noise(own.kept)
    let isFollowed = follows(own)
    let comparison = noise.flatMap { self.comparison($0, isFollowed: isFollowed) }
    let (numerator, denominator) = own.kept.totals
    let risk = denominator > 0 ? 100 * measure.multiplier * numerator / denominator : nil
    let factors = noise?.factors(level: level)
    let verdict = own.kept.rows == 0 ? .immature : comparison?.verdict(level: level) ?? BackTest.Verdict.notEnough
    return TrackReport.Vintage(
      month: month, decided: own.decided, outside: own.outside, booked: own.booked, accepted: own.accepted,
      bookedAgainst: own.bookedAgainst, rejectedAgainst: own.rejectedAgainst, production: own.production,
      keptProduction: own.keptProduction, againstProduction: own.againstProduction,
      rejectedRequested: own.rejectedRequested, keptBooked: own.keptBooked, mature: own.kept.rows, bad: own.kept.bad,
      risk: risk, low: factors.flatMap { own in risk.map { $0 * own.low } },
      high: factors.flatMap { own in risk.map { $0 * own.high } },
      comparedWith: isFollowed ? "strategy" : "kept", promised: isFollowed ? promise.strategyRisk : promise.keptRisk,
      promisedAtMix: (isFollowed ? own.strategyMix : own.mix).percent, ratio: comparison?.ratio,
      ratioLow: comparison?.low, ratioHigh: comparison?.high, p: comparison?.p, verdict: verdict.rawValue,
      againstMature: own.againstMature, againstBad: own.againstBad,
      againstRisk: measure.percent(own.against), ownMonths: own.ownMonths)
  }

  /// Rejections of the run's policy that must be missing before a strategy counts as followed.
  private static let fewestMissing = 5.0

  private func follows(_ own: Counts) -> Bool {
    guard own.ownMonths == 0, own.rejectedAgainst == 0, let then = promise.followed else { return false }
    return Double(own.accepted) * (1 - then) >= Self.fewestMissing
  }

  /// Observed against promised: what the run had booked, or, with the same noise, the level of the whole strategy. Nil for a
  /// promise without risk, and where too little of it went bad to speak of noise.
  private func comparison(_ noise: LogRisk, isFollowed: Bool) -> RiskComparison? {
    guard let kept = promise.kept else { return nil }
    let isPaired = promise.buckets != nil
    guard isFollowed else { return RiskComparison(kept, noise, level: level, isPaired: isPaired) }
    guard let promised = promise.strategyRisk, promised > 0, let ofKept = promise.keptRisk, ofKept > 0 else {
      return nil
    }
    return RiskComparison(kept, noise, level: level, isPaired: isPaired, shift: ofKept / promised)
  }
}
