import CutlineCompute
import CutlineCore
import CutlineCredit
import Synchronization
import TestSupport
import Testing

@testable import CutlineOptimize

/// Cell tables made by hand.
enum Cells {
  static func grid(
    _ directions: (Direction, Direction) = (.higherIsSafer, .higherIsSafer), _ rows: Int = 3, _ columns: Int = 4
  ) -> CellGrid {
    func axis(_ name: String, _ direction: Direction, _ bins: Int) -> GridAxis {
      GridAxis(name: name, source: name, direction: direction, edges: (0...bins).map(Double.init))
    }
    return CellGrid(axes: [axis("a", directions.0, rows), axis("b", directions.1, columns)])
  }

  static func table(_ grid: CellGrid, months: Int = 12, _ sums: (Int) -> CellSums) -> CellTable {
    let zeros = [Double](repeating: 0, count: grid.cellCount)
    let empty = [CellSums](repeating: .zero, count: grid.cellCount)
    return CellTable(
      grid: grid, measure: RiskMeasure(multiplier: 7), booked: (0..<grid.cellCount).map(sums), rejected: empty,
      rejectedRows: zeros.map { _ in 0 }, swapIn: empty, predictedRisk: zeros, rejectMultiplier: zeros,
      exposureRatio: 1,
      basis: summary(months: months).basis)
  }

  static func summary(stress: Double = 1, rate: Double = 1, months: Int = 12) -> SampleSummary {
    SampleSummary(
      basis: Basis(segment: "all", periodStart: "2022-01-01", periodEnd: "2022-12-01", months: months),
      account: RowAccount(waterfall: [], bookedRows: 3, scoreRejectedRows: 3, immatureRows: 0),
      stress: Stress(factor: stress, mode: "global", worstRows: 1, worstBadRows: 1),
      transformation: Transformation(
        rate: rate, eligibleAmount: 1, bookedAmount: 1, firstMonth: nil, lastMonth: nil, monthsWithData: 12),
      qualitySkipped: false)
  }

  static func search(_ table: CellTable, _ device: DeviceChoice = .scalar) async throws -> Frontier {
    try await ExhaustiveSearchStage(config: ExhaustiveSearchConfig()).run(
      Search.ports.make(PortValues(["cells": table])), in: RunContext(stageID: "search", seed: 1, device: device))
  }
}

@Suite struct SearchStageTests {
  @Test(arguments: [Direction.higherIsSafer, .higherIsRiskier], [Direction.higherIsSafer, .higherIsRiskier])
  func strategiesAreMonotoneTowardsTheSafeEnd(first: Direction, second: Direction) async throws {
    let grid = Cells.grid((first, second))
    var stream = RandomStream(seed: 3)
    let table = Cells.table(grid) { _ in
      let production = Int64(stream.index(below: 1000))
      return CellSums(numerator: Int64(stream.index(below: 100)), denominator: 7 * production, production: production)
    }
    let frontier = try await Cells.search(table)
    #expect(frontier.strategyCount == "35")
    #expect(frontier.points == (try await Cells.search(table, .cpu)).points)
    #expect(frontier.points.count > 2)
    for (point, next) in zip(frontier.points, frontier.points.dropFirst()) {
      #expect(point.production < next.production)
    }
    for point in frontier.points {
      #expect(point.strategy.firstViolation(in: grid) == nil)
      let totals = table.totals(of: point.strategy).optimum
      #expect(
        totals.production == point.production && totals.numerator == point.numerator
          && totals.denominator == point.denominator)
    }
    // Whatever the orientation, the safest cell is accepted by every strategy that accepts anything.
    let safest = grid.index([grid.axes[0].bin(atPosition: 0), grid.axes[1].bin(atPosition: 0)])
    for point in frontier.points where point.strategy.accepted.contains(where: { $0 > 0 }) {
      #expect(point.strategy.accepts(safest, in: grid))
    }
  }
}

@Suite struct ScenarioTests {
  private func scenarios(_ optimum: Double, _ step: Double, _ points: [(Int64, Int64, Int64)]) async throws
    -> ScenarioSet
  {
    let table = Cells.table(Cells.grid()) { _ in CellSums(numerator: 1, denominator: 1000, production: 10) }
    let frontier = Frontier(
      points: points.enumerated().map { index, point in
        Frontier.Point(
          production: point.0, numerator: point.1, denominator: point.2,
          strategy: Strategy(accepted: index == 0 && point.0 == 0 ? [0, 0, 0] : [0, 0, min(4, index)]))
      }, strategyCount: "35", search: "test")
    var config = ScenariosConfig()
    config.appetite.optimum = optimum
    config.appetite.step = step
    return try await AppetiteScenarios(config: config).run(
      Scenarios.ports.make(PortValues(["cells": table, "frontier": frontier])),
      in: RunContext(stageID: "scenarios", seed: 1)
    )
  }

