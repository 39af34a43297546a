import CutlineCompute
import CutlineCredit
import CutlineSearch
import Testing

@Suite struct ClosureBoundsTests {
  #if DEBUG
    static let rounds = 5
  #else
    static let rounds = 100
  #endif

  /// Cells that every region accepts and cells that none does.
  struct Pins {
    let accepting, rejecting: Set<Int>

    /// Up to three of each; many contradict each other.
    init(_ grid: GridSumsND, random: inout RandomStream) {
      func some(_ random: inout RandomStream) -> Set<Int> {
        Set((0..<random.index(below: 4)).map { _ in random.index(below: grid.cellCount) })
      }
      accepting = some(&random)
      rejecting = some(&random)
    }

    func bounds(_ grid: GridSumsND) throws -> StrategyBounds {
      try StrategyBounds(
        shape: grid.shape, accepting: accepting.map { grid.position(of: $0) },
        rejecting: rejecting.map { grid.position(of: $0) })
    }
  }

  /// Grids of all families and shapes with pins that leave something, and all their regions.
  private func forEachPinnedGrid(
    _ family: NdOracle.Family, stream: UInt64,
    _ body: (GridSumsND, StrategyBounds, [FrontierPoint], ClosureSearch, String, inout RandomStream) throws -> Void
  ) throws {
    var random = RandomStream(seed: stream, stream: UInt64(family.rawValue))
    for round in 0..<Self.rounds {
      for (index, shape) in NdOracle.shapes.enumerated() where shape.count < 5 || round % 4 == 0 {
        let grid = try NdOracle.grid(family, shape: shape, random: &random)
        let pins = Pins(grid, random: &random)
        let regions = NdOracle.regions(of: grid, accepting: pins.accepting, rejecting: pins.rejecting)
        guard !regions.isEmpty else {
          #expect(throws: FrontierError.self) { try pins.bounds(grid) }
          continue
        }
        let limits = ClosureSearchTests.limits[(round + index) % ClosureSearchTests.limits.count]
        try body(
          grid, pins.bounds(grid), regions, ClosureSearch(limits: limits), "\(family) \(shape) round \(round)", &random)
      }
    }
  }

  @Test(arguments: NdOracle.Family.allCases)
  func frontierAndThresholdsWithPinsEqualTheEnumeration(family: NdOracle.Family) throws {
    try forEachPinnedGrid(family, stream: 41) { grid, bounds, regions, search, context, random in
      let expected = FrontierPoint.frontier(of: regions)
      let frontier = try search.frontier(of: grid, bounds: bounds)
      #expect(frontier.isClosed)
      try #require(frontier.count == expected.count, "\(context)")
      for (point, wanted) in zip(frontier, expected) {
        #expect(NdOracle.agree(point, wanted), "\(context)")
        #expect(try bounds.contains(point.accepted) && grid.sums(accepted: point.accepted) == point, "\(context)")
      }
      let on = expected.isEmpty ? regions[0] : expected[random.index(below: expected.count)]
      let d = max(1, on.denominator)
      let beside = 2 * on.numerator + Int64(random.index(below: 3)) - 1
      for (numerator, denominator) in [(on.numerator, d), (beside, 2 * d), (Int64(random.index(below: 33)) - 3, 10)] {
        try checkThreshold(
          search, grid, bounds, expected, try RiskRatio(numerator: numerator, denominator: denominator), context)
      }
    }
  }

  private func checkThreshold(
    _ search: ClosureSearch, _ grid: GridSumsND, _ bounds: StrategyBounds, _ expected: [FrontierPoint],
    _ limit: RiskRatio, _ context: String
  ) throws {
    let text = "\(context) threshold \(limit)"
    let found = try search.threshold(
      of: grid, numerator: limit.numerator, denominator: limit.denominator, bounds: bounds)
    guard let best = expected.last(where: { limit.admits($0) }) else {
      #expect(found.status == .infeasible && found.point == nil, "\(text)")
      return
    }
    let point = try #require(found.point, "\(text)")
    #expect(NdOracle.agree(point, best), "\(text)")
    #expect(found.bound == best.production && found.relaxation >= best.production, "\(text)")
    let hasSums = point.production != 0 || point.numerator != 0 || point.denominator != 0
    #expect(found.status == (hasSums ? .optimal : .infeasible), "\(text)")
    #expect(try bounds.contains(point.accepted) && grid.sums(accepted: point.accepted) == point, "\(text)")
  }

