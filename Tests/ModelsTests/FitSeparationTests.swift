import CutlineCompute
import CutlineCore
import CutlineCredit
import Synchronization
import TestSupport
import Testing

@testable import CutlineModels

/// Where no finite coefficients are the best, that is said; where data nearly is like that, it is fitted.
@Suite struct FitSeparationTests {
  static let x: [Double] = [-3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3]
  static let noise: [Double] = [0.3, -0.2, 0.1, 0.4, -0.5, 0.2, -0.1, 0.5, -0.3, 0.05]

  static func problem(_ columns: [[Double]], _ target: [Double], _ name: String = "logistic") async -> String? {
    await expectFaults(.data) { try await FitFixture.fit(name, [:], FitFixture.design(columns, target)) }?.problem
  }

  @Test func completeSeparationNamesItsFeature() async throws {
    let target = Self.x.map { $0 > 0 ? 1.0 : 0.0 }
    let problem = try #require(await Self.problem([Self.noise, Self.x], target))
    #expect(problem.contains("completely separated") && !problem.contains("quasi") && problem.contains("+x1"))
    let turned = try #require(await Self.problem([Self.x.map { -$0 }], target))
    #expect(turned.contains("−x0"))
  }

  /// All rows of a flag are bad, the others are mixed.
  @Test func quasiCompleteSeparationNamesItsFeature() async throws {
    let flag = Self.x.map { $0 > 1.2 ? 1.0 : 0.0 }
    let target: [Double] = [0, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    let problem = try #require(await Self.problem([Self.noise, flag], target))
    #expect(problem.contains("quasi-completely separated") && problem.contains("+x1"), "\(problem)")
    // A fraction, which is both good and bad, ends it.
    var mixed = target
    mixed[9] = 0.9
    _ = try await FitFixture.fit("logistic", [:], FitFixture.design([Self.noise, flag], mixed))
  }

  /// One row on the wrong side by a ten-thousandth of the range.
  @Test func nearlySeparatedDataIsFitted() async throws {
    let x = Self.x + [-0.4999]
    let target = Self.x.map { $0 > -0.6 ? 1.0 : 0.0 } + [0]
    let model = try await FitFixture.fit("logistic", [:], FitFixture.design([x], target))
    #expect(try FitFixture.numbers(model)[1] > 10)
  }

  @Test func aPenaltyFitsSeparatedDataAndSaysSo() async throws {
    // Above 1 all are bad; in the second case one of the others, which look alike, is bad too.
    let complete = (Self.x, Self.x.map { $0 > 0 ? 1.0 : 0.0 }, "is completely separated")
    let quasi = (
      Self.x.map { max(0, $0 - 1) }, Self.x.map { $0 > 1 || $0 == -1 ? 1.0 : 0.0 }, "quasi-completely separated by x0"
    )
    for (column, target, word) in [complete, quasi] {
      for ratio in [0, 1] as [Double] {
        let events = Mutex<[String]>([])
        let context = RunContext(stageID: "fit", seed: 1) { event in events.withLock { $0.append(event.message) } }
        _ = try await FitFixture.fit(
          "logistic", ["alpha": .float(0.01), "l1_ratio": .float(ratio)], FitFixture.design([column], target),
          in: context)
        #expect(events.withLock { $0 }.contains { $0.contains(word) })
      }
    }
  }

  /// A flag whose rows all have target 0 sends its coefficient to minus infinity.
  @Test(arguments: ["poisson", "tweedie"]) func countsOfNothingAreSeparatedToo(name: String) async throws {
    let flag = Self.x.map { $0 > 1.2 ? 1.0 : 0.0 }
    let target: [Double] = [1, 2, 0, 1, 3, 1, 2, 0, 0, 0]
    let problem = try #require(await Self.problem([Self.noise, flag], target, name))
    #expect(problem.contains("separated in the direction −x1"), "\(problem)")
    let settings: [String: ConfigValue.Content] = ["alpha": .float(0.01)]
    _ = try await FitFixture.fit(name, settings, FitFixture.design([Self.noise, flag], target))
  }

  /// For a Poisson model an exposure is the same as weight and as offset; otherwise the amount with its offset is the ratio
  /// with weights w^(2 − p).
  @Test func exposureAsWeightAndAsOffset() async throws {
    let design = FitFixture.drawn(.amount, seed: 5)
    let amounts = zip(design.target, design.weights).map(*)
    let withOffset = FitFixture.design(design.columns, amounts, offset: design.weights.map(Link.log.sum))
    for power in [1, 1.4, 1.9] {
      let asOffset = try FitFixture.numbers(
        try await FitFixture.fit("tweedie", ["power": .float(power), "exposure": .string("offset")], design))
      let asWeight = try FitFixture.numbers(
        try await FitFixture.fit("tweedie", ["power": .float(power)], design))
      let amount = try FitFixture.numbers(try await FitFixture.fit("tweedie", ["power": .float(power)], withOffset))
      #expect(FitFixture.distance(asOffset, amount) < 1e-10)
      #expect((FitFixture.distance(asOffset, asWeight) < 1e-10) == (power == 1))
    }
  }
}
