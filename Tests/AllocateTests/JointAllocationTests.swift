import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineAllocate

@Suite struct JointAllocationTests {
  private static func table(_ bins: [Int], size: Int, _ stream: inout RandomStream) -> CellTable {
    let grid = CellGrid(
      axes: bins.enumerated().map { index, count in
        GridAxis(
          name: "s\(index)", source: "s\(index)", direction: index == 0 ? .higherIsSafer : .higherIsRiskier,
          edges: (0...count).map(Double.init))
      })
    let booked = (0..<grid.cellCount).map { _ in
      CellSums(
        numerator: Int64(stream.index(below: size)), denominator: Int64(1 + stream.index(below: 10 * size)),
        production: Int64(stream.index(below: size)))
    }
    let zeros = [Double](repeating: 0, count: grid.cellCount)
    return CellTable(
      grid: grid, measure: RiskMeasure(multiplier: 7), booked: booked, rejected: booked.map { _ in .zero },
      rejectedRows: zeros.map { _ in 0 }, swapIn: booked.map { _ in .zero }, predictedRisk: zeros,
      rejectMultiplier: zeros, exposureRatio: 1, basis: nil, scale: AmountScale(0))
  }

  /// All strategies of a grid of two scores, by plain recursion over cutoffs by bin.
  private static func strategies(_ grid: CellGrid) -> [Strategy] {
    let (rows, columns) = (grid.axes[0].binCount, grid.axes[1].binCount)
    var all: [[Int]] = [[]]
    for _ in 0..<rows { all = all.flatMap { head in (0...columns).map { head + [$0] } } }
    return all.map { Strategy(accepted: $0) }.filter { $0.firstViolation(in: grid) == nil }
  }

  private static func sums(_ cells: CellTable, _ strategy: Strategy) -> SegmentFrontier.Point {
    let sums = cells.totals(of: strategy).optimum
    return SegmentFrontier.Point(
      production: sums.production, numerator: sums.numerator, denominator: sums.denominator)
  }

  /// The frontier of production and risk, from all strategies.
  private static func frontier(_ points: [SegmentFrontier.Point], _ measure: RiskMeasure) -> [SegmentFrontier.Point] {
    let sorted = points.sorted {
      ($0.production, measure.strategyPercent($1.sums) ?? 0) > ($1.production, measure.strategyPercent($0.sums) ?? 0)
    }
    var kept: [SegmentFrontier.Point] = []
    for point in sorted {
      let risk = measure.strategyPercent(point.sums) ?? 0
      if let last = kept.last, risk >= measure.strategyPercent(last.sums) ?? 0 { continue }
      kept.append(point)
    }
    return kept.reversed()
  }

  /// 500 small instances against all combinations of all strategies; never below the points of the frontiers.
  @Test func allStrategiesAreTried() async throws {
    var stream = RandomStream(seed: 21)
    var (feasible, better, limited) = (0, 0, 0)
    for trial in 0..<500 {
      let size = trial % 4 == 0 ? 4 : 1000
      var segments: [SegmentFrontier] = []
      var all: [[SegmentFrontier.Point]] = []
      for index in 0..<2 {
        let cells = Self.table([1 + stream.index(below: 3), 1 + stream.index(below: 3)], size: size, &stream)
        let points = Self.strategies(cells.grid).map { Self.sums(cells, $0) }
        let booked = cells.booked.reduce(.zero, +)
        var segment = SegmentFrontier(
          name: "s\(index)", measure: cells.measure, scale: cells.scale, points: Self.frontier(points, cells.measure),
          today: .init(production: booked.production / 2, numerator: booked.numerator, denominator: booked.denominator),
          cells: cells)
        if trial % 3 == 1 {
          if stream.index(below: 2) == 0 {
            segment.bounds.minRisk = try DecimalNumber(Double(20 + stream.index(below: 40)))
          }
          if stream.index(below: 2) == 0 {
            segment.bounds.maxRisk = try DecimalNumber(Double(40 + stream.index(below: 60)))
          }
          if stream.index(below: 3) == 0 {
            segment.bounds.maxChange = try DecimalNumber(Double(stream.index(below: 90)))
          }
          limited += 1
        }
        segments.append(segment)
        all.append(points)
      }
      let input = AllocationFixture.input(
        segments, AllocationLimits(target: try DecimalNumber(Double(20 + stream.index(below: 60)))))
      let whole = AllocationFixture.input(
        zip(segments, all).map { segment, points in
          SegmentFrontier(
            name: segment.name, measure: segment.measure, scale: segment.scale, points: points, today: segment.today,
            bounds: segment.bounds)
        }, input.limits)
      let best = try AllocationFixture.bruteForce(whole)
      let joint = try await JointAllocation(config: ExactConfig()).run(input, in: RunContext(stageID: "a", seed: 1))
      try Allocate.check(joint, against: input)
      guard let best else {
        #expect(joint.status == .infeasible, "trial \(trial)")
        continue
      }
      feasible += 1
      #expect(joint.status == .optimal && joint.bound == best.value, "trial \(trial): \(joint) \(best)")
      let points = try AllocationFixture.exact(input)
      if points.status == .optimal {
        #expect(points.sums.production <= best.value)
        if points.sums.production < best.value { better += 1 }
      }
    }
    #expect(feasible > 300 && better > 5 && limited > 100, "\(feasible) \(better)")
  }
}
