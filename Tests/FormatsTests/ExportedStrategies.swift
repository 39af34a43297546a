import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFormats
import Foundation

/// Strategies of all shapes, and records on and one ulp beside everything that their rules compare with.
struct ExportedStrategies {
  struct Case {
    let name: String
    let grid: CellGrid
    let strategy: Strategy
    let policies: [ScorePolicy]

    func rules(columns: [String: String] = [:]) throws -> StrategyRules {
      try StrategyRules(
        strategy, on: grid, policies: policies, header: ExportedStrategies.header(name), columns: columns)
    }

    /// By the cell of the grid, without any rule.
    func expected(_ values: [Double]) -> StrategyRules.Outcome {
      var bins: [Int] = []
      for ((axis, policy), value) in zip(zip(grid.axes, policies), values) {
        if let code = policy.codes.first(where: { $0.value == value }) { return code.outcome }
        if value.isNaN { return policy.missing }
        let inside = policy.clampsBeyond ? min(max(value, axis.edges[0]), axis.edges[axis.binCount]) : value
        guard let bin = axis.bin(of: inside) else { return policy.outside }
        bins.append(bin)
      }
      return strategy.accepts(grid.index(bins), in: grid) ? .accept : .reject
    }

    /// Per score: its edges and codes, the double on either side, ends, missing ones and others, in all combinations or at random.
    func columns(rows: Int) -> [[Double]] {
      var random = RandomStream(seed: 3)
      return zip(grid.axes, policies).map { axis, policy in
        let compared = axis.edges + policy.codes.map(\.value)
        let finite = compared.filter(\.isFinite)
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        return (0..<rows).map { _ in
          let value = compared[random.index(below: compared.count)]
          switch random.index(below: 12) {
          case 0: return .nan
          case 1: return [.infinity, -.infinity, 0, -0.0][random.index(below: 4)]
          case 2, 3, 4, 5: return value
          case 6: return value.nextUp
          case 7: return value.nextDown
          default: return low + (high - low) * (1.2 * random.uniform() - 0.1)
          }
        }
      }
    }
  }

  static func header(_ name: String) -> StrategyHeader {
    StrategyHeader(
      name: "\(name) */ -- <&\"", scenario: "base", status: "optimal", limitPct: "5", segment: "all",
      periodStart: "2022-01-01", periodEnd: "2022-12-01", run: "0f", version: "0.0")
  }

  static func axis(
    _ name: String, _ edges: [Double], _ direction: Direction = .higherIsSafer,
    numbering: GridAxis.Numbering = .ascending, closed: GridAxis.Closed = .right
  ) -> GridAxis {
    GridAxis(
      name: "\(name) bin", source: name, direction: direction, numbering: numbering, closed: closed, edges: edges)
  }

  /// A random monotone strategy: a combination accepts at least what every riskier one does.
  static func strategy(on grid: CellGrid, seed: UInt64) -> Strategy {
    var random = RandomStream(seed: seed)
    let axes = Array(grid.axes.dropLast())
    let outer = CellGrid(axes: axes)
    let columns = grid.axes.last?.binCount ?? 0
    let drawn = (0..<outer.cellCount).map { _ in random.index(below: columns + 1) }
    let accepted = (0..<outer.cellCount).map { place in
      let own = outer.bins(place)
      return (0..<outer.cellCount).filter { other in
        zip(axes, zip(own, outer.bins(other))).allSatisfy { $0.safestIsLast ? $1.1 <= $1.0 : $1.1 >= $1.0 }
      }.map { drawn[$0] }.max().map { $0 * 3 / 4 } ?? 0
    }
    return Strategy(accepted: accepted)
  }

  static func all() -> [Case] {
    let inner = [449.4, 462.8, 473.5, 484.0, 495.6, 508.4]
    let open = [-Double.infinity] + inner + [.infinity]
    let hard = [-1e17, -12.25, -1e-7, 0.1, 1000.0 / 3, 9_007_199_254_740_994, 1e22]
    let drop = ScorePolicy(codes: [.init(value: 9999, outcome: .outside), .init(value: 470, outcome: .keep)])
    let keep = ScorePolicy(missing: .keep, outside: .keep)
    let clamp = ScorePolicy(codes: [.init(value: -1, outcome: .outside)], missing: .keep, clampsBeyond: true)
    var cases: [Case] = []
    func add(_ name: String, _ axes: [GridAxis], _ policies: [ScorePolicy], _ own: Strategy? = nil) {
      let grid = CellGrid(axes: axes)
      let strategy = own ?? strategy(on: grid, seed: UInt64(cases.count))
      cases.append(Case(name: name, grid: grid, strategy: strategy, policies: policies))
    }
    add("staircase", [axis("score_rf", open), axis("select", open)], [drop, drop])
    add(
      "risk", [axis("a \"b\" <c> & d's", hard, .higherIsRiskier), axis("größe", inner, closed: .left)], [keep, drop])
    add(
      "descending",
      [
        axis("x", inner, numbering: .descending, closed: .left),
        axis("x; DROP TABLE t --", hard, .higherIsRiskier, numbering: .descending),
      ], [clamp, keep])
    add("clamped", [axis("x", inner, .higherIsRiskier), axis("y", inner, closed: .left)], [clamp, clamp])
    add("one score", [axis("score", open)], [drop])
    add("one risk", [axis("score", hard, .higherIsRiskier, closed: .left)], [keep], Strategy(accepted: [4]))
    add(
      "three scores",
      [axis("a", open, .higherIsRiskier), axis("b", inner, numbering: .descending), axis("c", hard, closed: .left)],
      [drop, clamp, keep])
    add(
      "four scores",
      [axis("a", [0, 1, 2, 3]), axis("b", [0, 1, 2], .higherIsRiskier), axis("c", [0, 1, 2, 3]), axis("d", inner)],
      [keep, drop, clamp, drop])
    let small = [axis("a", [0, 1, 2, 3]), axis("b", [0, 1, 2])]
    add("nothing", small, [drop, keep], Strategy(accepted: [0, 0, 0]))
    add("everything", small, [keep, drop], Strategy(accepted: [2, 2, 2]))
    // Stated cutoffs need not be monotone.
    add("not monotone", small, [keep, keep], Strategy(accepted: [2, 0, 1]))
    return cases
  }
}
