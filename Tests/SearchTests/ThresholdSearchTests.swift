import CutlineCompute
import CutlineSearch
import Testing

@Suite struct ThresholdSearchTests {
  #if DEBUG
    static let rounds = 4
  #else
    static let rounds = 150
  #endif

  /// Risks between and exactly at those of the strategies, below all and above all.
  static func limits(_ points: [FrontierPoint], random: inout RandomStream) throws -> [RiskRatio] {
    var limits = try [(-1, 3), (0, 1), (1, 1_000_000), (1, 20), (5, 1), (.max, 1), (.min, .max)]
      .map { try RiskRatio(numerator: $0.0, denominator: $0.1) }
    for _ in 0..<5 {
      let point = points[random.index(below: points.count)]
      let denominator = max(point.denominator, 1)
      for step: Int64 in -1...1 {
        limits.append(try RiskRatio(numerator: point.numerator + step, denominator: denominator))
      }
    }
    return limits
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func equalsBruteForce(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 31, stream: UInt64(family.rawValue))
    let sets = InstructionSet.supported
    for round in 0..<Self.rounds {
      for (rows, columns) in [(1, 1), (1, 9), (7, 2), (3, 4), (4, 4), (5, 5)] {
        let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
        let strategies = SearchOracle.strategies(of: grid)
          .map { FrontierPoint(production: $0.p, numerator: $0.n, denominator: $0.d, accepted: $0.accepted) }
        let limits = try Self.limits(FrontierPoint.frontier(of: strategies), random: &random)
        let search = ThresholdSearch(workers: 1 + round % 2, instructionSet: sets[round % sets.count])
        let result = try search.optima(of: grid, limits: limits)
        #expect(result.optima.map(\.limit) == limits)
        for optimum in result.optima {
          let within = strategies.filter { optimum.limit.admits($0) }
          let best = FrontierPoint.frontier(of: within).last
          #expect(optimum.point == best, "\(family) \(rows)×\(columns) round \(round) limit \(optimum.limit)")
          #expect(optimum.bound >= best?.production ?? .min)
          switch optimum.status {
          case .infeasible: #expect(within.isEmpty)
          case .acceptsNothing: #expect(best?.accepted.allSatisfy { $0 == 0 } == true)
          case .optimal: #expect(best?.accepted.contains { $0 > 0 } == true)
          case .limitReached: Issue.record("no limit was set")
          }
        }
      }
    }
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func equalsTheFrontierOfLargerGrids(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 32, stream: UInt64(family.rawValue))
    #if DEBUG
      let shapes = [(6, 7)]
    #else
      let shapes = [(6, 7), (10, 20), (20, 8), (3, 40)]
    #endif
    // Uncertain signs of denominators make large grids slow.
    for (rows, columns) in shapes where family != .negativeDenominators || rows * columns < 100 {
      let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
      let points = try FrontierSearch().frontier(of: grid).points
      let limits = try Self.limits(points, random: &random)
      for optimum in try ThresholdSearch(workers: 2).optima(of: grid, limits: limits).optima {
        #expect(optimum.point == points.last { optimum.limit.admits($0) }, "\(family) \(rows)×\(columns) \(optimum)")
      }
    }
  }

  @Test func pinsAreHonoured() throws {
    var random = RandomStream(seed: 33)
    for _ in 0..<10 * Self.rounds {
      let grid = try SearchOracle.grid(.plain, rows: 4, columns: 5, random: &random)
      let accepting = [random.index(below: 4), random.index(below: 5)]
      let bounds = try StrategyBounds(shape: grid.shape, accepting: [accepting], rejecting: [])
      let within = SearchOracle.strategies(of: grid).filter { bounds.contains($0.accepted) }
        .map { FrontierPoint(production: $0.p, numerator: $0.n, denominator: $0.d, accepted: $0.accepted) }
      let limits = try (0...40).map { try RiskRatio(numerator: $0, denominator: 400) }
      let optima = try ThresholdSearch().optima(of: grid, limits: limits, bounds: bounds).optima
      for optimum in optima {
        #expect(optimum.point == FrontierPoint.frontier(of: within.filter { optimum.limit.admits($0) }).last)
      }
      // Accepting nothing is not allowed, so a limit of 0 may leave nothing.
      if let least = FrontierPoint.frontier(of: within).first, least.numerator > 0 {
        #expect(optima[0].status == .infeasible)
      }
    }
  }

  @Test func limitsAndTheirFaults() throws {
    #expect(throws: FrontierError.limit(numerator: 1, denominator: 0)) { try RiskRatio(numerator: 1, denominator: 0) }
    #expect(throws: FrontierError.limit(numerator: 1, denominator: -2)) { try RiskRatio(numerator: 1, denominator: -2) }
    var random = RandomStream(seed: 34)
    let grid = try SearchOracle.grid(.plain, rows: 8, columns: 9, random: &random)
    #expect(try ThresholdSearch().optima(of: grid, limits: []).optima.isEmpty)
    let limits = try (0..<20).map { try RiskRatio(numerator: 30 + $0, denominator: 1000) }
    // Without labels or time nothing is claimed but the bound, and what was known is kept.
    let points = try FrontierSearch().frontier(of: grid).points
    for search in [ThresholdSearch(labelLimit: 1), ThresholdSearch(timeLimitSeconds: 0)] {
      for optimum in try search.optima(of: grid, limits: limits).optima {
        let best = points.last { optimum.limit.admits($0) }
        // What is quicker than the next look at the clock is an answer, and then the right one.
        if optimum.status != .limitReached {
          #expect(search.labelLimit > 1 && optimum.point == best)
          #expect((optimum.status == .acceptsNothing) == best?.accepted.allSatisfy { $0 == 0 })
        }
        #expect(optimum.bound >= best?.production ?? .min && optimum.point?.production ?? .min <= best?.production ?? 0)
        if let point = optimum.point { #expect(optimum.limit.admits(point)) }
      }
    }
    #expect(throws: CancellationError.self) {
      try ThresholdSearch().optima(of: grid, limits: limits, isCancelled: { true })
    }
    let one = try ThresholdSearch(workers: 1).optima(of: grid, limits: limits).optima
    #expect(try ThresholdSearch(workers: 3).optima(of: grid, limits: limits).optima == one)
  }
}
