import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

/// The cube against sums made row by row, whatever its form, and at the edge of 64 bits.
@Suite struct CubeTests {
  static func bytes(_ cube: Cube) throws -> [UInt8] {
    var writer = BinaryWriter()
    try cube.encode(to: &writer)
    return writer.bytes
  }

  @Test(arguments: [[4, 5], [3], [2, 3, 4]])
  func everySumIsThatOfItsRows(bins: [Int]) throws {
    let sample = CubeFixture.sample(3000, bins: bins, outside: 2)
    let cube = try Cube(of: sample)
    #expect(cube.cellCount == bins.reduce(1, *) + 2 && cube.months.count == 7 && cube.periods == Period.allCases)
    #expect(cube.measures.count == 2 + 6 + 2 + 2 * bins.count)
    for measure in cube.measures {
      let values = try (0..<sample.rowCount).map { try CubeFixture.value(measure, $0, of: sample) }
      for period in Period.allCases {
        for state in ApplicationState.all {
          var expected = [Int64](repeating: 0, count: cube.cellCount)
          for row in values.indices
          where sample.period[row] == period && sample.status[row] == state.status
            && sample.outcome[row] == state.outcome
          {
            expected[Int(sample.cell[row])] += values[row]
          }
          #expect(try cube.sums(of: measure, [state], in: period) == expected, "\(measure) \(state) \(period)")
        }
      }
      let byMonth = try cube.sumsByMonth(of: measure, ApplicationState.all)
      for (month, sums) in zip(cube.months, byMonth) {
        var expected = [Int64](repeating: 0, count: cube.cellCount)
        for row in values.indices where sample.month[row] == month { expected[Int(sample.cell[row])] += values[row] }
        #expect(sums == expected, "\(measure) \(month)")
      }
    }
  }

  @Test func foldsAreSumsOfBuckets() throws {
    let sample = CubeFixture.sample(12_000, bins: [2, 3])
    let cube = try Cube(of: sample)
    let buckets = try #require(cube.buckets)
    let fold = (0..<buckets).map { $0 % 7 }
    let sums = try #require(try cube.sums(of: Measure(.denominator), [.bookedMature], fold: fold, folds: 7))
    var expected = [[Int64]](repeating: .init(repeating: 0, count: cube.cellCount), count: 7)
    let values = try sample.values(of: .denominator)
    for row in values.indices where sample.period[row] == .main && sample.outcome[row] == .mature {
      expected[fold[Bucket.of(key: sample.key[row]) % buckets]][Int(sample.cell[row])] += values[row]
    }
    #expect(sums == expected)
  }

