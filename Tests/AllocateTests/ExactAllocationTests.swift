import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import TestSupport
import Testing

@testable import CutlineAllocate

@Suite struct ExactAllocationTests {
  /// The specification's toy: at 1.5 % the best is 280 where a climb ends at 270.
  @Test func theToyIsAsStated() async throws {
    let expected: [(Double, Int64, [Int])] = [
      (0.7, 180, [0, 0]), (1.0, 230, [1, 0]), (1.2, 270, [1, 1]), (1.5, 280, [2, 0]), (2.0, 360, [2, 2]),
    ]
    for (target, production, places) in expected {
      let allocation = try AllocationFixture.exact(try AllocationFixture.toy(target))
      #expect(allocation.status == .optimal && allocation.bound == production, "\(target)")
      #expect(allocation.sums.production == production && allocation.choices.map(\.point) == places, "\(target)")
    }
    let greedy = try await AllocationFixture.greedy(try AllocationFixture.toy(1.5))
    #expect(greedy.status == .unproven && greedy.sums.production == 270)
    let risk = try #require(RiskMeasure(multiplier: 7).percent(greedy.sums))
    #expect(abs(risk - 1.1455) < 5e-5)
  }

  /// CUTLINE_TRIALS=10000 tries as many as the method's page says; a build without optimisation takes a minute for them.
  private static let trials = ProcessInfo.processInfo.environment["CUTLINE_TRIALS"].flatMap { Int($0) } ?? 1500

