import CutlineCompute
import CutlineSearch
import Testing

@Suite struct BootstrapFrontierTests {
  @Test(arguments: SearchOracle.Family.allCases)
  func everyReplicateEqualsItsOwnSearch(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 41, stream: UInt64(family.rawValue))
    let grids = try (0..<6).map { _ in try SearchOracle.grid(family, rows: 5, columns: 6, random: &random) }
    let expected = try grids.map { try ExhaustiveSearch().frontier(of: $0).points }
    for workers in [1, 2, 7] {
      #expect(try FrontierSearch(workers: workers).frontiers(of: grids).map(\.points) == expected)
    }
    let counts = try FrontierSearch(workers: 2).frontiers(of: grids) { place, result in [place, result.points.count] }
    #expect(counts == expected.enumerated().map { [$0.offset, $0.element.count] })
  }

  @Test func pinsHoldInEveryReplicate() throws {
    var random = RandomStream(seed: 42)
    let grids = try (0..<4).map { _ in try SearchOracle.grid(.plain, rows: 5, columns: 6, random: &random) }
    let bounds = try StrategyBounds(
      shape: grids[0].shape, accepting: [[1, 2]], rejecting: [[3, 4]])
    for (grid, result) in zip(grids, try FrontierSearch().frontiers(of: grids, bounds: bounds)) {
      #expect(result.points == (try FrontierSearch().frontier(of: grid, bounds: bounds).points))
      #expect(result.points.allSatisfy { bounds.contains($0.accepted) })
    }
  }

  @Test func faultsAndNothingToDo() throws {
    var random = RandomStream(seed: 43)
    let small = try SearchOracle.grid(.plain, rows: 2, columns: 2, random: &random)
    let large = try SearchOracle.grid(.plain, rows: 2, columns: 3, random: &random)
    #expect(try FrontierSearch().frontiers(of: []).isEmpty)
    #expect(throws: ComputeError.self) { try FrontierSearch().frontiers(of: [small, large]) }
    #expect(throws: CancellationError.self) { try FrontierSearch().frontiers(of: [small], isCancelled: { true }) }
  }
}
