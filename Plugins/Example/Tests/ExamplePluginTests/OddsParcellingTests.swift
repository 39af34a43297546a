import CutlineCore
import CutlineCredit
import CutlineTesting
import Testing

@testable import ExamplePlugin

@Suite struct OddsParcellingTests {
  static func stage() throws -> StageDescription {
    var registry = Registry()
    try registry.register(OddsParcelling.self)
    return try #require(registry.all.first)
  }

  static func adjustment(of risk: [Double], oddsFactor: Double) async throws -> RejectAdjustment {
    let portfolio = try SmallPortfolio()
    let surface = RiskSurface(
      grid: portfolio.sample.grid, multiplier: 7, risk: risk, estimator: "given", featureSet: "cells", parameters: [:],
      features: [], coefficients: [], trainR2: 0, trainingRows: 0, trainingCells: 0, folds: 0, candidates: [])
    let input = try InferRejects.ports.make(PortValues(["cube": portfolio.cube, "surface": surface]))
    return try await OddsParcelling(config: .init(oddsFactor: oddsFactor))
      .run(input, in: RunContext(stageID: "test", seed: 1))
  }

  @Test func keepsTheLawsOfEveryStage() async throws {
    let stage = try Self.stage()
    #expect(StageConformance.wellFormed(stage) == [])
    for inputs in try stage.contract.specimens() {
      #expect(try await StageConformance.deterministic(stage, inputs: inputs).broken == [])
      #expect(try await StageConformance.lawful(stage, inputs: inputs) == [])
      #expect(try await StageConformance.stopsWhenCancelled(stage, inputs: inputs) == [])
    }
    #expect(await StageConformance.refusesWrongInputs(stage) == [])
  }

  /// Odds of bad 1 : 4 doubled are 2 : 4, a risk of one third; a third over a fifth is 5/3.
  @Test func oddsAreMultiplied() async throws {
    let multiplier = try await Self.adjustment(of: [Double](repeating: 0.2, count: 9), oddsFactor: 2).multiplier
    #expect(multiplier.allSatisfy { abs($0 - 5.0 / 3.0) < 1e-15 })
  }

  @Test func noInferredRiskIsAboveOne() async throws {
    let risk = [-0.1, 0, 0.01, 0.1, 0.5, 0.9, 0.999, 1, 1.4]
    let adjustment = try await Self.adjustment(of: risk, oddsFactor: 20)
    for (risk, multiplier) in zip(risk, adjustment.multiplier) where risk < 1 { #expect(risk * multiplier < 1) }
    #expect(adjustment.multiplier.prefix(2) == [20, 20])
    #expect(adjustment.multiplier.suffix(2) == [1, 1])
    #expect(adjustment.cappedCells == 2)
  }

  @Test func equalOddsChangeNothing() async throws {
    let risk = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.95]
    #expect(try await Self.adjustment(of: risk, oddsFactor: 1).multiplier.allSatisfy { abs($0 - 1) < 1e-15 })
  }
}
