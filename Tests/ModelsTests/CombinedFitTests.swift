import CutlineCompute
import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineModels

/// Calibrations of a raw prediction, and estimators made of others.
@Suite struct CombinedFitTests {
  /// Probabilities whose outcomes follow their own odds times a factor.
  static func scores(_ shift: Double = 0, rows: Int = 400) -> Design {
    var stream = RandomStream(seed: 12)
    let raw = (0..<rows).map { _ in 0.02 + 0.96 * stream.uniform() }
    let target = raw.map { p in stream.uniform() < Link.logit.mean(of: Link.logit.sum(of: p) + shift) ? 1.0 : 0.0 }
    return FitFixture.design([raw], target)
  }

  static func mean(_ values: [Double], _ weights: [Double]) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
  }

  static func loss(_ predicted: [Double], _ design: Design) -> Double {
    mean(
      zip(predicted, design.target).map { -Link.log.sum(of: $1 == 1 ? $0 : 1 - $0) }, design.weights)
  }

  @Test(arguments: ["platt", "beta", "isotonic", "prior-shift"])
  func theMeanAfterCalibrationIsTheRate(name: String) async throws {
    let design = Self.scores(-1)
    let predicted = try FitFixture.predicted(try await FitFixture.fit(name, [:], design), design)
    #expect(abs(Self.mean(predicted, design.weights) - Self.mean(design.target, design.weights)) < 1e-9)
    #expect(abs(Self.mean(design.columns[0], design.weights) - Self.mean(design.target, design.weights)) > 0.05)
  }

  @Test func priorShiftReachesAStatedRateAndKeepsTheOrder() async throws {
    let design = Self.scores()
    let model = try await FitFixture.fit("prior-shift", ["rate": .float(0.037)], design)
    let predicted = try FitFixture.predicted(model, design)
    #expect(abs(Self.mean(predicted, design.weights) - 0.037) < 1e-10)
    let odds = zip(predicted, design.columns[0]).map { Link.logit.sum(of: $0) - Link.logit.sum(of: $1) }
    #expect(odds.allSatisfy { abs($0 - odds[0]) < 1e-9 })
  }

  /// Beta calibration holds the identity and Platt's on log-odds, so it fits no worse; both exponents stay positive.
  @Test(arguments: [-1, 0, 2] as [Double]) func betaFitsNoWorse(shift: Double) async throws {
    let design = Self.scores(shift)
    let beta = try await FitFixture.fit("beta", [:], design)
    #expect(["a", "b"].allSatisfy { beta.parameters[$0] ?? -1 >= 0 })
    let own = Self.loss(try FitFixture.predicted(beta, design), design)
    let platt = try FitFixture.predicted(try await FitFixture.fit("platt", ["input": .string("logit")], design), design)
    #expect(own <= Self.loss(platt, design) + 1e-12)
    #expect(own <= Self.loss(design.columns[0], design) + 1e-12)
    let turned = FitFixture.design(design.columns, design.target.map { 1 - $0 })
    let flat = try await FitFixture.fit("beta", [:], turned)
    #expect(flat.parameters["a"] == 0 && flat.parameters["b"] == 0)
  }

  /// Separated scores have no finite fit without the smoothing, and a finite one with it.
  @Test func smoothingFitsSeparatedScores() async throws {
    let design = FitFixture.design([[1, 2, 3, 4, 5, 6]], [0, 0, 0, 1, 1, 1])
    await expectFaults(.data) { try await FitFixture.fit("platt", [:], design) }
    let model = try await FitFixture.fit("platt", ["smoothing": .boolean(true)], design)
    let predicted = try FitFixture.predicted(model, design)
    // Its targets are 4/5 and 1/5.
    #expect(abs(predicted.reduce(0, +) - 3) < 1e-9 && predicted[5] > 0.8 && predicted[0] < 0.2)
  }

  @Test func ridgeWithItsLogisticGivesProbabilities() async throws {
    let design = FitFixture.drawn(.zeroOne)
    let model = try await FitFixture.fit("ridge", ["link": .string("platt")], design)
    let predicted = try FitFixture.predicted(model, design)
    #expect(model.form.name == "then" && predicted.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(abs(Self.mean(predicted, design.weights) - Self.mean(design.target, design.weights)) < 1e-9)
  }

  @Test func aHurdleOfNothingAndOfAll() async throws {
    let drawn = FitFixture.drawn(.positive)
    let all = try await FitFixture.fit("hurdle", [:], drawn)
    let ridge = try await FitFixture.fit("ridge", [:], drawn)
    #expect(
      FitFixture.distance(try FitFixture.predicted(all, drawn), try FitFixture.predicted(ridge, drawn)) < 1e-12)
    let none = FitFixture.design(drawn.columns, drawn.target.map { _ in 0 })
    let zero = try await FitFixture.fit("hurdle", [:], none)
    #expect(zero.form.name == "product")
    #expect(try FitFixture.predicted(zero, none).allSatisfy { $0 == 0 })
    // A failing inner stage is named.
    let separated = FitFixture.design([[1, 2, 3, 4]], [0, 0, 1, 2])
    let stage: ConfigValue.Content = .string("logistic")
    await #expect(throws: InnerFailure.self) { try await FitFixture.fit("hurdle", ["occurrence": stage], separated) }
  }

  @Test func votingIsTheMean() async throws {
    let design = FitFixture.drawn(.number)
    let list: (String...) -> ConfigValue.Content = { names in
      .array(names.map { ConfigValue(.string($0), at: .default) })
    }
    let numbers: (Double...) -> ConfigValue.Content = { values in
      .array(values.map { ConfigValue(.float($0), at: .default) })
    }
    let (a, b) = (
      try FitFixture.predicted(try await FitFixture.fit("linear", [:], design), design),
      try FitFixture.predicted(try await FitFixture.fit("lasso", [:], design), design)
    )
    let even = try await FitFixture.fit("voting", ["estimators": list("linear", "lasso")], design)
    #expect(FitFixture.distance(try FitFixture.predicted(even, design), zip(a, b).map { ($0 + $1) / 2 }) < 1e-12)
    let uneven = try await FitFixture.fit(
      "voting", ["estimators": list("linear", "lasso"), "weights": numbers(3, 1)], design)
    #expect(
      FitFixture.distance(try FitFixture.predicted(uneven, design), zip(a, b).map { 0.75 * $0 + 0.25 * $1 }) < 1e-12)
    await expectFaults(.usage) {
      try await FitFixture.fit("voting", ["estimators": list("linear"), "weights": numbers(1, 2)], design)
    }
  }

  /// Calibrated on unseen rows, a vote of probabilities stays one.
  @Test(arguments: ["platt", "isotonic"]) func aCalibratedVote(calibration: String) async throws {
    let design = FitFixture.drawn(.zeroOne, rows: 200)
    let stage = ConfigValue(.string("logistic"), at: .default)
    let model = try await FitFixture.fit(
      "voting", ["estimators": .array([stage, stage]), "calibration": .string(calibration)], design)
    #expect(model.form.name == "blend")
    #expect(try FitFixture.predicted(model, design).allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}
