import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineMonitor

/// The recent period in every state, its sources of risk, its ladder, its sums.
@Suite struct RecentTests {
  private static func run(
    _ portfolio: RecentSample, _ change: (inout RecentConfig) -> Void = { _ in }
  ) async throws -> (recent: RecentRisk, files: [FileRecord]) {
    let folder = NSTemporaryDirectory() + "cutline-recent-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort in a temporary place
    let input = try Recent.ports.make(PortValues(portfolio.inputs()))
    var config = RecentConfig()
    change(&config)
    let files = AttachedFiles(in: folder)
    let recent = try await StandardRecent(config: config).run(
      input, in: RunContext(stageID: "recent", seed: 1, files: files))
    try Recent.check(recent, against: input)
    return (recent, files.records)
  }

  @Test func everyStateHasItsName() async throws {
    let small = try SmallPortfolio()
    let none = try await StandardRecent(config: RecentConfig()).run(
      Recent.Input(
        cube: small.cube, surface: small.surface, exposure: small.exposure, cells: small.cells,
        scenarios: small.scenarios, sample: nil), in: RunContext(stageID: "recent", seed: 1))
    #expect(none.state == .notAskedFor && none.cells == nil)
    let empty = try await Self.run(RecentSample(recentRows: 0))
    #expect(empty.recent.state == .empty && empty.files.isEmpty)
    let immature = try await Self.run(RecentSample(mature: 0, early: 0, hasEarly: false))
    #expect(immature.recent.state == .immature && immature.recent.ladder == nil)
    #expect(immature.recent.tests.count == 3 && immature.recent.tests.allSatisfy { $0.verdict == .immature })
    #expect(try await Self.run(RecentSample(mature: 0.5)).recent.state == .partlyMature)
    let mature = try await Self.run(RecentSample())
    #expect(mature.recent.state == .mature && mature.files.count == 8)
    let one = try await Self.run(RecentSample(recentRows: 1))
    #expect(one.recent.tests.allSatisfy { [.notEnough, .immature].contains($0.verdict) })
  }

  /// Over a dozen portfolios: noise is an exception, a doubled risk the rule; `RiskComparisonTests` has the level itself.
  @Test func aDoubledRiskIsCalledDeteriorated() async throws {
    var (alarms, hits) = (0, 0)
    for seed in 1...12 {
      let same = try await Self.run(RecentSample(seed: UInt64(seed))).recent.tests
      #expect(same.count == 6 && same.map(\.months) == [6, 6, 6, 3, 3, 3])
      if same[0].verdict != .withinNoise { alarms += 1 }
      let worse = try await Self.run(RecentSample(change: 2, seed: UInt64(seed))).recent.tests
      if worse[0].verdict == .deteriorated { hits += 1 }
      #expect(worse.allSatisfy { $0.verdict != .improved })
    }
    #expect(alarms <= 1 && hits >= 10, "\(alarms) alarms, \(hits) hits")
    let better = try await Self.run(RecentSample(recentRows: 6000, change: 0.3)).recent.tests
    #expect(better.first?.verdict == .improved)
  }