  @Test func limitsAreDecimalAndUnrounded() async throws {
    // Risks of 0, 1.09999…, 1.1 exactly, 1.1000…1, 1.2 exactly, in percent.
    let points: [(Int64, Int64, Int64)] = [
      (0, 0, 0), (10, 109_999_999, 70_000_000_000), (20, 11, 7000), (30, 110_000_001, 70_000_000_000), (40, 12, 7000),
    ]
    let set = try await scenarios(1.15, 0.05, points)
    #expect(set.scenarios.map { $0.limit.description } == ["1.1", "1.15", "1.2"])
    #expect(set.scenarios.map(\.point) == [2, 3, 4])
    #expect(set.nested)
  }

  @Test func aLimitThatOnlyNothingFitsIsInfeasible() async throws {
    let set = try await scenarios(0.5, 0.4, [(0, 0, 0), (10, 1, 700)])
    #expect(set.scenarios.map(\.status) == [.infeasible, .infeasible, .infeasible])
    #expect(set.scenarios.allSatisfy { $0.strategy == nil && $0.totals == nil })
    let edge = try await scenarios(1, 0.5, [(0, 0, 0), (10, 1, 700)])
    #expect(edge.scenarios.map(\.status) == [.infeasible, .optimal, .optimal])
  }
}

/// What a program or a plugin says of its frontier is compared with Cutline's own search.
@Suite struct StatedFrontierTests {
  private let table = Cells.table(Cells.grid()) { cell in
    let production = Int64(100 + 37 * cell % 50)
    return CellSums(numerator: Int64((11 - cell) * (11 - cell)), denominator: 70 * production, production: production)
  }

  private func scenarios(
    keeping kept: (Frontier.Point) -> Bool
  ) async throws -> (set: ScenarioSet, whole: Frontier, warnings: [String]) {
    let warnings = Mutex<[String]>([])
    let whole = try await Cells.search(table)
    let frontier = try Search.brought(
      Frontier(points: whole.points.filter(kept), strategyCount: whole.strategyCount, search: "mine"),
      for: Search.ports.make(PortValues(["cells": table])), by: "mine.py")
    var config = ScenariosConfig()
    (config.appetite.optimum, config.appetite.step) = (3, 1)
    let set = try await AppetiteScenarios(config: config).run(
      Scenarios.ports.make(PortValues(["cells": table, "frontier": frontier])),
      in: RunContext(stageID: "scenarios", seed: 1) { event in
        if event.kind == .warning { warnings.withLock { $0.append(event.message) } }
      })
    try Scenarios.check(set, against: Scenarios.ports.make(PortValues(["cells": table, "frontier": frontier])))
    return (set, whole, warnings.withLock { $0 })
  }

  @Test func aCompleteOneIsProved() async throws {
    let (set, whole, warnings) = try await scenarios(keeping: { _ in true })
    for scenario in set.scenarios {
      let known = try whole.answer(to: scenario.limit, measure: table.measure)
      #expect(scenario.status == .optimal && scenario.point == known.point && scenario.bound == known.bound)
    }
    #expect(warnings == [])
  }

  @Test func oneThatLacksTheBestIsNoOptimum() async throws {
    let whole = try await Cells.search(table)
    let best = try #require(try whole.answer(to: DecimalNumber(3), measure: table.measure).point)
    let production = whole.points[best].production
    let (set, _, warnings) = try await scenarios(keeping: { $0.production != production })
    #expect(set.scenarios.map(\.status) == [.optimal, .unproven, .optimal])
    #expect(set.scenarios[1].bound == production)
    #expect(set.scenarios[1].totals?.optimum.production == whole.points[best - 1].production)
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("base: mine.py has ") == true)
  }
}

/// What a program or a plugin says of scenarios is held against the frontier.
@Suite struct StatedScenarioTests {
  private let table = Cells.table(Cells.grid()) { cell in
    let production = Int64(100 + 37 * cell % 50)
    return CellSums(numerator: Int64((11 - cell) * (11 - cell)), denominator: 70 * production, production: production)
  }

