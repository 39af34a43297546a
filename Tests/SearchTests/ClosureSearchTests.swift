import CutlineCompute
import CutlineSearch
import Testing

@Suite struct ClosureSearchTests {
  #if DEBUG
    static let rounds = 5
  #else
    static let rounds = 60
  #endif

  /// Limits that force every branch of the method: small diagrams, few labels, single corners.
  static let limits: [ClosureLimits] = [
    ClosureLimits(), ClosureLimits(diagramNodes: 4, cornersPerPass: 1), ClosureLimits(labels: 4, cornersPerPass: 3),
    ClosureLimits(diagramNodes: 12, labels: 10, cornersPerPass: 7), ClosureLimits(diagramNodes: 40, cornersPerPass: 2),
  ]

  @Test(arguments: NdOracle.Family.allCases)
  func frontierAndThresholdsEqualTheEnumeration(family: NdOracle.Family) throws {
    var random = RandomStream(seed: 31, stream: UInt64(family.rawValue))
    var branches: UInt64 = 0
    for round in 0..<Self.rounds * 4 {
      for (index, shape) in NdOracle.shapes.enumerated() {
        // The grids with thousands of regions take their turn less often.
        if shape.count > 4, round % 4 != 0 { continue }
        let grid = try NdOracle.grid(family, shape: shape, random: &random)
        let expected = FrontierPoint.frontier(of: NdOracle.regions(of: grid))
        let limits = Self.limits[(round + index) % Self.limits.count]
        let search = ClosureSearch(limits: limits)
        let context = "\(family) \(shape) round \(round)"
        let frontier = try search.frontier(of: grid)
        branches += frontier.work.branches
        #expect(frontier.isClosed)
        try #require(frontier.count == expected.count, "\(context)")
        for (point, wanted) in zip(frontier, expected) {
          #expect(NdOracle.agree(point, wanted), "\(context)")
          #expect(try grid.sums(accepted: point.accepted) == point, "\(context)")
        }
        try check(search, grid, expected, context, &random)
      }
    }
    // One and the same risk or sums everywhere leave nothing to branch on.
    if ![.equalCells, .collinear].contains(family) { #expect(branches > 0) }
  }

  /// Thresholds on a point, beside one, and anywhere.
  private func check(
    _ search: ClosureSearch, _ grid: GridSumsND, _ expected: [FrontierPoint], _ context: String,
    _ random: inout RandomStream
  ) throws {
    let on = expected[random.index(below: expected.count)]
    let d = max(1, on.denominator)
    let beside = 2 * on.numerator + Int64(random.index(below: 3)) - 1
    let anywhere = Int64(random.index(below: 33)) - 3
    for (numerator, denominator) in [(on.numerator, d), (beside, 2 * d), (anywhere, 1 + abs(anywhere) % 7 * 5)]
      as [(Int64, Int64)]
    {
      let best = expected.last { NdOracle.fits($0, numerator, denominator) }
      let found = try search.threshold(of: grid, numerator: numerator, denominator: denominator)
      let text = "\(context) threshold \(numerator)/\(denominator)"
      guard let best else {
        #expect(found.status == .infeasible && found.point == nil, "\(text)")
        continue
      }
      let point = try #require(found.point, "\(text)")
      #expect(NdOracle.agree(point, best), "\(text)")
      #expect(found.bound == best.production && found.relaxation >= best.production, "\(text)")
      let nothing = point.production == 0 && point.numerator == 0 && point.denominator == 0
      #expect(found.status == (nothing ? .infeasible : .optimal), "\(text)")
      #expect(try grid.sums(accepted: point.accepted) == point, "\(text)")
    }
  }

  @Test(arguments: [(8, 9), (9, 6), (1, 30), (30, 1), (2, 25)])
  func twoDimensionsEqualTheExhaustiveSearch(rows: Int, columns: Int) throws {
    var random = RandomStream(seed: 32, stream: UInt64(rows))
    for family in NdOracle.Family.allCases {
      let nd = try NdOracle.grid(family, shape: [rows, columns], random: &random)
      let grid = try GridSums(
        rows: rows, columns: columns, production: nd.production, numerator: nd.numerator, denominator: nd.denominator)
      #expect(try GridSumsND(grid) == nd)
      let expected = try ExhaustiveSearch().frontier(of: grid).points
      let frontier = try ClosureSearch().frontier(of: nd)
      try #require(frontier.count == expected.count, "\(family)")
      for (point, wanted) in zip(frontier, expected) {
        #expect(NdOracle.agree(point, wanted), "\(family)")
        #expect(try grid.sums(accepted: point.accepted) == point, "\(family)")
      }
    }
  }

  @Test func sameAnswerEveryTimeAndUnderAnyLimits() throws {
    var random = RandomStream(seed: 33)
    let grid = try NdOracle.grid(.amounts, shape: [5, 4, 3], random: &random)
    let first = try ClosureSearch().frontier(of: grid)
    #expect(try ClosureSearch().frontier(of: grid).elementsEqual(first))
    let tight = ClosureLimits(diagramNodes: 60, labels: 200, cornersPerPass: 9)
    let second = try ClosureSearch(limits: tight).frontier(of: grid)
    #expect(second.work.branches > 0)
    #expect(second.elementsEqual(first, by: NdOracle.agree))
    for point in first {
      let d = max(1, point.denominator)
      let found = try ClosureSearch().threshold(of: grid, numerator: point.numerator, denominator: d)
      #expect(found.bound == point.production)
    }
  }

  @Test(arguments: [0.3, 0.05, 0.001])
  func everyStrategyIsCoveredWithinTheTolerance(tolerance: Double) throws {
    var random = RandomStream(seed: 34)
    for family in NdOracle.Family.allCases {
      for shape in NdOracle.shapes where shape.count < 5 {
        let grid = try NdOracle.grid(family, shape: shape, random: &random)
        let complete = FrontierPoint.frontier(of: NdOracle.regions(of: grid))
        let frontier = try ClosureSearch().frontier(of: grid, tolerance: tolerance)
        #expect(frontier.isClosed && frontier.count <= complete.count)
        for point in complete {
          let covered = frontier.contains {
            FrontierPoint.compareRisk($0, point) <= 0
              && Double($0.production) >= (1 - tolerance) * Double(point.production) * (1 - 1e-12)
          }
          #expect(covered, "\(family) \(shape)")
        }
      }
    }
  }

  @Test func aSpentBudgetLeavesTrueBounds() throws {
    var random = RandomStream(seed: 35)
    for family in [NdOracle.Family.amounts, .small, .negativeNumerators, .large] {
      let grid = try NdOracle.grid(family, shape: [3, 3, 3], random: &random)
      let complete = FrontierPoint.frontier(of: NdOracle.regions(of: grid))
      let search = ClosureSearch(limits: ClosureLimits(seconds: 0))
      let frontier = try search.frontier(of: grid)
      #expect(!frontier.isClosed && frontier.count < complete.count)
      for point in complete where !frontier.contains(where: { NdOracle.agree($0, point) }) {
        let listed = frontier.open.contains {
          point.production > $0.productionAbove && point.production <= $0.productionAtMost
            && NdOracle.fits(point, $0.riskNumerator, $0.riskDenominator)
        }
        #expect(listed, "\(family) \(point)")
      }
      for point in complete.dropFirst() {
        let n = point.numerator
        let found = try search.threshold(of: grid, numerator: n, denominator: point.denominator)
        let best = try #require(found.point)
        #expect(found.status == .limitReached || found.status == .optimal)
        #expect(best.production <= point.production && found.bound >= point.production)
        #expect(NdOracle.fits(best, n, point.denominator))
      }
    }
  }

  @Test func cancellationEndsTheSearch() throws {
    var random = RandomStream(seed: 36)
    let grid = try NdOracle.grid(.amounts, shape: [4, 4, 4], random: &random)
    #expect(throws: CancellationError.self) { try ClosureSearch().frontier(of: grid, isCancelled: { true }) }
    #expect(throws: CancellationError.self) {
      try ClosureSearch().threshold(of: grid, numerator: 1, denominator: 20, isCancelled: { true })
    }
  }

