internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What the run promised of a strategy.
struct TrackPromise {
  let strategy: Strategy
  let cells: CellTable
  let totals: StrategyTotals
  /// Of the run's applications that score decides about.
  let acceptance: Double?
  /// Of these, those that were booked.
  let followed: Double?
  /// The risk of the booked applications that it accepts with its noise, by hash class, or by month where the run's cube has no hash classes;
  /// nil where too little went bad or there are too few months.
  let kept: LogRisk?
  /// The number of hash classes; nil where `kept` is by month.
  let buckets: Int?
  /// Months of the main period: applications that score decides about, and the production of the booked.
  private let own: [Month: (rows: Int64, production: Int64)]

  init(_ strategy: Strategy, _ totals: StrategyTotals, _ run: StoredRun) throws {
    (self.strategy, cells, self.totals) = (strategy, run.cells, totals)
    let group = (0..<run.cells.grid.cellCount).map { strategy.accepts($0, in: run.cells.grid) }
    let rows = try run.cube.sums(of: .rows, ApplicationState.decidedByScore)
    let decided = rows.prefix(group.count).reduce(0, +)
    let accepted = group.indices.reduce(Int64(0)) { $0 + (group[$1] ? rows[$1] : 0) }
    acceptance = decided > 0 ? Double(accepted) / Double(decided) : nil
    let booked = try run.cube.sums(of: .rows, ApplicationState.booked)
    let kept = group.indices.reduce(Int64(0)) { $0 + (group[$1] ? booked[$1] : 0) }
    followed = accepted > 0 ? Double(kept) / Double(accepted) : nil
    own = try Self.ownMonths(run.cube)
    buckets = run.cube.buckets
    let sums =
      buckets == nil
      ? try Self.byMonth(run.cube, group)
      : try BucketSource(run.cube, nil).sums(.late, in: .main, groups: [group]).first
    self.kept = sums.flatMap(BackTest.noise)
  }

  /// Percent: of the booked that it accepts, and of the whole strategy.
  var keptRisk: Double? { cells.measure.percent(totals.kept) }
  var strategyRisk: Double? { cells.measure.strategyPercent(totals.optimum) }

  /// Whether the applications of a month are those that the run was made of.
  func isOwn(_ month: Month, rows: Int64, production: Int64) -> Bool {
    own[month].map { $0 == (rows, production) } ?? false
  }

  private static func ownMonths(_ cube: Cube) throws -> [Month: (rows: Int64, production: Int64)] {
    let count = cube.grid.cellCount
    func sums(_ measure: Measure, _ states: [ApplicationState]) throws -> [Int64] {
      try cube.sumsByMonth(of: measure, states).map { $0.prefix(count).reduce(0, +) }
    }
    let rows = try sums(.rows, ApplicationState.decidedByScore)
    let production = try sums(Measure(.production), ApplicationState.booked)
    let isMain = isMain(cube)
    let places = cube.months.indices.filter { isMain[$0] && rows[$0] > 0 }
    return Dictionary(uniqueKeysWithValues: places.map { (cube.months[$0], (rows[$0], production[$0])) })
  }

  /// Per month of the cube.
  private static func isMain(_ cube: Cube) -> [Bool] {
    let dates = [cube.summary.basis.periodStart, cube.summary.basis.periodEnd].compactMap { CalendarDate(iso: $0) }
    return cube.months.map { month in
      dates.count == 2 && month >= Month(dates[0]) && month <= Month(dates[1])
    }
  }

  /// Of the months of the main period.
  private static func byMonth(_ cube: Cube, _ group: [Bool]) throws -> BucketSums {
    let isMain = isMain(cube)
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
