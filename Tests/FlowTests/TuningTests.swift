import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// Margins with the least loss, against all of them.
@Suite struct TuningTests {
  private struct Case {
    let flow: DecisionFlow
    let tuning: MarginTuning
    let first, second: [Double]
    let isBad: [Bool]
    let amounts: [Double]
    let costs: MarginTuning.Costs
  }

  /// Applications that no rule decides; few distinct p, so that ties are many.
  private static func random(_ random: inout RandomStream, rows: Int, hasSecond: Bool) throws -> Case {
    let text = FlowFixture.policy(
      first: "column = \"p_first\"\ncalibrated = true\nthreshold = 0.3",
      second: hasSecond ? "column = \"p_second\"\ncalibrated = true\nthreshold = 0.4" : nil,
      head: "evaluate = \"always\"")
    let flow = try FlowFixture().flow(text)
    let ps = [0.05, 0.1, 0.2345678901234567, 0.3, 0.35, 0.4, 0.6, 0.9]
    func draw() -> [Double] { (0..<rows).map { _ in ps[random.index(below: ps.count)] } }
    let (first, second) = (draw(), draw())
    let isBad = (0..<rows).map { random.uniform() < (first[$0] + second[$0]) / 2 }
    let amounts = (0..<rows).map { _ in Double(1 + random.index(below: 40)) / 4 }
    let columns = try FlowColumns(flow, rows: rows) { field in
      switch field.column {
      case "p_first": .number(first)
      case "p_second": .number(second)
      case "age": .number(first.map { _ in 40 })
      default: .number(first.map { _ in 0 })
      }
    }
    let costs = try MarginTuning.Costs(
      margin: Double(random.index(below: 5)), lgd: 0.75, review: Double(random.index(below: 8)) / 8)
    return Case(
      flow: flow, tuning: try MarginTuning(flow.decide(columns), isBad: isBad, amounts: amounts, costs: costs),
      first: first, second: second, isBad: isBad, amounts: amounts, costs: costs)
  }

  /// Loss and reviews of stated ends, by the definition and in plain doubles: all numbers are eighths, so that sums are exact.
  private static func judged(_ own: Case, _ first: (Double, Double), _ second: (Double, Double)?) -> (Double, Int) {
    var (loss, reviews) = (0.0, 0)
    for row in own.first.indices {
      func decided(_ p: Double, _ ends: (Double, Double)) -> Bool? { p <= ends.0 ? true : p >= ends.1 ? false : nil }
      let approves = decided(own.first[row], first) ?? second.flatMap { decided(own.second[row], $0) }
      switch approves {
      case true?: loss += own.isBad[row] ? own.costs.lgd * own.amounts[row] : 0
      case false?: loss += own.isBad[row] ? 0 : own.costs.margin
      case nil:
        loss += own.costs.review
        reviews += 1
      }
    }
    return (loss, reviews)
  }

  /// All pairs of ends around a threshold.
  private static func ends(_ values: [Double], _ t: Double) -> [(Double, Double)] {
    let distinct = Set(values)
    return ([-.infinity] + distinct.filter { $0 < t }).flatMap { low in
      ([.infinity] + distinct.filter { $0 >= t }).map { (low, $0) }
    }
  }

  @Test func oneModelIsExactForEveryCapacity() throws {
    var random = RandomStream(seed: 31)
    var differs = 0
    for _ in 0..<150 {
      let rows = 1 + random.index(below: 25)
      let own = try Self.random(&random, rows: rows, hasSecond: false)
      let all = Self.ends(own.first, 0.3).map { Self.judged(own, $0, nil) }
      var last: Double?
      for capacity in 0...rows {
        let point = try #require(try own.tuning.best(capacity: capacity))
        let best = try #require(all.filter { $0.1 <= capacity }.min { $0 < $1 })
        #expect(point.loss == best.0 && point.reviews == best.1, "capacity \(capacity)")
        if let last { #expect(point.loss <= last) }
        if let last, point.loss < last { differs += 1 }
        last = point.loss
      }
    }
    #expect(differs > 50)
  }

  /// Each model's margins are the best given the other's, and the loss is what the ends give.
  @Test func ofTwoModelsNoneAloneIsBetter() throws {
    var random = RandomStream(seed: 32)
    var (isBest, count) = (0, 0)
    for _ in 0..<60 {
      let rows = 1 + random.index(below: 20)
      let own = try Self.random(&random, rows: rows, hasSecond: true)
      let capacity = random.index(below: rows + 1)
      let point = try #require(try own.tuning.best(capacity: capacity))
      let found = point.margins.map { ($0.lower ?? -.infinity, $0.upper ?? .infinity) }
      let judged = Self.judged(own, found[0], found[1])
      #expect(point.loss == judged.0 && point.reviews == judged.1 && judged.1 <= capacity)
      let (ones, others) = (Self.ends(own.first, 0.3), Self.ends(own.second, 0.4))
      for other in ones {
        let judged = Self.judged(own, other, found[1])
        #expect(judged.1 > capacity || judged.0 >= point.loss)
      }
      for other in others {
        let judged = Self.judged(own, found[0], other)
        #expect(judged.1 > capacity || judged.0 >= point.loss)
      }
      let all = ones.flatMap { one in others.map { Self.judged(own, one, $0) } }.filter { $0.1 <= capacity }
      count += 1
      if all.map(\.0).min() == point.loss { isBest += 1 }
    }
    // Not promised, and mostly so.
    #expect(isBest * 10 > count * 7, "\(isBest) of \(count)")
  }

  /// A policy that takes the margins has the ends and decides as was said.
  @Test func theMarginsAreTheEnds() throws {
    var random = RandomStream(seed: 33)
    for round in 0..<40 {
      let own = try Self.random(&random, rows: 30, hasSecond: round % 2 == 0)
      let (points, isComplete) = try own.tuning.staircase(limit: 100)
      #expect(isComplete && points.last?.reviews == 0)
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.reviews > $1.reviews && $0.loss < $1.loss })
      for point in points {
        for own in point.margins {
          let t = own.stage == "first" ? "0.3" : "0.4"
          let zone = try GreyZone(
            threshold: #require(RuleNumber(spelled: t)), low: #require(RuleNumber(spelled: own.low)),
            high: #require(RuleNumber(spelled: own.high)))
          if let lower = own.lower {
            #expect(zone.lower == lower)
          } else {
            #expect(zone.silentSides.contains(.approve))
          }
          if let upper = own.upper {
            #expect(zone.upper == upper)
          } else {
            #expect(zone.silentSides.contains(.decline))
          }
        }
        #expect(point.approved.applications + point.declined.applications + point.reviews == 30)
      }
    }
  }

  @Test func breakEvenIsTheRatioOfCosts() throws {
    let costs = try MarginTuning.Costs(margin: 21.6, lgd: 108, review: 0)
    #expect(abs(try #require(costs.breakEven()) - 1.0 / 6) < 1e-15)
    #expect(try MarginTuning.Costs(margin: 0, lgd: 0, review: 1).breakEven() == nil)
    expectFaults(.usage) { try MarginTuning.Costs(margin: -1, lgd: 0, review: 0) }
    expectFaults(.usage) { try MarginTuning.Costs(margin: .nan, lgd: 0, review: 0) }
  }
}
