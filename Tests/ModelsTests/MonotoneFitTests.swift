import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// Isotonic regression and monotone surfaces: order everywhere, and no lawful change that would be better.
@Suite struct MonotoneFitTests {
  static func planted(_ sizes: [Int], rows: Int, seed: UInt64, noise: Double) -> Design {
    var stream = RandomStream(seed: seed)
    let columns = sizes.map { size in (0..<rows).map { _ in Double(stream.index(below: size)) } }
    let target = (0..<rows).map { row in
      columns.indices.reduce(1) { $0 + columns[$1][row] / Double(sizes[$1]) * ($1 == 1 ? -0.4 : 1) }
        * (1 + noise * (2 * stream.uniform() - 1))
    }
    return FitFixture.design(
      columns, target, weights: target.map { _ in 0.2 + stream.uniform() },
      directions: sizes.indices.map { $0 == 1 ? -1 : 1 })
  }

  /// Every pair of points in and around the grid, with holes in it.
  @Test(arguments: [([6, 5], 14), ([4, 3, 3], 20), ([9], 6), ([12, 12], 500)])
  func theSurfaceIsMonotoneOnAllPairs(sizes: [Int], rows: Int) async throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let design = Self.planted(sizes, rows: rows, seed: seed, noise: 0.8)
      let model = try await FitFixture.fit("monotone-surface", [:], design)
      var stream = RandomStream(seed: seed + 100)
      let points = (0..<150).map { _ in sizes.map { Double(stream.index(below: 2 * $0 + 4)) / 2 - 1 } }
      let values = try points.map { try model.form.value(of: $0) }
      for (i, a) in points.enumerated() {
        for (j, b) in points.enumerated()
        where zip(zip(a, b), design.directions).allSatisfy({ Double($1) * ($0.1 - $0.0) >= 0 }) {
          #expect(values[i] <= values[j])
        }
      }
    }
  }

  /// Barlow and Brunk: the least-squares surface is the best for every Bregman deviance; moving towards any other lawful
  /// surface is worse for squares, Poisson, gamma and Bernoulli.
  @Test func theSurfaceMinimisesEveryDeviance() async throws {
    let design = Self.planted([5, 4], rows: 60, seed: 8, noise: 0.9)
    let scale = 1 / (1.01 * (design.target.max() ?? 1))
    let own = FitFixture.design(
      design.columns, design.target.map { scale * max($0, 0.01) }, weights: design.weights,
      directions: design.directions)
    let best = try FitFixture.predicted(try await FitFixture.fit("monotone-surface", [:], own), own)
    let deviances: [(Double, Double) -> Double] = [
      { ($0 - $1) * ($0 - $1) }, { $1 - $0 * log($1) }, { $0 / $1 + log($1) },
      { -$0 * log($1) - (1 - $0) * log(1 - $1) },
    ]
    func total(_ g: [Double], _ deviance: (Double, Double) -> Double) -> Double {
      g.indices.reduce(0) { $0 + own.weights[$1] * deviance(own.target[$1], g[$1]) }
    }
    for seed in 1...20 as ClosedRange<UInt64> {
      var other = Self.planted([5, 4], rows: 60, seed: seed, noise: 0.9).target
      // Some lawful surface: the best one for other targets on the same points.
      other = other.map { scale * max($0, 0.01) }
      let lawful = try FitFixture.predicted(
        try await FitFixture.fit(
          "monotone-surface", [:],
          FitFixture.design(own.columns, other, weights: own.weights, directions: own.directions)), own)
      for share in [1e-4, 0.1, 0.9] {
        let moved = zip(best, lawful).map { (1 - share) * $0 + share * min($1, 0.999) }
        for deviance in deviances { #expect(total(best, deviance) <= total(moved, deviance) + 1e-12) }
      }
    }
  }

  /// A planted monotone surface without noise is met in every point.
  @Test func aPlantedSurfaceIsItself() async throws {
    let design = Self.planted([10, 8], rows: 300, seed: 2, noise: 0)
    let model = try await FitFixture.fit("monotone-surface", [:], design)
    #expect(FitFixture.distance(try FitFixture.predicted(model, design), design.target) < 1e-12)
    // With one feature it is isotonic regression.
    let line = Self.planted([40], rows: 200, seed: 3, noise: 0.7)
    let surface = try await FitFixture.fit("monotone-surface", [:], line)
    let steps = try await FitFixture.fit("isotonic", [:], line)
    #expect(
      FitFixture.distance(try FitFixture.predicted(surface, line), try FitFixture.predicted(steps, line)) < 1e-12)
  }

  @Test func unknownDirectionsAreRefused() async throws {
    let design = Self.planted([3, 3], rows: 9, seed: 1, noise: 0.1)
    let open = FitFixture.design(design.columns, design.target)
    await expectFaults(.data) { try await FitFixture.fit("monotone-surface", [:], open) }
    let item = { (name: String) in ConfigValue(.string(name), at: .default) }
    let stated = try await FitFixture.fit(
      "monotone-surface", ["rising": .array([item("x0")]), "falling": .array([item("x1")])], open)
    let plain = FitFixture.design(design.columns, design.target, directions: [1, -1])
    #expect(try await FitFixture.fit("monotone-surface", [:], plain) == stated)
    await expectFaults(.usage) {
      try await FitFixture.fit("monotone-surface", ["falling": .array([item("x0")])], plain)
    }
    await expectFaults(.usage) { try await FitFixture.fit("isotonic", [:], plain) }
  }
}
