import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// The edges of the gates, and laws of points and weights, without the oracle.
@Suite struct ScorecardGateTests {
  private typealias Gates = ScorecardGates

  @Test func edgesAreWhereTheyAreSaid() {
    func samples(_ rows: Int, _ bad: Int) -> ScorecardGate.Verdict {
      Gates.samples(rows: rows, bad: bad, population: "labels").verdict
    }
    #expect(samples(99, 60) == .fail && samples(100, 60) == .pass && samples(100, 49) == .warn)
    func rate(_ rows: Int, _ bad: Int) -> ScorecardGate.Verdict {
      Gates.badRate(rows: rows, bad: bad, population: "labels").verdict
    }
    #expect(rate(10_000, 499) == .fail && rate(10_000, 500) == .pass)
    #expect(rate(10_000, 5_000) == .pass && rate(10_000, 5_001) == .fail && rate(0, 0) == .fail)
    // Of 10 bad and 10 good ones, 60 of 100 pairs in order pass.
    func area(_ right: Int) -> ScorecardGate.Verdict {
      // Good ones at 1...10; the bad ones' places say how many pairs are in order.
      let bad = (0..<10).map { index in
        Double(10 - min(10, max(0, right - 10 * index))) + 0.5
      }
      let scores = (1...10).map(Double.init) + bad
      return Gates.area(.init("test", new: scores, isBad: scores.indices.map { $0 >= 10 })).verdict
    }
    #expect(area(60) == .pass && area(59) == .fail)
    let alone = Gates.area(.init("test", new: [1, 2], isBad: [false, false]))
    #expect(alone.verdict == .skipped && alone.value == nil)
  }

