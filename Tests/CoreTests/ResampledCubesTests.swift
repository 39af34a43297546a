import CutlineCompute
import CutlineCore
import CutlineCredit
import TestSupport
import Testing

/// Cubes of resamples against the one builder of cubes, bit by bit.
@Suite struct ResampledCubesTests {
  private static let weights = PoissonWeights(RandomStream(seed: 5, label: "resample"))

  @Test(arguments: [([4, 5], 1), ([3], 2), ([2, 3, 4], 0), ([40, 60], 1)])
  func everyCubeIsThatOfItsWeights(bins: [Int], outside: Int) throws {
    // The last grid is too fine for a dense slice.
    let sample = CubeFixture.sample(2500, bins: bins, outside: outside)
    let cubes = try ResampledCubes(sample)
    #expect(cubes.isFast)
    for block in [0, 2] {
      for (lane, cube) in try cubes.block(block, Self.weights).enumerated() {
        let weights = sample.key.map { Self.weights.weight(of: $0, in: 8 * block + lane) }
        let expected = try Cube(of: sample, weights: weights, withBuckets: false)
        #expect(try CubeTests.bytes(cube) == CubeTests.bytes(expected))
      }
    }
    let ones = try cubes.cube { _ in 1 }
    #expect(try CubeTests.bytes(ones) == CubeTests.bytes(Cube(of: sample, withBuckets: false)))
  }

  /// A month in two periods has as many cubes as a month in one: the periods do not multiply what a cube may have.
  @Test func aGridAsFineAsACubeMayHaveIsResampled() throws {
    let rows = CubeFixture.sample(300, bins: [4000, 4000], outside: 0)
    let sample = Sample(
      grid: rows.grid, measure: rows.measure, outside: rows.outside, cell: rows.cell,
      month: (0..<300).map { Month(index: 2021 * 12 + $0 % 24) }, period: rows.period, status: rows.status,
      outcome: rows.outcome, scores: rows.scores,
      amounts: Dictionary(uniqueKeysWithValues: try rows.amounts.map { ($0, try rows.values(of: $0)) }),
      eligible: rows.eligible, key: rows.key, summary: rows.summary)
    let cube = try Cube(of: sample, withBuckets: false)
    let combinations = 4000 * 4000 * cube.months.count * ApplicationState.all.count
    #expect(combinations <= 1 << 32 && combinations * cube.periods.count > 1 << 32)
    let ones = try ResampledCubes(sample).cube { _ in 1 }
    #expect(try CubeTests.bytes(ones) == CubeTests.bytes(cube))
  }

  @Test func aBucketIsLeftOut() throws {
    let sample = CubeFixture.sample(1000)
    let cube = try ResampledCubes(sample).cube { Bucket.of(key: $0) % 20 == 4 ? 0 : 1 }
    let weights = sample.key.map { Bucket.of(key: $0) % 20 == 4 ? Int64(0) : 1 }
    #expect(try CubeTests.bytes(cube) == CubeTests.bytes(Cube(of: sample, weights: weights, withBuckets: false)))
  }

  @Test func oneRowAndSumsThatDoNotFit() throws {
    let one = CubeFixture.sample(1, bins: [2, 2], outside: 0)
    let cubes = try ResampledCubes(one).block(0, Self.weights)
    for (lane, cube) in cubes.enumerated() {
      let weight = Self.weights.weight(of: one.key[0], in: lane)
      let rows = try Period.allCases.map { try cube.sums(of: .rows, ApplicationState.all, in: $0).reduce(0, +) }
      #expect(rows.reduce(0, +) == weight)
    }
    let large = CubeFixture.sample(60, bins: [2, 2], outside: 0, largest: 1 << 61)
    #expect(!(try ResampledCubes(large).isFast))
    let faults = expectFaults(.data) { _ = try ResampledCubes(large).block(0, Self.weights) }
    #expect(faults?.problem.contains("does not fit in 64 bits") ?? false)
  }
}
