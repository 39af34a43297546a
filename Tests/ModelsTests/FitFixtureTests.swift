import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineModels

/// Estimators against results that Tests/Oracles/fits.py made with scikit-learn and scipy.
@Suite("Estimators against committed results")
struct FitFixtureTests {
  private struct Case {
    let numbers: [String: Double]
    let beta: [Double]
  }

  private static func cases(_ expected: Expected, _ key: String = "cases") throws -> [[String: Any]] {
    try #require(expected.root[key] as? [[String: Any]])
  }

  private static func numbers(_ one: [String: Any], _ key: String) throws -> [Double] {
    try #require(one[key] as? [Double])
  }

  private static func number(_ one: [String: Any], _ key: String) throws -> Double { try #require(one[key] as? Double) }

  /// An amount with the logarithm of its exposure as offset, and the ratio with the exposure as weight.
  @Test func tweedieWithATrueOffset() async throws {
    let expected = try Expected.fixture("tweedie")
    let columns = try expected.columns("columns")
    let (amount, exposure) = (try expected.numbers("amount"), try expected.numbers("exposure"))
    let weights = try expected.numbers("weights")
    for (key, target, weight, offset) in [
      ("offset", amount, weights, exposure.map(Link.log.sum)), ("ratio", try expected.numbers("target"), exposure, []),
    ] {
      for one in try Self.cases(expected, key) {
        let (power, alpha) = (try Self.number(one, "power"), try Self.number(one, "alpha"))
        var design = FitFixture.design(columns, target, weights: weight, offset: offset)
        if power == 2 { design = FitFixture.rows(design, amount.indices.filter { amount[$0] > 0 }) }
        let model = try await FitFixture.fit("tweedie", ["power": .float(power), "alpha": .float(alpha)], design)
        let (ours, theirs) = (try FitFixture.numbers(model), try Self.numbers(one, "beta"))
        #expect(FitFixture.distance(ours, theirs) < 1e-9, "\(key), p \(power), α \(alpha): \(ours) \(theirs)")
      }
    }
  }

  @Test func logisticRegression() async throws {
    let expected = try Expected.fixture("logistic")
    let design = FitFixture.design(
      try expected.columns("columns"), try expected.numbers("target"), weights: try expected.numbers("weights"))
    for one in try Self.cases(expected) {
      let (alpha, ratio) = (try Self.number(one, "alpha"), try Self.number(one, "l1_ratio"))
      let model = try await FitFixture.fit("logistic", ["alpha": .float(alpha), "l1_ratio": .float(ratio)], design)
      #expect(
        FitFixture.distance(try FitFixture.numbers(model), try Self.numbers(one, "beta")) < 1e-8,
        "α \(alpha) r \(ratio)")
    }
  }

  /// Two features are nearly the same: the conditions are asked of our result, the numbers of the peer are less exact.
  @Test func elasticNets() async throws {
    let expected = try Expected.fixture("elastic-net")
    let design = FitFixture.design(
      try expected.columns("columns"), try expected.numbers("target"), weights: try expected.numbers("weights"))
    for one in try Self.cases(expected) {
      let (alpha, ratio) = (try Self.number(one, "alpha"), try Self.number(one, "l1_ratio"))
      let model = try await FitFixture.fit("elastic-net", ["alpha": .float(alpha), "l1_ratio": .float(ratio)], design)
      let ours = try FitFixture.numbers(model)
      #expect(FitFixture.distance(ours, try Self.numbers(one, "beta")) < 1e-5, "α \(alpha) r \(ratio)")
      #expect(try Self.violation(ours, design, alpha: alpha, ratio: ratio) < 1e-10, "α \(alpha) r \(ratio)")
    }
  }

  /// The optimality conditions of the elastic net, from the rows.
  static func violation(_ beta: [Double], _ design: Design, alpha: Double, ratio: Double) throws -> Double {
    let total = design.weights.reduce(0, +)
    let residual = (0..<design.rowCount).map { row in
      design.columns.indices.reduce(design.target[row] - beta[0]) { $0 - beta[$1 + 1] * design.columns[$1][row] }
    }
    func mean(_ values: (Int) -> Double) -> Double {
      residual.indices.reduce(0) { $0 + design.weights[$1] * residual[$1] * values($1) } / total
    }
    return design.columns.indices.reduce(mean { _ in 1 }.magnitude) { greatest, j in
      let gradient = alpha * (1 - ratio) * beta[j + 1] - mean { design.columns[j][$0] }
      let l1 = alpha * ratio
      let own =
        beta[j + 1] == 0 ? max(0, gradient.magnitude - l1) : (gradient + (beta[j + 1] > 0 ? l1 : -l1)).magnitude
      return max(greatest, own)
    }
  }

