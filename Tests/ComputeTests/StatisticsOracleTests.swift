import CutlineCompute
import CutlineTesting
import Foundation
import Testing

/// Ranks, areas, stability and charts against independent code (oracles/metrics, oracles/stability).
@Suite(.enabled(if: SharedFiles.path("oracles/stability", from: #filePath) != nil)) struct StatisticsOracleTests {
  private typealias Object = [String: Any]

  private static let exact = [
    "tiny": 0.5363636363636364, "ties": 0.0023738215453611602, "with_missing": 0.9941576859852113,
    "shift": 2.796288401311036e-12, "empty_actual_bin": 6.367757755491568e-12, "same": 1,
  ]

  private static func path(_ name: String) -> String? { SharedFiles.path("oracles/\(name)", from: #filePath) }

  private func object(_ path: String) throws -> Object {
    // Python writes thresholds of nothing as Infinity.
    let text = try String(contentsOfFile: try #require(Self.path(path)), encoding: .utf8).replacing(
      "Infinity", with: "0")
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
  }

  private func near(_ a: Double?, _ b: Any?, _ tolerance: Double = 1e-9) -> Bool {
    guard let a, let b = (b as? NSNumber)?.doubleValue else { return false }
    return abs(a - b) <= tolerance * max(1, abs(b))
  }

  @Test func areasAndTheirCovariance() throws {
    let results = try #require(try object("metrics/expected.json")["results"] as? Object)
    #expect(results.count >= 5)
    for (name, value) in results {
      let result = try #require(value as? Object)
      let delong = try #require(result["delong"] as? Object)
      let names = try #require(delong["names"] as? [String])
      let file = try #require(result["file"] as? String)
      let text = try String(contentsOfFile: try #require(Self.path("metrics/\(file)")), encoding: .utf8)
      let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
      let header = lines[0]
      func column(_ name: String) throws -> [Double] {
        let place = try #require(header.firstIndex(of: name))
        return try lines.dropFirst().map { try #require(Double($0[place])) }
      }
      let isBad = try column("y").map { $0 == 1 }
      let scores = try names.map(column)
      let areas = try #require(RocAreas(scores, isBad: isBad))
      let expected = try #require(delong["auc"] as? [Any])
      let covariance = try #require(delong["covariance"] as? [[Any]])
      for i in names.indices {
        #expect(near(areas.areas[i], expected[i]), "\(name) \(names[i])")
        for j in names.indices { #expect(near(areas.covariance?[i][j], covariance[i][j]), "\(name) \(i) \(j)") }
      }
      for test in try #require(delong["tests"] as? [Object]) {
        let a = try #require(names.firstIndex(of: test["a"] as? String ?? ""))
        let b = try #require(names.firstIndex(of: test["b"] as? String ?? ""))
        let comparison = try #require(areas.comparison(a, b))
        #expect(near(comparison.difference, test["diff"]))
        guard let variance = (test["var_diff"] as? NSNumber)?.doubleValue, variance >= 1e-9 else { continue }
        #expect(near(comparison.z, test["z"], 1e-7) && near(comparison.p, test["p"], 1e-7), "\(name) \(a) \(b)")
      }
      let metrics = try #require(result["metrics"] as? Object)
      for (place, score) in names.enumerated() {
        guard let metric = metrics[score] as? Object else { continue }
        func of(_ wanted: Bool) -> [Double] { zip(scores[place], isBad).filter { $1 == wanted }.map(\.0) }
        let distance = try #require(KolmogorovSmirnov(of(true), of(false)))
        #expect(near(distance.distance, metric["ks"]), "\(name) \(score)")
        #expect(near(areas.gini[place], metric["gini"]))
      }
    }
  }

  @Test func stabilityOfVectors() throws {
    let expected = try object("stability/expected.json")
    let text = try String(contentsOfFile: try #require(Self.path("stability/vectors.csv")), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    for vector in try #require(expected["vectors"] as? [Object]) {
      let name = try #require(vector["name"] as? String)
      func counts(_ key: String) throws -> [Int64] {
        try #require(vector[key] as? [NSNumber]).map { Int64($0.doubleValue) }
      }
      let (e, a) = (try counts("expected_counts"), try counts("actual_counts"))
      for psi in try #require(vector["psi"] as? [Object]) {
        let floor = try #require((psi["eps"] as? NSNumber)?.doubleValue)
        let own = try #require(PopulationStability(expected: e, actual: a, smoothing: .floor(floor)))
        #expect(near(own.index, psi["psi"]), "\(name) \(own.index)")
      }
      let chi = try #require(vector["chi2"] as? Object)
      let own = try #require(PopulationStability.homogeneity(e, a))
      #expect(near(own.statistic, chi["stat"]) && near(own.p, chi["p"], 1e-6) && own.degrees == chi["dof"] as? Int)
      func values(_ key: String) throws -> [Double] {
        let place = try #require(lines[0].firstIndex(of: key))
        return lines.dropFirst().compactMap { Double($0[place]) }
      }
      let ks = try #require(vector["ks_2samp"] as? Object)
      let distance = try #require(KolmogorovSmirnov(try values("\(name)__expected"), try values("\(name)__actual")))
      #expect(near(distance.distance, ks["stat"]), "\(name) \(distance)")
      // The file's p-values are of a limit; ours count paths, as SciPy 1.17 does with method="exact".
      if let exact = Self.exact[name] { #expect(near(distance.p, exact as NSNumber), "\(name) \(distance)") }
    }
    for csi in try #require(expected["csi"] as? [Object]) {
      func numbers(_ key: String) throws -> [Double] { try #require(csi[key] as? [NSNumber]).map(\.doubleValue) }
      let own = PopulationStability.shift(
        expected: try numbers("expected").map { Int64($0) }, actual: try numbers("actual").map { Int64($0) },
        points: try numbers("points"))
      #expect(near(own, csi["csi"]))
    }
  }

  @Test func chartsOfThePortfolio() throws {
    let portfolio = try #require(try object("stability/expected.json")["portfolio"] as? Object)
    for (name, value) in try #require(portfolio["spc"] as? Object) {
      let spc = try #require(value as? Object)
      let values = try #require(spc["values"] as? [NSNumber]).map(\.doubleValue)
      let months = try #require(spc["months"] as? [String])
      let baseline = Array(values.prefix(try #require(spc["baseline_months"] as? Int)))
      let (mean, deviation) = ControlChart.moments(baseline)
      #expect(near(mean, spc["mean"]) && near(deviation, spc["sd_ddof1"]), "\(name)")
      let sigma = try #require(ControlChart.movingRangeSigma(baseline))
      #expect(near(sigma, spc["sigma_moving_range"]), "\(name)")
      func out(_ isOut: [Bool]) -> [String] { zip(months, isOut).filter(\.1).map(\.0) }
      func expectedOut(_ key: String) throws -> [String] { try #require(spc[key] as? [String]) }
      #expect(out(values.map { abs($0 - mean) > 3 * deviation }) == (try expectedOut("shewhart_3sd_out")), "\(name)")
      #expect(out(values.map { abs($0 - mean) > 3 * sigma }) == (try expectedOut("individuals_out")), "\(name)")
      let lambda = try #require((spc["ewma_lambda"] as? NSNumber)?.doubleValue)
      let ewma = ControlChart.ewma(values, centre: mean, sigma: deviation, lambda: lambda)
      #expect(zip(ewma, try #require(spc["ewma"] as? [Any])).allSatisfy { near($0.mean, $1) }, "\(name)")
      let expectedEwma = try expectedOut("ewma_out")
      let bySigma = ControlChart.ewma(values, centre: mean, sigma: sigma, lambda: lambda)
      #expect([out(ewma.map(\.isOut)), out(bySigma.map(\.isOut))].contains(expectedEwma), "\(name)")
      let cusum = ControlChart.cusum(values, centre: mean, sigma: deviation)
      #expect(
        zip(cusum, try #require(spc["cusum_k05"] as? [[Any]])).allSatisfy {
          near($0.up, $1[0]) && near($0.down, $1[1])
        },
        "\(name)")
      #expect(out(cusum.map(\.isOut)) == (try expectedOut("cusum_h5_out")), "\(name)")
      let line = try #require(TrendTest.line(values))
      #expect(near(line.slope, spc["ols_slope"]) && near(line.p, spc["ols_p"], 1e-6), "\(name)")
      let kendall = try #require(TrendTest.mannKendall(values))
      let expectedKendall = try #require(spc["mann_kendall"] as? Object)
      #expect(kendall.s == expectedKendall["S"] as? Int && near(kendall.variance, expectedKendall["var"]))
      #expect(near(kendall.z, expectedKendall["z"]) && near(kendall.p, expectedKendall["p"], 1e-6), "\(name)")
      #expect(near(TrendTest.theilSen(values), spc["theil_sen"]), "\(name)")
    }
  }
}
