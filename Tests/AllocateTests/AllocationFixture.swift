import CutlineCompute
import CutlineCore
import CutlineCredit

@testable import CutlineAllocate

/// Small allocations, and an oracle that tries all choices.
enum AllocationFixture {
  static func segment(
    _ name: String, _ points: [(Int64, Int64, Int64)], today: (Int64, Int64, Int64)? = nil, multiplier: Double = 7,
    bounds: SegmentFrontier.Bounds = .init()
  ) -> SegmentFrontier {
    func point(_ sums: (Int64, Int64, Int64)) -> SegmentFrontier.Point {
      SegmentFrontier.Point(production: sums.0, numerator: sums.1, denominator: sums.2)
    }
    return SegmentFrontier(
      name: name, measure: RiskMeasure(multiplier: multiplier), scale: AmountScale(0), points: points.map(point),
      today: today.map(point), bounds: bounds)
  }

  static func input(_ segments: [SegmentFrontier], _ limits: AllocationLimits) -> Allocate.Input {
    Allocate.Input(segments: segments.map { NamedArtifact($0.name, $0) }, limits: limits)
  }

  static func exact(_ input: Allocate.Input, labels: Int = 1_000_000) throws -> Allocation {
    let allocation = try ExactAllocation.allocation(input, labelLimit: labels)
    try Allocate.check(allocation, against: input)
    return allocation
  }

  static func greedy(_ input: Allocate.Input) async throws -> Allocation {
    let allocation = try await GreedyAllocation(config: NoConfig()).run(input, in: RunContext(stageID: "a", seed: 1))
    try Allocate.check(allocation, against: input)
    return allocation
  }

  /// The sums of the toy of the specification, in thousandths.
  static func toy(_ target: Double) throws -> Allocate.Input {
    input(
      [
        segment("a", [(100, 100, 100_000), (150, 250, 150_000), (200, 500, 200_000)]),
        segment("b", [(80, 50, 80_000), (120, 200, 125_000), (160, 550, 170_000)]),
      ], AllocationLimits(target: try DecimalNumber(target)))
  }

  /// A frontier of up to eight points: production and risk rise.
  static func random(_ name: String, _ stream: inout RandomStream, points: Int, size: Int) -> SegmentFrontier {
    var sums: [(Int64, Int64, Int64)] = []
    var (production, numerator, denominator) = (Int64(0), Int64(0), Int64(0))
    for _ in 0..<points {
      production += Int64(1 + stream.index(below: size))
      denominator += Int64(1 + stream.index(below: 4 * size))
      numerator += Int64(stream.index(below: size / 4 + 2))
      sums.append((production, numerator, denominator))
    }
    let today = sums[stream.index(below: points)]
    return segment(name, sums, today: (max(0, today.0 - 1), today.1 + 1, today.2))
  }

  struct Best: Equatable {
    var value = Int64.min
    var slack = Int128.min
    var places: [Int] = []
  }

  /// Subset sums: production that costs as much slack, so that the bound says little.
  static func subsets(of count: Int) throws -> Allocate.Input {
    var stream = RandomStream(seed: 3)
    let weights = (0..<count).map { _ in Int64(1_000_000 + stream.index(below: 1_000_000)) }
    let budget = weights.reduce(0, +) / 2
    let segments =
      [segment("budget", [(0, 0, budget)], multiplier: 1)]
      + weights.enumerated().map { segment("w\($0)", [(0, 0, 0), ($1, $1 + 1, 1)], multiplier: 1) }
    return input(segments, AllocationLimits(target: try DecimalNumber(100)))
  }

  /// The best of all choices by plain enumeration: most production, then most slack n D − d N, then the first places.
  static func bruteForce(_ input: Allocate.Input) throws -> Best? {
    let segments = input.segments.map(\.artifact)
    let limits = input.limits
    let measure = segments[0].measure
    let (n, d) = try measure.fraction(of: limits.target)
    struct Own {
      let place: Int
      let production: Int64
      let slack: Int128
      let changes: Int
    }
    let lists = try segments.map { segment in
      let counted = limits.mostChanged == nil ? [] : [segment.today].compactMap { $0 }
      return try (segment.points + counted).enumerated().compactMap { place, point -> Own? in
        let bounds = segment.bounds
        if point.denominator == 0, let least = bounds.minRisk, least.mantissa > 0 { return nil }
        let risk = 100 * measure.multiplier * Double(point.numerator)
        if let least = bounds.minRisk, let value = Double("\(least)"), risk < value * Double(point.denominator) {
          return nil
        }
        if let most = bounds.maxRisk, try !measure.fits(point.sums, limit: most) { return nil }
        if let floor = bounds.leastProduction, point.production < floor { return nil }
        if let change = bounds.maxChange, let value = Double("\(change)"), let today = segment.today,
          100 * abs(Double(point.production - today.production)) > value * Double(today.production)
        {
          return nil
        }
        return Own(
          place: place, production: point.production,
          slack: Int128(n) * Int128(point.denominator) - Int128(d) * Int128(point.numerator),
          changes: place < segment.points.count ? 1 : 0)
      }
    }
    var best: Best?
    func visit(_ depth: Int, _ production: Int64, _ slack: Int128, _ changed: Int, _ places: [Int]) {
      guard depth < lists.count else {
        guard slack >= 0, changed <= limits.mostChanged ?? .max, production >= limits.leastProduction ?? .min else {
          return
        }
        if let best, (best.value, best.slack) >= (production, slack) { return }
        best = Best(value: production, slack: slack, places: places)
        return
      }
      for own in lists[depth] {
        visit(depth + 1, production + own.production, slack + own.slack, changed + own.changes, places + [own.place])
      }
    }
    visit(0, 0, 0, 0, [])
    return best
  }
}
