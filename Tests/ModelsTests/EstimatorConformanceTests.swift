import CutlineCore
import CutlineCredit
import CutlineTesting
import Synchronization
import Testing

@testable import CutlineModels

/// The kit finds an estimator that breaks a law, by the law's name, and an exemption that is none.
@Suite struct EstimatorConformanceTests {
  static func description<S: Stage>(_ type: S.Type) throws -> StageDescription where S.Kind == Fit {
    var registry = Registry()
    try registry.register(type)
    return try #require(registry.all.first)
  }

  static func broken<S: Stage>(
    _ type: S.Type, except: [EstimatorLaw: String] = [:]
  ) async throws -> EstimatorConformance.Report where S.Kind == Fit {
    try await EstimatorConformance.laws(try description(type), except: except)
  }

  /// Kept by the mean by weight, which every new plugin starts with.
  @Test func theBaselineKeepsAll() async throws {
    let report = try await Self.broken(WeightedMean.self)
    #expect(report.broken == [] && report.exempt == [])
  }

  @Test func eachBrokenLawIsNamed() async throws {
    func laws<S: Stage>(_ type: S.Type) async throws -> [String] where S.Kind == Fit {
      try await Self.broken(type).broken.map { line in
        #expect(line.hasPrefix("fit.\(S.name): "))
        return line.components(separatedBy: ": ")[1]
      }
    }
    #expect(
      try await laws(LastRows.self) == ["the order of the rows", "a weight is a repetition", "no row with weight"])
    #expect(
      try await laws(Unweighted.self) == ["a weight is a repetition", "a row without weight", "no row with weight"])
    #expect(try await laws(FixedStep.self) == ["the unit of a feature"])
    #expect(try await laws(Forgetful.self).first == "the same seed")
    #expect(try await laws(AnySum.self) == ["no row with weight"])
  }

  @Test func anExemptionIsSaidAndMustBeNeeded() async throws {
    let report = try await Self.broken(FixedStep.self, except: [.unit: "its step is that of a score"])
    #expect(report.broken == [] && report.exempt.count == 1)
    #expect(
      report.exempt[0].hasPrefix(
        "fit.fixed-step: the unit of a feature: exempt, as its step is that of a score; predictions differ by "))
    let needless = try await Self.broken(WeightedMean.self, except: [.rowOrder: "it is drawn"])
    #expect(
      needless.broken
        == ["fit.weighted-mean: the order of the rows: it is exempt and keeps it; leave the exemption out"])
    let silent = try await Self.broken(FixedStep.self, except: [.unit: ""])
    #expect(silent.broken == ["fit.fixed-step: the unit of a feature: it is exempt without a reason"])
  }

  /// A program is held to the same laws: one that writes a constant checks nothing.
  @Test func programsAreTried() async throws {
    var registry = Registry()
    try CreditKinds.register(in: &registry)
    let stage = try registry.stage(kind: Fit.name, name: "process", at: .default)
    let script = """
      printf 'term,coefficient\\n(intercept),0.25\\nrising,0\\nfalling,0\\n' >"$CUTLINE_FOLDER/output/coefficients.csv"
      """
    let words = ["sh", "-c", script].map { ConfigValue(.string($0), at: .default) }
    let report = try await EstimatorConformance.laws(stage, settings: FitFixture.entries(["command": .array(words)]))
    #expect(report.broken == ["fit.process: no row with weight: a model comes of it"])
  }

  private static func constant(_ value: Double, _ name: String, _ design: Design) throws -> Model {
    try Model(
      name: name, features: design.features.map { Model.Feature($0) }, unit: design.targetUnit,
      form: .linear(intercept: value, coefficients: design.features.map { _ in 0 }))
  }

  private struct WeightedMean: Stage {
    typealias Kind = Fit
    static let name = "weighted-mean"
    static let summary = "The weighted mean of the target."
    init(config: NoConfig) {}

    func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
      try input.design.check()
      let (target, weights) = (input.design.target, input.design.weights)
      let sum = zip(target, weights).reduce(0) { $0 + $1.0 * $1.1 }
      return try constant(sum / weights.reduce(0, +), Self.name, input.design)
    }
  }

  private struct LastRows: Stage {
    typealias Kind = Fit
    static let name = "last-rows"
    static let summary = "The sum of the last two targets."
    init(config: NoConfig) {}

    func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
      try constant(input.design.target.suffix(2).reduce(0, +), Self.name, input.design)
    }
  }

  private struct Unweighted: Stage {
    typealias Kind = Fit
    static let name = "unweighted"
    static let summary = "The mean of the target, each row once."
    init(config: NoConfig) {}

    func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
      let target = input.design.target
      return try constant(target.reduce(0, +) / Double(target.count), Self.name, input.design)
    }
  }

  /// Knows what a great score is.
  private struct FixedStep: Stage {
    typealias Kind = Fit
    static let name = "fixed-step"
    static let summary = "A slope that is not learnt."
    init(config: NoConfig) {}

    func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
      try input.design.check()
      return try Model(
        name: Self.name, features: input.design.features.map { Model.Feature($0) }, unit: input.design.targetUnit,
        form: .linear(intercept: 0.5, coefficients: input.design.features.map { _ in 0.1 }))
    }
  }

  /// Gives another model each time.
  private struct Forgetful: Stage {
    typealias Kind = Fit
    static let name = "forgetful"
    static let summary = "How often it was called."
    static let calls = Mutex(0.0)
    init(config: NoConfig) {}

    func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
      try input.design.check()
      let calls = Self.calls.withLock { calls in
        calls += 1
        return calls
      }
      return try constant(calls, Self.name, input.design)
    }
  }

  /// Takes any weights.
  private struct AnySum: Stage {
    typealias Kind = Fit
    static let name = "any-sum"
    static let summary = "The weighted sum of the target, of nothing too."
    init(config: NoConfig) {}

    func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
      let sum = zip(input.design.target, input.design.weights).reduce(0) { $0 + $1.0 * $1.1 }
      return try constant(sum, Self.name, input.design)
    }
  }
}
