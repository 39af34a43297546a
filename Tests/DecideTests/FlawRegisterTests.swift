import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// The flaws of the original that requirement 001 describes, each by the wrong result that it gave and what is done here instead
/// (`docs/methods/scorecard-labels.md`).
@Suite struct FlawRegisterTests {
  private static let weights: [(feature: String, weight: Double)] = [
    ("income", 40), ("debt", 30), ("age", 20), ("tenure", 10),
  ]
  private static let coefficients: [(feature: String, value: Double)] = [
    ("income", -0.9), ("debt", 0.8), ("age", -0.3), ("tenure", -0.1),
  ]

  /// 1: the coefficient of bad was added to a score where more is better.
  @Test func flaw1RiskierFeaturesEarnNoPoints() throws {
    let sum = Self.coefficients.reduce(0) { $0 + $1.value.magnitude }
    let original = Self.coefficients.map { 100 * $0.value / sum }
    #expect(original[1] > 0 && original[0] < 0, "upside down: debt earned points, income cost some")
    let features = Self.weights.map {
      WeightCard.Feature(name: $0.feature, weight: $0.weight, transform: .linear(from: 0, to: 1))
    }
    let card = try WeightCard(features: features)
    let file = try CardModelFile.read(RefinementTests.model(Self.coefficients.map { ($0.feature, $0.value) }), at: "m")
    let refined = try CardRefinement(.weights(card), file, alpha: 1)
    #expect(refined.changes.allSatisfy { $0.new >= 0 })
    #expect(refined.changes[1].new == 0 && refined.changes[1].hasSignConflict, "told, not turned round")
    #expect(refined.changes[0].new > refined.changes[2].new && refined.changes[2].new > refined.changes[3].new)
    // The gate looks at the scores of the new card, not at the model.
    guard case .weights(let new) = refined.card else { return }
    #expect(try new.score([1, 0, 1, 1]) > new.score([0, 0, 0, 0]))
  }

  /// 2: bad were the lowest 5 % by the active score itself.
  @Test func flaw2LabelsThatTheScoreMakesAreRefused() throws {
    let scores = (0..<1000).map { Double(500 + $0) }
    let isBad = scores.map { $0 < 550 }
    let population = ScorecardGates.Population("labels", new: scores, old: scores, isBad: isBad)
    #expect(ScorecardGates.area(population).value == 1, "the model that learnt it seemed perfect")
    #expect(ScorecardGates.circularity(population).verdict == .fail)
    // Labels that say that a model made them are refused before: `aModelsLabelsTeachNothing` of the tests of runs.
    let outcome = try Outcome(
      applicationID: "A", event: "default", occurredOn: "2024-01-01", seenUntil: "", externalKey: "k", source: "model")
    #expect(outcome.source == .model)
  }

  /// 3: a refined version came into force at once.
  @Test func flaw3ARefinedVersionIsADraft() throws {
    let fixture = try DecisionFixture()
    let base = try RefinementTests.base(fixture, Array(RefinementTests.expert.utf8))
    let model = try RefinementTests.registered(
      fixture, RefinementTests.model([("a", -0.4), ("b", -0.3), ("c", -0.2), ("d", -0.1)]))
    let refined = try fixture.store.refine(.init(model: model, base: base), by: fixture.caller("ann"))
    #expect(refined.version.state == .draft)
    for name in ["ann", "bob", "dan"] {
      let request = VersionRequest(.activate, refined.version.name)
      #expect(refusal { try fixture.store.perform(request, by: fixture.caller(name)) } == .notApproved, "\(name)")
    }
    #expect(try fixture.store.live(at: fixture.now).isEmpty)
  }

  /// 11: missing was 0.
  @Test func flaw11MissingIsNotZero() throws {
    let silent = WeightCard.Feature(name: "income", weight: 100, transform: .cap(limit: 10))
    let card = try WeightCard(features: [silent])
    expectFaults(.data) { try card.score([.nan]) }
    #expect(try card.score([0]) == 300)
    let stated = WeightCard.Feature(name: "income", weight: 100, transform: .cap(limit: 10), missing: 0.5)
    #expect(try WeightCard(features: [stated]).score([.nan]) == 600)
    // A card in points has a bin for it.
    let points = try RefinementTests.card(-1, -1)
    #expect(points.characteristics[0].bins.bin(of: Double.nan) == points.characteristics[0].bins.missingBin)
    #expect(points.characteristics[0].bins.bin(of: 0.0) == 0)
  }

  /// 12: weights of 165 above a base of 300 reached 465, and bands began at 550.
  @Test func flaw12NoBandIsOutOfReach() throws {
    let weights = [15, 10, 5, 10, 10, 20, 15, 25, 15, 10, 10, 10, 10]
    #expect(300 + weights.reduce(0, +) == 465, "everybody was in the lowest band of the original")
    let features = weights.enumerated().map {
      WeightCard.Feature(name: "f\($0.offset)", weight: Double($0.element), transform: .flag)
    }
    let card = try WeightCard(features: features)
    #expect(card.range == 300...900 && card.unreachable.isEmpty)
    #expect(try card.score(weights.map { _ in 1 }) == 900)
    let faults = expectFaults(.data) { try WeightCard(lowest: 300, highest: 465, features: features) }
    #expect(faults?.problem.contains("no application reaches the band excellent: scores lie in 300 to 465") == true)
  }

