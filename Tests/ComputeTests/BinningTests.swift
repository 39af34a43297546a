import CutlineCompute
import Foundation
import Testing

/// Optimal binning against trying all groupings, here and in Python (Tests/Oracles/binning.py).
@Suite struct BinningTests {
  struct Case: Decodable {
    var objective = "iv"
    var good, bad, over, under: [Int64]
    /// Good, bad, over, under of all rows.
    var all: [Int64]
    var trend = "none"
    var bins = 6
    var rows: Int64 = 1
    var leastGood: Int64 = 1
    var leastBad: Int64 = 1
    var difference: [Int64] = [0, 1]
    var ends: [Int]?
    var value: Double?

    func solve(_ other: BinObjective? = nil) throws -> OptimalBinning.Outcome {
      let fine = try #require(FineBins(good: good, bad: bad, over: over, under: under))
      let totals = BinTotals(good: all[0], bad: all[1], over: all[2], under: all[3])
      var limits = OptimalBinning.Limits()
      (limits.bins, limits.rows, limits.good, limits.bad) = (bins, rows, leastGood, leastBad)
      limits.difference = (difference[0], difference[1])
      return OptimalBinning.solve(
        fine, other ?? (objective == "iv" ? .informationValue(totals) : .deviance(totals)),
        trend: try #require(OptimalBinning.Trend(rawValue: trend)), limits)
    }

    /// Every grouping, by the bits of a number; of those within 1e-13 the one with fewest bins, then smallest ends.
    func tryAll() -> (ends: [Int], value: Double)? {
      let m = good.count
      var found: [(ends: [Int], value: Double)] = []
      for mask in 0..<(1 << (m - 1)) {
        let ends = (1..<m).filter { mask >> ($0 - 1) & 1 == 1 } + [m]
        let cells = zip([0] + ends, ends).map { first, end in
          [good, bad, over, under].map { $0[first..<end].reduce(0, +) }
        }
        guard ends.count <= bins, cells.allSatisfy(isAllowed), follows(cells) else { continue }
        found.append((ends, cells.reduce(0) { $0 + worth($1) }))
      }
      let most = found.map(\.value).max() ?? 0
      return found.filter { $0.value >= most - 1e-13 }.min {
        ($0.ends.count, $0.ends.map { String(1000 + $0) }.joined())
          < ($1.ends.count, $1.ends.map { String(1000 + $0) }.joined())
      }
    }

    private func isAllowed(_ cell: [Int64]) -> Bool {
      cell[0] + cell[1] >= rows && cell[0] >= leastGood && cell[1] >= leastBad && cell[3] > 0
    }

    private func worth(_ cell: [Int64]) -> Double {
      func share(_ index: Int) -> Double { Double(cell[index]) / Double(all[index]) }
      if objective == "iv" { return (share(0) - share(1)) * log(share(0) / share(1)) }
      return cell[2] == 0 ? share(3) : share(2) * log(share(2) / share(3)) - share(2) + share(3)
    }

    private func follows(_ cells: [[Int64]]) -> Bool {
      let steps = zip(cells, cells.dropFirst()).map { a, b -> (up: Bool, down: Bool) in
        let step = (Int128(b[2]) * Int128(a[3]) - Int128(a[2]) * Int128(b[3])) * Int128(difference[1])
        let least = Int128(difference[0]) * Int128(a[3]) * Int128(b[3])
        return (step >= least, -step >= least)
      }
      func turn(_ first: (Bool, Bool) -> Bool, _ second: (Bool, Bool) -> Bool) -> Bool {
        (0...steps.count).contains { at in
          steps[..<at].allSatisfy { first($0.up, $0.down) } && steps[at...].allSatisfy { second($0.up, $0.down) }
        }
      }
      switch trend {
      case "ascending": return steps.allSatisfy(\.up)
      case "descending": return steps.allSatisfy(\.down)
      case "peak": return turn({ up, _ in up }, { _, down in down })
      case "valley": return turn({ _, down in down }, { up, _ in up })
      case "auto": return steps.allSatisfy(\.up) || steps.allSatisfy(\.down)
      default: return true
      }
    }
  }

  private static func expect(
    _ outcome: OptimalBinning.Outcome, _ ends: [Int]?, _ value: Double?, _ comment: Comment
  ) {
    switch outcome {
    case .infeasible: #expect(ends == nil, comment)
    case .optimal(let best):
      #expect(best.ends == ends, comment)
      #expect(abs(best.value - (value ?? .nan)) < 1e-12, comment)
    }
  }

