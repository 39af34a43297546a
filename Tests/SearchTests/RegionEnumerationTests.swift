import CutlineCompute
import CutlineSearch
import Synchronization
import Testing

@Suite struct RegionEnumerationTests {
  #if DEBUG
    static let rounds = 3
  #else
    static let rounds = 60
  #endif

  @Test(arguments: NdOracle.Family.allCases)
  func equalsTheEnumerationCellByCell(family: NdOracle.Family) throws {
    var random = RandomStream(seed: 51, stream: UInt64(family.rawValue))
    for round in 0..<Self.rounds {
      for shape in NdOracle.shapes where shape.count < 5 || round % 3 == 0 {
        let grid = try NdOracle.grid(family, shape: shape, random: &random)
        let regions = NdOracle.regions(of: grid)
        let expected = FrontierPoint.frontier(of: regions)
        let (points, visited, _) = try RegionEnumeration().frontier(of: grid)
        #expect(visited == UInt64(regions.count))
        #expect(String(visited) == StrategyCount.decimal(shape: shape))
        #expect(points.elementsEqual(expected, by: NdOracle.agree), "\(family) \(shape)")
        #expect(try points.allSatisfy { try grid.sums(accepted: $0.accepted) == $0 })
      }
    }
  }

  /// Ties included, and cells of any sign.
  @Test(arguments: SearchOracle.Family.allCases, [(4, 6), (6, 4), (1, 9), (9, 1), (8, 8)])
  func equalsTheExhaustiveSearchInTwoDimensions(family: SearchOracle.Family, sides: (Int, Int)) throws {
    var random = RandomStream(seed: 52, stream: UInt64(family.rawValue * 100 + sides.0))
    let grid = try SearchOracle.grid(family, rows: sides.0, columns: sides.1, random: &random)
    let expected = try ExhaustiveSearch(form: .scalar).frontier(of: grid)
    let (points, visited, _) = try RegionEnumeration().frontier(of: GridSumsND(grid))
    #expect(points == expected.points)
    #expect(String(visited) == expected.strategies)
  }

  /// Constraints of all kinds, of any sign, against filtering what an unconstrained walk of the definition gives.
  @Test(arguments: [[4, 4], [3, 3, 2], [2, 2, 2, 2], [1, 5, 1, 2], [7], [3, 2, 3]])
  func constraintsChooseAmongAllStrategies(shape: [Int]) throws {
    var random = RandomStream(seed: 53, stream: UInt64(shape.count))
    let cells = shape.reduce(1, *)
    func values(_ range: ClosedRange<Int64>, _ random: inout RandomStream) -> [Int64] {
      (0..<cells).map { _ in
        range.lowerBound + Int64(random.index(below: Int(range.upperBound - range.lowerBound) + 1))
      }
    }
    var empty = 0
    let ones = [Int64](repeating: 1, count: cells)
    let strategies = Self.strategies(
      of: try GridSumsND(shape: shape, production: ones, numerator: ones, denominator: ones))
    for _ in 0..<Self.rounds * 20 {
      let grid = try GridSumsND(
        shape: shape, production: values(-5...20, &random), numerator: values(-2...6, &random),
        denominator: values(-1...20, &random))
      let pins = ClosureBoundsTests.Pins(grid, random: &random)
      var constraints = StrategyConstraints()
      if random.index(below: 2) == 0 { constraints.bounds = try? pins.bounds(grid) }
      if random.index(below: 3) == 0 { constraints.productionFloor = Int64(random.index(below: 40)) }
      for _ in 0..<random.index(below: 3) {
        constraints.sums.append(.init(values: values(-4...8, &random), atMost: Int64(random.index(below: 30)) - 3))
      }
      for _ in 0..<random.index(below: 3) {
        constraints.risks.append(
          .init(
            numerator: values(-2...5, &random), denominator: values(-1...9, &random),
            limit: try RiskRatio(numerator: Int64(random.index(below: 9)) - 1, denominator: 10)))
      }
      let all = try strategies.map { try grid.sums(accepted: $0) }
      let admitted = try all.filter { try constraints.admits($0.accepted, of: grid) }
      let (points, visited, _) = try RegionEnumeration().frontier(of: grid, constraints: constraints)
      #expect(points == FrontierPoint.frontier(of: admitted))
      let within = all.filter { constraints.bounds?.contains($0.accepted) ?? true }
      #expect(visited == UInt64(within.count))
      empty += points.isEmpty ? 1 : 0
    }
    #expect(empty > 0)
  }

