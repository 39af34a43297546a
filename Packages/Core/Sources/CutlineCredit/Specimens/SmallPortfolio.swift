internal import CutlineCore

/// 72 applications on a grid of two scores with three bins each, and what every kind makes of them.
///
/// Small enough to follow by hand, and consistent: each artefact follows from the ones before it. The specimens of the
/// kinds are made of it.
public struct SmallPortfolio: Sendable {
  public let source: SourceTable
  public let quality: QualityReport
  public let sample: Sample
  public let cube: Cube
  public let profile: ScoreProfile
  public let surface: RiskSurface
  /// The observed risks of the nine cells on the middles of their bins.
  public let design: Design
  public let exposure: ExposureModel
  public let rejects: RejectAdjustment
  public let rates: SwapInRates
  public let cells: CellTable
  public let frontier: Frontier
  public let scenarios: ScenarioSet
  /// Three draws of the cells, with no, one and two times the booked applications of the first one.
  public let draws: CellDraws
  public let intervals: StrategyIntervals

  /// Five of eight applications of a cell are booked. Higher scores are safer: the numerator of a booked application is
  /// 1 to 5 hundredths of its balance.
  public init() throws {
    let axes = ["score_a", "score_b"].map { name in
      GridAxis(name: name, source: name, direction: .higherIsSafer, edges: [0, 1, 2, 3])
    }
    let grid = CellGrid(axes: axes)
    let measure = RiskMeasure(multiplier: 7)
    let rows = 0..<72
    let cell = rows.map { Int32($0 % 9) }
    let status = rows.map { ($0 / 9) % 8 < 5 ? SampleStatus.booked : .scoreRejected }
    let sums = rows.map { row in Self.application(row, bins: grid.bins(row % 9), booked: status[row] == .booked) }
    let amounts = (0..<5).map { column in sums.map { $0.values[column] } }
    let month = rows.map { Month(index: 2023 * 12 + $0 % 12) }
    let scores = (0..<2).map { axis in rows.map { Double(grid.bins($0 % 9)[axis]) + 0.5 } }
    source = try Self.table(month: month, scores: scores, status: status, amounts: amounts)
    quality = QualityReport(checks: [.init("rows", .passed, "72 rows")], skipped: false, duplicateRows: [])
    sample = Sample(
      grid: grid, measure: measure, cell: cell, month: month, status: status,
      outcome: status.map { $0 == .booked ? .mature : .none }, scores: scores,
      amounts: Dictionary(uniqueKeysWithValues: zip(Amount.standard, amounts)), summary: Self.summary(sums, status),
      origin: SampleOrigin(
        rows: .all(72), period: [Period](repeating: .main, count: 72), status: status,
        reason: [UInt16](repeating: 0, count: 72), reasons: []))
    cube = try Cube(of: sample)
    profile = try ScoreProfile(of: sample)
    var booked = [CellSums](repeating: .zero, count: 9)
    var rejected = booked
    for row in rows {
      if status[row] == .booked { booked[row % 9] += sums[row] } else { rejected[row % 9] += sums[row] }
    }
    let risk = booked.map { 7 * Double($0.numerator) / Double($0.denominator) }
    design = Design(
      features: axes.map(\.name),
      columns: axes.indices.map { axis in (0..<9).map { Double(grid.bins($0)[axis]) + 0.5 } },
      target: risk, targetUnit: "fraction", weights: booked.map { Double($0.denominator) })
    surface = RiskSurface(
      grid: grid, multiplier: 7, risk: risk, estimator: "observed", featureSet: "cells", parameters: [:], features: [],
      coefficients: [], trainR2: 1, trainingRows: 45, trainingCells: 9, folds: 1, candidates: [])
    exposure = ExposureModel(method: "ratio", ratio: 4, r2: nil, rows: 45)
    rejects = RejectAdjustment(method: "none", multiplier: [Double](repeating: 1, count: 9), cappedCells: 0)
    let whole = SwapInRates.Rate(
      value: 1, low: nil, high: nil, numerator: 0, denominator: 0, rows: 0, basis: "everything is booked as requested")
    rates = SwapInRates(
      method: "stated", pass: whole, takeUp: whole, granted: whole, firstMonth: nil, lastMonth: nil)
    let swapIn = rejected.indices.map { index in
      let asked = rejected[index]
      let pile = 4 * asked.requested
      return CellSums(
        accounts: 300, requested: asked.requested, numerator: Int64((risk[index] * Double(pile) / 7).rounded()),
        denominator: pile, production: asked.requested)
    }
    cells = CellTable(
      grid: grid, measure: measure, booked: booked, rejected: rejected, rejectedRows: [Int64](repeating: 3, count: 9),
      swapIn: swapIn, predictedRisk: risk, rejectMultiplier: rejects.multiplier, exposureRatio: 4,
      basis: sample.summary.basis)
    frontier = Self.frontier(of: cells)
    scenarios = try Self.scenarios(of: frontier, cells, limits: [20, 25])
    draws = try Self.draws(of: cells)
    intervals = Self.intervals(of: scenarios)
  }

  private static func application(_ row: Int, bins: [Int], booked: Bool) -> CellSums {
    let requested = Int64(1 + row / 9 % 4) * 100_000
    guard booked else { return CellSums(requested: requested, production: requested) }
    let pile = 4 * requested
    return CellSums(
      accounts: 100, requested: requested, numerator: pile * Int64(5 - bins[0] - bins[1]) / 100, denominator: pile,
      production: requested)
  }

