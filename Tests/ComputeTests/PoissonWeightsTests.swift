import CutlineCompute
import Testing

/// Poisson weights and the sums under them: their law, and fast forms against the definition, bit by bit.
@Suite struct PoissonWeightsTests {
  private static let weights = PoissonWeights(RandomStream(seed: 42, label: "resample"))

  @Test func weightsFollowTheirLaw() {
    let draws = 400_000
    var counts = [Int](repeating: 0, count: 9)
    for key in 0..<draws / 8 {
      for resample in 0..<8 { counts[Int(Self.weights.weight(of: UInt64(key), in: resample))] += 1 }
    }
    // e^-1 / k!, within five standard errors.
    var share = 0.36787944117144233
    for k in 0..<6 {
      let error = (share * (1 - share) / Double(draws)).squareRoot()
      #expect(abs(Double(counts[k]) / Double(draws) - share) < 5 * error, "\(k): \(counts[k])")
      share /= Double(k + 1)
    }
    let mean = counts.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) } / Double(draws)
    #expect(abs(mean - 1) < 5 / Double(draws).squareRoot())
  }

  /// All 65,536 uniform numbers: mean and variance are 1 exactly, which the table of thresholds is rounded for.
  @Test func momentsAreExact() {
    let thresholds = [24109, 48219, 60274, 64291, 65296, 65497, 65531, 65535]
    let weights = (0..<65_536).map { u in thresholds.count { u >= $0 } }
    #expect(weights.reduce(0, +) == 65_536)
    #expect(weights.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } == 65_536)
    // The same by the weights themselves, of all resamples of one key: none exceeds the largest.
    let drawn = (0..<10_000).map { Self.weights.weight(of: 77, in: $0) }
    #expect(Int(drawn.max() ?? 0) <= PoissonWeights.largest && (drawn.min() ?? -1) == 0)
  }

  /// Neighbouring resamples, keys and streams have nothing to do with each other.
  @Test func weightsAreIndependent() {
    let other = PoissonWeights(RandomStream(seed: 43, label: "resample"))
    let n = 40_000
    func correlation(_ a: (Int) -> Int64, _ b: (Int) -> Int64) -> Double {
      (0..<n).reduce(0.0) { $0 + Double((a($1) - 1) * (b($1) - 1)) } / Double(n)
    }
    func own(_ resample: Int) -> (Int) -> Int64 { { Self.weights.weight(of: UInt64($0), in: resample) } }
    for pair in [(0, 1), (1, 2), (7, 8), (0, 8)] {
      #expect(abs(correlation(own(pair.0), own(pair.1))) < 5 / Double(n).squareRoot(), "\(pair)")
    }
    #expect(abs(correlation(own(3), { Self.weights.weight(of: UInt64($0 + 1), in: 3) })) < 0.025)
    #expect(abs(correlation(own(3), { other.weight(of: UInt64($0), in: 3) })) < 0.025)
  }

  private static func rows(
    _ count: Int, groups: Int, measures: Int, largest: Int64 = 10_000_000
  ) -> (group: [Int32], keys: [UInt64], measures: [[Int64]]) {
    var stream = RandomStream(seed: UInt64(count + 1000 * measures))
    // Some groups stay empty, some rows are left out.
    let group = (0..<count).map { _ in Int32(stream.index(below: groups + 1)) - 1 }
    return (
      group.map { $0 % 5 == 3 ? -1 : $0 }, (0..<count).map { _ in stream.next64() },
      (0..<measures).map { _ in (0..<count).map { _ in Int64(stream.index(below: Int(largest))) - largest / 3 } }
    )
  }

  @Test(arguments: [(1, 1, 1), (7, 3, 2), (300, 400, 3), (1000, 1, 8), (5000, 40, 9), (4097, 7, 17), (0, 4, 2)])
  func everyInstructionSetGivesTheDefinition(count: Int, groups: Int, measures: Int) throws {
    let rows = Self.rows(count, groups: groups, measures: measures)
    let sums = try WeightedSums(group: rows.group, groupCount: groups, keys: rows.keys, measures: rows.measures)
    #expect(sums.isFast)
    for block in [0, 3] {
      var expected = [Int64](repeating: -1, count: groups * measures * 8)
      for lane in 0..<8 {
        let own = try sums.scalar { Self.weights.weight(of: $0, in: 8 * block + lane) }
        for index in own.indices { expected[8 * index + lane] = own[index] }
      }
      for set in InstructionSet.supported {
        #expect(try sums.block(block, Self.weights, instructionSet: set) == expected, "\(set)")
      }
    }
  }

  /// By hand, without the class under test.
  @Test func sumsAreThoseOfTheRows() throws {
    let rows = Self.rows(500, groups: 6, measures: 3)
    let sums = try WeightedSums(group: rows.group, groupCount: 6, keys: rows.keys, measures: rows.measures)
    let block = try sums.block(1, Self.weights)
    for group in 0..<6 {
      for measure in 0..<3 {
        for lane in 0..<8 {
          var expected: Int64 = 0
          for row in 0..<500 where rows.group[row] == group {
            expected += Self.weights.weight(of: rows.keys[row], in: 8 + lane) * rows.measures[measure][row]
          }
          #expect(block[(group * 3 + measure) * 8 + lane] == expected)
        }
      }
    }
  }

  @Test func theOrderOfRowsDoesNotMatterAndEqualKeysMoveTogether() throws {
    let rows = Self.rows(700, groups: 5, measures: 2)
    let order = (0..<700).sorted { rows.keys[$0] < rows.keys[$1] }
    func sums(_ keys: [UInt64], _ order: [Int]) throws -> [Int64] {
      try WeightedSums(
        group: order.map { rows.group[$0] }, groupCount: 5, keys: order.map { keys[$0] },
        measures: rows.measures.map { column in order.map { column[$0] } }
      ).block(0, Self.weights)
    }
    #expect(try sums(rows.keys, order) == sums(rows.keys, Array(0..<700)))
    // One cluster: every sum is the weight times the plain sum.
    let one = [UInt64](repeating: 99, count: 700)
    let drawn = try sums(one, Array(0..<700))
    for lane in 0..<8 {
      let weight = Self.weights.weight(of: 99, in: lane)
      for group in 0..<5 {
        let plain = (0..<700).reduce(Int64(0)) { rows.group[$1] == group ? $0 + rows.measures[0][$1] : $0 }
        #expect(drawn[group * 2 * 8 + lane] == weight * plain)
      }
    }
  }

  /// Where doubles cannot hold the sums the definition adds up, and an impossible sum is an error.
  @Test func largeAmountsAreExactOrRefused() throws {
    let keys = (0..<50).map { UInt64($0) }
    let large = try WeightedSums(
      group: .init(repeating: 0, count: 50), groupCount: 1, keys: keys, measures: [.init(repeating: 1 << 50, count: 50)]
    )
    #expect(!large.isFast)
    let total = (0..<50).reduce(Int64(0)) { $0 + Self.weights.weight(of: UInt64($1), in: 2) }
    #expect(try large.block(0, Self.weights)[2] == total << 50)
    let impossible = try WeightedSums(
      group: .init(repeating: 0, count: 50), groupCount: 1, keys: keys, measures: [.init(repeating: .max, count: 50)])
    #expect(throws: ComputeError.sumOverflow(column: 0, cell: 0)) { try impossible.block(0, Self.weights) }
    #expect(throws: ComputeError.self) {
      try WeightedSums(group: [0], groupCount: 1, keys: [], measures: [[1]])
    }
    #expect(throws: ComputeError.self) {
      try WeightedSums(group: [1], groupCount: 1, keys: [1], measures: [[1]])
    }
  }
}