  /// All vectors of counts, of which those that the grid takes are strategies.
  static func strategies(of grid: GridSumsND) -> [[UInt16]] {
    var found: [[UInt16]] = []
    func extend(_ counts: [UInt16]) {
      guard counts.count < grid.countsPerStrategy else {
        if (try? grid.sums(accepted: counts)) != nil { found.append(counts) }
        return
      }
      for count in 0...UInt16(grid.shape.last ?? 0) { extend(counts + [count]) }
    }
    extend([])
    return found
  }

  @Test func largeGridsAreRefusedBeforeOrWhenTheirNumberShows() throws {
    let ones = [Int64](repeating: 1, count: 1000)
    let grid = try GridSumsND(shape: [10, 20, 5], production: ones, numerator: ones, denominator: ones)
    let count = try #require(StrategyCount.decimal(shape: [10, 20, 5]))
    #expect(throws: ComputeError.tooManyStrategies(count: count, limit: 2_000_000_000)) {
      try RegionEnumeration().frontier(of: grid)
    }
    let bounds = try StrategyBounds(shape: [10, 20, 5], accepting: [[0, 0, 0]], rejecting: [])
    #expect(throws: ComputeError.self) {
      try RegionEnumeration(strategyLimit: 1000).frontier(of: grid, constraints: StrategyConstraints(bounds: bounds))
    }
    // Bounds that leave few strategies make any grid small.
    let tight = try StrategyBounds(shape: [10, 20, 5], accepting: [[9, 19, 3]], rejecting: [])
    let (_, visited, _) = try RegionEnumeration(strategyLimit: 10)
      .frontier(of: grid, constraints: StrategyConstraints(bounds: tight.between(nil, Self.firstRows(6))))
    #expect(visited == 7)
  }

  /// Five bins in the first lines, four in the others.
  private static func firstRows(_ lines: Int) -> [UInt16] { (0..<200).map { $0 < lines ? 5 : 4 } }

  @Test func progressAscendsAndCancellationEndsIt() throws {
    var random = RandomStream(seed: 54)
    let grid = try NdOracle.grid(.amounts, shape: [4, 4, 4], random: &random)
    let bounds = try StrategyBounds(shape: [4, 4, 4], accepting: [[0, 0, 0]], rejecting: [])
    for constraints in [StrategyConstraints(), StrategyConstraints(bounds: bounds)] {
      let shares = Mutex<[Double]>([])
      _ = try RegionEnumeration()
        .frontier(of: grid, constraints: constraints, progress: { share in shares.withLock { $0.append(share) } })
      let seen = shares.withLock { $0 }
      #expect(seen.count > 2 && seen.last == 1 && zip(seen, seen.dropFirst()).allSatisfy { $0 <= $1 })
    }
    let asked = Mutex(0)
    let cancel: @Sendable () -> Bool = {
      asked.withLock {
        $0 += 1
        return $0 > 2
      }
    }
    #expect(throws: CancellationError.self) { try RegionEnumeration().frontier(of: grid, isCancelled: cancel) }
  }

  @Test func constraintsOfAnotherGridAreRefused() throws {
    let ones = [Int64](repeating: 1, count: 8)
    let grid = try GridSumsND(shape: [2, 2, 2], production: ones, numerator: ones, denominator: ones)
    func refuses(_ constraints: StrategyConstraints) {
      #expect(throws: ComputeError.self) { try RegionEnumeration().frontier(of: grid, constraints: constraints) }
      #expect(throws: ComputeError.self) { try constraints.admits([0, 0, 0, 0], of: grid) }
    }
    refuses(StrategyConstraints(sums: [.init(values: [1], atMost: 0)]))
    refuses(StrategyConstraints(sums: [.init(values: [Int64](repeating: 1 << 50, count: 8), atMost: 0)]))
    let limit = try RiskRatio(numerator: 1, denominator: 2)
    refuses(StrategyConstraints(risks: [.init(numerator: ones, denominator: [1, 2], limit: limit)]))
    refuses(StrategyConstraints(risks: [.init(numerator: [.min] + ones.dropLast(), denominator: ones, limit: limit)]))
    #expect(throws: FrontierError.self) {
      try RegionEnumeration()
        .frontier(of: grid, constraints: StrategyConstraints(bounds: StrategyBounds(shape: [4, 2])))
    }
  }
}
