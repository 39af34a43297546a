import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Testing

@testable import CutlineModels

/// What every estimator keeps, whatever it fits.
@Suite("Laws of estimators")
struct FitLawTests {
  struct Trial: Sendable, CustomTestStringConvertible {
    let name: String
    var settings: [String: ConfigValue.Content] = [:]
    let design: Design
    /// Whether weights matter only by their proportions.
    var proportional = true
    /// What order and repetition of rows may change, as a part of the greatest prediction.
    var tolerance = 1e-8
    /// Laws of the kit that it does not keep, each with the reason.
    var except: [EstimatorLaw: String] = [:]
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
    let given: [EstimatorLaw: String] = [.unit: "its penalty is on the coefficients of the features as they are given"]
    let counted = given.merging(
      [.repetition: "its penalty stands against weights of mean 1, and so goes with the number of rows"]) { a, _ in a }
    let odds: [EstimatorLaw: String] = [.unit: "its feature is a probability"]
    let fitted = [
      Trial(name: "linear", design: number),
      Trial(name: "linear", settings: ["offset": .boolean(true)], design: FitFixture.drawn(.number, hasOffset: true)),
      Trial(name: "ridge", design: number, except: counted),
      Trial(name: "ridge", settings: ["link": .string("platt")], design: zeroOne, except: counted),
      Trial(name: "lasso", settings: ["alpha": .float(0.05)], design: number, except: given),
      Trial(name: "elastic-net", settings: ["alpha": .float(0.05)], design: number, except: given),
      Trial(name: "logistic", design: zeroOne),
      Trial(name: "logistic", settings: ["offset": .boolean(true)], design: FitFixture.drawn(.chance, hasOffset: true)),
      Trial(name: "logistic", settings: ["alpha": .float(0.1)], design: zeroOne, except: given),
      Trial(
        name: "logistic", settings: ["alpha": .float(0.03), "l1_ratio": .float(0.7)], design: zeroOne, except: given),
      Trial(name: "tweedie", design: amount),
      Trial(
        name: "tweedie", settings: ["exposure": .string("offset")], design: amount, proportional: false,
        except: [.repetition: "two rows of exposure 1 are not one of exposure 2 unless the power is 1"]),
      Trial(name: "tweedie", settings: ["offset": .boolean(true)], design: FitFixture.drawn(.amount, hasOffset: true)),
      Trial(name: "poisson", design: amount),
      Trial(name: "gamma", design: FitFixture.drawn(.positive)),
      Trial(name: "hurdle", design: amount, except: counted),
      Trial(name: "isotonic", settings: ["feature": .string("x0")], design: number),
      Trial(name: "monotone-surface", design: grid),
      Trial(name: "voting", design: number, except: counted),
      Trial(
        name: "voting", settings: ["calibration": .string("isotonic"), "estimators": .array(["linear"].map(item))],
        design: number, except: [.unit: "the fold of a row follows from what it holds"]),
      Trial(name: "platt", design: score),
      Trial(name: "platt", settings: ["smoothing": .boolean(true)], design: score, proportional: false),
      Trial(name: "platt", settings: ["input": .string("logit")], design: score, except: odds),
      Trial(name: "beta", design: score, except: odds),
      Trial(name: "prior-shift", design: score, except: odds),
      Trial(name: "identity", design: score, except: [.unit: "it gives the feature itself"]),
    ]
    // XGBoost adds up in single precision.
    let meanWeight = "lambda and min_child_weight are in rows of mean weight"
    guard TreeFitFixture.isInstalled else { return fitted }
    return fitted + [
      Trial(name: "boosting", design: number, tolerance: 1e-5, except: [.repetition: meanWeight]),
      Trial(
        name: "boosting", settings: ["lambda": .float(0), "min_child_weight": .float(0), "rounds": .integer(10)],
        design: number, tolerance: 1e-5),
      Trial(
        name: "forest", design: number, tolerance: 1e-5,
        except: [.repetition: meanWeight, .rowOrder: "the rows of a tree are drawn by their place"]),
    ]
  }()

  private static func item(_ name: String) -> ConfigValue { ConfigValue(.string(name), at: .default) }

  /// `offset` among the settings only names the trial.
  static func predictions(_ trial: Trial, _ design: Design, at places: Design) async throws -> [Double] {
    let model = try await FitFixture.fit(trial.name, trial.settings.filter { $0.key != "offset" }, design)
    return try FitFixture.predicted(model, places)
  }

  /// Every estimator that is registered: those without a trial here on the kit's own design, without an exemption.
  static let all: [Trial] = {
    let names = (try? ExplanationStageTests.registry().all.filter { $0.kind == Fit.name }.map(\.name)) ?? []
    let known = Set(trials.map(\.name) + (TreeFitFixture.isInstalled ? [] : ["boosting", "forest"]))
    return trials + names.filter { !known.contains($0) }.map { Trial(name: $0, design: EstimatorConformance.trial) }
  }()

  @Test(arguments: all) func theKitsLawsAreKept(trial: Trial) async throws {
    let registry = try ExplanationStageTests.registry()
    let stage = try registry.stage(kind: Fit.name, name: trial.name, at: .default)
    let report = try await EstimatorConformance.laws(
      stage, settings: FitFixture.entries(trial.settings.filter { $0.key != "offset" }), design: trial.design,
      tolerance: trial.tolerance, except: trial.except, registry: registry)
    #expect(report.broken == [])
    #expect(report.exempt.count == trial.except.count)
  }

  /// What the kit exempts of repetition holds once the penalty goes with the number of rows, and for the power of 1.
  @Test(arguments: trials.filter { $0.name == "ridge" || $0.settings["exposure"] != nil })
  func aWeightIsARepetition(trial: Trial) async throws {
    var trial = trial
    let counts = trial.design.target.indices.map { 1 + $0 % 3 }
    let repeated = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    let short = FitFixture.rows(
      trial.design, Array(counts.indices), weights: counts.map(Double.init))
    let long = FitFixture.rows(trial.design, repeated, weights: repeated.map { _ in 1 })
    if trial.settings["exposure"] != nil { trial.settings["power"] = .float(1) }
    let first = try await Self.predictions(trial, short, at: trial.design)
    if trial.name == "ridge" { trial.settings["alpha"] = .float(0.5 * Double(repeated.count) / Double(counts.count)) }
    let second = try await Self.predictions(trial, long, at: trial.design)
    #expect(FitFixture.distance(first, second) < trial.tolerance)
  }

  @Test(arguments: trials.filter { $0.except[.unit] == nil }) func aFeaturesUnitDoesNotMatter(trial: Trial) async throws
  {
    let first = try await Self.predictions(trial, trial.design, at: trial.design)
    for factor in [1000, 1e-7] {
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
}
