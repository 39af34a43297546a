import CutlineCompute
import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineMonitor

/// Samples made by hand: one score, two periods, any number of months.
struct Months {
  var scores: [Double] = []
  var month: [Month] = []
  var period: [Period] = []
  var status: [SampleStatus] = []
  var isBad: [Bool] = []
  var isMature: [Bool] = []
  private var stream: RandomStream

  static let first = Month(index: 2023 * 12)

  init(seed: UInt64) { stream = RandomStream(seed: seed, stream: 77) }

  /// Adds a month of applications.
  ///
  /// - Parameters:
  ///   - shift: added to the scores.
  ///   - slope: of the log odds of bad per point of the score; below 0 where high scores are safe.
  mutating func add(
    _ offset: Int, _ rows: Int, _ period: Period, shift: Double = 0, badRate: Double = 0.1, slope: Double = -1,
    approval: Double = 0.7, mature: Bool = true
  ) {
    for _ in 0..<rows {
      let score = Link.probit.sum(of: min(max(stream.uniform(), 1e-9), 1 - 1e-9)) + shift
      let isBooked = stream.uniform() < approval
      let odds = badRate / (1 - badRate) * Link.log.mean(of: slope * (score - shift))
      scores.append(score)
      month.append(Months.first + offset)
      self.period.append(period)
      status.append(isBooked ? .booked : .scoreRejected)
      isBad.append(isBooked && stream.uniform() < odds / (1 + odds))
      isMature.append(isBooked && mature)
    }
  }

  func sample(hasRecent: Bool = true) throws -> Sample {
    let axis = GridAxis(
      name: "bin", source: "score", direction: .higherIsSafer, edges: [-.infinity, -1, -0.5, 0, 0.5, 1, .infinity])
    let grid = CellGrid(axes: [axis])
    let amount = [Int64](repeating: 100_000, count: scores.count)
    func booked(_ values: [Int64]) -> [Int64] { zip(values, isMature).map { $1 ? $0 : 0 } }
    let count = status.indices.count { period[$0] == .main && status[$0] == .booked }
    let main = status.indices.count { period[$0] == .main }
    return Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7), cell: scores.map { Int32(axis.bin(of: $0) ?? 0) }, month: month,
      period: period, status: status,
      outcome: status.indices.map { status[$0] != .booked ? .none : isMature[$0] ? .mature : .immature },
      scores: [scores],
      amounts: [
        .accounts: status.map { $0 == .booked ? 100 : 0 }, .requested: amount,
        .numerator: booked(isBad.map { $0 ? 50_000 : 0 }), .denominator: booked(amount.map { 4 * $0 }),
        .production: amount,
      ],
      summary: SampleSummary(
        basis: Basis(segment: "a/b", periodStart: "2023-01-01", periodEnd: "2023-12-31", months: 12),
        account: RowAccount(
          waterfall: [.init(.input, "rows", main), .init(.used, "used", main)], bookedRows: count,
          scoreRejectedRows: main - count, immatureRows: 0),
        stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
        transformation: Transformation(
          rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: nil, lastMonth: nil, monthsWithData: 0),
        qualitySkipped: false,
        recent: hasRecent ? RecentPeriod(start: "2024-01-01", end: "2024-06-01", months: 6, sharedRows: 0) : nil))
  }
}

@Suite struct StabilityTests {
  private func report(_ months: Months, _ settings: String = "", hasRecent: Bool = true) async throws -> StabilityReport
  {
    let sample = try months.sample(hasRecent: hasRecent)
    let table = try ConfigDocument.parse(settings, source: "test.toml")
    let config = try StabilityConfig.read(table.entries, at: .default, origin: "stability").config
    let input = try Stability.ports.make(PortValues(["cube": try Cube(of: sample), "sample": sample]))
    let folder = try TemporaryFolder()
    let context = RunContext(stageID: "stability", seed: 1, files: AttachedFiles(in: folder.path))
    let report = try await StandardStability(config: config).run(input, in: context)
    try Stability.check(report, against: input)
    return report
  }

  private func year(seed: UInt64, rows: Int = 400) -> Months {
    var months = Months(seed: seed)
    for month in 0..<12 { months.add(month, rows, .main) }
    return months
  }

  @Test func whatHasMovedIsFoundAndWhatHasNotIsNot() async throws {
    var same = year(seed: 1)
    var moved = same
    for month in 12..<18 {
      same.add(month, 400, .recent)
      moved.add(month, 400, .recent, shift: 0.8)
    }
    let quiet = try #require(try await report(same).shifts.first)
    #expect(quiet.variable == "score" && quiet.band == .stable && !quiet.isBeyondNoise, "\(quiet.psi ?? -1)")
    let loud = try await report(moved)
    let shift = try #require(loud.shifts.first)
    #expect(shift.band == .unstable && shift.isBeyondNoise && shift.p ?? 1 < 1e-12)
    #expect(loud.shifts.map(\.role) == [.score, .amount, .overall] && loud.state == .compared)
    // A constant has one bin, and has not moved.
    #expect(loud.shifts[1].psi == 0 && loud.shifts[1].band == .stable)
    for own in loud.months where own.variable == "score" {
      #expect((own.band == .unstable) == !own.isInMain, "\(own.month) \(own.psi ?? -1)")
    }
  }

