import CutlineCompute
import CutlineSearch
import Testing

@Suite struct ThresholdDualTests {
  #if DEBUG
    static let rounds = 3
  #else
    static let rounds = 100
  #endif

  @Test(arguments: NdOracle.Family.allCases)
  func theListProvesABoundCloseToTheRelaxation(family: NdOracle.Family) throws {
    var random = RandomStream(seed: 61, stream: UInt64(family.rawValue))
    for _ in 0..<Self.rounds {
      for shape in NdOracle.shapes where shape.count < 5 {
        let grid = try NdOracle.grid(family, shape: shape, random: &random)
        let pins = ClosureBoundsTests.Pins(grid, random: &random)
        let pinned = random.index(below: 2) == 0 ? try? pins.bounds(grid) : nil
        let regions =
          pinned == nil
          ? NdOracle.regions(of: grid)
          : NdOracle.regions(of: grid, accepting: pins.accepting, rejecting: pins.rejecting)
        let frontier = FrontierPoint.frontier(of: regions)
        let on = frontier.isEmpty ? regions[0] : frontier[random.index(below: frontier.count)]
        let d = max(1, on.denominator)
        let beside = 2 * on.numerator + Int64(random.index(below: 3)) - 1
        for (numerator, denominator) in [(on.numerator, d), (beside, 2 * d), (Int64(random.index(below: 33)) - 3, 10)]
          as [(Int64, Int64)]
        {
          let limit = try RiskRatio(numerator: numerator, denominator: denominator)
          let dual = try ClosureSearch().dual(of: grid, limit: limit, bounds: pinned)
          let optimum = frontier.last { limit.admits($0) }
          let text = "\(family) \(shape) \(limit) \(pinned == nil ? "" : "\(pins)")"
          guard let optimum else {
            #expect(dual == nil, "\(text)")
            continue
          }
          let proof = try #require(dual, "\(text)")
          try check(proof, grid, limit, pinned, optimum.production, text)
        }
      }
    }
  }

  private func check(
    _ dual: ThresholdDual, _ grid: GridSumsND, _ limit: RiskRatio, _ bounds: StrategyBounds?, _ optimum: Int64,
    _ text: String
  ) throws {
    #expect(dual.bound == Self.provenBound(dual, grid, limit, bounds), "\(text)")
    #expect(dual.bound >= optimum, "\(text)")
    let found = try ClosureSearch()
      .threshold(of: grid, numerator: limit.numerator, denominator: limit.denominator, bounds: bounds)
    // Each accepted cell is rounded up by itself; the relaxation rounds their sum.
    let accepted = bounds.map { $0.least.reduce(0) { $0 + Int($1) } } ?? 0
    let rounding = Int64(
      (Double(accepted) * Double(sign: .plus, exponent: dual.shift, significand: 1) / Double(dual.p)).rounded(.up))
    // Where nothing lies below the limit the relaxation is what was found on it, not a dual.
    if try Self.isLimitSlack(grid, limit, bounds) {
      #expect(found.relaxation <= dual.bound && dual.bound <= found.relaxation + rounding, "\(text) \(dual) \(found)")
    }
  }

  /// The bound from the list alone, or nil where it is no proof.
  static func provenBound(
    _ dual: ThresholdDual, _ grid: GridSumsND, _ limit: RiskRatio, _ bounds: StrategyBounds?
  ) -> Int64? {
    guard dual.p > 0, dual.v >= 0, dual.shift >= 0 else { return nil }
    guard Int128(dual.u) * Int128(limit.denominator) >= Int128(dual.v) * Int128(limit.numerator) else { return nil }
    let unit = Int128(1) << Int128(dual.shift)
    var rest = (0..<grid.cellCount).map { cell in
      let weight =
        Int128(dual.p) * Int128(grid.production[cell]) + Int128(dual.u) * Int128(grid.denominator[cell])
        - Int128(dual.v) * Int128(grid.numerator[cell])
      return -((-weight) >> Int128(dual.shift))
    }
    for arc in dual.arcs {
      guard arc.flow > 0, grid.position(of: arc.cell)[arc.dimension] > 0 else { return nil }
      let stride = grid.shape.dropFirst(arc.dimension + 1).reduce(1, *)
      rest[arc.cell] -= Int128(arc.flow)
      rest[arc.cell - stride] += Int128(arc.flow)
    }
    var whole: Int128 = 0
    let last = grid.shape.last ?? 1
    for (cell, value) in rest.enumerated() {
      let least = Int(bounds?.least[cell / last] ?? 0)
      let most = Int(bounds?.most[cell / last] ?? UInt16(last))
      if cell % last < least { whole += value } else if cell % last < most { whole += max(0, value) }
    }
    let product = whole * unit
    let quotient = product / Int128(dual.p)
    return Int64(product % Int128(dual.p) < 0 ? quotient - 1 : quotient)
  }

  /// Whether some strategy lies strictly below a limit.
  private static func isLimitSlack(_ grid: GridSumsND, _ limit: RiskRatio, _ bounds: StrategyBounds?) throws -> Bool {
    let constraints = StrategyConstraints(bounds: bounds)
    return try RegionEnumeration().frontier(of: grid, constraints: constraints).points.contains { point in
      Int128(limit.numerator) * Int128(point.denominator) > Int128(limit.denominator) * Int128(point.numerator)
    }
  }

  @Test func productionAloneWhereEverythingFits() throws {
    let grid = try GridSumsND(
      shape: [2, 2, 1], production: [4, 3, 2, 1], numerator: [1, 1, 1, 1], denominator: [10, 10, 10, 10])
    let limit = try RiskRatio(numerator: 1, denominator: 2)
    let dual = try #require(try ClosureSearch().dual(of: grid, limit: limit))
    #expect(dual.p == 1 && dual.u == 0 && dual.v == 0 && dual.shift == 0 && dual.arcs.isEmpty && dual.bound == 10)
    let below = try RiskRatio(numerator: -1, denominator: 2)
    #expect(try ClosureSearch().dual(of: grid, limit: below) == nil)
    let huge = try RiskRatio(numerator: .max, denominator: 1)
    #expect(try ClosureSearch().dual(of: grid, limit: huge)?.bound == 10)
  }

  @Test func largerGridsGiveTheRelaxation() throws {
    var random = RandomStream(seed: 62)
    for family in [NdOracle.Family.amounts, .large, .negativeNumerators, .zeroDenominators] {
      let grid = try NdOracle.grid(family, shape: [6, 7, 5], random: &random)
      let least = try #require(try ClosureSearch(limits: ClosureLimits(seconds: 0)).frontier(of: grid).first)
      let all = RiskRatio.whole(grid)
      // Between the least risk and that of accepting all.
      for share: Int64 in 1...3 {
        let limit = try RiskRatio(
          numerator: least.numerator / 8 + all.numerator / 8 * share,
          denominator: least.denominator / 8 + all.denominator / 8 * share + 1)
        let dual = try #require(try ClosureSearch().dual(of: grid, limit: limit))
        #expect(dual.bound == Self.provenBound(dual, grid, limit, nil))
        let found = try ClosureSearch(limits: ClosureLimits(seconds: 0))
          .threshold(of: grid, numerator: limit.numerator, denominator: limit.denominator)
        #expect(found.relaxation == dual.bound, "\(family) \(share)")
      }
    }
  }
}

extension RiskRatio {
  fileprivate static func whole(_ grid: GridSumsND) -> (numerator: Int64, denominator: Int64) {
    (grid.numerator.reduce(0, +), grid.denominator.reduce(0, +))
  }
}
