import CutlineCompute
import CutlineSearch
import Synchronization
import Testing

@Suite struct ExhaustiveSearchTests {
  static let shapes = [(1, 1), (1, 6), (6, 1), (2, 2), (2, 5), (5, 2), (3, 3), (3, 4), (4, 3), (4, 4)]

  #if DEBUG
    static let rounds = 30
    static let largerShapes = [(6, 6)]
  #else
    static let rounds = 1000
    static let largerShapes = [(6, 6), (9, 9), (8, 12), (12, 8), (7, 15), (8, 16)]
  #endif

  /// Every form on every instruction set of this processor.
  static var searches: [ExhaustiveSearch] {
    [ExhaustiveSearch(form: .scalar)] + InstructionSet.supported.map { ExhaustiveSearch(instructionSet: $0) }
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func everyFormEqualsTheDefinition(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 11, stream: UInt64(family.rawValue))
    for round in 0..<Self.rounds {
      for (rows, columns) in Self.shapes {
        let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
        let expected = SearchOracle.frontier(of: grid)
        for search in Self.searches {
          let result = try search.frontier(of: grid)
          #expect(result.points == expected, "\(family) \(rows)×\(columns) round \(round) \(search)")
        }
      }
    }
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func formsAndWorkersAgreeOnLargerGrids(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 12, stream: UInt64(family.rawValue))
    for (rows, columns) in Self.largerShapes + [(4, 9), (9, 4), (1, 90), (70, 1), (2, 70), (66, 2)] {
      let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
      let expected = try ExhaustiveSearch(form: .scalar).frontier(of: grid).points
      for set in InstructionSet.supported {
        for workers in [1, 2, 5] {
          let result = try ExhaustiveSearch(workers: workers, instructionSet: set).frontier(of: grid)
          #expect(result.points == expected, "\(family) \(rows)×\(columns) \(set) \(workers)")
        }
      }
    }
  }

  @Test func everyPointIsRealAndNoneIsDominated() throws {
    var random = RandomStream(seed: 13)
    for family in SearchOracle.Family.allCases {
      let grid = try SearchOracle.grid(family, rows: 7, columns: 9, random: &random)
      let points = try ExhaustiveSearch(workers: 2).frontier(of: grid).points
      #expect(!points.isEmpty)
      for point in points { #expect(try grid.sums(accepted: point.accepted) == point) }
      for (lower, higher) in zip(points, points.dropFirst()) {
        #expect(lower.production < higher.production)
        #expect(FrontierPoint.compareRisk(lower, higher) < 0)
      }
    }
  }

  /// More candidates than a worker's buffer first holds, so that it is reduced and grows on the way.
  @Test func reducingOnTheWayLosesNothing() throws {
    var random = RandomStream(seed: 15)
    let rows = 9
    let columns = 9
    // All strategies but the emptiest share a bucket: production says nothing until the end.
    var p = (0..<rows * columns).map { _ in Int64(random.index(below: 1000)) }
    p[0] = 1_000_000_000_000_000
    let d = p.map { $0 == p[0] ? Int64(1000) : $0 + 1 }
    let n = d.map { Int64(random.index(below: 40)) + $0 / 8 }
    let grid = try GridSums(rows: rows, columns: columns, production: p, numerator: n, denominator: d)
    let expected = try ExhaustiveSearch(form: .scalar).frontier(of: grid).points
    let result = try ExhaustiveSearch().frontier(of: grid)
    #expect(result.survivors > 1 << 14)
    #expect(result.points == expected)
  }

  @Test func acceptingNothingIsAStrategy() throws {
    let risky = try GridSums(rows: 1, columns: 1, production: [5], numerator: [1], denominator: [10])
    let nothing = FrontierPoint(production: 0, numerator: 0, denominator: 0, accepted: [0])
    let all = FrontierPoint(production: 5, numerator: 1, denominator: 10, accepted: [1])
    for search in Self.searches {
      #expect(try search.frontier(of: risky).points == [nothing, all])
      // Zero over zero has risk 0 as well, so more production without risk beats it; a loss without base is infeasible.
      let free = try GridSums(rows: 1, columns: 1, production: [5], numerator: [0], denominator: [0])
      #expect(try search.frontier(of: free).points.map(\.production) == [5])
      for numerator: Int64 in [-1, 1] {
        let baseless = try GridSums(rows: 1, columns: 1, production: [5], numerator: [numerator], denominator: [0])
        #expect(try search.frontier(of: baseless).points == [nothing])
      }
    }
  }

  @Test func manyTiesNeedNeitherMemoryNorTime() throws {
    // 155,117,520 strategies with one and the same sum.
    let cells = [Int64](repeating: 0, count: 225)
    let empty = try GridSums(rows: 15, columns: 15, production: cells, numerator: cells, denominator: cells)
    let result = try ExhaustiveSearch().frontier(of: empty)
    #expect(result.strategies == "155117520")
    #expect(
      result.points
        == [FrontierPoint(production: 0, numerator: 0, denominator: 0, accepted: [UInt16](repeating: 0, count: 15))])
  }