  @Test func littleIsNoAllClear() async throws {
    var months = year(seed: 2)
    let without = try await report(months, hasRecent: false)
    #expect(without.state == .notAskedFor && without.shifts.isEmpty && without.months.count == 24)
    #expect(try await report(months).state == .empty)
    months.add(14, 30, .recent, shift: 2)
    let few = try await report(months)
    #expect(few.state == .compared && few.shifts.allSatisfy { $0.band == .notEnough && $0.psi == nil })
    // So few that the band means nothing: the bound says so.
    var noise = year(seed: 3)
    noise.add(14, 55, .recent)
    let shift = try #require(try await report(noise).shifts.first)
    #expect(shift.bound ?? 0 > 0.3 && !shift.isBeyondNoise)
  }

  @Test func aReversalIsNamedWithItsMonth() async throws {
    var months = year(seed: 4)
    months.add(12, 1500, .recent)
    months.add(13, 1500, .recent, slope: 1)
    months.add(14, 30, .recent)
    let order = try await report(months).order
    func status(_ period: String) -> StabilityReport.Order.Status? { order.first { $0.period == period }?.status }
    #expect(status("main") == .asDeclared && status("2024-01") == .asDeclared)
    #expect(status("2024-02") == .reversed && status("2024-03") == .notEnough)
  }

  @Test func aBinOutOfOrderIsFound() async throws {
    var months = Months(seed: 5)
    for month in 0..<12 { months.add(month, 2000, .main) }
    #expect(try await report(months).inversions.isEmpty)
    for row in months.scores.indices where months.scores[row] > 1 && months.status[row] == .booked && row % 2 == 0 {
      months.isBad[row] = true
    }
    let found = try await report(months).inversions
    #expect(found.map { [$0.safer, $0.riskier] } == [[6, 5]] && found[0].saferRate > found[0].riskierRate)
  }

  @Test func bookedAloneAreAnotherPopulation() async throws {
    var months = year(seed: 6)
    for month in 12..<18 { months.add(month, 400, .recent) }
    let all = try #require(try await report(months).shifts.first)
    let booked = try #require(try await report(months, "population = \"booked\"\nsmoothing = \"floor\"").shifts.first)
    #expect(booked.expectedRows < all.expectedRows)
    #expect(
      booked.expectedRows
        == Int64(months.status.indices.count { months.period[$0] == .main && months.status[$0] == .booked }))
    await #expect(throws: Faults.self) { try await report(months, "overall = \"nothing\"") }
    await #expect(throws: Faults.self) { try await report(months, "stability_variables = [\"segment\"]") }
  }

  /// Of many stationary portfolios the share beyond the bound lies within the 99.9 % band of the level, score by score.
  @Test func falseAlarmsHaveTheirLevel() async throws {
    var beyond = 0
    let trials = 400
    for seed in 0..<trials {
      var months = Months(seed: UInt64(1000 + seed))
      for month in 0..<12 { months.add(month, 100, .main) }
      for month in 12..<15 { months.add(month, 150, .recent) }
      let report = try await report(months, "confidence = 0.95")
      if report.shifts[0].isBeyondNoise { beyond += 1 }
    }
    let band = try #require(BinomialInterval.clopperPearson(successes: beyond, trials: trials, confidence: 0.999))
    #expect(band.contains(0.05), "\(beyond) of \(trials)")
  }
}

@Suite struct TrendTests {
  private func trends(_ months: Months, _ settings: String = "") async throws -> MonthlyTrends {
    let table = try ConfigDocument.parse(settings, source: "test.toml")
    let config = try TrendsConfig.read(table.entries, at: .default, origin: "trends").config
    let input = try Trends.ports.make(PortValues(["cube": try Cube(of: months.sample())]))
    let folder = try TemporaryFolder()
    let context = RunContext(stageID: "trends", seed: 1, files: AttachedFiles(in: folder.path))
    let trends = try await StandardTrends(config: config).run(input, in: context)
    try Trends.check(trends, against: input)
    // The segment's name makes the name of a file.
    #expect(try folder.names().contains("monthly_metrics_a_b.csv"))
    return trends
  }

  private func status(_ trends: MonthlyTrends, _ metric: String, _ offset: Int) -> MonthlyTrends.Status? {
    trends.points.first { $0.metric == metric && $0.month == Months.first + offset }?.status
  }

