import CutlineCompute
import Testing

@Suite struct CellAggregateTests {
  private struct Case {
    var cells: [Int32]
    var values: [[Int64]]
    var cellCount: Int

    init(records: Int, columns: Int, cellCount: Int, random: inout RandomStream) {
      self.cellCount = cellCount
      cells = (0..<records).map { _ in Int32(random.index(below: cellCount + 1)) - 1 }
      values = (0..<columns)
        .map { _ in (0..<records).map { _ in Int64(random.index(below: 2_000_001)) - 1_000_000 } }
    }
  }

  @Test func everyFormEqualsTheDefinition() throws {
    var random = RandomStream(seed: 21)
    for (records, columns, cells) in [
      (0, 2, 3), (1, 1, 1), (7, 3, 2), (8, 7, 5), (1023, 0, 4), (1024, 8, 9), (1025, 6, 700), (40_000, 15, 11),
    ] {
      let test = Case(records: records, columns: columns, cellCount: cells, random: &random)
      let expected = try CellAggregate.scalar(keys: .cells(test.cells), cellCount: cells, values: test.values)
      for set in InstructionSet.supported {
        for workers in [1, 2, 5] {
          let sums = try sumByCell(
            cell: test.cells, cellCount: cells, values: test.values, workers: workers, instructionSet: set)
          #expect(sums == expected, "\(records) records, \(columns) columns, \(set), \(workers) workers")
        }
      }
    }
  }

  @Test func nothingIsLostAndOrderDoesNotMatter() throws {
    var random = RandomStream(seed: 22)
    let test = Case(records: 5000, columns: 3, cellCount: 50, random: &random)
    let sums = try sumByCell(cell: test.cells, cellCount: 50, values: test.values)
    let used = test.cells.indices.filter { test.cells[$0] >= 0 }
    #expect(sums.counts.reduce(0, +) == Int64(used.count))
    for (column, values) in test.values.enumerated() {
      #expect(sums.sums[column].reduce(0, +) == used.reduce(0) { $0 + values[$1] })
    }
    var order = Array(test.cells.indices)
    random.shuffle(&order)
    let shuffled = try sumByCell(
      cell: order.map { test.cells[$0] }, cellCount: 50, values: test.values.map { column in order.map { column[$0] } })
    #expect(shuffled == sums)
  }

  @Test func codesAreMixedRadixNumbers() throws {
    var random = RandomStream(seed: 23)
    let sizes = [3, 5, 2, 4]
    let codes = sizes.map { size in (0..<3000).map { _ in UInt8(random.index(below: size)) } }
    let values = [(0..<3000).map { Int64($0) }]
    let cells = (0..<3000).map { record in
      Int32(zip(codes, sizes).reduce(0) { $0 * $1.1 + Int($1.0[record]) })
    }
    let expected = try sumByCell(cell: cells, cellCount: 120, values: values)
    for set in InstructionSet.supported {
      let sums = try CellAggregate.fast(
        keys: .codes(codes, sizes: sizes), cellCount: 120, values: values, instructionSet: set)
      #expect(sums == expected)
    }
    #expect(try CellAggregate.scalar(keys: .codes(codes, sizes: sizes), cellCount: 120, values: values) == expected)
  }

  @Test func aSumBeyondInt64IsAnErrorAndADetourIsNot() throws {
    let cells = [Int32](repeating: 0, count: 16)
    var column = [Int64](repeating: 0, count: 16)
    column[3] = .max
    column[9] = 1
    for set in InstructionSet.supported {
      #expect(throws: ComputeError.sumOverflow(column: 1, cell: 0)) {
        try sumByCell(cell: cells, cellCount: 2, values: [cells.map(Int64.init), column], instructionSet: set)
      }
      // An even number of overflows in one sum must not cancel.
      #expect(throws: ComputeError.sumOverflow(column: 0, cell: 0)) {
        try sumByCell(
          cell: cells, cellCount: 2, values: [[Int64](repeating: .max, count: 4) + [Int64](repeating: 0, count: 12)],
          instructionSet: set)
      }
      var back = column
      back[15] = -1
      #expect(try sumByCell(cell: cells, cellCount: 2, values: [back], instructionSet: set).sums == [[.max, 0]])
      // The same in the records that are left over from whole groups of eight.
      let short = Array(column[3..<10])
      #expect(throws: ComputeError.sumOverflow(column: 0, cell: 0)) {
        try sumByCell(cell: Array(cells[..<7]), cellCount: 2, values: [short], instructionSet: set)
      }
    }
  }

  @Test func overflowBetweenWorkersIsFound() throws {
    var column = [Int64](repeating: 0, count: 40_000)
    column[0] = .max
    column[39_999] = 1
    #expect(throws: ComputeError.sumOverflow(column: 0, cell: 0)) {
      try sumByCell(cell: [Int32](repeating: 0, count: 40_000), cellCount: 1, values: [column], workers: 2)
    }
  }

  @Test func wrongKeysAreNamed() {
    for set in InstructionSet.supported {
      for wrong: Int32 in [-2, 5, .max, .min] {
        var cells = [Int32](repeating: 4, count: 30)
        cells[17] = wrong
        #expect(throws: ComputeError.cellOutside(record: 17, found: "cell \(wrong)")) {
          try sumByCell(
            cell: cells, cellCount: 5, values: [[Int64](repeating: 1, count: 30)], instructionSet: set)
        }
      }
      #expect(throws: ComputeError.cellOutside(record: 2, found: "code 3 of dimension 2")) {
        try CellAggregate.fast(
          keys: .codes([[0, 1, 0], [0, 2, 3]], sizes: [2, 3]), cellCount: 6, values: [], instructionSet: set)
      }
    }
    #expect(throws: ComputeError.self) { try sumByCell(cell: [0, 0], cellCount: 1, values: [[1]]) }
    #expect(throws: ComputeError.self) { try sumByCell(cell: [], cellCount: 0, values: []) }
    #expect(throws: ComputeError.self) {
      try CellAggregate.fast(keys: .codes([[0], [0, 1]], sizes: [1, 2]), cellCount: 2, values: [])
    }
    #expect(throws: ComputeError.self) {
      try CellAggregate.fast(keys: .codes([[0], [0]], sizes: [1, 2]), cellCount: 3, values: [])
    }
  }
}
