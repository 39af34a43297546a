import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineDecide

/// A card month by month: what moved most, what was promised and came, and of what nothing is said.
@Suite struct MonitorTests {
  /// One characteristic with three bins, 20, 40 and 60 points, in two bands.
  private static func card() throws -> Scorecard {
    let bins = try CharacteristicBins(edges: [1, 2], of: "x")
    return try Scorecard(
      scale: PointScale(pdo: 20, basePoints: 40, baseOdds: 4),
      characteristics: [
        Characteristic(
          name: "x", bins: bins,
          attributes: [20, 40, 60, 40].map {
            .init(good: 1, bad: 1, woe: 0, exact: Double($0), points: Int64($0))
          }, coefficient: -1)
      ], bands: ScoreBands([.init(name: "high", from: 40), .init(name: "low", from: 0)]))
  }

  private static func monitor(_ x: [Double], _ isBad: [Bool?], reference: [Double]) throws -> CardMonitor {
    let card = DecidingCard.points(try card())
    let own = try CardMonitor.Reference(
      card, name: "then", columns: [.numbers(reference)],
      isBad: reference.indices.map { reference[$0] < 1 ? $0 % 2 == 0 : $0 % 10 == 0 })
    return try CardMonitor(
      card, own, columns: [.numbers(x)], months: x.map { _ in "2026-01" }, isBad: isBad)
  }

  private static func values(_ counts: [Int]) -> [Double] {
    zip(counts, [0.5, 1.5, 2.5]).flatMap { [Double](repeating: $1, count: $0) }
  }

  @Test func anAlertNamesWhatMovedMostAndByHowMuch() throws {
    let found = try Self.monitor(
      Self.values([100, 400, 500]), [Bool?](repeating: nil, count: 1000), reference: Self.values([400, 400, 200]))
    let own = try #require(found.months.first?.stability.last)
    // 40 % → 10 % and 20 % → 50 % move by the same: the first of them is told.
    #expect(own.of == "x" && own.isAlert && own.most.bin == 1)
    #expect(own.most.expectedPct == 40 && own.most.actualPct == 10)
    #expect(found.alerts.contains { $0.contains("x has moved") && $0.contains("most in (-∞, 1]: 40.0 % → 10.0 %") })
    #expect(found.alerts.contains { $0.contains("score has moved") && $0.contains("most in scores up to 20") })
    #expect(found.months[0].calibration.isEmpty && found.months[0].area == nil)
  }

  /// 40 points promise 1 bad to 4 good, 20 points 1 to 2, 60 points 1 to 8.
  @Test func bandsShowWhatWasPromisedAndWhatCame() throws {
    let x = Self.values([90, 60, 30])
    let isBad = x.indices.map { Bool?.some($0 < 45 || (90..<102).contains($0)) }
    let found = try Self.monitor(x, isBad, reference: Self.values([300, 300, 300]))
    let bands = try #require(found.months.first?.calibration)
    #expect(bands.map(\.band) == ["high", "low"] && bands.map(\.rows) == [90, 90] && bands.map(\.bad) == [12, 45])
    #expect(abs(bands[0].expectedPct - 100 * (60 * 0.2 + 30 / 9.0) / 90) < 1e-9)
    #expect(abs(bands[1].expectedPct - 100.0 / 3) < 1e-9 && abs(bands[1].observedPct - 50) < 1e-9)
    #expect(!bands[0].isOutside && bands[1].isOutside && bands[1].interval[0] > 100.0 / 3)
    #expect(found.months[0].area != nil)
  }

  @Test func tooFewOutcomesSayNothing() throws {
    let reference = Self.values([300, 300, 300])
    for (rows, bad, isSaid) in [(49, 20, false), (50, 10, true), (200, 9, false), (200, 10, true)] {
      // Bad ones score best: worse than any chance.
      let x = (0..<rows).map { $0 < bad ? 2.5 : 0.5 }
      let found = try Self.monitor(x, (0..<rows).map { $0 < bad }, reference: reference)
      #expect((found.months[0].area != nil) == isSaid && found.months[0].isAreaAlert == isSaid, "\(rows) \(bad)")
      #expect(found.notLookedAt.contains { $0.contains("too few") } == !isSaid)
      #expect(found.alerts.contains { $0.contains("tells good from bad less") } == isSaid)
    }
  }

  @Test func anExpertCardScoresColumnsAsRows() throws {
    let card = try WeightCard(features: [
      .init(name: "a", weight: 37.3, transform: .cap(limit: 7), missing: 0.3),
      .init(name: "b", weight: 11.1, transform: .log(limit: 99)),
      .init(name: "c", weight: 51.6, transform: .linear(from: 9, to: -4)),
    ])
    var state: UInt64 = 3
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 0x1p53 * 12 - 2
    }
    let rows = (0..<500).map { row in [row % 9 == 0 ? .nan : next(), next(), next()] }
    let columns = (0..<3).map { place in CardColumn.numbers(rows.map { $0[place] }) }
    #expect(try DecidingCard.weights(card).scores(columns, rows: 500) == rows.map { try card.score($0) })
    let missing = expectFaults(.data) {
      try DecidingCard.weights(card).scores([.numbers([1]), .numbers([.nan]), .numbers([1])], rows: 1)
    }
    #expect(missing?.text(.full).contains("feature b") == true)
  }
}