  @Test func tooManyStrategiesAreRefusedWithTheirCount() throws {
    let cells = [Int64](repeating: 1, count: 2500)
    let grid = try GridSums(rows: 50, columns: 50, production: cells, numerator: cells, denominator: cells)
    #expect(
      throws: ComputeError.tooManyStrategies(
        count: "100891344545564193334812497256", limit: ExhaustiveSearch.largestStrategyLimit)
    ) { try ExhaustiveSearch().frontier(of: grid) }
    let small = try GridSums(
      rows: 2, columns: 2, production: [1, 1, 1, 1], numerator: [1, 1, 1, 1], denominator: [1, 1, 1, 1])
    #expect(throws: ComputeError.tooManyStrategies(count: "6", limit: 5)) {
      try ExhaustiveSearch(strategyLimit: 5).frontier(of: small)
    }
    let narrow = [Int64](repeating: 1, count: 2 * 60_000)
    let long = try GridSums(rows: 2, columns: 60_000, production: narrow, numerator: narrow, denominator: narrow)
    #expect(throws: ComputeError.self) { try ExhaustiveSearch().frontier(of: long) }
  }

  @Test func sumsThatWouldRoundAreRefused() {
    let half: Int64 = 1 << 52
    #expect(throws: ComputeError.sumsTooLarge("numerators")) {
      try GridSums(rows: 1, columns: 2, production: [1, 1], numerator: [half, -half], denominator: [1, 1])
    }
    #expect(throws: ComputeError.sumsTooLarge("production")) {
      try GridSums(rows: 1, columns: 1, production: [.min], numerator: [1], denominator: [1])
    }
    #expect(throws: ComputeError.self) {
      try GridSums(rows: 2, columns: 2, production: [1, 1], numerator: [1, 1, 1, 1], denominator: [1, 1, 1, 1])
    }
  }

  @Test func aSearchCanBeWatchedAndCancelled() throws {
    var random = RandomStream(seed: 14)
    let grid = try SearchOracle.grid(.plain, rows: 8, columns: 14, random: &random)
    let shares = Mutex<[Double]>([])
    for form in [ExhaustiveForm.scalar, .cpu] {
      shares.withLock { $0 = [] }
      _ = try ExhaustiveSearch(form: form, workers: 2)
        .frontier(of: grid, progress: { share in shares.withLock { $0.append(share) } })
      let seen = shares.withLock { $0 }
      #expect(seen == seen.sorted() && seen.last == 1)
      #expect(throws: CancellationError.self) {
        try ExhaustiveSearch(form: form, workers: 2).frontier(of: grid, isCancelled: { true })
      }
    }
  }

  @Test func countsAreExact() {
    #expect(StrategyCount.decimal(rows: 10, columns: 20) == "30045015")
    #expect(StrategyCount.decimal(rows: 50, columns: 50) == "100891344545564193334812497256")
    #expect(StrategyCount.decimal(rows: 0, columns: 7) == "1")
    #expect(StrategyCount.decimal(rows: 1, columns: 999_999_999) == "1000000000")
    // Pascal's rule on neighbours that cross limb boundaries.
    for n in 1...40 {
      let left = UInt64(StrategyCount.decimal(rows: n / 2, columns: n - n / 2)) ?? 0
      let a = UInt64(StrategyCount.decimal(rows: n / 2, columns: n - n / 2 - 1)) ?? 0
      let b = n / 2 > 0 ? UInt64(StrategyCount.decimal(rows: n / 2 - 1, columns: n - n / 2)) ?? 0 : 0
      #expect(left == a + b)
    }
  }
}