  /// Observed where it is known, carried where three months are, imputed elsewhere: worked out again from the rows.
  @Test func sourcesAreThoseOfTheirOrder() async throws {
    let portfolio = RecentSample(mature: 0.4, early: 0.5)
    let sample = try portfolio.sample()
    let recent = try await Self.run(portfolio).recent
    let (cells, ladder) = (try #require(recent.cells), try #require(recent.ladder))
    let (up, down) = (try #require(ladder.numeratorFactor), try #require(ladder.denominatorFactor))
    let (n6, d6) = (try sample.values(of: .numerator), try sample.values(of: .denominator))
    let (n3, d3) = (try sample.values(of: .earlyNumerator), try sample.values(of: .earlyDenominator))
    let known = try sample.values(of: .earlyRows)
    let requested = try sample.values(of: .requested)
    var (late, early) = (CellSums.zero, CellSums.zero)
    for row in sample.cell.indices where sample.outcome[row] == .mature {
      late += CellSums(numerator: n6[row], denominator: d6[row])
      early += CellSums(numerator: n3[row], denominator: d3[row])
    }
    #expect(abs(up - Double(late.numerator) / Double(early.numerator)) < 1e-12 && down == 1.5)
    for cell in 0..<9 {
      let rows = sample.cell.indices.filter {
        Int(sample.cell[$0]) == cell && sample.period[$0] == .recent && sample.status[$0] == .booked
      }
      let mature = rows.filter { sample.outcome[$0] == .mature }
      let carried = rows.filter { sample.outcome[$0] == .immature && known[$0] == 1 }
      #expect(recent.sources[.observed]?[cell].numerator == mature.reduce(0) { $0 + n6[$1] })
      let expected = (up * Double(carried.reduce(0) { $0 + n3[$1] })).rounded(.toNearestOrEven)
      #expect(Double(recent.sources[.carried]?[cell].numerator ?? -1) == expected)
      // The others by the risk of their cell in the main period, on 4 of exposure for each requested.
      let immature = rows.filter { sample.outcome[$0] == .immature }
      let pile =
        4 * Double(immature.reduce(0) { $0 + requested[$1] }) * Double(immature.count - carried.count)
        / Double(immature.count)
      #expect(abs(Double(recent.sources[.mainCell]?[cell].denominator ?? -1) - pile) <= 0.5)
      #expect(recent.sources[.model]?[cell] == .zero)
      #expect(cells.rejectedRows[cell] > 0 && cells.swapIn[cell].denominator == 4 * cells.rejected[cell].requested)
    }
    #expect(cells.annualCoefficient == 2)
  }

  @Test func tooFewBadAreNotCarried() async throws {
    let few = try await Self.run(RecentSample(mainRows: 400, recentRows: 300, mature: 0)).recent
    #expect(few.ladder?.refusal?.contains("fewer than 30") == true)
    #expect(few.sources[.carried]?.allSatisfy { $0 == .zero } == true)
  }

  /// Three months of booking by hand: C₃ = 10, 20, 30 and C₆ = 20, 50, 60.
  @Test func theLadderIsThatOfItsDefinition() throws {
    let small = try SmallPortfolio().sample
    let months = (0..<3).map { Month(index: 24_000 + $0) }
    let rows = 90
    func column(_ value: (Int) -> Int64) -> [Int64] { (0..<rows).map(value) }
    let third = { (row: Int) in row / 30 }
    let sample = Sample(
      grid: small.grid, measure: small.measure, cell: [Int32](repeating: 0, count: rows),
      month: (0..<rows).map { months[third($0)] }, status: [SampleStatus](repeating: .booked, count: rows),
      outcome: [Outcome](repeating: .mature, count: rows),
      scores: [[Double]](repeating: [Double](repeating: 0.5, count: rows), count: 2),
      amounts: [
        .accounts: column { _ in 100 }, .requested: column { _ in 100 }, .production: column { _ in 100 },
        .numerator: column { [20, 50, 60][third($0)] }, .denominator: column { _ in 700 },
        .earlyNumerator: column { [10, 20, 30][third($0)] }, .earlyDenominator: column { _ in 400 },
        .earlyRows: column { _ in 1 }, .earlyBadRows: column { _ in 1 },
      ],
      summary: SampleSummary(
        basis: small.summary.basis,
        account: RowAccount(
          waterfall: [.init(.input, "rows", rows), .init(.used, "rows", rows)], bookedRows: rows, scoreRejectedRows: 0,
          immatureRows: 0), stress: small.summary.stress, transformation: small.summary.transformation,
        qualitySkipped: false))
    let ladder = try #require(try Ladder(Cube(of: sample)))
    let f = 130.0 / 60
    #expect(ladder.isUsed && ladder.months == 3 && ladder.badRows == 90)
    #expect(abs((ladder.numeratorFactor ?? 0) - f) < 1e-15 && ladder.denominatorFactor == 1.75)
    let squares = [(300.0, 2.0), (600, 2.5), (900, 2)].reduce(0.0) { $0 + $1.0 * ($1.1 - f) * ($1.1 - f) }
    #expect(abs((ladder.processVariance ?? 0) - squares / 2) < 1e-9)
    let left = [110.0 / 50, 80.0 / 40, 70.0 / 30].map { Link.log.sum(of: $0 / 1.75) }
    let mean = left.reduce(0, +) / 3
    #expect(
      abs((ladder.logVariance ?? 0) - 2.0 / 3 * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }) < 1e-15)
  }
}
