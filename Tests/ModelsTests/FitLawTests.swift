import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineModels

/// What every estimator keeps, whatever it fits.
@Suite("Laws of estimators")
struct FitLawTests {
  struct Trial: Sendable, CustomTestStringConvertible {
    let name: String
    var settings: [String: ConfigValue.Content] = [:]
    let design: Design
    /// Whether a feature's unit plays no role.
    var scales = true
    /// Whether weights matter only by their proportions.
    var proportional = true
    /// What order and repetition of rows may change, relative to 1.
    var tolerance = 1e-8
    var testDescription: String { name + settings.keys.sorted().map { " \($0)" }.joined() }
  }

  static let trials: [Trial] = {
    let number = FitFixture.drawn(.number)
    let amount = FitFixture.drawn(.amount)
    let zeroOne = FitFixture.drawn(.zeroOne)
    let chances = FitFixture.rows(FitFixture.drawn(.chance, rows: 80), Array(0..<80))
    let score = FitFixture.design(
      [chances.target.map { 0.05 + 0.9 * $0 }],
      FitFixture.drawn(.zeroOne, rows: 80).target, weights: chances.weights)
    let grid = FitFixture.design(
      [number.columns[0].map { ($0 * 3).rounded() }, number.columns[1].map { $0.rounded() }], number.target,
      weights: number.weights, directions: [1, -1])
    return [
      Trial(name: "linear", design: number),
      Trial(name: "linear", settings: ["offset": .boolean(true)], design: FitFixture.drawn(.number, hasOffset: true)),
      Trial(name: "ridge", design: number, scales: false),
      Trial(name: "ridge", settings: ["link": .string("platt")], design: zeroOne, scales: false),
      Trial(name: "lasso", settings: ["alpha": .float(0.05)], design: number, scales: false),
      Trial(name: "elastic-net", settings: ["alpha": .float(0.05)], design: number, scales: false),
      Trial(name: "logistic", design: zeroOne),
      Trial(name: "logistic", settings: ["offset": .boolean(true)], design: FitFixture.drawn(.chance, hasOffset: true)),
      Trial(name: "logistic", settings: ["alpha": .float(0.1)], design: zeroOne, scales: false),
      Trial(
        name: "logistic", settings: ["alpha": .float(0.03), "l1_ratio": .float(0.7)], design: zeroOne, scales: false),
      Trial(name: "tweedie", design: amount),
      Trial(name: "tweedie", settings: ["exposure": .string("offset")], design: amount, proportional: false),
      Trial(name: "tweedie", settings: ["offset": .boolean(true)], design: FitFixture.drawn(.amount, hasOffset: true)),
      Trial(name: "poisson", design: amount),
      Trial(name: "gamma", design: FitFixture.drawn(.positive)),
      Trial(name: "hurdle", design: amount, scales: false),
      Trial(name: "isotonic", settings: ["feature": .string("x0")], design: number),
      Trial(name: "monotone-surface", design: grid),
      Trial(name: "voting", design: number, scales: false),
      Trial(
        name: "voting", settings: ["calibration": .string("isotonic"), "estimators": .array(["linear"].map(item))],
        design: number, scales: false),
      Trial(name: "platt", design: score),
      Trial(name: "platt", settings: ["smoothing": .boolean(true)], design: score, proportional: false),
      Trial(name: "platt", settings: ["input": .string("logit")], design: score, scales: false),
      Trial(name: "beta", design: score, scales: false),
      Trial(name: "prior-shift", design: score, scales: false),
      Trial(name: "identity", design: score),
    ]
  }()

  private static func item(_ name: String) -> ConfigValue { ConfigValue(.string(name), at: .default) }

  /// `offset` among the settings only names the trial.
  static func predictions(_ trial: Trial, _ design: Design, at places: Design) async throws -> [Double] {
    let model = try await FitFixture.fit(trial.name, trial.settings.filter { $0.key != "offset" }, design)
    return try FitFixture.predicted(model, places)
  }

