internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct TrackConfig: StageConfig {
  var run = ""
  var cube = "cube"
  var cells = "cells"
  var scenarios = "scenarios"
  var level = 0.01
  var folder = "data"
  static let fields: [Field<Self>] = [
    .text("run", \.run, "Folder of the finished run whose strategies are followed."),
    .text("cube", \.cube, "The stage of that run that added its applications up."),
    .text("cells", \.cells, "Its stage of cells."),
    .text("scenarios", \.scenarios, "Its stage of scenarios."),
    .double(
      "false_alarms", \.level, in: 0.0001...0.5, unit: "share",
      "Share of comparisons in which noise alone is called a change, better or worse."),
    ResultFolder.field(\.folder),
  ]

  func validate(at places: FieldPlaces) throws {
    guard !run.isEmpty else {
      throw Faults.usage(places["run"], "run is empty", "Name the folder of a finished run.")
    }
  }
}

/// The strategies of a run on later months: what they accept, what was decided against them, and whether what was booked
/// went as promised.
///
/// Promised is the risk of the whole strategy, rejected applications that it takes in included, since it is that of the
/// applications that it would book; observed is the risk of booked applications that it accepts and whose outcome is known,
/// by month of booking. The ratio's interval includes the noise of both (`RiskComparison`); that of the promise is the noise
/// of what the run's own booked applications say of it. Months are compared one by one: with K of them, K · level alarms are
/// expected of noise, and the line of all months is the one to decide by.
struct StandardTrack: Stage {
  typealias Kind = Track
  static let name = "standard"
  static let summary = "Acceptance, overrides, production and risk by month of booking, promised against observed."
  let config: TrackConfig

  var externalInputs: [String] { config.run.isEmpty ? [] : StoredRun.files(config) }

  func run(_ input: Track.Input, in context: RunContext) async throws -> FileSet {
    let run = try StoredRun(config)
    let sample = input.sample
    guard run.cells.grid == sample.grid, run.cells.measure == sample.measure else {
      throw Faults.data(
        "track", "the applications are cut into another grid than that of \(config.run)",
        "Read them with the settings of that run, as cutline track does.")
    }
    var files: [ResultFile] = []
    var reports: [TrackReport] = []
    for scenario in run.scenarios.scenarios {
      guard let strategy = scenario.strategy, let totals = scenario.totals else {
        context.note("\(word: scenario.name) has no strategy (\(word: scenario.status.rawValue)): it is not followed")
        continue
      }
      let promise = try TrackPromise(strategy, totals, run)
      let report = try TrackedStrategy(sample, promise, level: config.level).report(of: scenario.name)
      if let all = report.vintages.last {
        context.note(
          "\(word: scenario.name): \(all.accepted) of \(all.decided) applications accepted, \(all.bookedAgainst) booked and \(all.rejectedAgainst) rejected against it; risk: \(word: all.verdict)"
        )
      }
      reports.append(report)
      files.append(TrackTable.file(report, folder: config.folder))
    }
    let json = try CanonicalJSON.encode(reports, pretty: true)
    return FileSet(files: files + [ResultFile(path: "\(config.folder)/track.json", bytes: Array(json))])
  }
}

/// What the run promised of a strategy.
struct TrackPromise {
  let strategy: Strategy
  let cells: CellTable
  let totals: StrategyTotals
  /// Of the run's applications that score decides about.
  let acceptance: Double?
  /// What of its risk rests on booked applications, by hash class; nil where the run's cube has none.
  let kept: BucketSums?

  init(_ strategy: Strategy, _ totals: StrategyTotals, _ run: StoredRun) throws {
    (self.strategy, cells, self.totals) = (strategy, run.cells, totals)
    let group = (0..<run.cells.grid.cellCount).map { strategy.accepts($0, in: run.cells.grid) }
    let rows = try run.cube.sums(of: .rows, ApplicationState.decidedByScore)
    let decided = rows.prefix(group.count).reduce(0, +)
    let accepted = group.indices.reduce(Int64(0)) { $0 + (group[$1] ? rows[$1] : 0) }
    acceptance = decided > 0 ? Double(accepted) / Double(decided) : nil
    kept =
      run.cube.buckets == nil
      ? nil : try BucketSource(run.cube, nil).sums(.late, in: .main, groups: [group]).first
  }
}

/// The rows of one strategy, added up by month of booking.
private struct TrackedStrategy {
  private let sample: Sample
  private let promise: TrackPromise
  private let level: Double
  private let months: [Month]
  /// Per month.
  private var counts: [Counts]