  /// 2,000 tables with empty classes and equal rates, both objectives, all trends.
  @Test func equalsTryingAll() throws {
    var stream = RandomStream(seed: 7, label: "binning")
    func draw(_ range: ClosedRange<Int>) -> Int64 { Int64(range.lowerBound + stream.index(below: range.count)) }
    let trends = OptimalBinning.Trend.allCases.map(\.rawValue)
    var feasible = 0
    for number in 0..<2000 {
      let m = Int(draw(1...8))
      let isIV = number % 2 == 0
      let good = (0..<m).map { _ in draw(0...3) == 0 ? 0 : draw(0...30) }
      let bad = (0..<m).map { _ in draw(0...3) == 0 ? 0 : draw(0...12) }
      let under = zip(good, bad).map { isIV ? $0 + $1 : ($0 + $1) * draw(1...4000) }
      let over = isIV ? bad : bad.map { $0 * draw(1...900) }
      let apart = [draw(1...9), draw(1...4)]
      let own = Case(
        objective: isIV ? "iv" : "deviance", good: good, bad: bad, over: over, under: under,
        all: [
          good.reduce(apart[0], +), bad.reduce(apart[1], +), over.reduce(apart[1], +), under.reduce(apart[0], +) + 4,
        ],
        trend: trends[number / 2 % trends.count], bins: Int(draw(1...6)), rows: draw(0...20), leastGood: draw(1...2),
        leastBad: isIV ? 1 : draw(0...1), difference: draw(0...2) == 0 ? [draw(0...5), 100] : [0, 1])
      let expected = own.tryAll()
      if expected != nil { feasible += 1 }
      Self.expect(try own.solve(), expected?.ends, expected?.value, "table \(number), \(own)")
    }
    #expect((800...1900).contains(feasible), "\(feasible)")
  }

  @Test func equalsPython() throws {
    struct File: Decodable { let cases: [Case] }
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/binning/tables.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode(File.self, from: data).cases
    #expect(cases.count == 40 && cases.contains { $0.ends == nil })
    for (number, own) in cases.enumerated() { Self.expect(try own.solve(), own.ends, own.value, "case \(number)") }
  }

  @Test func namesWhatFailsFirst() throws {
    func shortfall(_ change: (inout Case) -> Void) throws -> OptimalBinning.Shortfall? {
      var own = Case(good: [9, 9], bad: [1, 2], over: [1, 2], under: [10, 11], all: [18, 3, 3, 21])
      change(&own)
      if case .infeasible(let why) = try own.solve() { return why }
      return nil
    }
    #expect(try shortfall { _ in } == nil)
    #expect(try shortfall { ($0.good, $0.bad, $0.over, $0.under) = ([], [], [], []) } == .noValues)
    #expect(try shortfall { $0.all[0] = 0 } == .noGood)
    #expect(try shortfall { $0.all[1] = 0 } == .noBad)
    #expect(try shortfall { ($0.objective, $0.all[3]) = ("deviance", 0) } == .noExposure)
    #expect(try shortfall { $0.rows = 22 } == .rows)
    #expect(try shortfall { $0.leastGood = 19 } == .good)
    #expect(try shortfall { $0.leastBad = 4 } == .bad)
    #expect(try shortfall { ($0.objective, $0.under) = ("deviance", [0, 0]) } == .exposure)
    #expect(FineBins(good: [1], bad: [1, 2]) == nil)
    #expect(FineBins(good: [-1], bad: [1]) == nil)
    #expect(FineBins(good: [.max, 1], bad: [0, 1]) == nil)
  }

  /// Rates that a double cannot tell apart: (h + 1)/(2h + 1) is greater than h/2h by 1/(4h + 2), h = 2⁵⁹.
  @Test func ratesAreComparedExactly() throws {
    let h: Int64 = 1 << 59
    #expect(Double(h) / Double(2 * h) == Double(h + 1) / Double(2 * h + 1))
    var own = Case(good: [1, 1], bad: [1, 1], over: [h, h + 1], under: [2 * h, 2 * h + 1], all: [2, 2, h, h])
    func ends(_ trend: String, _ difference: [Int64]) throws -> [Int]? {
      (own.trend, own.difference) = (trend, difference)
      // The more bins the better.
      guard case .optimal(let best) = try own.solve(BinObjective { _ in 1 }) else { return nil }
      return best.ends
    }
    #expect(try ends("descending", [0, 1]) == [2])
    #expect(try ends("ascending", [0, 1]) == [1, 2])
    #expect(try ends("ascending", [1, 4 * h + 2]) == [1, 2])
    #expect(try ends("ascending", [1, 4 * h + 1]) == [2])
  }

  @Test func weightsOfEvidence() throws {
    let table = try #require(WoeTable(good: [80, 20, 0], bad: [10, 30, 0], smoothing: 0.5))
    let (g, b) = ((100 + 1.5), (40 + 1.5))
    #expect(abs(table.woe[0] - log(80.5 / g / (10.5 / b))) < 1e-14)
    #expect(table.woe[2] == 0 && table.informationValues[2] == 0 && table.isUnseen == [false, false, true])
    #expect(abs(table.informationValues[1] - (20.5 / g - 30.5 / b) * log(20.5 / g / (30.5 / b))) < 1e-14)
    #expect(WoeTable(good: [80, 20], bad: [0, 30], smoothing: 0) == nil)
    #expect(WoeTable.pureBin(good: [80, 20], bad: [0, 30]) == 0)
    #expect(WoeTable(good: [80, 20], bad: [1, 30], smoothing: 0) != nil)
    #expect(WoeTable(good: [0, 0], bad: [1, 30]) == nil)
    #expect(WoeTable(good: [1], bad: [1, 2]) == nil)
  }
}
