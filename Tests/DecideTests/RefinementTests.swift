import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// Drafts by blending: of an expert card, and of a card in points.
@Suite struct RefinementTests {
  static let expert = """
    {"format": "cutline-weights-1", "features": [
      {"name": "a", "weight": 40, "transform": {"kind": "flag"}},
      {"name": "b", "weight": 30, "transform": {"kind": "cap", "limit": 10}},
      {"name": "c", "weight": 20, "transform": {"kind": "linear", "from": 0, "to": 1}},
      {"name": "d", "weight": 10, "transform": {"kind": "log", "limit": 99}}]}
    """

  static func model(
    _ coefficients: [(String, Double)], basis: CardModelFile.Basis = .transforms, card: Scorecard? = nil
  )
    throws -> [UInt8]
  {
    let file = CardModelFile(
      estimator: "elsewhere", basis: basis, intercept: 0,
      terms: coefficients.map { .init(feature: $0.0, coefficient: $0.1) }, metrics: nil, card: card)
    return Array(try CanonicalJSON.encode(file))
  }

  static func registered(
    _ fixture: DecisionFixture, _ file: [UInt8], sample: CardSample? = nil
  ) throws -> String {
    var draft = Store.ModelDraft(file: file, dataSHA256: String(repeating: "1", count: 64), codeVersion: "test")
    draft.sample = sample?.csv
    return try fixture.store.registerModel(draft, product: "loan", by: fixture.caller("ann")).modelID
  }

  static func base(_ fixture: DecisionFixture, _ content: [UInt8]) throws -> VersionName {
    var draft = Store.Draft(content: content)
    draft.source = "expert"
    draft.evidence = [fixture.gates("PASS")]
    return try fixture.store.create(
      product: "loan", kind: .scorecard, version: "v1", draft, by: fixture.caller("ann")
    ).name
  }