  /// Instances of up to 4 segments and 8 points, some with ties, some infeasible.
  @Test func allChoicesAreTried() async throws {
    var stream = RandomStream(seed: 14)
    var (feasible, short) = (0, 0)
    var worst = 0.0
    for trial in 0..<Self.trials {
      let size = trial % 3 == 0 ? 3 : 1000
      let segments = (0..<1 + stream.index(below: 4)).map { index in
        AllocationFixture.random("s\(index)", &stream, points: 1 + stream.index(below: 8), size: size)
      }
      let target = try DecimalNumber((100 + Double(stream.index(below: 500))) / 10)
      let input = AllocationFixture.input(segments, AllocationLimits(target: target))
      let (best, allocation) = (
        try AllocationFixture.bruteForce(input), try ExactAllocation.allocation(input, labelLimit: 100_000)
      )
      guard let best else {
        #expect(allocation.status == .infeasible && allocation.conflict == ["target \(target) %"])
        continue
      }
      feasible += 1
      #expect(allocation.status == .optimal && allocation.bound == best.value, "trial \(trial)")
      #expect(allocation.choices.map(\.point) == best.places, "trial \(trial)")
      guard trial % 3 == 0 else { continue }
      let greedy = try await AllocationFixture.greedy(input)
      #expect(greedy.status == .fallback || greedy.sums.production <= best.value)
      if greedy.status != .fallback, greedy.sums.production < best.value {
        short += 1
        worst = max(worst, 1 - Double(greedy.sums.production) / Double(best.value))
      }
    }
    #expect(
      2 * feasible > Self.trials && feasible < Self.trials && short > 20 && worst > 0.05,
      "\(feasible) \(short) \(worst)")
  }

  /// Own limits of segments, a floor on all, a number of changes.
  @Test func limitsAreKept() throws {
    var stream = RandomStream(seed: 15)
    var counts: [Allocation.Status: Int] = [:]
    for trial in 0..<500 {
      var segments = (0..<2 + stream.index(below: 3)).map { index in
        AllocationFixture.random("s\(index)", &stream, points: 1 + stream.index(below: 5), size: 40)
      }
      for index in segments.indices {
        func maybe(_ value: @autoclosure () throws -> DecimalNumber) rethrows -> DecimalNumber? {
          stream.index(below: 4) == 0 ? try value() : nil
        }
        segments[index].bounds.minRisk = try maybe(DecimalNumber(Double(stream.index(below: 60))))
        segments[index].bounds.maxRisk = try maybe(DecimalNumber(Double(stream.index(below: 200))))
        segments[index].bounds.maxChange = try maybe(DecimalNumber(Double(stream.index(below: 100))))
        if stream.index(below: 4) == 0 { segments[index].bounds.leastProduction = Int64(stream.index(below: 100)) }
      }
      var limits = AllocationLimits(target: try DecimalNumber(Double(20 + stream.index(below: 120))))
      if stream.index(below: 2) == 0 { limits.mostChanged = stream.index(below: segments.count + 1) }
      if stream.index(below: 3) == 0 { limits.leastProduction = Int64(stream.index(below: 400)) }
      let input = AllocationFixture.input(segments, limits)
      let best = try AllocationFixture.bruteForce(input)
      let allocation = try AllocationFixture.exact(input)
      counts[allocation.status, default: 0] += 1
      guard let best else {
        #expect(allocation.status == .infeasible, "trial \(trial)")
        try Self.isMinimal(allocation, input)
        continue
      }
      #expect(allocation.status == .optimal && allocation.bound == best.value, "trial \(trial)")
      let places = zip(segments, best.places).map { $1 < $0.points.count ? $1 : nil }
      #expect(allocation.choices.map(\.point) == places, "trial \(trial)")
    }
    #expect(counts[.optimal] ?? 0 > 100 && counts[.infeasible] ?? 0 > 100, "\(counts)")
  }

  /// The limits that are named contradict each other, and no part of them does.
  private static func isMinimal(_ allocation: Allocation, _ input: Allocate.Input) throws {
    let problem = try AllocationProblem(input)
    let options = problem.options
    let named = options.constraints.filter { allocation.conflict.contains(options.name($0)) }
    func relaxed(_ kept: [AllocationConstraint]) throws -> AllocationFixture.Best? {
      var segments = options.segments
      var limits = input.limits
      for constraint in options.constraints where !kept.contains(constraint) {
        switch constraint {
        case .target: limits.target = try DecimalNumber(1e15)
        case .mostChanged: limits.mostChanged = segments.count
        case .leastProduction: limits.leastProduction = nil
        case .minRisk(let index): segments[index].bounds.minRisk = nil
        case .maxRisk(let index): segments[index].bounds.maxRisk = nil
        case .floor(let index): segments[index].bounds.leastProduction = nil
        case .maxChange(let index): segments[index].bounds.maxChange = nil
        case .lock(let index): segments[index].bounds.lockedPoint = nil
        }
      }
      return try AllocationFixture.bruteForce(AllocationFixture.input(segments, limits))
    }
    #expect(!named.isEmpty)
    #expect(try relaxed(named) == nil)
    for constraint in named { #expect(try relaxed(named.filter { $0 != constraint }) != nil) }
  }

  /// By production the two of the specification are 1.2 % exactly; by exposure 1.2727…
  @Test func bothWeightsAreExact() throws {
    func input(_ target: Double, _ weight: AllocationLimits.RiskWeight) throws -> Allocate.Input {
      AllocationFixture.input(
        [
          AllocationFixture.segment("a", [(0, 0, 0), (100, 10, 7000)]),
          AllocationFixture.segment("b", [(0, 0, 0), (100, 30, 15_000)]),
        ], AllocationLimits(target: try DecimalNumber(target), weight: weight))
    }
    for (target, byProduction, byExposure) in [
      (1.19999, Int64(100), Int64(100)), (1.2, 200, 100), (1.25, 200, 100), (1.28, 200, 200),
    ] {
      #expect(try AllocationFixture.exact(try input(target, .production)).bound == byProduction, "\(target)")
      #expect(try AllocationFixture.exact(try input(target, .exposure)).bound == byExposure, "\(target)")
    }
    // Thirds: Σ P · N / D is 1 exactly, and no binary fraction.
    let thirds = AllocationFixture.input(
      ["a", "b", "c"].map { AllocationFixture.segment($0, [(0, 0, 0), (1, 1, 3)], multiplier: 1) },
      AllocationLimits(target: try DecimalNumber(33.333333333333336), weight: .production))
    #expect(try AllocationFixture.exact(thirds).bound == 3)
    let below = AllocationFixture.input(
      thirds.segments.map(\.artifact),
      AllocationLimits(target: try DecimalNumber(33.33333333333333), weight: .production))
    #expect(try AllocationFixture.exact(below).bound == 0)
  }

  /// Instances with all optima, by full enumeration elsewhere.
  private static let shared = SharedFiles.path("oracles/milp", from: #filePath)

  @Test(.enabled(if: shared != nil, "needs the shared oracles")) func sharedInstancesAgree() throws {
    struct File: Decodable {
      struct Instance: Decodable {
        struct Segment: Decodable {
          struct Option: Decodable { let amount, todu30, pile: Int64 }
          let name: String
          let options: [Option]
        }
        let segments: [Segment]
        let targetB2: [Double]
        let minAmount: Int64?
      }
      struct Expected: Decodable {
        let status: String
        let amount: Int64?
        let optimalChoices: [[Int]]?
      }
      let instance: Instance
      let expected: Expected
    }
    let folder = try #require(Self.shared)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted()
    #expect(names.count >= 4)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    for name in names {
      let file = try decoder.decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
      let target = file.instance.targetB2
      let input = AllocationFixture.input(
        file.instance.segments.map { segment in
          AllocationFixture.segment(segment.name, segment.options.map { ($0.amount, $0.todu30, $0.pile) })
        },
        AllocationLimits(
          target: try DecimalNumber(100 * target[0] / target[1]), leastProduction: file.instance.minAmount))
      let allocation = try AllocationFixture.exact(input)
      #expect((allocation.status == .optimal) == (file.expected.status == "optimal"), "\(name)")
      #expect(allocation.bound == file.expected.amount, "\(name)")
      if let all = file.expected.optimalChoices {
        #expect(all.contains(allocation.choices.compactMap(\.point)), "\(name)")
      }
    }
  }

  /// A limit of work is not called an optimum.
  @Test func aLimitOfWorkIsSaid() throws {
    let input = try AllocationFixture.subsets(of: 16)
    let proven = try AllocationFixture.exact(input)
    let stopped = try AllocationFixture.exact(input, labels: 40)
    #expect(proven.status == .optimal && stopped.status == .bound, "\(stopped)")
    #expect(stopped.sums.production <= proven.sums.production)
    #expect(try #require(stopped.bound) >= proven.sums.production)
  }
}
