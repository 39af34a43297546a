import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineWorkspace

/// Sums over segments of different periods and decimals.
@Suite struct ConsolidationTests {
  private func part(_ months: Int, _ decimals: Int, _ actual: CellSums) -> ConsolidatedRun.Part {
    ConsolidatedRun.Part(months: months, scale: AmountScale(decimals), actual: actual, scenarios: [], outcomes: "")
  }

  /// The volumes of a year are those of each segment, added up; risk is the ratio of the sums of a year.
  @Test func yearsAndDecimalsAreBroughtTogether() throws {
    var random = RandomStream(seed: 5, label: "consolidation")
    for _ in 0..<200 {
      let parts = (0..<3).map { _ in
        part(
          1 + Int(random.uniform() * 24), Int(random.uniform() * 4),
          CellSums(
            numerator: Int64(random.uniform() * 1e6), denominator: Int64(1 + random.uniform() * 1e8),
            production: Int64(random.uniform() * 1e9)))
      }
      let joint = try JointSums(parts)
      let sums = joint.sum(parts.map(\.actual))
      func year(_ value: (CellSums) -> Int64) -> Double {
        parts.reduce(0) { $0 + Double(value($1.actual)) * 12 / Double($1.months) / $1.scale.perUnit }
      }
      let production = year(\.production)
      #expect(abs(joint.annual(sums.production) - production) <= 1e-12 * production)
      let risk = 700 * year(\.numerator) / year(\.denominator)
      let found = try #require(sums.percent(RiskMeasure(multiplier: 7)))
      #expect(abs(found - risk) <= 1e-12 * max(1, risk))
      #expect(joint.weights.allSatisfy { $0 >= 1 })
    }
  }

  /// Alone, and beside its like, a segment keeps its whole numbers.
  @Test func equalPeriodsHaveWeightOne() throws {
    let own = CellSums(numerator: 3, denominator: 7, production: 11)
    let joint = try JointSums([part(12, 2, own), part(12, 2, own)])
    #expect(joint.weights == [1, 1] && joint.months == 12)
    let sums = joint.sum([own, own])
    #expect(sums.production == 22 && sums.numerator == 6 && sums.denominator == 14)
    #expect(sums.strategyPercent(RiskMeasure(multiplier: 7)) == RiskMeasure(multiplier: 7).strategyPercent(own))
    #expect(joint.sum([.zero, .zero]).percent(RiskMeasure(multiplier: 7)) == nil)
  }

  /// Months of a folder that somebody else wrote may be anything.
  @Test func monthsWithoutACommonMultipleAreRefused() throws {
    let own = CellSums.zero
    #expect(throws: Faults.self) { _ = try JointSums([part(0, 2, own)]) }
    #expect(throws: Faults.self) { _ = try JointSums([part(-3, 2, own)]) }
    #expect(throws: Faults.self) { _ = try JointSums([part(Int.max, 2, own), part(Int.max - 1, 2, own)]) }
    // One that has, and takes sums out of 128 bits.
    #expect(throws: Faults.self) { _ = try JointSums([part(Int.max, 0, own), part(1, 9, own)]) }
  }

  /// What a budget lets run at a time: never none, never more than asked for.
  @Test func aBudgetDecidesHowManyRunAtATime() {
    let budget = BatchMemory(asked: 1000, source: nil, fileBytes: 10 << 20, plans: [])
    #expect(budget.table == 80 && budget.perSegment == 176)
    #expect(budget.workers(asked: 8) == 5 && budget.workers(asked: 2) == 2)
    #expect(BatchMemory(asked: 1, source: nil, fileBytes: 10 << 20, plans: []).workers(asked: 8) == 1)
    let own = BatchMemory(asked: nil, source: nil, fileBytes: 0, plans: [])
    #expect(own.budget >= 256 && own.workers(asked: 1) == 1)
  }

  /// Rows in several segments and in none.
  @Test func rowsAreCountedBySegment() throws {
    let groups = [
      SegmentCoverage.Group(segments: [0], rows: 5, words: [("a", 5)]),
      SegmentCoverage.Group(segments: [0, 1, 2], rows: 3, words: [("b", 3)]),
      SegmentCoverage.Group(segments: [], rows: 7, words: [("c", 4), ("d", 1)]),
    ]
    let coverage = SegmentCoverage(groups, of: ["x", "y", "z"], key: "k")
    #expect(coverage.rows == 15 && coverage.segmentRows == ["x": 8, "y": 3, "z": 3])
    #expect(coverage.overlaps.map { "\($0.a)\($0.b)\($0.rows)" } == ["xy3", "xz3", "yz3"] && coverage.sharedRows == 3)
    #expect(coverage.rowsInNone == 7 && coverage.rowsWithoutSegment == 2 && !coverage.isPartition)
    let said = coverage.sentences(showingWords: false)
    #expect(said.count == 4 && said[3] == "7 of 15 rows are in no segment: 2 values more, without a value 2")
    #expect(
      coverage.sentences(showingWords: true).last == "7 of 15 rows are in no segment: c 4, d 1, without a value 2")
    // A file keeps no word.
    let data = try CanonicalJSON.encode(coverage)
    #expect(!String(decoding: data, as: UTF8.self).contains("\"c\""))
    let again = try CanonicalJSON.decode(SegmentCoverage.self, from: data)
    #expect(again.sentences(showingWords: true).last == "7 of 15 rows are in no segment")
    // Words of a column of many may be of persons.
    let many = SegmentCoverage(
      [.init(segments: [], rows: 60, words: (0..<60).map { ("p\($0)", 1) })], of: ["x"], key: "k")
    #expect(!many.sentences(showingWords: false)[0].contains("p1"))
  }
}
