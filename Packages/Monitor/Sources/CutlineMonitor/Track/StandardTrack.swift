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
  /// The risk of its booked applications with its noise, by hash class, or by month where the run's cube has no hash classes;
  /// nil where too little went bad or there are too few months.
  let kept: LogRisk?
  /// The number of hash classes; nil where `kept` is by month.
  let buckets: Int?

  init(_ strategy: Strategy, _ totals: StrategyTotals, _ run: StoredRun) throws {
    (self.strategy, cells, self.totals) = (strategy, run.cells, totals)
    let group = (0..<run.cells.grid.cellCount).map { strategy.accepts($0, in: run.cells.grid) }
    let rows = try run.cube.sums(of: .rows, ApplicationState.decidedByScore)
    let decided = rows.prefix(group.count).reduce(0, +)
    let accepted = group.indices.reduce(Int64(0)) { $0 + (group[$1] ? rows[$1] : 0) }
    acceptance = decided > 0 ? Double(accepted) / Double(decided) : nil
    buckets = run.cube.buckets
    let sums =
      buckets == nil
      ? try Self.byMonth(run.cube, group)
      : try BucketSource(run.cube, nil).sums(.late, in: .main, groups: [group]).first
    kept = sums.flatMap(BackTest.noise)
  }

  /// Of the months of the main period.
  private static func byMonth(_ cube: Cube, _ group: [Bool]) throws -> BucketSums {
    let dates = [cube.summary.basis.periodStart, cube.summary.basis.periodEnd].compactMap { CalendarDate(iso: $0) }
    let isMain = cube.months.map { month in
      dates.count == 2 && month >= Month(dates[0]) && month <= Month(dates[1])
    }
    func sums(_ measure: Measure) throws -> [Int64] {
      try cube.sumsByMonth(of: measure, [.bookedMature]).enumerated().map { index, cells in
        isMain[index] ? group.indices.reduce(Int64(0)) { $0 + (group[$1] ? cells[$1] : 0) } : 0
      }
    }
    var all = BucketSums(buckets: cube.months.count)
    (all.numerator, all.denominator) = (try sums(Measure(.numerator)), try sums(Measure(.denominator)))
    (all.rows, all.bad) = (try sums(.rows).reduce(0, +), try sums(.badRows).reduce(0, +))
    return all
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
    let buckets = promise.buckets ?? Bucket.count
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
    var all = Counts(buckets: promise.buckets ?? Bucket.count)
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
    let noise = BackTest.noise(own.kept)
    let comparison = noise.flatMap(comparison)
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
      promisedAtMix: own.mixWeight > 0 ? own.mix / own.mixWeight : nil, ratio: comparison?.ratio,
      ratioLow: comparison?.low, ratioHigh: comparison?.high, p: comparison?.p, verdict: verdict.rawValue,
      againstMature: own.againstMature, againstBad: own.againstBad,
      againstRisk: measure.percent(own.against))
  }

  /// Observed against promised; the promise has the noise of its booked part, and the level of the whole. Nil for a promise
  /// without risk.
  private func comparison(_ noise: LogRisk) -> RiskComparison? {
    let (measure, totals) = (promise.cells.measure, promise.totals)
    guard let promised = measure.percent(totals.optimum), promised > 0 else { return nil }
    guard let kept = promise.kept, let ofKept = measure.percent(totals.kept), ofKept > 0 else {
      return RiskComparison(promised / 100 / measure.multiplier, noise, level: level)
    }
    return RiskComparison(
      kept, noise, level: level, isPaired: promise.buckets != nil, shift: ofKept / promised)
  }
}
