import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineModels

/// A surface whose choice is kept.
@Suite struct RefitTests {
  private static func run<S: Stage>(
    _ stage: S, _ cube: Cube, _ chosen: RiskSurface
  ) async throws -> RiskSurface where S.Kind == Train {
    try await stage.run(
      Train.ports.make(PortValues(["cube": cube, "chosen": chosen])), in: SampleFixture.context())
  }

  @Test func onTheSameDataItIsTheSameSurface() async throws {
    let sample = SampleFixture.planted(6, 7, risk: TrainingTests.quadratic)
    let stage = TrainingTests.ridge()
    let chosen = try await SampleFixture.run(stage, on: sample)
    let again = try await Self.run(stage, Cube(of: sample, withBuckets: false), chosen)
    #expect(again.risk == chosen.risk && again.candidates.isEmpty && again.folds == 0)
    #expect(again.estimator == chosen.estimator && again.featureSet == chosen.featureSet)
    #expect(again.parameters == chosen.parameters && again.trainR2 == chosen.trainR2)
  }

  /// On other data the choice stays, and the fit does not.
  @Test func onOtherDataOnlyTheFitChanges() async throws {
    let chosen = try await SampleFixture.run(
      TrainingTests.ridge(["simple"], [0.3]), on: SampleFixture.planted(6, 7, risk: TrainingTests.quadratic))
    let other = SampleFixture.planted(6, 7) { x, y in 2 * TrainingTests.quadratic(x, y) }
    let again = try await Self.run(TrainingTests.ridge(), Cube(of: other), chosen)
    #expect(again.featureSet == "simple" && again.parameters == ["alpha": 0.3])
    let own = try await SampleFixture.run(TrainingTests.ridge(["simple"], [0.3]), on: other)
    #expect(again.risk == own.risk && again.risk != chosen.risk)
  }

  @Test func aChoiceThatIsNoneOfItsOwnIsRefused() async throws {
    let sample = SampleFixture.planted(6, 7, risk: TrainingTests.quadratic)
    let chosen = try await SampleFixture.run(TrainingTests.ridge(["full"], [0.3]), on: sample)
    let cube = try Cube(of: sample, withBuckets: false)
    let faults = await expectFaults(.usage) {
      try await Self.run(LinearTraining(config: LinearTrainingConfig()), cube, chosen)
    }
    #expect(faults?.problem.contains("none of its candidates") ?? false)
    // Where folds can be made it is chosen anew.
    let input = try Train.ports.make(PortValues(["cube": cube, "sample": sample, "chosen": chosen]))
    let anew = try await LinearTraining(config: LinearTrainingConfig()).run(input, in: SampleFixture.context())
    #expect(anew.estimator == "linear" && !anew.candidates.isEmpty)
  }
}