  @Test func cellsOutsideTheMethodAreRefusedByName() throws {
    func grid(_ p: Int64, _ n: Int64, _ d: Int64) throws -> GridSumsND {
      try GridSumsND(shape: [1, 1, 3], production: [1, 1, p], numerator: [0, 0, n], denominator: [1, 1, d])
    }
    let at = [0, 0, 2]
    #expect(throws: ClosureError.negativeProduction(position: at, value: -1)) {
      try ClosureSearch().frontier(of: grid(-1, 0, 1))
    }
    #expect(throws: ClosureError.negativeDenominator(position: at, value: -2)) {
      try ClosureSearch().frontier(of: grid(1, 0, -2))
    }
    #expect(throws: ClosureError.negativeNumerator(position: at, value: -3)) {
      try ClosureSearch().threshold(of: grid(1, -3, 0), numerator: 1, denominator: 1)
    }
    #expect(throws: ClosureError.threshold(numerator: 1, denominator: 0)) {
      try ClosureSearch().threshold(of: grid(1, 1, 1), numerator: 1, denominator: 0)
    }
    #expect(throws: ClosureError.self) { try ClosureSearch().frontier(of: grid(1, 1, 1), tolerance: 0.6) }
    #expect(throws: ClosureError.self) {
      try ClosureSearch(limits: ClosureLimits(diagramNodes: 0)).frontier(of: grid(1, 1, 1))
    }
    #expect(ClosureError.negativeProduction(position: at, value: -1).problem.contains("(1, 1, 3)"))
  }

  @Test func thresholdsOfAnySizeAreTaken() throws {
    let grid = try GridSumsND(
      shape: [2, 1, 2], production: [5, 4, 3, 2], numerator: [0, 1, 2, 9], denominator: [10, 10, 10, 0])
    for (n, d, production) in [(Int64.max, 1, 14), (Int64.max, Int64.max, 14), (1, Int64.max, 5)]
      as [(Int64, Int64, Int64)]
    {
      #expect(try ClosureSearch().threshold(of: grid, numerator: n, denominator: d).bound == production)
    }
    let below = try ClosureSearch().threshold(of: grid, numerator: Int64.min, denominator: 1)
    #expect(below.status == .infeasible && below.point == nil)
    let nothing = try GridSumsND(
      shape: [2, 2], production: [1, 1, 1, 1], numerator: [1, 1, 1, 1], denominator: [2, 2, 2, 2])
    let empty = try ClosureSearch().threshold(of: nothing, numerator: 1, denominator: 3)
    #expect(empty.status == .infeasible && empty.point?.accepted == [0, 0])
  }
}