  @Test(arguments: trials) func theOrderOfTheRowsDoesNotMatter(trial: Trial) async throws {
    let first = try await Self.predictions(trial, trial.design, at: trial.design)
    let turned = FitFixture.rows(trial.design, trial.design.target.indices.reversed())
    let second = try await Self.predictions(trial, turned, at: trial.design)
    #expect(FitFixture.distance(first, second) < trial.tolerance)
  }

  /// Penalties that stand against a sum of weights of mean 1 go with the number of rows.
  @Test(arguments: trials) func aWeightIsARepetition(trial: Trial) async throws {
    var trial = trial
    let counts = trial.design.target.indices.map { 1 + $0 % 3 }
    let repeated = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    let short = FitFixture.rows(
      trial.design, Array(counts.indices), weights: counts.map(Double.init))
    let long = FitFixture.rows(trial.design, repeated, weights: repeated.map { _ in 1 })
    // An exposure is no count of rows: two rows of exposure 1 are not one of exposure 2 unless the power is 1.
    if trial.settings["exposure"] != nil { trial.settings["power"] = .float(1) }
    let first = try await Self.predictions(trial, short, at: trial.design)
    if trial.name == "ridge" { trial.settings["alpha"] = .float(0.5 * Double(repeated.count) / Double(counts.count)) }
    if trial.name == "hurdle" || trial.name == "voting" {
      // Their ridge is the same only without a penalty.
      guard trial.settings["calibration"] != nil else { return }
    }
    let second = try await Self.predictions(trial, long, at: trial.design)
    #expect(FitFixture.distance(first, second) < trial.tolerance)
  }

  @Test(arguments: trials) func aRowWithoutWeightIsNotThere(trial: Trial) async throws {
    let kept = trial.design.target.indices.filter { $0 % 5 != 0 }
    let fewer = FitFixture.rows(trial.design, kept)
    let weights = trial.design.weights.indices.map { $0 % 5 == 0 ? 0 : trial.design.weights[$0] }
    let zeroed = FitFixture.rows(trial.design, Array(weights.indices), weights: weights)
    let first = try await Self.predictions(trial, fewer, at: fewer)
    let second = try await Self.predictions(trial, zeroed, at: fewer)
    // Ridge counts the rows that have weight; all else is the same to the bit.
    #expect(FitFixture.distance(first, second) < 1e-12)
  }

  @Test(arguments: trials.filter(\.scales)) func aFeaturesUnitDoesNotMatter(trial: Trial) async throws {
    let first = try await Self.predictions(trial, trial.design, at: trial.design)
    for factor in [1000, 1e-7] {
      guard trial.name != "identity" else { return }
      let design = trial.design
      let scaled = Design(
        features: design.features, columns: design.columns.map { $0.map { factor * $0 } }, target: design.target,
        targetUnit: design.targetUnit, weights: design.weights, offset: design.offset, directions: design.directions)
      let second = try await Self.predictions(trial, scaled, at: scaled)
      #expect(FitFixture.distance(first, second) < trial.tolerance)
    }
  }

  @Test(arguments: trials.filter(\.proportional)) func weightsMatterByTheirProportions(trial: Trial) async throws {
    let first = try await Self.predictions(trial, trial.design, at: trial.design)
    for factor in [3, 1e-200, 1e200] {
      let scaled = FitFixture.rows(
        trial.design, Array(trial.design.target.indices), weights: trial.design.weights.map { factor * $0 })
      #expect(FitFixture.distance(first, try await Self.predictions(trial, scaled, at: scaled)) < trial.tolerance)
    }
  }

  /// The same bits for any number of workers.
  @Test(arguments: trials) func workersDoNotMatter(trial: Trial) async throws {
    let settings = trial.settings.filter { $0.key != "offset" }
    let one = try await FitFixture.fit(trial.name, settings, trial.design, workers: 1)
    #expect(try await FitFixture.fit(trial.name, settings, trial.design, workers: 5) == one)
  }
}