  private func set(_ frontier: Frontier, point: Int?, _ status: ScenarioSet.Status) throws -> ScenarioSet {
    let strategy = point.map { frontier.points[$0].strategy }
    return ScenarioSet(
      scenarios: [
        .init(
          name: "base", limit: try DecimalNumber(3), status: status, point: point, strategy: strategy,
          totals: strategy.map(table.totals))
      ], nested: true)
  }

  @Test func whatContradictsAProvenFrontierIsRefused() async throws {
    let frontier = try await Cells.search(table)
    let input = try Scenarios.ports.make(PortValues(["cells": table, "frontier": frontier]))
    let best = try #require(try frontier.answer(to: DecimalNumber(3), measure: table.measure).point)
    try Scenarios.check(try set(frontier, point: best, .optimal), against: input)
    try Scenarios.check(try set(frontier, point: best - 1, .unproven), against: input)
    expectFaults(.data) { try Scenarios.check(try set(frontier, point: best - 1, .optimal), against: input) }
    expectFaults(.data) { try Scenarios.check(try set(frontier, point: nil, .infeasible), against: input) }
    let kept = Scenarios.brought(try set(frontier, point: best, .optimal), for: input, by: "mine.py")
    #expect(kept.scenarios[0].status == .optimal)
  }

  @Test func whatNobodyHasProvedIsUnproven() async throws {
    let cells = try Search.ports.make(PortValues(["cells": table]))
    let stated = Search.brought(try await Cells.search(table), for: cells, by: "mine.py")
    let input = try Scenarios.ports.make(PortValues(["cells": table, "frontier": stated]))
    for (point, status) in [(2, ScenarioSet.Status.optimal), (nil, .infeasible)] as [(Int?, ScenarioSet.Status)] {
      let brought = Scenarios.brought(try set(stated, point: point, status), for: input, by: "pick.py")
      #expect(brought.scenarios[0].status == .unproven && brought.scenarios[0].reason?.contains("pick.py") == true)
    }
  }
}

@Suite struct CellsStageTests {
  @Test func swapInsFollowTheRecipe() async throws {
    let grid = Cells.grid((.higherIsSafer, .higherIsSafer), 1, 2)
    // Cell 0: two booked. Cell 1: one booked, three rejected by score asking 1,000.00 each.
    let amounts: [[Int64]] = [
      [100, 100, 100, 0, 0, 0], [50_000, 50_000, 60_000, 100_000, 100_000, 100_000], [700, 0, 900, 0, 0, 0],
      [300_000, 300_000, 400_000, 0, 0, 0], [50_000, 50_000, 60_000, 100_000, 100_000, 100_000],
    ]
    let sample = Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7), cell: [0, 0, 1, 1, 1, 1],
      month: (0..<6).map { Month(index: 2022 * 12 + $0) },
      status: [.booked, .booked, .booked, .scoreRejected, .scoreRejected, .scoreRejected],
      outcome: [.mature, .mature, .mature, .none, .none, .none],
      scores: [[Double](repeating: 0.5, count: 6), [0.5, 0.5, 1.5, 1.5, 1.5, 1.5]],
      amounts: Dictionary(uniqueKeysWithValues: zip(Amount.standard, amounts)),
      summary: Cells.summary(stress: 2, rate: 0.6))
    let surface = RiskSurface(
      grid: grid, multiplier: 7, risk: [-0.01, 0.035], estimator: "test", featureSet: "", parameters: [:], features: [],
      coefficients: [], trainR2: 0, trainingRows: 3, trainingCells: 2, folds: 0, candidates: [])
    let inputs: [String: any Artifact] = [
      "cube": try Cube(of: sample), "surface": surface,
      "exposure": ExposureModel(method: "test", ratio: 6, r2: nil, rows: 3),
      "rejects": RejectAdjustment(method: "acceptance-uplift", multiplier: [1, 1.5], cappedCells: 0),
    ]
    let table = try await StandardCells(config: CellsConfig()).run(
      Cells_.input(inputs), in: RunContext(stageID: "cells", seed: 1))
    #expect(
      table.booked[0]
        == CellSums(accounts: 200, requested: 100_000, numerator: 700, denominator: 600_000, production: 100_000))
    #expect(table.rejectedRows == [0, 3])
    #expect(table.predictedRisk == [0, 0.07])
    #expect(table.swapIn[0] == .zero)
    // pile 6 · 3,000 · 0.6 = 10,800; numerator 0.07 · 18,000 / 7 · 1.5 · 0.6 = 162; accounts 3 · 0.6 = 1.8.
    #expect(
      table.swapIn[1]
        == CellSums(accounts: 180, requested: 180_000, numerator: 16_200, denominator: 1_080_000, production: 180_000))
  }
}

