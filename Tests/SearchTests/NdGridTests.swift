import CutlineCompute
import CutlineSearch
import Testing

@Suite struct NdGridTests {
  @Test func shapesAndSumsAreChecked() throws {
    func make(_ shape: [Int], _ count: Int, _ value: Int64 = 1) throws -> GridSumsND {
      let values = [Int64](repeating: value, count: count)
      return try GridSumsND(shape: shape, production: values, numerator: values, denominator: values)
    }
    #expect(try make([2, 3, 4], 24).countsPerStrategy == 6)
    for (shape, count) in [([], 1), ([2, 0], 0), ([2, 3], 5), ([70_000], 70_000), ([1 << 13, 1 << 13], 1)] {
      #expect(throws: ComputeError.self) { try make(shape, count) }
    }
    #expect(throws: ComputeError.sumsTooLarge("production")) { try make([2, 1, 2], 4, 1 << 51) }
    #expect(throws: ComputeError.sumsTooLarge("production")) { try make([1], 1, .min) }
  }

  @Test func onlyClosedRegionsAreStrategies() throws {
    let values = (1...12).map { Int64($0) }
    let grid = try GridSumsND(shape: [2, 2, 3], production: values, numerator: values, denominator: values)
    #expect(grid.position(of: 7) == [1, 0, 1])
    #expect(try grid.sums(accepted: [3, 1, 2, 1]).production == 6 + 4 + 15 + 10)
    for accepted: [UInt16] in [[3, 1, 2, 2], [1, 2, 0, 0], [4, 0, 0, 0], [1, 0, 2, 0], [1, 1, 1]] {
      #expect(throws: ComputeError.self) { try grid.sums(accepted: accepted) }
    }
  }
}