  @Test func bucketsAreHalvedAndGivenUp() {
    #expect(Bucket.number(cells: 10, rows: 10 * 60 * 8) == 60)
    #expect(Bucket.number(cells: 10, rows: 10 * 60 * 8 - 1) == 30)
    #expect(Bucket.number(cells: 10, rows: 10 * 30 * 8 - 1) == nil)
    #expect(Bucket.number(cells: .max, rows: .max) == nil)
    // The key's hash is even over the buckets: 60,000 keys in a row, 1,000 a bucket, within five deviations.
    var counts = [Int](repeating: 0, count: Bucket.count)
    for key in 0..<60_000 as Range<UInt64> { counts[Bucket.of(key: key)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 1000) < 160 })
  }

  @Test func aFineGridHasNoBuckets() throws {
    let cube = try Cube(of: CubeFixture.sample(2000, bins: [10, 10]))
    #expect(cube.buckets == nil)
    #expect(try cube.sums(of: .rows, ApplicationState.all, fold: [0], folds: 1) == nil)
    #expect(try cube.sums(of: .rows, ApplicationState.all).reduce(0, +) > 0)
  }

  @Test func workersPiecesAndWeightsChangeNoBit() throws {
    // More than one piece of rows.
    let sample = CubeFixture.sample(270_000, bins: [2])
    let one = try Cube(of: sample)
    #expect(try Self.bytes(one) == Self.bytes(Cube(of: sample, workers: 3)))
    let ones = [Int64](repeating: 1, count: sample.rowCount)
    #expect(try Self.bytes(one) == Self.bytes(Cube(of: sample, weights: ones)))
  }

  @Test func weightsMultiply() throws {
    let sample = CubeFixture.sample(500)
    var weights = (0..<500).map { Int64($0 % 4) }
    let cube = try Cube(of: sample, weights: weights)
    let plain = try Cube(of: sample)
    #expect(cube.buckets == plain.buckets)
    for measure in plain.measures {
      var expected = [Int64](repeating: 0, count: cube.cellCount)
      for row in 0..<500 where sample.period[row] == .main {
        expected[Int(sample.cell[row])] += weights[row] * (try CubeFixture.value(measure, row, of: sample))
      }
      #expect(try cube.sums(of: measure, ApplicationState.all) == expected, "\(measure)")
    }
    weights.removeLast()
    expectFaults(.data) { try Cube(of: sample, weights: weights) }
    let error = expectFaults(.data) { try Cube(of: sample, weights: .init(repeating: .max, count: 500)) }
    #expect("\(error.map(\.description) ?? "")".hasPrefix("column "))
  }

  /// A million rows of the largest amount that a preparation lets through.
  @Test func aSumBeyond64BitsIsAFaultOfItsColumn() throws {
    let largest = Int64(1) << 53 - 1
    func sample(_ amount: Amount, rows: Int) -> Sample {
      var amounts = Dictionary(uniqueKeysWithValues: Amount.standard.map { ($0, [Int64](repeating: 1, count: rows)) })
      amounts[amount] = .init(repeating: largest, count: rows)
      let small = CubeFixture.sample(10)
      return Sample(
        grid: small.grid, measure: small.measure, cell: .init(repeating: 3, count: rows),
        month: .init(repeating: Month(index: 24_000), count: rows), status: .init(repeating: .booked, count: rows),
        outcome: .init(repeating: .mature, count: rows),
        scores: small.grid.axes.map { _ in .init(repeating: 5, count: rows) }, amounts: amounts, summary: small.summary)
    }
    for (amount, rows) in [(Amount.requested, 1_000_000), (.denominator, 1025), (.production, 1100)] {
      let error = expectFaults(.data) { try Cube(of: sample(amount, rows: rows), workers: 2) }
      #expect(error?.description.hasPrefix("column \(amount): its sum (\(amount)) does not fit in 64 bits") ?? false)
    }
  }

  /// Sums that leave 64 bits on the way and come back are fine.
  @Test func aSumThatComesBackIsExact() throws {
    let rows = 4000
    let small = CubeFixture.sample(10)
    let values = (0..<rows).map { Int64($0 < 2000 ? 1 : -1) * (1 << 53 - 1) }
    var amounts = Dictionary(uniqueKeysWithValues: Amount.standard.map { ($0, [Int64](repeating: 1, count: rows)) })
    amounts[.production] = values
    let sample = Sample(
      grid: small.grid, measure: small.measure, cell: .init(repeating: 3, count: rows),
      month: .init(repeating: Month(index: 24_000), count: rows), status: .init(repeating: .booked, count: rows),
      outcome: .init(repeating: .mature, count: rows),
      scores: small.grid.axes.map { _ in .init(repeating: 5, count: rows) }, amounts: amounts, summary: small.summary)
    #expect(try Cube(of: sample).sums(of: .production, ApplicationState.all)[3] == 0)
  }

  @Test func scoresAreAddedUpInTheirOwnDecimals() throws {
    for (decimals, scale) in [(1.0, 0), (10, 1), (1000, 3)] {
      let sample = CubeFixture.sample(1000, decimals: decimals)
      let cube = try Cube(of: sample)
      let axis = sample.grid.axes[0]
      let measure = try #require(cube.measures.first { $0 == .score(axis) })
      #expect(measure.scale == scale && measure.isExact)
      let means = try cube.meanScores()
      for bin in 0..<axis.binCount {
        let rows = sample.cell.indices.filter {
          sample.isDecided($0) && sample.grid.bins(Int(sample.cell[$0]))[0] == bin
        }
        let sum = rows.reduce(0.0) { $0 + sample.scores[0][$1] }
        #expect(abs(means[0][bin] - sum / Double(rows.count)) < 1e-11)
      }
    }
    let rough = try Cube(of: CubeFixture.sample(1000, decimals: 7))
    let measure = try #require(rough.measures.first { $0.name == "score_v0" })
    #expect(!measure.isExact && measure.scale == 9)
    let huge = CubeFixture.sample(10)
    let sample = Sample(
      grid: huge.grid, measure: huge.measure, outside: huge.outside, cell: huge.cell, month: huge.month,
      status: huge.status, outcome: huge.outcome, scores: [huge.scores[0], .init(repeating: 1e300, count: 10)],
      amounts: Dictionary(uniqueKeysWithValues: try huge.amounts.map { ($0, try huge.values(of: $0)) }),
      summary: huge.summary)
    let error = expectFaults(.data) { try Cube(of: sample) }
    #expect(error?.description.hasPrefix("column s1: ") ?? false)
  }

  /// Beyond 64 MB, and where fewer than half occur, only occupied combinations are kept; the sums are the same.
  @Test func aLargeSliceIsSparse() throws {
    let sample = CubeFixture.sample(20_000, bins: [150, 151])
    let cube = try Cube(of: sample)
    #expect(!cube.monthSlice.isDense && !cube.foldSlice.isDense)
    #expect(try Cube(of: CubeFixture.sample(20_000)).foldSlice.isDense)
    #expect(cube.foldSlice.count <= 20_000)
    #expect(cube.monthSlice.count <= 20_000 && cube.monthSlice.bytes < CubeSlice.denseLimit)
    #expect(
      try cube.sumsByMonth(of: Measure(.production), ApplicationState.all).joined().reduce(0, +)
        == sample.values(of: .production).reduce(0, +))
    let back = try Self.decode(Self.bytes(cube))
    #expect(try Self.bytes(back) == Self.bytes(cube))
  }

  @Test func lookingForWhatIsNotThereIsAFault() throws {
    let cube = try Cube(of: CubeFixture.sample(100))
    let error = expectFaults(.data) { try cube.sums(of: "oa_amy", ApplicationState.all) }
    #expect(error?.description.contains("did you mean oa_amt") ?? false)
    let sample = CubeFixture.sample(10)
    let missing = expectFaults(.data) { try sample.values(of: "margim") }
    #expect(missing?.description.contains("did you mean margin") ?? false)
  }

  static func decode(_ bytes: [UInt8]) throws -> Cube {
    var reader = BinaryReader(Data(bytes), of: Cube.typeName)
    return try Cube(decoding: &reader)
  }

  @Test func hostileBytesEndInASentence() throws {
    let bytes = try Self.bytes(Cube(of: CubeFixture.sample(60, bins: [1, 2], outside: 0)))
    var random = RandomStream(seed: 3)
    for count in stride(from: 0, to: bytes.count, by: 97) {
      expectFaults(.integrity) { try Self.decode(Array(bytes[..<count])) }
    }
    for _ in 0..<1500 {
      var damaged = bytes
      // The head and the counts more often than the numbers, of which every one is lawful.
      let place = random.index(below: random.index(below: 2) == 0 ? min(4000, bytes.count) : bytes.count)
      switch random.index(below: 3) {
      case 0: damaged[place] ^= 1 << UInt8(random.index(below: 8))
      case 1: for index in place..<min(place + 8, bytes.count) { damaged[index] = 0xFF }
      default: damaged.insert(contentsOf: Array("99999999".utf8), at: place)
      }
      do {
        let cube = try Self.decode(damaged)
        // What is read can be used: sums or a sentence.
        do { _ = try cube.sums(of: .rows, ApplicationState.all) } catch { #expect(error is Faults) }
      } catch { #expect((error as? Faults)?.code == .integrity, "\(error)") }
    }
  }
}