/// What the rates, the basis of the exposure and the origin of models do to the cells.
@Suite struct CellRateTests {
  private static func rates(pass: Double, takeUp: Double, granted: Double) -> SwapInRates {
    func stated(_ value: Double) -> SwapInRates.Rate {
      .init(value: value, low: nil, high: nil, numerator: 0, denominator: 0, rows: 0, basis: "stated")
    }
    return SwapInRates(
      method: "stated", pass: stated(pass), takeUp: stated(takeUp), granted: stated(granted), firstMonth: nil,
      lastMonth: nil)
  }

  private final class Log: Sendable {
    private let events = Mutex<[RunEvent]>([])
    func keep(_ event: RunEvent) { events.withLock { $0.append(event) } }
    var warnings: [String] { events.withLock { $0.filter { $0.kind == .warning }.map(\.remark.shown) } }
  }

  private static func table(_ changes: [String: any Artifact], log: Log = Log()) async throws -> CellTable {
    let small = try SmallPortfolio()
    var inputs: [String: any Artifact] = [
      "cube": small.cube, "surface": small.surface, "exposure": small.exposure, "rejects": small.rejects,
    ]
    for (port, artifact) in changes { inputs[port] = artifact }
    return try await StandardCells(config: CellsConfig()).run(
      Cells_.input(inputs),
      in: RunContext(stageID: "cells", seed: 1) { log.keep($0) })
  }

  @Test func eachRateTouchesWhatItShould() async throws {
    let one = try await Self.table(["rates": Self.rates(pass: 1, takeUp: 1, granted: 1)])
    let rates = Self.rates(pass: 0.8, takeUp: 0.5, granted: 0.75)
    let three = try await Self.table(["rates": rates])
    #expect(three.rates?.booked == 0.4 && three.rates?.granted.value == 0.75)
    for (whole, part) in zip(one.swapIn, three.swapIn) {
      let due = [whole.accounts, whole.requested, whole.numerator, whole.denominator].map { Double($0) * 0.4 }
      let found = [part.accounts, part.requested, part.numerator, part.denominator].map(Double.init)
      #expect(zip(due, found).allSatisfy { abs($0 - $1) <= 0.7 })
      #expect(abs(Double(part.production) - 0.3 * Double(whole.production)) <= 0.5)
    }
  }

  @Test func aRatioPerGrantedUnitTakesTheRequestDownFirst() async throws {
    let granted = ExposureModel(method: "ratio", ratio: 5, basis: .granted, r2: nil, rows: 1)
    let table = try await Self.table([
      "rates": Self.rates(pass: 1, takeUp: 1, granted: 0.8), "exposure": granted,
    ])
    for cell in table.swapIn.indices { #expect(table.swapIn[cell].denominator == 4 * table.rejected[cell].requested) }
    // The one rate does not say what is granted.
    await expectFaults(.usage) { try await Self.table(["exposure": granted]) }
  }

  @Test func modelsOfTwoFoldersAreNoPair() async throws {
    let small = try SmallPortfolio()
    var (surface, exposure) = (small.surface, small.exposure)
    (surface.origin, exposure.origin) = ("a", "a")
    _ = try await Self.table(["surface": surface, "exposure": exposure])
    exposure.origin = "b"
    let other = exposure
    await expectFaults(.integrity) { try await Self.table(["surface": surface, "exposure": other]) }
  }

  @Test func rejectsWithoutAnyRiskAreSaid() async throws {
    let log = Log()
    let none = RejectAdjustment(method: "hard-cutoff", multiplier: [0, 1, 1, 1, 1, 1, 1, 1, 0], cappedCells: 0)
    _ = try await Self.table(["rejects": none], log: log)
    #expect(log.warnings.contains { $0.contains("hard-cutoff") && $0.contains("2 cells at no risk at all") })
  }
}

private enum Cells_ {
  static func input(_ values: [String: any Artifact]) throws -> CutlineCredit.Cells.Input {
    try CutlineCredit.Cells.ports.make(PortValues(values))
  }
}