  /// Amounts in currency units, under the names of the application file.
  private static func table(
    month: [Month], scores: [[Double]], status: [SampleStatus], amounts: [[Int64]]
  ) throws -> SourceTable {
    let days = month.map { Double(CalendarDate(year: $0.year, month: $0.month, day: 1)?.daysSince1960 ?? 0) }
    let decisions = status.map { $0 == .booked ? "booked" : "score-rejected" }
    let columns =
      [
        Column(name: "id", values: .text(TextColumn(status.indices.map { "A\($0)" }))),
        Column(name: "date", values: .moment(days, .date)),
        Column(name: "decision", values: .text(TextColumn(decisions))),
        Column(name: "score_a", values: .number(scores[0])), Column(name: "score_b", values: .number(scores[1])),
      ]
      + zip(CellSums.columnNames, amounts).map { name, values in
        Column(name: name, values: .number(values.map { Double($0) / 100 }))
      }
    return SourceTable(table: try Table(columns: columns, rowCount: status.count), notes: [])
  }

  private static func summary(_ sums: [CellSums], _ status: [SampleStatus]) -> SampleSummary {
    let booked = zip(sums, status).filter { $0.1 == .booked }.map(\.0.requested).reduce(0, +)
    return SampleSummary(
      basis: Basis(segment: "small", periodStart: "2023-01-01", periodEnd: "2023-12-31", months: 12),
      account: RowAccount(
        waterfall: [.init(.input, "rows in the file", sums.count), .init(.used, "in the grid", sums.count)],
        bookedRows: status.count { $0 == .booked }, scoreRejectedRows: status.count { $0 == .scoreRejected },
        immatureRows: 0),
      stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
      transformation: Transformation(
        rate: 1, eligibleAmount: booked, bookedAmount: booked, firstMonth: Month(year: 2023, month: 1),
        lastMonth: Month(year: 2023, month: 12), monthsWithData: 12), qualitySkipped: false)
  }

  /// All 20 monotone strategies; a point for each that no other one beats.
  private static func frontier(of cells: CellTable) -> Frontier {
    var points: [Frontier.Point] = []
    for low in 0...3 {
      for middle in low...3 {
        for high in middle...3 {
          let strategy = Strategy(accepted: [low, middle, high])
          let sums = cells.totals(of: strategy).optimum
          points.append(
            .init(
              production: sums.production, numerator: sums.numerator, denominator: sums.denominator, strategy: strategy)
          )
        }
      }
    }
    func risk(_ point: Frontier.Point) -> Double { cells.measure.strategyPercent(point.sums) ?? .infinity }
    points.sort { (risk($0), -$0.production) < (risk($1), -$1.production) }
    var kept: [Frontier.Point] = []
    for point in points where point.production > kept.last?.production ?? -1 { kept.append(point) }
    return Frontier(points: kept, strategyCount: "20", search: "all-strategies")
  }

  private static func draws(of cells: CellTable) throws -> CellDraws {
    var sums: [Int64] = []
    for times: Int64 in 0..<3 {
      for (cell, (booked, swapIn)) in zip(cells.booked, cells.swapIn).enumerated() {
        let own = cell == 0 ? times : 1
        sums += [own * booked.production, own * booked.numerator, own * booked.denominator]
        sums += [swapIn.production, swapIn.numerator, swapIn.denominator]
      }
    }
    let head = CellDraws.Head(
      grid: cells.grid, measure: cells.measure, decimals: cells.scale.decimals, method: "specimen", seed: 1,
      resamples: 3, made: [0, 1, 2], groups: 0, groupsMade: [], failures: [], isRefitted: true, fixed: [])
    return try CellDraws(head: head, sums: sums)
  }

  /// A tenth around every optimum.
  private static func intervals(of scenarios: ScenarioSet) -> StrategyIntervals {
    let own = scenarios.scenarios.map { scenario -> StrategyIntervals.Scenario in
      let production = scenario.totals.map { Double($0.optimum.production) }
      return StrategyIntervals.Scenario(
        name: scenario.name, limit: scenario.limit,
        intervals: [
          StrategyIntervals.Interval(
            basis: .wholeEstimator, line: .optimum, quantity: .production, estimate: production,
            low: production.map { 0.9 * $0 }, high: production.map { 1.1 * $0 }, standardError: nil, draws: 100,
            method: "percentile")
        ],
        selection: nil)
    }
    return StrategyIntervals(
      confidence: 0.95, method: "percentile", seed: 1, resamples: 100, made: 100, failures: [], fixed: [],
      scenarios: own)
  }

  private static func scenarios(of frontier: Frontier, _ cells: CellTable, limits: [Double]) throws -> ScenarioSet {
    let scenarios = try zip(["careful", "bold"], limits).map { name, limit in
      let answer = try frontier.answer(to: DecimalNumber(limit), measure: cells.measure)
      let strategy = answer.point.map { frontier.points[$0].strategy }
      return ScenarioSet.Scenario(
        name: name, limit: answer.limit, status: strategy == nil ? .infeasible : .optimal, point: answer.point,
        strategy: strategy, totals: strategy.map(cells.totals), bound: answer.bound)
    }
    return ScenarioSet(scenarios: scenarios, nested: true)
  }
}
