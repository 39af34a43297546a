import CutlineCompute
import CutlineTesting
import Foundation
import Testing

@testable import CutlineMonitor

/// Measures of discrimination against exact fractions by brute force, and against independent code (oracles/metrics).
@Suite struct ScoreCountsTests {
  /// A small case: few values, so that ties are the rule.
  private struct Case {
    let score: [Double]
    let isBad: [Bool]
    let weights: [Int64]

    init(_ stream: inout RandomStream) {
      let rows = 2 + stream.index(below: 40)
      let spread = 1 + stream.index(below: 12)
      score = (0..<rows).map { _ in Double(stream.index(below: spread)) / 4 - 1 }
      isBad = [true, false] + (2..<rows).map { _ in stream.uniform() < 0.3 }
      weights = (0..<rows).map { _ in Int64(stream.index(below: 4)) }
    }
  }

  /// A fraction in lowest terms is not needed: below 2⁵³ one division rounds alike.
  private func fraction(_ above: Int, _ below: Int) -> Double { Double(above) / Double(below) }

  @Test func smallCasesEqualExactFractions() throws {
    var stream = RandomStream(seed: 3, label: "score counts")
    for number in 0..<1000 {
      let own = Case(&stream)
      let (bads, goods) = (own.isBad.indices.filter { own.isBad[$0] }, own.isBad.indices.filter { !own.isBad[$0] })
      let counts = try #require(ScoreCounts(own.score, isHigherRiskier: true, isBad: own.isBad))
      var twice = 0
      for b in bads {
        for g in goods { twice += own.score[b] > own.score[g] ? 2 : own.score[b] == own.score[g] ? 1 : 0 }
      }
      let area = fraction(twice, 2 * bads.count * goods.count)
      #expect(counts.area == area && RocAreas.area(own.score, isBad: own.isBad) == area, "case \(number)")
      #expect(RocAreas([own.score], isBad: own.isBad)?.areas == [area])
      let gaps = own.score.map { cut -> Int in
        let (b, g) = (bads.count { own.score[$0] >= cut }, goods.count { own.score[$0] >= cut })
        return abs(b * goods.count - g * bads.count)
      }
      #expect(counts.separation?.distance == fraction(gaps.max() ?? 0, bads.count * goods.count), "case \(number)")
      // Bad ones among the riskiest k tenths: a value's own are spread evenly over its applications.
      let rows = own.score.count
      for (k, found) in counts.cumulative((0...10).map { Int64($0) }, of: 10).enumerated() {
        var (above, below) = (0, 1)
        for value in Set(own.score).sorted(by: >) {
          let before = own.score.count { $0 > value }
          let (size, bad) = (own.score.count { $0 == value }, bads.count { own.score[$0] == value })
          let inside = min(max(k * rows - 10 * before, 0), 10 * size)
          // above/below + bad · inside / (10 · size)
          (above, below) = (above * 10 * size + bad * inside * below, below * 10 * size)
          var (a, b) = (above, below)
          while b != 0 { (a, b) = (b, a % b) }
          if a > 1 { (above, below) = (above / a, below / a) }
        }
        #expect(found.value == fraction(above, below), "case \(number), \(k) tenths")
      }
    }
  }

