import CutlineCompute
import CutlineSearch
import Foundation
import Synchronization
import Testing

@Suite struct FrontierSearchTests {
  static let shapes = [
    (1, 1), (1, 9), (9, 1), (2, 2), (2, 5), (5, 2), (7, 2), (2, 7), (3, 3), (3, 4), (4, 3), (4, 4), (5, 4), (5, 5),
  ]

  #if DEBUG
    static let rounds = 6
    static let smallRounds = 60
    static let largerShapes = [(6, 7)]
  #else
    static let rounds = 600
    static let smallRounds = 600
    static let largerShapes = [(6, 6), (9, 9), (8, 12), (12, 8), (7, 15), (8, 16), (3, 40), (40, 3)]
  #endif

  /// All instruction sets of this processor in turn, which must not matter.
  static func search(_ round: Int, workers: Int = 1) -> FrontierSearch {
    let sets = InstructionSet.supported
    return FrontierSearch(workers: workers, instructionSet: sets[round % sets.count])
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func equalsTheDefinitionOnSmallGrids(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 21, stream: UInt64(family.rawValue))
    let definition = ExhaustiveSearch(form: .scalar)
    for round in 0..<Self.smallRounds {
      for (rows, columns) in Self.shapes {
        let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
        let result = try Self.search(round).frontier(of: grid)
        #expect(result.isComplete)
        #expect(
          result.points == (try definition.frontier(of: grid).points), "\(family) \(rows)×\(columns) round \(round)")
      }
    }
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func equalsTheExhaustiveSearch(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 22, stream: UInt64(family.rawValue))
    for (rows, columns) in Self.largerShapes + [(4, 9), (9, 4), (1, 90), (70, 1), (2, 30)] {
      let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
      let expected = try ExhaustiveSearch().frontier(of: grid).points
      for (round, workers) in [1, 2, 5].enumerated() {
        let result = try Self.search(round, workers: workers).frontier(of: grid)
        #expect(result.isComplete)
        #expect(result.points == expected, "\(family) \(rows)×\(columns) \(workers) workers")
      }
    }
  }

  @Test func everyPointIsRealAndNoneIsDominated() throws {
    var random = RandomStream(seed: 23)
    for family in SearchOracle.Family.allCases {
      let grid = try SearchOracle.grid(family, rows: 9, columns: 11, random: &random)
      let points = try FrontierSearch(workers: 2).frontier(of: grid).points
      #expect(!points.isEmpty)
      for point in points { #expect(try grid.sums(accepted: point.accepted) == point) }
      for (lower, higher) in zip(points, points.dropFirst()) {
        #expect(lower.production < higher.production)
        #expect(FrontierPoint.compareRisk(lower, higher) < 0)
      }
    }
  }

  /// Sums near 2⁵³ and risks that differ by fifteen orders of magnitude: slopes of cones no longer fit and are replaced.
  @Test func extremeSumsAreExact() throws {
    var random = RandomStream(seed: 24)
    for round in 0..<8 * Self.rounds {
      let rows = 2 + random.index(below: 3)
      let columns = 2 + random.index(below: 3)
      func values() -> [Int64] {
        (0..<rows * columns)
          .map { _ in
            let value = Int64(1) << Int64(random.index(below: 49))
            let sign: Int64 = round % 2 == 1 && random.index(below: 3) == 0 ? -1 : 1
            return random.index(below: 4) == 0 ? 0 : sign * (value + Int64(random.index(below: 3)))
          }
      }
      let grid = try GridSums(
        rows: rows, columns: columns, production: values(), numerator: values(), denominator: values())
      let expected = try ExhaustiveSearch(form: .scalar).frontier(of: grid).points
      #expect(try Self.search(round).frontier(of: grid).points == expected, "round \(round)")
    }
  }

  @Test func manyTiesNeedNeitherMemoryNorTime() throws {
    let cells = [Int64](repeating: 0, count: 900)
    let empty = try GridSums(rows: 30, columns: 30, production: cells, numerator: cells, denominator: cells)
    let nothing = FrontierPoint(
      production: 0, numerator: 0, denominator: 0, accepted: [UInt16](repeating: 0, count: 30))
    #expect(try FrontierSearch().frontier(of: empty).points == [nothing])
    // Equal cells: the sums depend on the number of cells alone, and so does the risk.
    let equal = try GridSums(
      rows: 30, columns: 30, production: cells.map { $0 + 7 }, numerator: cells.map { $0 + 2 },
      denominator: cells.map { $0 + 31 })
    #expect(try FrontierSearch().frontier(of: equal).points.map(\.production) == [0, 6300])
    // One risk everywhere with different amounts: no two strategies have the same sums, and only two are not dominated.
    var random = RandomStream(seed: 29)
    let amounts = (0..<900).map { _ in Int64(1 + random.index(below: 1_000_000)) }
    let collinear = try GridSums(
      rows: 30, columns: 30, production: amounts, numerator: amounts, denominator: amounts.map { 20 * $0 })
    let result = try FrontierSearch().frontier(of: collinear)
    #expect(result.points.map(\.production) == [0, amounts.reduce(0, +)])
    #expect(result.statistics.labels < 10_000)
  }

  @Test func pinsAndFloorsLeaveTheFrontierOfWhatRemains() throws {
    var random = RandomStream(seed: 25)
    var contradictions = 0
    for round in 0..<4 * Self.rounds {
      for family in SearchOracle.Family.allCases {
        let rows = 1 + random.index(below: 5)
        let columns = 1 + random.index(below: 5)
        let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
        func pins() -> [[Int]] {
          (0..<random.index(below: 3))
            .map { _ in [random.index(below: rows), random.index(below: columns)] }
        }
        let accepting = pins()
        let rejecting = pins()
        let floor = Int64(random.index(below: 3000)) - 1000
        let remaining = SearchOracle.strategies(of: grid)
          .filter { strategy in
            accepting.allSatisfy { Int(strategy.accepted[$0[0]]) > $0[1] }
              && rejecting.allSatisfy { Int(strategy.accepted[$0[0]]) <= $0[1] }
          }
          .map {
            FrontierPoint(production: $0.p, numerator: $0.n, denominator: $0.d, accepted: $0.accepted)
          }
        guard let bounds = try? StrategyBounds(shape: grid.shape, accepting: accepting, rejecting: rejecting) else {
          // Contradictory pins throw, and only those.
          #expect(remaining.isEmpty)
          contradictions += 1
          continue
        }
        let expected = FrontierPoint.frontier(of: remaining)
        let search = Self.search(round)
        #expect(try search.frontier(of: grid, bounds: bounds).points == expected, "\(family) \(accepting) \(rejecting)")
        #expect(
          try search.frontier(of: grid, bounds: bounds, productionFloor: floor).points
            == expected.filter { $0.production >= floor }, "\(family) floor \(floor)")
      }
    }
    #expect(contradictions > 0)
  }

  @Test func pinsOutsideTheGridAreRefused() throws {
    let grid = try GridSums(rows: 1, columns: 2, production: [1, 1], numerator: [1, 1], denominator: [1, 1])
    #expect(throws: FrontierError.self) {
      try StrategyBounds(shape: grid.shape, accepting: [[1, 0]], rejecting: [])
    }
    #expect(throws: FrontierError.contradictoryPins(line: [0], least: 2, most: 1)) {
      try StrategyBounds(shape: grid.shape, accepting: [[0, 1]], rejecting: [[0, 1]])
    }
    let other = try GridSums(rows: 2, columns: 1, production: [1, 1], numerator: [1, 1], denominator: [1, 1])
    #expect(throws: FrontierError.self) {
      try FrontierSearch().frontier(of: other, bounds: StrategyBounds(shape: grid.shape))
    }
  }

  /// With little memory tasks are divided; with few labels some stay open, and what is certified is right.
  @Test func limitsLeaveACertifiedPart() throws {
    var random = RandomStream(seed: 26)
    var partial = 0
    for family in [SearchOracle.Family.plain, .large, .negativeNumerators] {
      let grid = try SearchOracle.grid(family, rows: 10, columns: 12, random: &random)
      let complete = try FrontierSearch().frontier(of: grid)
      let searches: [FrontierSearch] =
        [0, 1 << 17, 1 << 18, 1 << 19, 1 << 20].map { FrontierSearch(memoryLimit: $0) }
        + [0, 100, 1000, 10_000].map { FrontierSearch(labelLimit: $0) }
        + [0, 0.001].map { FrontierSearch(timeLimitSeconds: $0) }
      for search in searches {
        let result = try search.frontier(of: grid)
        func isOpen(_ point: FrontierPoint) -> Bool {
          result.open.contains { interval in
            let notBelow = interval.from.map { !$0.admits(point) || isAt($0, point) } ?? true
            return notBelow && (interval.to?.admits(point) ?? true)
          }
        }
        func isAt(_ risk: RiskRatio, _ point: FrontierPoint) -> Bool {
          Int128(point.numerator) * Int128(risk.denominator)
            == Int128(risk.numerator) * Int128(max(point.denominator, 1))
        }
        let found = Set(result.points)
        #expect(complete.points.allSatisfy { found.contains($0) || isOpen($0) }, "\(search)")
        for point in result.points { #expect(try grid.sums(accepted: point.accepted) == point) }
        if result.isComplete { #expect(result.points == complete.points) }
        partial += result.isComplete ? 0 : 1
      }
    }
    #expect(partial > 3)
  }

  @Test func aSearchCanBeWatchedAndCancelled() throws {
    var random = RandomStream(seed: 27)
    let grid = try SearchOracle.grid(.plain, rows: 8, columns: 14, random: &random)
    let shares = Mutex<[Double]>([])
    _ = try FrontierSearch(workers: 2)
      .frontier(of: grid, progress: { share in shares.withLock { $0.append(share) } })
    let seen = shares.withLock { $0 }
    #expect(seen == seen.sorted() && seen.last == 1)
    #expect(throws: CancellationError.self) { try FrontierSearch().frontier(of: grid, isCancelled: { true }) }
    // Cancelled on the way.
    let asked = Atomic<Int>(0)
    #expect(throws: CancellationError.self) {
      try FrontierSearch(workers: 2)
        .frontier(of: grid, isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).newValue > 2 })
    }
  }

  /// A grid of the oracles and its frontier: production, numerator and denominator as text.
  static func oracle(_ name: String) throws -> (GridSums, [[String]]) {
    let folder = try #require(ParetoOracleTests.folder)
    func rows(_ file: String) throws -> [[String: String]] {
      let lines = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        .split(whereSeparator: \.isNewline)
      let header = lines[0].split(separator: ",").map(String.init)
      return lines.dropFirst().map {
        Dictionary(uniqueKeysWithValues: zip(header, $0.split(separator: ",").map(String.init)))
      }
    }
    let cells = try rows("\(name)_cells.csv").map { row in
      try ["i", "j", "amount", "todu30", "pile"].map { try #require(Int64(row[$0] ?? "")) }
    }
    let count = Int(try #require(cells.map { $0[0] }.max())) + 1
    let columns = Int(try #require(cells.map { $0[1] }.max())) + 1
    var sums = [[Int64]](repeating: [Int64](repeating: 0, count: count * columns), count: 3)
    for cell in cells {
      // Theirs count from the worst bin.
      let place = (count - 1 - Int(cell[0])) * columns + columns - 1 - Int(cell[1])
      for value in 0..<3 { sums[value][place] = cell[value + 2] }
    }
    let grid = try GridSums(
      rows: count, columns: columns, production: sums[0], numerator: sums[1], denominator: sums[2])
    return (grid, try rows("\(name)_frontier.csv").map { row in ["amount", "todu30", "pile"].map { row[$0] ?? "" } })
  }

  @Test(
    .enabled(if: ParetoOracleTests.folder != nil, "../shared/oracles/pareto is not there"),
    arguments: ParetoOracleTests.names)
  func everyOracleGridEqualsTheOracle(name: String) throws {
    let (grid, expected) = try Self.oracle(name)
    let result = try FrontierSearch().frontier(of: grid)
    #expect(result.points.count == expected.count)
    for (point, row) in zip(result.points, expected) {
      #expect([point.production, point.numerator, point.denominator].map(String.init) == row)
      #expect(try grid.sums(accepted: point.accepted) == point)
    }
  }

  #if !DEBUG
    @Test(arguments: [(12, 24), (15, 20)]) func equalsTheExhaustiveSearchOnBillions(rows: Int, columns: Int) throws {
      var random = RandomStream(seed: 28)
      for family in [SearchOracle.Family.plain, .large, .negativeNumerators] {
        let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
        let expected = try ExhaustiveSearch(workers: 2).frontier(of: grid).points
        for set in InstructionSet.supported {
          #expect(try FrontierSearch(workers: 2, instructionSet: set).frontier(of: grid).points == expected)
        }
      }
    }
  #endif
}
