import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineMilp
import Testing

@testable import CutlineAllocate

@Suite struct MilpAllocationTests {
  /// Where the solver is missing, what helps is another method of allocating.
  @Test func withoutTheSolverAnotherMethodIsAdvised() {
    let missing = Faults.usage(
      "milp", "the solver HiGHS is not installed", "Run scripts/setup, or use = \"threshold\".")
    let said = "\(MilpAllocation.advised(missing))"
    #expect(said.contains("milp: the solver HiGHS is not installed. Run scripts/setup, or use --method exact."))
  }

  private static let isInstalled = (try? HighsSolver(timeLimitSeconds: 1, absoluteGap: 0)) != nil

  /// The solver and the search agree, with limits of all kinds.
  @Test(.enabled(if: isInstalled, "needs the solver HiGHS, which scripts/setup installs"))
  func theSolverAgrees() async throws {
    var stream = RandomStream(seed: 31)
    var counts: [Allocation.Status: Int] = [:]
    for trial in 0..<60 {
      var segments = (0..<2 + stream.index(below: 5)).map {
        AllocationFixture.random("s\($0)", &stream, points: 1 + stream.index(below: 20), size: 10_000)
      }
      if trial % 3 == 0 { segments[0].bounds.minRisk = try DecimalNumber(Double(stream.index(below: 120))) }
      var limits = AllocationLimits(
        target: try DecimalNumber(Double(20 + stream.index(below: 100))),
        weight: trial % 4 == 0 ? .production : .exposure)
      if trial % 2 == 0 { limits.mostChanged = stream.index(below: segments.count + 1) }
      if trial % 5 == 0 { limits.leastProduction = Int64(stream.index(below: 200_000)) }
      let input = AllocationFixture.input(segments, limits)
      let exact = try AllocationFixture.exact(input)
      let milp = try await MilpAllocation(config: MilpAllocationConfig())
        .run(input, in: RunContext(stageID: "a", seed: 1))
      try Allocate.check(milp, against: input)
      counts[exact.status, default: 0] += 1
      #expect((exact.status == .infeasible) == (milp.status == .infeasible), "trial \(trial)")
      #expect(exact.sums.production == milp.sums.production, "trial \(trial)")
    }
    #expect(counts[.optimal] ?? 0 > 20 && counts[.infeasible] ?? 0 > 3, "\(counts)")
  }
}
