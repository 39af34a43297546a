import CutlineCompute
import CutlineSearch
import Testing

@Suite struct StrategyCountTests {
  @Test func countsEqualTheEnumeration() throws {
    let shapes =
      NdOracle.shapes + [
        [3, 2, 2, 2], [2, 2, 2, 3], [2, 3, 2, 3], [4, 2, 2, 2], [2, 2, 2, 2, 2], [2, 1, 2, 2, 1, 3], [4, 4, 3],
        [3, 4, 3],
      ]
    for shape in shapes {
      let ones = [Int64](repeating: 1, count: shape.reduce(1, *))
      let grid = try GridSumsND(shape: shape, production: ones, numerator: ones, denominator: ones)
      #expect(StrategyCount.decimal(shape: shape) == String(NdOracle.regions(of: grid).count), "\(shape)")
    }
  }

  @Test func knownNumbers() throws {
    #expect(StrategyCount.decimal(shape: []) == "2")
    #expect(StrategyCount.decimal(shape: [1, 1]) == "2")
    #expect(StrategyCount.decimal(shape: [3, 0, 4]) == "1")
    #expect(StrategyCount.decimal(shape: [65_535]) == "65536")
    #expect(StrategyCount.decimal(shape: [10, 20]) == "30045015")
    // Plane partitions in cubes: A008793.
    for (side, count) in [(2, "20"), (3, "980"), (4, "232848"), (5, "267227532"), (6, "1478619421136")] {
      #expect(StrategyCount.decimal(shape: [side, side, side]) == count)
    }
    // Antichains of subsets: A000372, the Dedekind numbers.
    for (variables, count) in [(4, "168"), (5, "7581"), (6, "7828354")] {
      #expect(StrategyCount.decimal(shape: [Int](repeating: 2, count: variables)) == count)
    }
    for (shape, count) in [([6, 8, 3], 6.1e8), ([10, 10, 4], 2.3e17), ([10, 20, 5], 5.0e30)] {
      let value = try #require(StrategyCount.decimal(shape: shape).flatMap { Double($0) })
      #expect(abs(value / count - 1) < 0.02, "\(shape) \(value)")
    }
  }

  @Test func theOrderOfVariablesDoesNotMatter() {
    #expect(StrategyCount.decimal(shape: [3, 4, 2, 3]) == StrategyCount.decimal(shape: [2, 3, 3, 4]))
    #expect(StrategyCount.decimal(shape: [5, 9, 7]) == StrategyCount.decimal(shape: [9, 5, 7]))
    #expect(StrategyCount.decimal(rows: 30, columns: 70) == StrategyCount.decimal(shape: [70, 1, 30]))
  }

  @Test func beyondTheLimitThereIsNoCount() {
    #expect(StrategyCount.decimal(shape: [6, 6, 6, 6]) == nil)
    #expect(StrategyCount.decimal(shape: [6, 6, 6, 6, 1, 6]) == nil)
    // By a sum over chains of subsets of three, in Python.
    #expect(StrategyCount.decimal(shape: [2, 2, 2, 100]) == "14499965032826")
  }
}