  /// 13: the value 1 got the full weight, and 1.01 a hundredth of it.
  @Test func flaw13ASmallStepIsNoJump() throws {
    for transform in [
      WeightCard.Transform.cap(limit: 100), .log(limit: 100), .linear(from: 0, to: 100),
    ] {
      let card = try WeightCard(features: [.init(name: "f", weight: 100, transform: transform)])
      let scores = try stride(from: 0.9, through: 1.1, by: 0.01).map { try card.score([$0]) }
      #expect(zip(scores, scores.dropFirst()).allSatisfy { $1 >= $0 && $1 - $0 <= 2 }, "\(scores)")
    }
    // What is a flag is said to be one, and takes no other value.
    let flag = try WeightCard(features: [.init(name: "f", weight: 100, transform: .flag)])
    #expect(try flag.score([1]) == 900)
    expectFaults(.data) { try flag.score([1.01]) }
  }

  /// 18: features were taken as of the making of the label, a window later.
  @Test func flaw18LabelsCarryTheDayOfTheDecision() throws {
    let fixture = try DecisionFixture()
    let ann = try fixture.caller("ann")
    let decided = try #require(CalendarDate(iso: "2024-01-15"))
    _ = try fixture.store.addBatch(
      "B1", product: "loan", applications: [.init(applicationID: "A", on: decided)], source: "a.csv",
      sourceSHA256: String(repeating: "0", count: 64), by: ann)
    let outcome = try Outcome(
      applicationID: "A", event: "default", occurredOn: "2024-03-01", seenUntil: "2024-12-31", externalKey: "k")
    _ = try fixture.store.appendOutcomes([(1, outcome)], at: "f", product: "loan", by: ann)
    fixture.wait(hours: 24 * 200)
    let report = try fixture.store.buildLabels(.init(batch: "B1"), by: ann)
    let label = try #require(fixture.store.labels(of: "B1").first)
    #expect(report.builtAt.date > "2026-07-01" && label.decidedOn == "2024-01-15")
    #expect(
      String(decoding: Store.Label.csv([label], of: report), as: UTF8.self).contains(
        "A,2024-01-15,used,1,observed,default,180,"))
  }

  /// 19: the seed was the hash of a text, which differs between processes.
  @Test func flaw19LabelsAreTheSameInEveryProcess() throws {
    let digests = try (0..<2).map { _ in
      let fixture = try DecisionFixture()
      let ann = try fixture.caller("ann")
      let day = try #require(CalendarDate(iso: "2024-01-15"))
      _ = try fixture.store.addBatch(
        "B1", product: "loan", applications: (0..<50).map { .init(applicationID: "A\($0)", on: day) }.shuffled(),
        source: "a.csv", sourceSHA256: String(repeating: "0", count: 64), by: ann)
      let outcomes = try (0..<50).map { number in
        (
          number,
          try Outcome(
            applicationID: "A\(number)", event: number % 7 == 0 ? "default" : "none", occurredOn: "2024-03-01",
            seenUntil: "2024-12-31", externalKey: "k\(number)")
        )
      }
      _ = try fixture.store.appendOutcomes(outcomes, at: "f", product: "loan", by: ann)
      return try fixture.store.buildLabels(.init(batch: "B1"), by: ann).sha256
    }
    #expect(digests[0] == digests[1])
    // What parts a test off hangs on a hash that is the same in any process: the published value of FNV-1a.
    #expect(RandomStream.hash("foobar".utf8) == 0x8594_4171_F739_67E8)
  }

  /// 22: four ladders of bands in four places.
  @Test func flaw22BandsArePartOfTheVersion() throws {
    let ladders = [[750, 650, 550], [800, 700, 600, 450], [700, 500], [700, 550]]
    #expect(Set(ladders.map { ladder in ladder.firstIndex { 720 >= $0 } ?? -1 }).count > 1, "one score, several bands")
    let features = [WeightCard.Feature(name: "f", weight: 1, transform: .linear(from: 300, to: 900))]
    let cards = try ladders.map { ladder in
      try WeightCard(
        features: features,
        bands: ScoreBands(
          ladder.enumerated().map { .init(name: "band\($0.offset)", from: Int64($0.element)) }
            + [.init(name: "rest", from: 300)]))
    }
    let contents = try cards.map { try DecidingCard.weights($0).content }
    #expect(Set(contents).count == 4, "other bands are another version")
    for (card, content) in zip(cards, contents) {
      #expect(try DecidingCard(content, at: "x").bands == card.bands)
      #expect(try card.score([720]) == 720)
    }
    // A refined card keeps the bands of its base.
    let file = try CardModelFile.read(RefinementTests.model([("f", -1)]), at: "m")
    #expect(try CardRefinement(.weights(cards[0]), file, alpha: 1).card.bands == cards[0].bands)
  }
}
