import CutlineCompute
import CutlineSearch
import Testing

/// The region of greatest sum against all regions of small grids.
@Suite struct GreatestRegionTests {
  /// All monotone sets of cells, as counts per line.
  private static func regions(_ shape: [Int]) -> [[UInt16]] {
    let lines = shape.dropLast().reduce(1, *)
    let last = shape[shape.count - 1]
    var strides: [Int] = []
    var stride = 1
    for size in shape.dropLast().reversed() {
      strides.insert(stride, at: 0)
      stride *= size
    }
    return (0..<lines).reduce([[UInt16]]([[]])) { all, line in
      let safer = zip(strides, shape).compactMap { line / $0 % $1 > 0 ? line - $0 : nil }
      return all.flatMap { one in
        (0...(safer.map { Int(one[$0]) }.min() ?? last)).map { one + [UInt16($0)] }
      }
    }
  }

  @Test(arguments: [[7], [4, 5], [2, 3, 3], [2, 2, 2, 2], [1, 1]]) func againstAllRegions(shape: [Int]) throws {
    var stream = RandomStream(seed: UInt64(shape.count), stream: 8)
    let all = Self.regions(shape)
    let last = shape[shape.count - 1]
    for round in 0..<40 {
      let gains = (0..<shape.reduce(1, *)).map { _ in
        Int64(stream.index(below: round % 2 == 0 ? 5 : 2001)) - (round % 2 == 0 ? 2 : 1000)
      }
      func sum(_ region: [UInt16]) -> Int64 {
        region.indices.reduce(0) { total, line in
          gains[line * last..<line * last + Int(region[line])].reduce(total, +)
        }
      }
      let found = try GreatestRegion.accepted(shape: shape, gains: gains)
      let best = all.map(sum).max() ?? 0
      #expect(sum(found) == best)
      // The smallest of the best: all others hold it.
      for other in all where sum(other) == best { #expect(zip(found, other).allSatisfy(<=)) }
    }
  }

  @Test func shapesAndSizes() throws {
    #expect(throws: ComputeError.self) { try GreatestRegion.accepted(shape: [2, 2], gains: [1]) }
    #expect(throws: ComputeError.self) { try GreatestRegion.accepted(shape: [1], gains: [1 << 53]) }
    // Ten thousand cells: gains in front, losses behind, and noise.
    var stream = RandomStream(seed: 5, stream: 8)
    let gains = (0..<10_000).map { cell -> Int64 in
      Int64(100 - (cell / 100 + cell % 100)) + Int64(stream.index(below: 41)) - 20
    }
    let found = try GreatestRegion.accepted(shape: [100, 100], gains: gains)
    #expect(zip(found, found.dropFirst()).allSatisfy(>=) && found[0] > 90 && found[99] < 10)
  }
}
