import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import Testing

@testable import CutlineModels

/// Penalised and generalised linear models against the expected results of independent peers.
@Suite("Estimators against peers")
struct RegressionOracleTests {
  static let folder = SharedFiles.path("oracles/models", from: #filePath)
  static let sets = ["cells_8x12", "semicontinuous"]

  /// x, y and w of a file as a design.
  static func design(_ name: String, weighted: Bool) throws -> Design {
    let text = try String(contentsOfFile: try #require(folder) + "/\(name).csv", encoding: .utf8)
    let lines = text.split(separator: "\n")
    let names = lines[0].split(separator: ",").map(String.init)
    let rows = try lines.dropFirst().map { line in try line.split(separator: ",").map { try #require(Double($0)) } }
    func column(_ name: String) throws -> [Double] {
      let index = try #require(names.firstIndex(of: name))
      return rows.map { $0[index] }
    }
    let columns = try names.filter { $0.hasPrefix("x") }.map(column)
    return FitFixture.design(columns, try column("y"), weights: weighted ? try column("w") : nil)
  }

  static func expected() throws -> Expected { try Expected(try #require(folder) + "/expected.json") }

  static func close(_ ours: [Double], _ theirs: [Double], relative: Double, absolute: Double) -> Bool {
    ours.count == theirs.count
      && zip(ours, theirs).allSatisfy { abs($0 - $1) <= relative * abs($1) + absolute }
  }

  @Test(.enabled(if: folder != nil, "needs ../shared/oracles/models"), arguments: sets)
  func elasticNets(set: String) async throws {
    let expected = try Self.expected()
    let keys = try expected.keys("regression", set).filter { $0.hasPrefix("lasso") || $0.hasPrefix("enet") }
    #expect(keys.count == 10)
    for key in keys {
      let parts = key.split(separator: "_")
      let alpha = try #require(Double(parts[1].dropFirst()))
      let ratio = parts[0] == "lasso" ? 1 : try #require(Double(parts[2].dropFirst()))
      let design = try Self.design(set, weighted: parts.last == "w")
      let model = try await FitFixture.fit(
        "elastic-net", ["alpha": .float(alpha), "l1_ratio": .float(ratio)], design)
      let ours = try FitFixture.numbers(model)
      let theirs =
        [try expected.number("regression", set, key, "intercept")]
        + (try expected.numbers("regression", set, key, "coef"))
      #expect(Self.close(ours, theirs, relative: 0, absolute: 1e-7), "\(key): \(ours) against \(theirs)")
      #expect(zip(ours, theirs).dropFirst().allSatisfy { ($0 == 0) == ($1 == 0) }, "\(key): other zeros")
      if ratio == 1 {
        let lasso = try await FitFixture.fit("lasso", ["alpha": .float(alpha)], design)
        #expect(try FitFixture.numbers(lasso) == ours)
      }
    }
  }

  @Test(.enabled(if: folder != nil, "needs ../shared/oracles/models"), arguments: sets)
  func tweedies(set: String) async throws {
    let expected = try Self.expected()
    let keys = try expected.keys("regression", set).filter { $0.hasPrefix("tweedie") }
    #expect(keys.count == 18)
    for key in keys {
      let parts = key.split(separator: "_")
      let (power, alpha) = (
        try #require(Double(parts[1].dropFirst())), try #require(Double(parts[2].dropFirst()))
      )
      let design = try Self.design(set, weighted: parts.last == "w")
      let model = try await FitFixture.fit("tweedie", ["power": .float(power), "alpha": .float(alpha)], design)
      try Self.expectEqual(model, expected, set, key)
    }
    let poisson = try await FitFixture.fit("poisson", [:], try Self.design(set, weighted: false))
    try Self.expectEqual(poisson, expected, set, "poisson_a0")
    let all = try Self.design(set, weighted: false)
    let positive = FitFixture.rows(all, all.target.indices.filter { all.target[$0] > 0 })
    try Self.expectEqual(
      try await FitFixture.fit("gamma", [:], positive), expected, set, "gamma_positive_rows_a0")
  }

  private static func expectEqual(_ model: Model, _ expected: Expected, _ set: String, _ key: String) throws {
    let theirs =
      [try expected.number("regression", set, key, "intercept")]
      + (try expected.numbers("regression", set, key, "coef"))
    let ours = try FitFixture.numbers(model)
    #expect(close(ours, theirs, relative: 1e-6, absolute: 1e-8), "\(key): \(ours) against \(theirs)")
  }

  @Test(.enabled(if: folder != nil, "needs ../shared/oracles/models"))
  func logisticRegressions() async throws {
    let expected = try Self.expected()
    for key in try expected.keys("classification", "german") {
      let design = try Self.design("german", weighted: key.hasSuffix("_w"))
      var weights = design.weights
      if key.hasSuffix("balanced") {
        let ones = design.target.reduce(0, +)
        let all = Double(design.rowCount)
        weights = design.target.map { $0 == 1 ? all / (2 * ones) : all / (2 * (all - ones)) }
      }
      // The peers minimise ½ |b|² + C Σ s log loss, or |b|₁ + C Σ s log loss.
      let total = weights.reduce(0, +)
      let c = key.split(separator: "_").first { $0.hasPrefix("C") }.flatMap { Double($0.dropFirst()) }
      let model = try await FitFixture.fit(
        "logistic",
        ["alpha": .float(c.map { 1 / ($0 * total) } ?? 0), "l1_ratio": .float(key.hasPrefix("l1") ? 1 : 0)],
        FitFixture.rows(design, Array(design.target.indices), weights: weights))
      let theirs =
        [try expected.number("classification", "german", key, "intercept")]
        + (try expected.numbers("classification", "german", key, "coef"))
      let ours = try FitFixture.numbers(model)
      #expect(
        Self.close(ours, theirs, relative: 1e-6, absolute: key.hasPrefix("l1") ? 1e-6 : 1e-8),
        "\(key): \(ours) \(theirs)")
    }
  }
}