  @Test(arguments: NdOracle.Family.allCases)
  func aProductionFloorLeavesOutWhatIsBelowIt(family: NdOracle.Family) throws {
    try forEachPinnedGrid(family, stream: 42) { grid, bounds, regions, search, context, random in
      let complete = FrontierPoint.frontier(of: regions)
      guard !complete.isEmpty else { return }
      let floor = complete[random.index(below: complete.count)].production + Int64(random.index(below: 3)) - 1
      let expected = complete.filter { $0.production >= floor }
      let frontier = try search.frontier(of: grid, bounds: bounds, productionFloor: floor)
      #expect(frontier.isClosed && frontier.elementsEqual(expected, by: NdOracle.agree), "\(context) floor \(floor)")

      let tolerant = try search.frontier(of: grid, bounds: bounds, productionFloor: floor, tolerance: 0.2)
      #expect(tolerant.isClosed && tolerant.allSatisfy { $0.production >= floor })
      for point in expected {
        let covered = tolerant.contains {
          FrontierPoint.compareRisk($0, point) <= 0
            && Double($0.production) >= 0.8 * Double(point.production) * (1 - 1e-12)
        }
        #expect(covered, "\(context) floor \(floor)")
      }

      let stopped = try ClosureSearch(limits: ClosureLimits(seconds: 0))
        .frontier(of: grid, bounds: bounds, productionFloor: floor)
      #expect(stopped.open.allSatisfy { $0.productionAbove >= floor - 1 })
      for point in expected where !stopped.contains(where: { NdOracle.agree($0, point) }) {
        let listed = stopped.open.contains {
          point.production > $0.productionAbove && point.production <= $0.productionAtMost
            && NdOracle.fits(point, $0.riskNumerator, $0.riskDenominator)
        }
        #expect(listed, "\(context) floor \(floor) \(point)")
      }
    }
  }

  @Test func pinsOnLargerGridsStillBranch() throws {
    var random = RandomStream(seed: 43)
    let grid = try NdOracle.grid(.amounts, shape: [5, 4, 3], random: &random)
    let bounds = try StrategyBounds(shape: [5, 4, 3], accepting: [[1, 1, 0]], rejecting: [[4, 2, 1], [2, 3, 2]])
    let tight = ClosureLimits(diagramNodes: 40, labels: 100, cornersPerPass: 9)
    let frontier = try ClosureSearch(limits: tight).frontier(of: grid, bounds: bounds)
    #expect(frontier.work.branches > 0)
    #expect(frontier.elementsEqual(try ClosureSearch().frontier(of: grid, bounds: bounds), by: NdOracle.agree))
    #expect(frontier.allSatisfy { bounds.contains($0.accepted) })
  }

  @Test func boundsOfOneStrategyLeaveIt() throws {
    let grid = try GridSumsND(
      shape: [2, 2, 2], production: [8, 7, 6, 5, 4, 3, 2, 1], numerator: [1, 2, 3, 4, 5, 6, 7, 8],
      denominator: [9, 9, 9, 9, 9, 9, 9, 9])
    let only: [UInt16] = [2, 1, 1, 0]
    let bounds = try StrategyBounds(shape: [2, 2, 2]).between(only, only)
    let point = try grid.sums(accepted: only)
    #expect(try ClosureSearch().frontier(of: grid, bounds: bounds).elementsEqual([point]))
    let below = try ClosureSearch().threshold(of: grid, numerator: 0, denominator: 1, bounds: bounds)
    #expect(below.status == .infeasible && below.point == nil)
    let above = try ClosureSearch().threshold(of: grid, numerator: 1, denominator: 1, bounds: bounds)
    #expect(above.status == .optimal && above.point == point)
    // An inner "strategy" that is none still bounds what contains it.
    let corner = try StrategyBounds(shape: [2, 2, 2]).between([0, 0, 0, 1], nil)
    #expect(try ClosureSearch().frontier(of: grid, bounds: corner).allSatisfy { $0.accepted.allSatisfy { $0 >= 1 } })
  }

  @Test func boundsOfAnotherGridAreRefused() throws {
    let ones = [Int64](repeating: 1, count: 12)
    let grid = try GridSumsND(shape: [2, 2, 3], production: ones, numerator: ones, denominator: ones)
    for shape in [[2, 3, 2], [4, 3], [12], [2, 2, 3, 1]] {
      let bounds = StrategyBounds(shape: shape)
      #expect(throws: FrontierError.outsideGrid("bounds of another grid than 2 × 2 × 3")) {
        try ClosureSearch().frontier(of: grid, bounds: bounds)
      }
      #expect(throws: FrontierError.self) {
        try ClosureSearch().threshold(of: grid, numerator: 1, denominator: 1, bounds: bounds)
      }
    }
    let crossed = try StrategyBounds(shape: [2, 2, 3]).between(nil, [1, 3, 3, 3]).between([0, 0, 2, 0], nil)
    #expect(throws: FrontierError.contradictoryPins(line: [0, 0], least: 2, most: 1)) {
      try ClosureSearch().frontier(of: grid, bounds: crossed)
    }
  }
}
