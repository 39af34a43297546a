import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineOptimize

/// Random cell tables with a part that comes from rejected applications, and searches by name.
enum SearchCases {
  static func grid(_ bins: [Int], _ directions: [Direction] = [.higherIsSafer, .higherIsRiskier]) -> CellGrid {
    CellGrid(
      axes: bins.enumerated().map { index, count in
        GridAxis(
          name: "s\(index)", source: "s\(index)", direction: directions[index % directions.count],
          edges: (0...count).map(Double.init))
      })
  }

  /// - Parameter size: of the amounts; small ones make ties.
  static func table(_ bins: [Int], size: Int, _ stream: inout RandomStream) -> CellTable {
    let grid = grid(bins)
    func sums(_ stream: inout RandomStream) -> CellSums {
      if stream.index(below: 5) == 0 { return .zero }
      return CellSums(
        numerator: Int64(stream.index(below: size)), denominator: Int64(1 + stream.index(below: 20 * size)),
        production: Int64(stream.index(below: size)))
    }
    var booked: [CellSums] = []
    var swapIn: [CellSums] = []
    for _ in 0..<grid.cellCount {
      booked.append(sums(&stream))
      swapIn.append(sums(&stream))
    }
    let zeros = [Double](repeating: 0, count: grid.cellCount)
    return CellTable(
      grid: grid, measure: RiskMeasure(multiplier: 7), booked: booked, rejected: booked.map { _ in .zero },
      rejectedRows: zeros.map { _ in 0 }, swapIn: swapIn, predictedRisk: zeros, rejectMultiplier: zeros,
      exposureRatio: 1, basis: Cells.summary().basis)
  }

  static var registry: Registry {
    get throws {
      var registry = Registry()
      try OptimizeStages.register(in: &registry)
      return registry
    }
  }

  /// A search with settings as TOML.
  static func run(_ name: String, _ table: CellTable, _ settings: String = "", workers: Int = 1) async throws
    -> Frontier
  {
    let entries = try ConfigDocument.parse(settings, source: "test").entries
    let stage = try registry.stage(kind: "search", name: name, at: .default)
    let output = try await stage.instance(entries)
      .run(["cells": table], in: RunContext(stageID: "search", seed: 1, workers: workers))
    return try #require(output as? Frontier)
  }

  /// The risk of accepting everything, in percent, rounded to three decimals; a scale for limits.
  static func risk(_ table: CellTable) -> Double {
    let all = table.booked.indices.map(table.total).reduce(.zero, +)
    return ((table.measure.percent(all) ?? 1) * 1000).rounded() / 1000
  }
}