  /// What of a month is counted and added up.
  private struct Counts {
    var decided: Int64 = 0, outside: Int64 = 0, booked: Int64 = 0, accepted: Int64 = 0
    var bookedAgainst: Int64 = 0, rejectedAgainst: Int64 = 0
    var production: Int64 = 0, keptProduction: Int64 = 0, againstProduction: Int64 = 0, rejectedRequested: Int64 = 0
    var kept: BucketSums
    var keptBooked: Int64 = 0
    var against = CellSums.zero
    var againstMature: Int64 = 0, againstBad: Int64 = 0
    /// Σ of the cells' promised risk times the observed denominator, and Σ of that denominator.
    var mix = 0.0, mixWeight = 0.0

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
      a.mixWeight += b.mixWeight
    }
  }

  init(_ sample: Sample, _ promise: TrackPromise, level: Double) throws {
    (self.sample, self.promise, self.level) = (sample, promise, level)
    let isIn = sample.cell.indices.filter { sample.period[$0] == .main && sample.status[$0].isDecidedByScore }
    months = Set(isIn.map { sample.month[$0] }).sorted()
    let buckets = promise.kept?.numerator.count ?? Bucket.count
    counts = months.map { _ in Counts(buckets: buckets) }
    let place = Dictionary(uniqueKeysWithValues: months.enumerated().map { ($1, $0) })
    let grid = sample.grid
    let accepts = (0..<grid.cellCount).map { promise.strategy.accepts($0, in: grid) }
    let risk = (0..<grid.cellCount).map { promise.cells.measure.percent(promise.cells.total($0)) }
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
        if let risk = risk[cell] {
          counts[at].mix += risk * Double(denominator[row])
          counts[at].mixWeight += Double(denominator[row])
        }
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
  }

  func report(of scenario: String) -> TrackReport {
    var all = Counts(buckets: promise.kept?.numerator.count ?? Bucket.count)
    for own in counts { all += own }
    let cells = promise.cells
    return TrackReport(
      scenario: scenario, promisedAcceptance: promise.acceptance,
      promisedRisk: cells.measure.strategyPercent(promise.totals.optimum),
      promisedProduction: Double(promise.totals.optimum.production) / Double(cells.basis?.months ?? 1),
      includesPromiseNoise: promise.kept != nil, level: level, perUnit: cells.scale.perUnit,
      vintages: zip(months, counts).map { vintage($0, $1) } + [vintage(nil, all)])
  }

  private func vintage(_ month: Month?, _ own: Counts) -> TrackReport.Vintage {
    let measure = promise.cells.measure
    let test = test(own)
    let (numerator, denominator) = own.kept.totals
    let risk = denominator > 0 ? 100 * measure.multiplier * numerator / denominator : nil
    let ratio = test.comparison.map { $0.ratio * test.shift }
    return TrackReport.Vintage(
      month: month, decided: own.decided, outside: own.outside, booked: own.booked, accepted: own.accepted,
      bookedAgainst: own.bookedAgainst, rejectedAgainst: own.rejectedAgainst, production: own.production,
      keptProduction: own.keptProduction, againstProduction: own.againstProduction,
      rejectedRequested: own.rejectedRequested, keptBooked: own.keptBooked, mature: own.kept.rows, bad: own.kept.bad,
      risk: risk, low: test.comparison.flatMap { test in risk.map { $0 * test.second.low } },
      high: test.comparison.flatMap { test in risk.map { $0 * test.second.high } },
      promisedAtMix: own.mixWeight > 0 ? own.mix / own.mixWeight : nil, ratio: ratio,
      ratioLow: test.comparison.map { $0.low * test.shift }, ratioHigh: test.comparison.map { $0.high * test.shift },
      p: test.p, verdict: test.verdict.rawValue, againstMature: own.againstMature, againstBad: own.againstBad,
      againstRisk: measure.percent(own.against))
  }

  /// Observed against promised; the promise has the noise of its booked part, and the level of the whole.
  private func test(
    _ own: Counts
  ) -> (comparison: RiskComparison?, shift: Double, p: Double?, verdict: BackTest.Verdict) {
    guard own.kept.rows > 0 else { return (nil, 1, nil, .immature) }
    guard let kept = promise.kept, kept.bad >= BackTest.fewestBad, own.kept.bad >= BackTest.fewestBad,
      let promised = promise.cells.measure.percent(promise.totals.optimum),
      let ofKept = promise.cells.measure.percent(promise.totals.kept), promised > 0,
      let comparison = RiskComparison(kept, own.kept, level: level, shift: ofKept / promised)
    else { return (nil, 1, nil, .notEnough) }
    let verdict: BackTest.Verdict =
      comparison.p >= level ? .withinNoise : comparison.ratio * ofKept / promised > 1 ? .deteriorated : .improved
    return (comparison, ofKept / promised, comparison.p, verdict)
  }
}
