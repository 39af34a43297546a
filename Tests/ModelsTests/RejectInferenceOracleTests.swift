import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineModels

/// Every method and the evidence of overrides against Tests/Oracles/reject_inference.py, which recomputes them from rows.
@Suite("Reject inference against independent forms")
struct RejectInferenceOracleTests {
  @Test(arguments: ["buckets", "months"]) func methods(_ name: String) async throws {
    let fixture = try RejectFixture(name)
    let cube = try Cube(of: fixture.sample())
    let surface = try fixture.surface(of: cube)
    #expect(zip(surface.risk, fixture.risk).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect((cube.buckets != nil) == (name == "buckets"))
    #expect(Set(fixture.methods.map(\.method)).count == RejectFixture.names.count - 1, "none needs no other form")
    for expected in fixture.methods {
      let adjustment = try await RejectFixture.infer(
        expected.method, expected.settings.mapValues(\.content), cube, surface)
      let far = zip(adjustment.multiplier, expected.multiplier).map { abs($0 - $1) }.max() ?? 1
      #expect(
        far < 1e-9, "\(expected.method) \(expected.settings): \(adjustment.multiplier) \(expected.multiplier)")
      #expect(adjustment.method == expected.method)
    }
  }

  @Test(arguments: ["buckets", "months"]) func evidence(_ name: String) throws {
    let fixture = try RejectFixture(name)
    let cube = try Cube(of: fixture.sample())
    let surface = try fixture.surface(of: cube)
    for expected in fixture.evidence {
      let ours = try RejectFixture.evidence(cube, surface, expected.settings.mapValues(\.content))
      #expect(ours.status == .estimated)
      #expect(ours.groups == (name == "buckets" ? .buckets(30) : .months(12)))
      let interval = try #require(ours.interval)
      for (figure, theirs) in [
        (ours.ratio ?? 0, expected.ratio), (interval.low, expected.low), (interval.high, expected.high),
        (ours.shrunk, expected.shrunk), (ours.effectiveBads, expected.effective),
        (ours.expectedBads, expected.expected),
      ] { #expect(abs(figure - theirs) <= 1e-10 * theirs, "\(expected.settings): \(figure) \(theirs)") }
      #expect(ours.cappedCells == expected.capped && abs(ours.cappedShare - expected.lost) < 1e-12)
      #expect(Int(ours.overrides) == expected.overrides && Int(ours.badOverrides) == expected.bads)
      #expect(ours.compared == expected.cells.map { Int($0[0]) })
      for (cell, theirs) in zip(ours.compared, expected.cells) {
        let own = try #require(ours.cells[cell].interval)
        #expect(abs(own.low - theirs[1]) <= 1e-10 * (1 + theirs[1]) && abs(own.high - theirs[2]) <= 1e-10 * theirs[2])
      }
      let factors = ours.cells.map(\.rejectedFactor)
      #expect(zip(factors, expected.factors).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(zip(ours.cells.map(\.exposure), expected.exposure).allSatisfy { abs($0 - $1) <= 1e-9 * $1 + 1e-9 })
    }
  }

  /// The check's figures: what is predicted in the compared cells, and what overrides say.
  @Test func theCheckAddsUp() throws {
    let fixture = try RejectFixture("buckets")
    let cube = try Cube(of: fixture.sample())
    let evidence = try RejectFixture.evidence(cube, try fixture.surface(of: cube))
    let expected = try #require(fixture.evidence.first)
    let uplift = try #require(fixture.methods.first)
    let report = OverrideReport(
      evidence,
      [
        NamedArtifact("uplift", RejectAdjustment(method: "given", multiplier: uplift.multiplier, cappedCells: 0))
      ])
    let all = expected.exposure.reduce(0, +)
    let predicted = zip(zip(expected.exposure, fixture.risk), uplift.multiplier).reduce(0) {
      $0 + $1.0.0 * $1.0.1 * $1.1
    }
    #expect(abs(try #require(report.methods[0].predictedRisk) - 100 * predicted / all) < 1e-9)
    let totals = try #require(try report.files().files.last)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(totals.bytes)) as? [String: Any])
    #expect(abs(try #require(json["rejectRisk"] as? Double) - expected.rejectRisk) < 1e-9)
    #expect(json["assumption"] as? String == OverrideEvidence.assumption)
  }

  @Test func quantilesOfTheGammaDistribution() throws {
    struct Content: Decodable { let quantiles: [[Double]] }
    let content = try JSONDecoder().decode(Content.self, from: RejectFixture.data("gamma"))
    #expect(content.quantiles.count == 108)
    for one in content.quantiles {
      let (shape, p, expected) = (one[0], one[1], one[2])
      let ours = GammaDistribution.quantile(p, shape: shape)
      #expect(abs(ours - expected) <= 1e-10 * expected, "shape \(shape), p \(p): \(ours) \(expected)")
      #expect(abs(ChiSquared.quantile(p, degrees: 2 * shape) - 2 * ours) <= 1e-15 * ours)
      let (lower, upper) = GammaDistribution.probabilities(shape: shape, at: ours)
      #expect(abs(lower - p) < 1e-12 && abs(upper - (1 - p)) < 1e-12)
    }
    #expect(GammaDistribution.quantile(0, shape: 2) == 0 && GammaDistribution.quantile(1, shape: 2) == .infinity)
    #expect(GammaDistribution.probabilities(shape: 2, at: 0) == (0, 1))
  }

  /// With equal weights and a Poisson variance the interval is Garwood's exact one.
  @Test func theIntervalIsGarwoodsForCounts() throws {
    // S = V = 7: seven of a great number of groups have one event each.
    let groups = (0..<70_000).map { $0 < 7 ? 1.0 : 0 }
    let rate = try #require(StandardisedRate(groups: groups, expected: 1, event: 1, events: 7))
    let interval = rate.interval(0.95)
    // Of 7 Poisson events at 95 %, from tables.
    #expect(abs(interval.low - 2.814) < 1e-3 && abs(interval.high - 14.423) < 1e-3)
    let none = try #require(StandardisedRate(groups: [0, 0, 0], expected: 1, event: 1, events: 0)).interval(0.95)
    #expect(none.low == 0 && abs(none.high - 3.689) < 1e-3)
    #expect(StandardisedRate(groups: [3], expected: 1, event: 1, events: 3) == nil)
    // Two groups that happen to agree are no surer than their seven events.
    let agreeing = try #require(StandardisedRate(groups: [3.5, 3.5], expected: 1, event: 1, events: 7))
    #expect(agreeing.effectiveEvents == 7)
  }
}
