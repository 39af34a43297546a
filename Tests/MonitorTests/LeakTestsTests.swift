import CutlineCompute
import Testing

@testable import CutlineMonitor

/// Tests of leaks: how often they warn of clean scores, and that they find planted ones.
@Suite struct LeakTestsTests {
  private func normal(_ stream: inout RandomStream) -> Double {
    Normal.quantile(min(max(stream.uniform(), 1e-12), 1 - 1e-12))
  }

  /// Two scores of `rows` applications: means of the bad ones lie `first` and `second` above those of the good ones.
  private func subjects(
    _ stream: inout RandomStream, rows: Int, first: Double, second: Double, leak: Double? = nil,
    missing: (booked: Int, rejected: Int) = (0, 0), late: Bool = false, rate: Double = 0.1
  ) -> [LeakTests.Subject] {
    let isBad = (0..<rows).map { _ in stream.uniform() < rate }
    let a = isBad.map { ($0 ? first : 0) + normal(&stream) }
    let isLate: [Bool?]? = late ? (0..<rows).map { _ in stream.uniform() < 0.5 } : nil
    let b = isBad.indices.map { row -> Double in
      let noise = normal(&stream)
      guard let leak, isLate?[row] ?? true else { return (isBad[row] ? second : 0) + noise }
      return (isBad[row] ? 1 : 0) + leak * noise
    }
    return [("a", a, b), ("b", b, a)].map { name, own, other in
      LeakTests.Subject(
        score: name, values: own, isBad: isBad, others: other, booked: (rows, name == "b" ? missing.booked : 0),
        rejected: (rows, name == "b" ? missing.rejected : 0), isLate: isLate)
    }
  }

  private func warned(_ subjects: [LeakTests.Subject], _ tests: LeakTests, _ seed: Int) -> [String] {
    tests.findings(subjects) { RandomStream(seed: UInt64(seed), stream: UInt64($0)) }.filter(\.isAlarm).map {
      "\($0.score) \($0.test.rawValue)"
    }
  }

  /// Clean scores as good as the tests allow, so that p is that of the worst case: 200 portfolios, level 5 %. With more than 20 warnings a
  /// true rate of 5 % would have a chance below 0.1 %.
  @Test func cleanScoresAreRarelyWarnedOf() {
    var stream = RandomStream(seed: 11, label: "clean")
    let tests = LeakTests(ceiling: 0.9, margin: 0, level: 0.05, dealings: 1)
    var warnings = 0
    for number in 0..<200 {
      // Equally good: no margin is the border of the hypothesis, and both can break it.
      if !warned(subjects(&stream, rows: 240, first: 0.8, second: 0.8, late: true, rate: 0.3), tests, number).isEmpty {
        warnings += 1
      }
    }
    #expect(warnings <= 20, "\(warnings) of 200")
    #expect(warnings > 0, "the level is used")
  }

  /// Ordinary scores, default settings: none is warned of.
  @Test func ordinaryScoresAreNotWarnedOf() {
    var stream = RandomStream(seed: 12, label: "ordinary")
    let tests = LeakTests(ceiling: 0.9, margin: 0.15, level: 0.01, dealings: 1)
    let warnings = (0..<200).filter { number in
      !warned(subjects(&stream, rows: 240, first: 1, second: 0.6, rate: 0.3), tests, number).isEmpty
    }
    #expect(warnings.count <= 1, "\(warnings.count) of 200")
  }

  @Test func plantedLeaksAreFound() {
    var stream = RandomStream(seed: 13, label: "planted")
    let tests = LeakTests(ceiling: 0.9, margin: 0.15, level: 0.01, dealings: 1)
    for number in 0..<20 {
      let found = warned(subjects(&stream, rows: 2000, first: 0.8, second: 0, leak: 0.3), tests, number)
      #expect(found.contains("b ceiling") && found.contains("b beyond the others"), "\(found)")
      #expect(!found.contains { $0.hasPrefix("a ") }, "\(found)")
    }
    let certain = warned(subjects(&stream, rows: 2000, first: 0.8, second: 0, leak: 0.05), tests, 1)
    #expect(certain.contains("b near certain"))
    let missing = warned(
      subjects(&stream, rows: 2000, first: 0.8, second: 0.8, missing: (10, 1500)), tests, 2)
    #expect(missing == ["b missing unless booked"])
    let late = warned(subjects(&stream, rows: 4000, first: 0.8, second: 0.4, leak: 1, late: true), tests, 3)
    #expect(late.contains("b later dates") && !late.contains("a later dates"), "\(late)")
  }

  /// A score that knows the outcome is worth no more than a coin where it is dealt anew; one that repeats the others is worth as much.
  @Test func thePlaceboKeepsWhatOthersSay() throws {
    var stream = RandomStream(seed: 14, label: "placebo")
    let own = subjects(&stream, rows: 3000, first: 1.2, second: 0, leak: 0.3)
    let tests = LeakTests(ceiling: 0.9, margin: 0.15, level: 0.01)
    func placebo(_ subject: LeakTests.Subject) throws -> Double {
      try #require(tests.findings([subject]) { RandomStream(seed: 1, stream: UInt64($0)) }.first?.placebo ?? nil)
    }
    // The leak is independent of the other score but through the outcome: within its groups nothing but their bad rate is left.
    let copy = LeakTests.Subject(
      score: "copy", values: own[0].values, isBad: own[0].isBad, others: own[0].values, booked: (1, 0),
      rejected: (1, 0), isLate: nil)
    let area = try #require(RocAreas.area(own[0].values, isBad: own[0].isBad))
    #expect(abs(try placebo(copy) - area) < 0.02)
    #expect(try placebo(own[1]) < 0.7)
  }

  /// By simulation: the share of bad ones among the riskiest of a binormal score of the ceiling's area.
  @Test func theAllowedShareIsThatOfABinormalScore() throws {
    var stream = RandomStream(seed: 16, label: "share")
    let tests = LeakTests(ceiling: 0.9, margin: 0.15, level: 0.01)
    let isBad = (0..<20_000).map { $0 < 8000 }
    let score = isBad.map { normal(&stream) + ($0 ? 1.8124 : 0) }
    let counts = try #require(ScoreCounts(score, isHigherRiskier: true, isBad: isBad))
    let share = try #require(counts.captured(8000, of: 20_000))
    #expect(abs(share - tests.allowedShare(badRate: 0.4)) < 0.02)
    #expect(tests.allowedShare(badRate: 0.02) == 0.5)
  }

  @Test func fewOutcomesAreSaid() {
    var stream = RandomStream(seed: 15, label: "few")
    let findings = LeakTests(ceiling: 0.9, margin: 0.15, level: 0.01).findings(
      subjects(&stream, rows: 30, first: 5, second: 5)
    ) { RandomStream(seed: 1, stream: UInt64($0)) }
    #expect(findings.allSatisfy { $0.p == nil && $0.reason != nil && !$0.isAlarm } && findings.count == 2)
  }
}
