import CutlineCompute
import Foundation
import Testing

@testable import CutlineSearch

/// Time that is over and memory that is used up, inside the loops of every search.
@Suite struct LimitTests {
  /// Cells on the diagonal of a wide grid, whose lattice has many nodes and few that matter.
  private static func diagonal(_ size: Int) throws -> GridSums {
    var (production, numerator, denominator) = (
      [Int64](repeating: 0, count: size * size), [Int64](repeating: 0, count: size * size),
      [Int64](repeating: 0, count: size * size)
    )
    var random = RandomStream(seed: 71)
    for place in 0..<size {
      let cell = place * size + place
      production[cell] = Int64(random.index(below: 100) + 1)
      numerator[cell] = Int64(random.index(below: 5 + place * 20 / size))
      denominator[cell] = Int64(random.index(below: 100) + 20)
    }
    return try GridSums(
      rows: size, columns: size, production: production, numerator: numerator, denominator: denominator)
  }

  /// Of this thread's own work: a machine that does other things lengthens only the clock's time.
  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let start = now()
    try body()
    return now() - start
  }

  @Test func aPlaneEndsWithinItsTime() throws {
    let grid = try Self.diagonal(700)
    let took = try Self.seconds {
      let result = try FrontierSearch(timeLimitSeconds: 0.2).frontier(of: grid)
      #expect(!result.isComplete && !result.points.isEmpty)
      for point in result.points { #expect(try grid.sums(accepted: point.accepted) == point) }
    }
    // Generous; without questions inside the passes it takes many times that.
    #expect(took < 2)
    let limit = try RiskRatio(numerator: 1, denominator: 20)
    let thresholds = try Self.seconds {
      let optimum = try #require(
        try ThresholdSearch(timeLimitSeconds: 0.2).optima(of: grid, limits: [limit]).optima.first)
      if let point = optimum.point {
        #expect(limit.admits(point) && point.production <= optimum.bound)
      } else {
        #expect(optimum.status == .limitReached)
      }
    }
    #expect(thresholds < 2)
  }

  @Test func aGridThatIsTooLargeIsRefusedBeforeTheWork() throws {
    let grid = try Self.diagonal(700)
    let error = FrontierError.memory(neededMiB: 57, allowedMiB: 32)
    #expect(throws: error) { try FrontierSearch(memoryLimit: 32 << 20).frontier(of: grid) }
    #expect(throws: error) {
      try ThresholdSearch(memoryLimit: 32 << 20).optima(of: grid, limits: [RiskRatio(numerator: 1, denominator: 9)])
    }
    #expect(throws: FrontierError.self) {
      try ClosureSearch(limits: ClosureLimits(bytes: 32 << 20)).frontier(of: GridSumsND(grid))
    }
    #expect(throws: FrontierError.self) {
      try ExhaustiveSearch(workers: 1, memoryLimit: 1 << 10)
        .frontier(of: SearchOracle.grid(.plain, rows: 9, columns: 9, random: &Self.stream))
    }
    #expect(error.cause == .data)
  }

  nonisolated(unsafe) private static var stream = RandomStream(seed: 72)

  @Test func labelsThatFindNoRoomLeaveRegionsOpen() throws {
    var random = RandomStream(seed: 73)
    let grid = try NdOracle.grid(.amounts, shape: [8, 8, 8], random: &random)
    let complete = try ClosureSearch(limits: ClosureLimits(seconds: 20)).frontier(of: grid)
    for bytes: UInt64 in [1 << 10, 200 << 10] {
      let limited = try ClosureSearch(limits: ClosureLimits(seconds: 20, bytes: bytes)).frontier(of: grid)
      #expect(!limited.isClosed && limited.count < complete.count)
      for point in complete where !limited.contains(where: { NdOracle.agree($0, point) }) {
        let isListed = limited.open.contains {
          point.production > $0.productionAbove && point.production <= $0.productionAtMost
            && NdOracle.fits(point, $0.riskNumerator, $0.riskDenominator)
        }
        #expect(isListed, "\(bytes) \(point)")
      }
    }
  }

  @Test func regionsEndWithinTheirTime() throws {
    var random = RandomStream(seed: 74)
    let grid = try NdOracle.grid(.amounts, shape: [40, 40, 40], random: &random)
    let took = try Self.seconds {
      let frontier = try ClosureSearch(limits: ClosureLimits(seconds: 0.2)).frontier(of: grid)
      #expect(!frontier.isClosed)
    }
    #expect(took < 2)
    let whole = try Self.seconds {
      let found = try ClosureSearch(limits: ClosureLimits(seconds: 0.2))
        .threshold(of: grid, numerator: 1, denominator: 30)
      #expect(found.bound >= found.point?.production ?? 0)
    }
    #expect(whole < 2)
  }

  @Test func anExhaustiveSearchGivesWhatItHasSeen() throws {
    var random = RandomStream(seed: 75)
    let grid = try SearchOracle.grid(.plain, rows: 14, columns: 14, random: &random)
    let complete = try ExhaustiveSearch(workers: 2).frontier(of: grid)
    #expect(complete.isComplete)
    for form in [ExhaustiveForm.scalar, .cpu] {
      let cut = try ExhaustiveSearch(form: form, workers: 2, timeLimitSeconds: 0).frontier(of: grid)
      #expect(!cut.isComplete)
      for point in cut.points { #expect(try grid.sums(accepted: point.accepted) == point) }
    }
    let visited = try RegionEnumeration(timeLimitSeconds: 0).frontier(of: GridSumsND(grid))
    #expect(!visited.isComplete && visited.visited < 40_116_600)
  }
}
