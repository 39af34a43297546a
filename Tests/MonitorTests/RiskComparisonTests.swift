import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineMonitor

/// Noise is called noise as often as is stated, and a doubled risk is seen.
@Suite struct RiskComparisonTests {
  /// Booked applications of skewed amounts, each bad with the same probability, by 60 hash classes.
  private static func side(_ rows: Int, risk: Double, _ stream: inout RandomStream) -> BucketSums {
    var sums = BucketSums(buckets: Bucket.count)
    for _ in 0..<rows {
      let tail = stream.uniform()
      let amount = Int64(100_000 * (0.3 + 4 * tail * tail * tail * tail))
      let isBad = stream.uniform() < risk
      let bucket = stream.index(below: Bucket.count)
      sums.numerator[bucket] += isBad ? Int64(Double(amount) * (0.3 + 0.7 * stream.uniform())) : 0
      sums.denominator[bucket] += 6 * amount
      sums.rows += 1
      sums.bad += isBad ? 1 : 0
    }
    return sums
  }

  private static func test(_ seed: UInt64, change: Double, level: Double) -> BackTest {
    var stream = RandomStream(seed: seed, label: "back-test")
    let main = side(2500, risk: 0.05, &stream)
    let recent = side(900, risk: 0.05 * change, &stream)
    return BackTest(
      scenario: nil, months: 6, multiplier: 7, main: main, recent: recent, mix: nil, level: level)
  }

  /// The least and the most alarms of `count` that the 99.9 % band of the binomial distribution holds.
  private static func band(_ count: Int, _ level: Double) -> ClosedRange<Int> {
    var (probability, sum) = (Link.log.mean(of: Double(count) * Link.log.sum(of: 1 - level)), 0.0)
    var (low, high) = (0, count)
    for alarms in 0...count {
      sum += probability
      if sum < 0.0005 { low = alarms + 1 }
      if sum >= 0.9995 {
        high = alarms
        break
      }
      probability *= Double(count - alarms) / Double(alarms + 1) * level / (1 - level)
    }
    return low...high
  }

  @Test(arguments: [0.01, 0.05]) func falseAlarmsAreAsManyAsStated(level: Double) {
    let verdicts = (0..<1000).map { Self.test(UInt64($0), change: 1, level: level).verdict }
    let tested = verdicts.count { $0 != .notEnough }
    let alarms = verdicts.count { $0 == .deteriorated || $0 == .improved }
    #expect(tested > 950)
    #expect(Self.band(tested, level).contains(alarms), "\(alarms) of \(tested), band \(Self.band(tested, level))")
    // In both directions.
    #expect(verdicts.contains(.deteriorated) && verdicts.contains(.improved))
  }

  @Test func aDoubledRiskIsSeen() {
    let verdicts = (0..<200).map { Self.test(UInt64($0), change: 2, level: 0.01).verdict }
    #expect(verdicts.count { $0 == .deteriorated } >= 130 && !verdicts.contains(.improved))
    let large = (0..<50).map { seed -> BackTest.Verdict in
      var stream = RandomStream(seed: UInt64(seed), label: "large")
      let main = Self.side(8000, risk: 0.05, &stream)
      return BackTest(
        scenario: nil, months: 6, multiplier: 7, main: main, recent: Self.side(4000, risk: 0.1, &stream), mix: nil,
        level: 0.01
      ).verdict
    }
    #expect(large.allSatisfy { $0 == .deteriorated })
  }

  @Test func theBandIsThatOfTheBinomialDistribution() {
    // scipy.stats.binom.ppf([0.0005, 0.9995], 1000, 0.05) and with 0.01.
    #expect(Self.band(1000, 0.05) == 29...74 && Self.band(1000, 0.01) == 2...22)
  }

  @Test func tooLittleIsNoVerdict() {
    var stream = RandomStream(seed: 1, label: "few")
    let main = Self.side(3000, risk: 0.05, &stream)
    func verdict(_ recent: BucketSums) -> BackTest.Verdict {
      BackTest(scenario: nil, months: 6, multiplier: 7, main: main, recent: recent, mix: nil, level: 0.01).verdict
    }
    #expect(verdict(BucketSums(buckets: Bucket.count)) == .immature)
    #expect(verdict(Self.side(60, risk: 0.05, &stream)) == .notEnough)
    // All of ten bad applications with one customer: there is no noise to be seen.
    var one = BucketSums(buckets: Bucket.count)
    (one.numerator[3], one.denominator[3], one.rows, one.bad) = (1000, 6000, 20, 12)
    #expect(verdict(one) == .notEnough)
  }

  /// The variance against one worked out by hand: two classes of n, d = (1, 10), (3, 10) and so on.
  @Test func theJackknifeIsThatOfItsDefinition() throws {
    var sums = BucketSums(buckets: 12)
    for bucket in 0..<12 {
      sums.numerator[bucket] = Int64(1 + bucket % 3)
      sums.denominator[bucket] = 10
    }
    let log = try #require(LogRisk(sums))
    // Σ n = 24, Σ d = 120; without a class of 1, 2 or 3: 23, 22 or 21 over 110.
    let left = [23.0, 22, 21].map { Link.log.sum(of: $0 / 110) }
    let mean = left.reduce(0, +) / 3
    let expected = 11.0 / 12 * 4 * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(log.variance - expected) < 1e-15 && log.degrees == 11)
    #expect(abs(log.log - Link.log.sum(of: 0.2)) < 1e-15)
  }
}