  /// J07 and J08: weights 40, 30, 20, 10, coefficients −.9, −.3, .2, −.6.
  @Test func theGoldenOfTheRequirement() throws {
    let fixture = try DecisionFixture()
    let base = try Self.base(fixture, Array(Self.expert.utf8))
    let model = try Self.registered(fixture, Self.model([("a", -0.9), ("b", -0.3), ("c", 0.2), ("d", -0.6)]))
    var request = Store.RefinementRequest(model: model, base: base)
    request.name = "ml_v2"
    let before = try fixture.store.content(of: base)
    let refined = try fixture.store.refine(request, by: fixture.caller("ann"))
    #expect(refined.changes.map(\.new) == [45, 23.33, 10, 21.67])
    let advised = refined.changes.map { $0.advised ?? .nan }
    #expect(zip(advised, [50, 50.0 / 3, 0, 100.0 / 3]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(advised)")
    let changes = refined.changes.map { $0.changePct ?? .nan }
    #expect(zip(changes, [12.5, -22.2333, -50, 116.7]).allSatisfy { abs($0 - $1) < 1e-3 }, "\(changes)")
    #expect(
      refined.changes.filter { $0.isSmall == false }.map(\.feature) == ["c", "d"], "exactly a half is no small change")
    let gate = try #require(refined.gates.first { $0.gate == "weight_change" })
    #expect(gate.verdict == .fail && gate.detail.contains("c, d"))
    #expect(refined.gates.first { $0.gate == "signs" }?.verdict == .fail, "c holds a fifth of the weight")
    #expect(refined.gates.first { $0.gate == "improvement" }?.verdict == .skipped, "no application came with the model")
    // A draft, bound to its gates; the base is what it was, and nothing came into force.
    #expect(
      refined.version.state == .draft && refined.version.gates == "fail" && refined.version.source == "ml_refined")
    #expect(refined.version.modelID == model && refined.version.baseVersion == "v1")
    #expect(try fixture.store.content(of: base) == before)
    #expect(try fixture.store.live(at: fixture.now).isEmpty)
    guard case .weights(let card) = try DecidingCard(fixture.store.content(of: refined.version.name), at: "x") else {
      Issue.record("another form")
      return
    }
    #expect(card.features.map(\.weight) == [45, 23.33, 10, 21.67])
    // The same again is no second version, and another alpha under the name is refused.
    #expect(try fixture.store.refine(request, by: fixture.caller("ann")).version.createdAt == refined.version.createdAt)
    request.alpha = 0.25
    #expect(refusal { try fixture.store.refine(request, by: fixture.caller("ann")) } == .conflict)
    #expect(try fixture.store.models().first?.versions.map(\.version) == ["loan/scorecard/ml_v2"])
    #expect(try fixture.store.verifyAudit().fault == nil)
    // Its table of gates is not replaced by a better one.
    #expect(
      refusal { try fixture.store.attach(fixture.gates("PASS"), to: refined.version.name, by: fixture.caller("ann")) }
        == .conflict)
  }

  @Test func alphaZeroKeepsTheBaseAndOneTakesTheAdvice() throws {
    let base = try DecidingCard(Array(Self.expert.utf8), at: "x")
    let file = try CardModelFile.read(Self.model([("a", -1), ("b", -1), ("c", -1), ("d", -1)]), at: "m")
    for (alpha, weights) in [(0.0, [40.0, 30, 20, 10]), (1, [25, 25, 25, 25]), (0.3, [35.5, 28.5, 21.5, 14.5])] {
      #expect(try CardRefinement(base, file, alpha: alpha).changes.map(\.new) == weights)
    }
    expectFaults(.usage) { try CardRefinement(base, file, alpha: 1.01) }
    let wrong = try CardModelFile.read(Self.model([("a", 1), ("b", 0)]), at: "m")
    expectFaults(.gate) { try CardRefinement(base, wrong, alpha: 0.5) }
    let strange = try CardModelFile.read(Self.model([("a", -1), ("new", -1)]), at: "m")
    expectFaults(.usage) { try CardRefinement(base, strange, alpha: 0.5) }
    let woe = try CardModelFile.read(Self.model([("a", -1)], basis: .woe), at: "m")
    expectFaults(.usage) { try CardRefinement(base, woe, alpha: 0.5) }
  }

  /// Bins of x and y with given counts, and a coefficient for each.
  static func card(_ x: Double, _ y: Double, edges: [Double] = [1, 2]) throws -> Scorecard {
    let scale = try PointScale()
    return try PointsScaling.card(
      intercept: -2,
      [
        .init(name: "x", edges: edges, good: [100, 200, 300, 0], bad: [50, 40, 20, 0], coefficient: x),
        .init(name: "y", edges: [0], good: [300, 300, 0], bad: [20, 90, 0], coefficient: y),
      ], scale: scale, bands: ScoreBands([.init(name: "high", from: 560), .init(name: "low", from: 0)]))
  }

  @Test func pointsAreBlendedBinByBin() throws {
    let (base, advice) = (try Self.card(-0.6, -0.8), try Self.card(-1.2, -0.4))
    let file = try CardModelFile.read(Self.model([("x", -1.2), ("y", -0.4)], basis: .woe, card: advice), at: "m")
    let refined = try CardRefinement(.points(base), file, alpha: 0.25)
    guard case .points(let card) = refined.card else {
      Issue.record("another form")
      return
    }
    for (place, characteristic) in card.characteristics.enumerated() {
      let (a, b) = (base.characteristics[place], advice.characteristics[place])
      for bin in characteristic.attributes.indices {
        let exact = 0.75 * a.attributes[bin].exact + 0.25 * b.attributes[bin].exact
        #expect(abs(characteristic.attributes[bin].exact - exact) < 1e-9)
        #expect(characteristic.attributes[bin].points == Int64(exact.rounded(.toNearestOrEven)))
      }
    }
    #expect(card.bands == base.bands && card.cutoff == base.cutoff)
    // Weights in all are 100, before and after.
    #expect(abs(refined.changes.reduce(0) { $0 + $1.new } - 100) < 1e-9)
    // Other bins are not blended.
    let other = try Self.card(-1, -1, edges: [1, 3])
    let elsewhere = try CardModelFile.read(Self.model([("x", -1), ("y", -1)], basis: .woe, card: other), at: "m")
    expectFaults(.usage) { try CardRefinement(.points(base), elsewhere, alpha: 0.5) }
  }

  /// Where the model's sign says the opposite of the bins, it advises the points of average evidence: all bins the same.
  @Test func aWrongSignAdvisesNothing() throws {
    let (base, advice) = (try Self.card(-0.6, -0.8), try Self.card(-1.2, 0.4))
    let file = try CardModelFile.read(Self.model([("x", -1.2), ("y", 0.4)], basis: .woe, card: advice), at: "m")
    let refined = try CardRefinement(.points(base), file, alpha: 1)
    guard case .points(let card) = refined.card else {
      Issue.record("another form")
      return
    }
    let flat = card.characteristics[1].attributes.map(\.exact)
    #expect(flat.allSatisfy { abs($0 - flat[0]) < 1e-9 }, "\(flat)")
    #expect(refined.changes[1].hasSignConflict && refined.changes[1].new == 0)
  }

  /// What the model did not learn from judges the blend: against the base, by the same rows.
  @Test func gatesLookAtTheModelsTest() throws {
    let fixture = try DecisionFixture()
    let (old, advice) = (try Self.card(-0.2, -0.8), try Self.card(-1.2, -0.8))
    let base = try Self.base(fixture, Array(CanonicalJSON.encode(old)))
    var (bins, isBad): ([[Int]], [Bool]) = ([], [])
    for row in 0..<2000 {
      let pattern = [row % 3, row / 3 % 2]
      // One in 3, 6 and 18 by the bin of x: the advice is right.
      bins.append(pattern)
      isBad.append([0, 1, 2].map { [3, 6, 18][$0] }[pattern[0]].isDivisor(of: row / 6))
    }
    let sample = CardSample(["x", "y"], split: "time", bins: bins, isBad: isBad)
    #expect(try CardSample(csv: sample.csv, at: "s") == sample)
    let file = try Self.model([("x", -1.2), ("y", -0.8)], basis: .woe, card: advice)
    let model = try Self.registered(fixture, file, sample: sample)
    let refined = try fixture.store.refine(Store.RefinementRequest(model: model, base: base), by: fixture.caller("ann"))
    let gates = Dictionary(uniqueKeysWithValues: refined.gates.map { ($0.gate, $0) })
    #expect(gates["improvement"]?.rows == 2000 && (gates["improvement"]?.value ?? 0) > 0)
    #expect(gates["score_correlation"]?.value != nil && gates["band_stability"]?.rows == 2000)
    #expect(gates["samples"]?.verdict == .pass)
    // The table of gates is the evidence that approvals bind to.
    let evidence = try fixture.store.evidence("gates", of: refined.version.name)
    #expect(evidence == ScorecardGate.csv(refined.gates))
    // A table that the caller brings goes before.
    var request = Store.RefinementRequest(model: model, base: base)
    request.name = "other"
    request.table = Store.RefinementTable(
      name: "t.csv", columns: ["x": .numbers([0.5, 1.5, 2.5]), "y": .numbers([0, 1, -1])], rowCount: 3, isBad: [])
    let judged = try fixture.store.refine(request, by: fixture.caller("ann"))
    #expect(judged.gates.first { $0.gate == "improvement" }?.verdict == .skipped)
    #expect(judged.gates.first { $0.gate == "band_stability" }?.rows == 3)
    #expect(
      refusal { try fixture.store.refine(.init(model: "none", base: base), by: fixture.caller("ann")) } == .notFound)
    #expect(
      refusal { try fixture.store.refine(.init(model: model, base: base), by: fixture.caller("vic")) } == .forbidden)
  }
}

extension Int {
  fileprivate func isDivisor(of number: Int) -> Bool { number % self == 0 }
}