  @Test func hurdle() async throws {
    let expected = try Expected.fixture("hurdle")
    let design = FitFixture.design(
      try expected.columns("columns"), try expected.numbers("target"), weights: try expected.numbers("weights"))
    let model = try await FitFixture.fit("hurdle", [:], design)
    #expect(model.form.name == "product")
    #expect(
      FitFixture.distance(try FitFixture.predicted(model, design), try expected.numbers("predicted")) < 1e-8)
  }

  /// Within 1e-9 of the greater of the two, row by row: both stop at a gradient of 1e-9 and less.
  @Test func hurdleOfLogisticAndGamma() async throws {
    let expected = try Expected.fixture("hurdle-gamma")
    let design = FitFixture.design(
      try expected.columns("columns"), try expected.numbers("target"), weights: try expected.numbers("weights"))
    let cases = try Self.cases(expected)
    #expect(cases.count == 3 && design.target.count { $0 == 0 } > 80)
    for one in cases {
      let (chanceAlpha, sizeAlpha) = (try Self.number(one, "chance_alpha"), try Self.number(one, "size_alpha"))
      let settings = try ConfigDocument.parse(
        """
        occurrence = { use = "logistic", with = { alpha = \(chanceAlpha), tolerance = 1e-12 } }
        magnitude = { use = "gamma", with = { alpha = \(sizeAlpha), tolerance = 1e-12 } }
        """, source: "test")
      let model = try await FitFixture.fit(
        "hurdle", Dictionary(uniqueKeysWithValues: settings.entries.map { ($0.key, $0.value.content) }), design)
      let predicted = try FitFixture.predicted(model, design)
      let relative = zip(predicted, try Self.numbers(one, "predicted")).map { abs($0 - $1) / max($0, $1) }
      #expect(relative.max() ?? .nan < 1e-9, "α \(chanceAlpha), \(sizeAlpha)")
      guard case .product(let parts) = model.form else { Issue.record("the form is \(model.form.name)"); continue }
      for (part, key) in zip(parts.models, ["chance", "size"]) {
        let own = try part.evaluate(columns: design.columns, rows: design.rowCount)
        #expect(FitFixture.distance(own, try Self.numbers(one, key)) < 1e-9, "\(key)")
      }
    }
    // A weight left out is seen.
    let unweighted = FitFixture.design(design.columns, design.target)
    let other = try FitFixture.predicted(
      try await FitFixture.fit("hurdle", ["magnitude": .string("gamma")], unweighted), design)
    #expect(FitFixture.distance(other, try Self.numbers(cases[1], "predicted")) > 1e-3)
  }

  @Test func isotonicRegression() async throws {
    for one in try Self.cases(try Expected.fixture("isotonic")) {
      let rising = try #require(one["rising"] as? Bool)
      let design = FitFixture.design(
        [try Self.numbers(one, "x")], try Self.numbers(one, "y"), weights: try Self.numbers(one, "w"),
        directions: [rising ? 1 : -1])
      let model = try await FitFixture.fit("isotonic", [:], design)
      #expect(model.form.name == "steps")
      #expect(
        FitFixture.distance(try FitFixture.predicted(model, design), try Self.numbers(one, "predicted")) < 1e-12)
    }
  }

  @Test func monotoneSurfaces() async throws {
    for one in try Self.cases(try Expected.fixture("monotone-surface")) {
      let directions = try #require(one["directions"] as? [Int])
      let design = FitFixture.design(
        try #require(one["x"] as? [[Double]]), try Self.numbers(one, "y"), weights: try Self.numbers(one, "w"),
        directions: directions)
      let model = try await FitFixture.fit("monotone-surface", [:], design)
      #expect(model.form.name == "cells")
      let (ours, theirs) = (try FitFixture.predicted(model, design), try Self.numbers(one, "predicted"))
      #expect(FitFixture.distance(ours, theirs) < 1e-12, "\(directions): \(ours) \(theirs)")
    }
  }
}