  /// A characteristic that knows the outcome, at exactly the edges of both rules.
  @Test func aLeakIsAGate() throws {
    func gate(_ good: [Int64], _ bad: [Int64], value: Double? = 0.5) -> ScorecardGate {
      Gates.leak([("x", SingleArea(good: good, bad: bad), value)], rows: 1)
    }
    // Of 20 bad and 10 good, all bad ones right of 9 good ones and level with one: 9.5 of 10 pairs are in order.
    let exact = gate([9, 1], [0, 20])
    #expect(exact.verdict == .fail && exact.value == 0.95 && exact.detail.contains("x (area 0.950"))
    // Of 20,000 bad ones k are right of all good ones and the rest level with them: 1/2 + k / 40,000.
    #expect(gate([0, 2_000], [17_999, 2_001]).verdict == .pass)
    #expect(gate([0, 2_000], [18_000, 2_000]).verdict == .fail)
    #expect(
      gate([90_000, 10_001], [0, 200_000]).verdict == .pass && gate([90_001, 10_000], [0, 200_000]).verdict == .fail)
    // The middle is bad: no direction tells it, the bins do.
    #expect(gate([50, 0, 50], [0, 100, 0]).value == 1)
    #expect(
      gate([10, 10], [5, 8], value: 2).verdict == .fail && gate([10, 10], [5, 8], value: 1.999).verdict == .pass)
    #expect(gate([10, 10], [0, 0], value: nil).verdict == .pass && gate([10, 10], [0, 0], value: nil).value == nil)
    let turned = try #require(SingleArea(.numbers([5, 4, 3, .nan, 2]), [false, false, true, true, true]))
    #expect(turned.value == 1)
    let words = try #require(SingleArea(.words(TextColumn(["a", "b", "a", nil])), [true, false, true, true]))
    #expect(words.value == 1)
  }

  @Test func bandsMoveByLessThanATenth() {
    let bands = ScoreBands.standard
    func moved(_ count: Int) -> ScorecardGate.Verdict {
      let old = [Int](repeating: 1, count: 1000)
      let migration = BandMigration(old: old, new: old.indices.map { $0 < count ? 2 : 1 }, count: 5)
      return Gates.bands(migration, bands, population: "test").verdict
    }
    #expect(moved(99) == .pass && moved(100) == .fail)
    #expect(Gates.bands(BandMigration(old: [], new: [], count: 5), bands, population: "test").verdict == .skipped)
    #expect([800, 799, 700, 450, 449, 300, 299, -5].map { bands.band(of: $0) } == [0, 1, 1, 3, 4, 4, 4, 4])
  }

  @Test func changesOfWeightsAreJudgedExactly() {
    func change(_ old: Int64?, _ new: Int64) -> ScorecardGate.Verdict {
      Gates.weightChange([("a", old, new)], unit: 100).verdict
    }
    #expect(change(1000, 1499) == .pass && change(1000, 1500) == .fail && change(1000, 501) == .pass)
    #expect(change(1000, 500) == .fail)
    // Small weights are measured by one point.
    #expect(change(10, 59) == .pass && change(10, 60) == .fail)
    #expect(change(10, -10) == .fail, "the sign")
    #expect(change(nil, 5000) == .skipped, "a new feature is not judged")
  }

  @Test func whatSaysNothingIsNoPass() {
    let scores = (0..<200).map { Double($0) }
    let isBad = scores.map { $0 < 40 }
    let population = Gates.Population("test", new: scores, isBad: isBad)
    #expect(Gates.improvement(population).verdict == .warn, "no card is in force")
    #expect(Gates.correlation(population, isRecent: true).verdict == .warn)
    let constant = Gates.Population("test", new: scores.map { _ in 1 }, old: scores, isBad: isBad)
    #expect(Gates.correlation(constant, isRecent: true).verdict == .fail)
    #expect(Gates.circularity(.init("test", new: scores, old: scores, isBad: isBad)).verdict == .fail)
    #expect(
      Gates.circularity(.init("test", new: scores, old: scores.map { -$0 }, isBad: isBad)).verdict == .fail,
      "turned round it tells the labels as well")
    #expect(Gates.circularity(.init("test", new: scores, isBad: isBad)).verdict == .skipped)
    #expect(Gates.signs([("a", -1, nil), ("b", 0.1, 0.2)]).verdict == .warn)
    #expect(Gates.signs([("a", -1, nil), ("b", 0.1, 0.01)]).verdict == .fail)
    #expect(Gates.signs([("a", -1, 0.5)]).verdict == .pass)
  }

  private func card(bands: ScoreBands = .standard, cutoff: Int64? = nil) throws -> Scorecard {
    try PointsScaling.card(
      intercept: -2,
      [
        .init(
          name: "age", edges: [25, 40], specials: [.init(name: "codes", values: [96, 98])], good: [50, 90, 160, 5, 0],
          bad: [30, 20, 10, 4, 0], coefficient: -0.9),
        .init(name: "debt", edges: [0], good: [200, 100, 5], bad: [20, 40, 4], coefficient: -1.1),
      ], scale: PointScale(), bands: bands, cutoff: cutoff)
  }

  @Test func binsAreThoseThatArePrinted() throws {
    let own = try card().characteristics[0]
    let age = own.bins
    for edge in age.edges {
      #expect(
        age.bin(of: edge).map { $0 + 1 } == age.bin(of: edge.nextUp) && age.bin(of: edge.nextDown) == age.bin(of: edge))
    }
    #expect(own.attributes.indices.map(own.label) == ["(-∞, 25]", "(25, 40]", "(40, ∞)", "codes", "missing"])
    #expect(age.bin(of: 96) == 3 && age.bin(of: 97) == 2 && age.bin(of: .nan) == 4)
    #expect(age.bin(of: -.infinity) == 0 && age.bin(of: .infinity) == 2)
    let debt = try card().characteristics[1].bins
    #expect(debt.bin(of: 0.0) == debt.bin(of: -0.0))
    #expect(own.attributes[4].isUnseen && own.attributes[4].woe == 0, "nobody is punished for being absent")
  }

  @Test func theScoreIsTheSumOfWhatIsPrinted() throws {
    let card = try card()
    for age in [18.0, 25, 30, 60, 96, .nan] {
      for debt in [-1.0, 0, 1, .nan] {
        let scored = try card.score([age, debt])
        #expect(scored.score == scored.points.reduce(card.initial, +))
        #expect(card.range.contains(scored.score))
      }
    }
  }

  @Test func whatNobodyReachesIsTold() throws {
    let high = try ScoreBands([.init(name: "best", from: 2000), .init(name: "rest", from: 0)])
    #expect(try card(bands: high).unreachable.contains { $0.contains("best") })
    let reached = try ScoreBands([.init(name: "upper", from: 540), .init(name: "lower", from: 0)])
    #expect(try card(bands: reached, cutoff: 540).unreachable.isEmpty)
    #expect(try card(bands: reached, cutoff: 5000).unreachable.count == 1)
    #expect(Gates.reachability(try card(bands: high)).verdict == .fail)
  }

  @Test func mistakesAreRefused() throws {
    for (pdo, odds) in [(0.0, 50.0), (-20, 50), (20, 0), (.nan, 50), (20, .infinity)] {
      expectFaults(.usage) { try PointScale(pdo: pdo, baseOdds: odds) }
    }
    expectFaults(.usage) { try ObservationWindow(days: 0, asOf: CalendarDate(daysSince1960: 0)) }
    // Without smoothing a bin of one class has no evidence.
    let fault = expectFaults(.data) {
      try PointsScaling.card(
        intercept: 0, [.init(name: "a", edges: [1], good: [5, 0, 0], bad: [5, 3, 0], coefficient: -1)],
        scale: PointScale(), smoothing: 0)
    }
    #expect(fault?.problem.contains("bin 2") == true)
    let base = [("a", try DecimalNumber(1.0))]
    for alpha in [-0.1, 1.1, .nan] {
      expectFaults(.usage) { try WeightRefinement(base: base, coefficients: [("a", -1)], alpha: alpha) }
    }
    expectFaults(.usage) {
      try WeightRefinement(base: [("a", DecimalNumber(0.0))], coefficients: [("a", -1)], alpha: 0.5)
    }
  }

  /// Units add up to the total, and none is more than one away from its value.
  @Test func remaindersKeepTheTotal() {
    var state: UInt64 = 3
    func next(_ below: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % below
    }
    for _ in 0..<2000 {
      let total = Int64(1 + next(10_000))
      let parts = (0..<Int(1 + next(12))).map { _ in Double(1 + next(1000)) }
      let sum = parts.reduce(0, +)
      let values = parts.map { $0 / sum * Double(total) / 100 }
      let units = LargestRemainder.units(values, decimals: 2, total: total)
      #expect(units.reduce(0, +) == total)
      #expect(zip(units, values).allSatisfy { abs(Double($0) - 100 * $1) < 1 + 1e-9 })
    }
    #expect(LargestRemainder.units([0.25, 0.25, 0.5], decimals: 0, total: 1) == [0, 0, 1])
    #expect(LargestRemainder.units([0.5, 0.5], decimals: 0, total: 1) == [1, 0], "ties in order")
  }
}