  @Test func aSpikeIsSeenAndDoesNotHideItself() async throws {
    var months = Months(seed: 1)
    for month in 0..<20 {
      months.add(
        month, 400, month < 12 ? .main : .other, badRate: month == 15 ? 0.3 : 0.1, approval: month == 14 ? 0.4 : 0.7)
    }
    for chart in ["prediction", "rolling", "individuals", "ewma"] {
      let own = try await trends(months, "chart = \"\(chart)\"")
      #expect(status(own, "approval_rate", 14) == .anomaly, "\(chart)")
      #expect(status(own, "bad_rate", 15) == .anomaly && status(own, "risk_rate", 15) == .anomaly, "\(chart)")
    }
    let own = try await trends(months)
    #expect(status(own, "approval_rate", 7) == .insufficient && status(own, "approval_rate", 8) != .insufficient)
    // The spike is not part of what later months are held against.
    let next = try #require(own.points.first { $0.metric == "approval_rate" && $0.month == Months.first + 15 })
    #expect(next.centre ?? 0 > 0.65)
  }

  @Test func emptyAndImmatureMonthsAreNamed() async throws {
    var months = Months(seed: 2)
    for month in 0..<14 where month != 9 { months.add(month, 300, .main, mature: month < 12) }
    let own = try await trends(months)
    #expect(own.months.count == 14)
    let empty = own.months[9]
    #expect(
      empty.applications == 0 && empty.approvalRate == nil && empty.risk == nil && empty.transformationRate == nil)
    #expect(status(own, "approval_rate", 9) == .noData && status(own, "applications", 9) == .noData)
    #expect(own.months[13].risk == nil && own.months[13].rollingRisk == nil)
    #expect(status(own, "risk_rate", 13) == .immature && status(own, "approval_rate", 13) != .immature)
    var short = Months(seed: 3)
    for month in 0..<4 { short.add(month, 300, .main) }
    #expect(try await trends(short).points.allSatisfy { $0.status == .insufficient })
  }

  /// The stated share of months, each metric by itself, within its 99.9 % band.
  @Test func falseAlarmsHaveTheirLevel() async throws {
    var (out, charted) = (["approval_rate": 0, "bad_rate": 0], 0)
    for seed in 0..<150 {
      var months = Months(seed: UInt64(500 + seed))
      for month in 0..<14 { months.add(month, 200, .main, badRate: 0.2) }
      let own = try await trends(months, "false_alarms = 0.05")
      // One month a portfolio: months of one share their baselines.
      charted += 1
      for metric in out.keys where status(own, metric, 13) == .anomaly { out[metric, default: 0] += 1 }
    }
    for (metric, count) in out {
      let band = try #require(BinomialInterval.clopperPearson(successes: count, trials: charted, confidence: 0.999))
      #expect(band.contains(0.05), "\(metric): \(count) of \(charted)")
    }
  }
}

@Suite struct AlertTests {
  @Test func alertsSayWhatWasFoundAndWhatWasNotLookedAt() async throws {
    var months = Months(seed: 1)
    for month in 0..<12 { months.add(month, 400, .main) }
    for month in 12..<18 { months.add(month, 400, .recent, shift: 0.8, approval: 0.4) }
    let sample = try months.sample()
    let cube = try Cube(of: sample)
    let folder = try TemporaryFolder()
    func context(_ id: String) -> RunContext {
      RunContext(stageID: id, seed: 1, files: AttachedFiles(in: folder.path))
    }
    let small = try #require(try Alerts.specimens().first)
    let stability = try await StandardStability(config: StabilityConfig()).run(
      Stability.ports.make(PortValues(["cube": cube, "sample": sample])), in: context("stability"))
    let trends = try await StandardTrends(config: TrendsConfig()).run(
      Trends.ports.make(PortValues(["cube": cube])), in: context("trends"))
    let values: [String: any Artifact] = [
      "cube": cube, "scenarios": small.scenarios, "stability": stability, "trends": trends,
    ]
    let input = try Alerts.ports.make(PortValues(values))
    let list = try await StandardAlerts(config: FolderConfig()).run(input, in: context("alerts"))
    try Alerts.check(list, against: input)
    #expect(list.alerts.contains { $0.variable == "__overall__" && $0.severity == .critical && $0.source == "psi" })
    let approval = list.alerts.filter { $0.variable == "approval_rate" }
    #expect(
      approval.count == 1 && approval[0].message.contains("out of control since 2024-01 (6 months)"), "\(approval)")
    #expect(list.notLookedAt == ["back-test: the plan has no stage of kind recent"])
    #expect(
      try folder.names().filter { $0.hasPrefix("drift_alerts_") } == [
        "drift_alerts_bold.json", "drift_alerts_careful.json",
      ])
    let other = try TemporaryFolder()
    let empty = try await StandardAlerts(config: FolderConfig()).run(
      Alerts.ports.make(PortValues(["cube": cube, "scenarios": small.scenarios] as [String: any Artifact])),
      in: RunContext(stageID: "alerts", seed: 1, files: AttachedFiles(in: other.path)))
    #expect(empty.alerts.isEmpty && empty.notLookedAt.count == 3)
  }
}
