import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineModels

/// Reject inference and the exposure model on samples small enough to add up by hand.
@Suite struct RejectAndExposureTests {
  /// Cell (0, 0): 3 booked, 1 rejected. (0, 1): rejects only. (1, 0): booked only. (1, 1): nobody.
  static let rows: [SampleFixture.Row] = [
    .init(bins: [0, 0], requested: 1000, numerator: 10, denominator: 6000),
    .init(bins: [0, 0], requested: 3000, numerator: 0, denominator: 14_000),
    // Without an outcome: counts in acceptance, not in exposure.
    .init(bins: [0, 0], requested: 5000, isMature: false),
    .init(bins: [0, 0], status: .scoreRejected, requested: 700),
    .init(bins: [0, 1], status: .scoreRejected, requested: 800),
    .init(bins: [0, 1], status: .scoreRejected, requested: 900),
    .init(bins: [1, 0], requested: 2000, numerator: 0, denominator: 11_000),
  ]
  static let sample = SampleFixture.sample(SampleFixture.grid(2, 2), rows)

  static func uplift(_ uplift: Double, cap: Double) async throws -> RejectAdjustment {
    var config = AcceptanceUpliftConfig()
    config.uplift = uplift
    config.cap = cap
    return try await SampleFixture.run(AcceptanceUplift(config: config), on: sample)
  }

  @Test func theUpliftFollowsTheAcceptanceOfTheCell() async throws {
    // Acceptance 3/4, 0, 1; a cell without applications keeps 1.
    #expect(try await Self.uplift(1.5, cap: 3).multiplier == [1.375, 2.5, 1, 1])
    #expect(try await Self.uplift(1.5, cap: 3).cappedCells == 0)
  }

  @Test func theCapBindsAndIsCounted() async throws {
    let capped = try await Self.uplift(4, cap: 2)
    #expect(capped.multiplier == [2, 2, 1, 1])
    #expect(capped.cappedCells == 1, "4 · 1/4 meets the cap without exceeding it")
    #expect(try await Self.uplift(10, cap: 1).multiplier == [1, 1, 1, 1])
    #expect(try await Self.uplift(0, cap: 3).multiplier == [1, 1, 1, 1])
  }

  @Test func withoutInferenceNothingIsRaised() async throws {
    let none = try await SampleFixture.run(NoRejectInference(config: NoConfig()), on: Self.sample)
    #expect(none.multiplier == [1, 1, 1, 1])
    #expect(none.method == "none")
  }

  @Test func theExposureRatioIsARatioOfSums() async throws {
    let model = try await SampleFixture.run(RatioExposure(config: ExposureConfig()), on: Self.sample)
    // (6000 + 14000 + 11000) / (1000 + 3000 + 2000); the application without an outcome and the rejected ones are out.
    #expect(abs(model.ratio - 31_000.0 / 6000) < 1e-14)
    #expect(model.rows == 3)
    // Piles 200, 0, 110, 0; residuals −20/3, 0, 20/3, 0 around 31/6 · 40 and 31/6 · 20.
    let mean = 310.0 / 4
    let total = [200, 0, 110, 0].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(try #require(model.r2) - (1 - 2 * (20.0 / 3) * (20.0 / 3) / total)) < 1e-12)
  }

  @Test func theRegressionThroughTheOriginIsAnotherRatio() async throws {
    let model = try await SampleFixture.run(RegressionExposure(config: ExposureConfig()), on: Self.sample)
    // Cells: 40 asked, 200 owed; 20 asked, 110 owed.
    #expect(abs(model.ratio - (40.0 * 200 + 20 * 110) / (40 * 40 + 20 * 20)) < 1e-14)
  }

  @Test func withoutAnOutcomeThereIsNoExposureModel() async throws {
    let rows = Self.rows.map { row in
      var row = row
      row.isMature = false
      return row
    }
    let sample = SampleFixture.sample(SampleFixture.grid(2, 2), rows)
    await expectFaults(.data) {
      try await SampleFixture.run(RatioExposure(config: ExposureConfig()), on: sample)
    }
    await expectFaults(.data) {
      try await SampleFixture.run(RegressionExposure(config: ExposureConfig()), on: sample)
    }
  }
}