  /// A weight is as if the row stood there so often; the order of rows and a monotone change of the score change nothing.
  @Test func weightsAreRepetitions() throws {
    var stream = RandomStream(seed: 4, label: "weights")
    for _ in 0..<200 {
      let own = Case(&stream)
      let weighted = try #require(
        ScoreCounts(own.score, isHigherRiskier: true, isBad: own.isBad, weights: own.weights))
      let places = own.score.indices.flatMap { Array(repeating: $0, count: Int(own.weights[$0])) }
      let repeated = try #require(
        ScoreCounts(
          places.reversed().map { 1 - own.score[$0] }, isHigherRiskier: false,
          isBad: places.reversed().map { own.isBad[$0] }))
      #expect(weighted.area == repeated.area && weighted.averagePrecision == repeated.averagePrecision)
      #expect(weighted.separation?.distance == repeated.separation?.distance)
      #expect(weighted.captured(15, of: 100) == repeated.captured(15, of: 100))
      let areas = RocAreas([own.score], isBad: own.isBad, weights: own.weights)
      #expect(areas?.areas.first == weighted.area)
    }
  }

  /// In what unit weights are stated does not matter, and that of one each is none at all.
  @Test func theUnitOfWeightsChangesNoInformationValue() throws {
    var stream = RandomStream(seed: 6, label: "units")
    for _ in 0..<50 {
      let own = Case(&stream)
      func value(_ weights: [Int64]?) throws -> Double? {
        try #require(ScoreCounts(own.score, isHigherRiskier: true, isBad: own.isBad, weights: weights)).informationValue
      }
      let plain = try value(nil)
      #expect(try value(own.score.map { _ in 100 }).map { abs($0 - (plain ?? .nan)) < 1e-12 } ?? (plain == nil))
      let weighted = try value(own.weights)
      #expect(
        try value(own.weights.map { $0 * 1000 }).map { abs($0 - (weighted ?? .nan)) < 1e-12 } ?? (weighted == nil))
    }
  }

  /// A score of few values has them as groups, whichever of them are many.
  @Test(arguments: [[44, 1012], [1012, 44], [3, 1000, 5], [1, 1, 1]]) func fewValuesAreGroups(sizes: [Int]) throws {
    let score = sizes.enumerated().flatMap { Array(repeating: -Double($0), count: $1) }
    let isBad = score.map { $0 == 0 }
    let counts = try #require(ScoreCounts(score, isHigherRiskier: true, isBad: isBad))
    let groups = counts.groups(10)
    #expect(groups.bad.first == Int64(sizes[0]) && groups.good.first == 0)
    #expect(try #require(counts.informationValue) > 1)
  }

  @Test func degenerateCasesHaveNoValue() throws {
    let oneClass = try #require(ScoreCounts([1, 2, 3], isHigherRiskier: true, isBad: [false, false, false]))
    #expect(oneClass.area == nil && oneClass.separation == nil && oneClass.averagePrecision == nil)
    #expect(oneClass.captured(5, of: 100) == nil && oneClass.informationValue == nil && CostCurve(oneClass) == nil)
    let none = try #require(ScoreCounts([], isHigherRiskier: true, isBad: []))
    #expect(none.area == nil && CostCurve(none) == nil)
    let tied = try #require(ScoreCounts([7, 7, 7, 7], isHigherRiskier: true, isBad: [true, false, false, false]))
    #expect(tied.area == 0.5 && tied.separation?.distance == 0 && tied.captured(10, of: 100) == 0.1)
    #expect(CostCurve(tied)?.hMeasure == 0 && tied.averagePrecision == 0.25)
    #expect(
      ScoreCounts([1, 2], isHigherRiskier: true, isBad: [true, false], weights: [ScoreCounts.mostWeight, 1]) == nil)
    let perfect = try #require(ScoreCounts([2, 2, 1, 1], isHigherRiskier: true, isBad: [true, true, false, false]))
    #expect(perfect.area == 1 && abs((CostCurve(perfect)?.hMeasure ?? 0) - 1) < 1e-12)
  }

  /// No cutoff costs less than the curve says, and one costs as much.
  @Test func theCostCurveIsTheLeastOfAllCutoffs() throws {
    var stream = RandomStream(seed: 5, label: "costs")
    for _ in 0..<100 {
      let own = Case(&stream)
      let counts = try #require(ScoreCounts(own.score, isHigherRiskier: true, isBad: own.isBad))
      for point in try #require(CostCurve(counts)).points(steps: 20) {
        let costs = ([Double.infinity] + own.score).map { cut -> Double in
          own.score.indices.reduce(0) { sum, row in
            let isRefused = own.score[row] >= cut
            return sum
              + (isRefused && !own.isBad[row] ? point.goodCost : !isRefused && own.isBad[row] ? 1 - point.goodCost : 0)
          } / Double(own.score.count)
        }
        #expect(abs((costs.min() ?? .nan) - point.cost) < 1e-12)
        #expect(point.cost <= point.trivial)
      }
    }
  }

  private typealias Object = [String: Any]

  @Test(.enabled(if: SharedFiles.path("oracles/metrics", from: #filePath) != nil))
  func oraclesOfScores() throws {
    let folder = try #require(SharedFiles.path("oracles/metrics", from: #filePath))
    let text = try String(contentsOfFile: "\(folder)/expected.json", encoding: .utf8).replacing("Infinity", with: "0")
    let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    func near(_ a: Double?, _ b: Any?) -> Bool {
      guard let a, let b = (b as? NSNumber)?.doubleValue else { return false }
      return abs(a - b) <= 1e-9
    }
    var deciles = 0
    for (name, value) in try #require(root["results"] as? Object) {
      let result = try #require(value as? Object)
      let file = try #require(result["file"] as? String)
      let lines = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(whereSeparator: \.isNewline)
        .map { $0.split(separator: ",").map(String.init) }
      for (score, metric) in try #require(result["metrics"] as? Object) {
        let expected = try #require(metric as? Object)
        let (y, s) = (try #require(lines[0].firstIndex(of: "y")), try #require(lines[0].firstIndex(of: score)))
        let isBad = lines.dropFirst().map { $0[y] == "1" }
        let values = try lines.dropFirst().map { try #require(Double($0[s])) }
        let counts = try #require(ScoreCounts(values, isHigherRiskier: true, isBad: isBad))
        #expect(
          near(counts.area, expected["auc"]) && near(counts.separation?.distance, expected["ks"]), "\(name) \(score)")
        #expect(near(counts.averagePrecision, expected["average_precision"]), "\(name) \(score)")
        var before = 0
        for bin in try #require(expected["lift"] as? [Object]) {
          before += try #require(bin["n"] as? Int)
          let wanted = try #require(bin["cum_bad"] as? Int)
          let share = try #require(counts.captured(Int64(before), of: Int64(values.count)))
          let found = share * Double(counts.bads)
          // Where their border splits tied applications, theirs is one of the possible splits.
          let low = try #require(bin["score_min"] as? Double)
          let (above, tied) = (values.count { $0 > low }, values.count { $0 == low })
          let isSplit = above + tied > before
          if isSplit {
            let inside = Double(before - above)
            let sure = Double(values.indices.count { values[$0] > low && isBad[$0] })
            let most = Double(values.indices.count { values[$0] == low && isBad[$0] })
            #expect(found >= sure - 1e-9 && found <= sure + min(inside, most) + 1e-9, "\(name) \(score) \(before)")
          } else {
            deciles += 1
            #expect(abs(found - Double(wanted)) < 1e-9, "\(name) \(score) \(before)")
          }
        }
      }
    }
    #expect(deciles > 100)
  }
}
