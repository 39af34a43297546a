import CutlineCompute
import CutlineCore
import CutlineCredit
import Synchronization
import TestSupport
import Testing

@testable import CutlineOptimize

/// Cutoffs that are stated, the comfort zone, and which constraint binds.
@Suite struct FixedCutoffsTests {
  private static func table(_ directions: (Direction, Direction)) -> CellTable {
    let grid = Cells.grid(directions)
    var stream = RandomStream(seed: 8)
    return Cells.table(grid) { cell in
      let bins = grid.bins(cell)
      func position(_ axis: Int) -> Int {
        grid.axes[axis].safestIsLast ? grid.axes[axis].binCount - 1 - bins[axis] : bins[axis]
      }
      let production = Int64(100_000 + stream.index(below: 1000))
      return CellSums(
        numerator: Int64(500 * (1 + position(0) + position(1)) + stream.index(below: 200)), denominator: production,
        production: production)
    }
  }

  private func config(_ toml: String, optimum: Double = 10, step: Double = 1) throws -> ScenariosConfig {
    let table = try ConfigDocument.parse(
      "optimum_risk = \(optimum)\nrisk_step = \(step)\n\(toml)", source: "test.toml")
    var registry = Registry()
    try OptimizeStages.register(in: &registry)
    try CreditKinds.register(in: &registry)
    return try ScenariosConfig.read(table.entries, at: .default, origin: "scenarios", registry: registry).config
  }

  private func run(
    _ cells: CellTable, _ toml: String, optimum: Double = 10
  ) async throws -> (set: ScenarioSet, said: [String]) {
    let config = try config(toml, optimum: optimum)
    let said = Mutex<[String]>([])
    let context = RunContext(stageID: "scenarios", seed: 1) { event in
      if event.kind == .warning || event.kind == .note { said.withLock { $0.append(event.message) } }
    }
    let input = try Search.ports.make(PortValues(["cells": cells]))
    let frontier =
      config.fixed.cutoffs == nil
      ? try await FrontierSearchStage(config: FrontierSearchConfig()).run(input, in: context)
      : try await FixedSearchStage(config: config.fixed).run(input, in: context)
    try Search.check(frontier, against: input)
    let ports = try Scenarios.ports.make(PortValues(["cells": cells, "frontier": frontier]))
    let set = try await AppetiteScenarios(config: config).run(ports, in: context)
    try Scenarios.check(set, against: ports)
    return (set, said.withLock { $0 })
  }

  /// The optimum's own cutoffs, stated, give the optimum's own sums, whichever end of a score is safe.
  @Test(arguments: [Direction.higherIsSafer, .higherIsRiskier], [Direction.higherIsSafer, .higherIsRiskier])
  func theOptimumStatedIsTheOptimum(first: Direction, second: Direction) async throws {
    let cells = Self.table((first, second))
    let found = try await run(cells, "", optimum: 9)
    let base = try #require(found.set.scenarios.first { $0.name == "base" })
    let strategy = try #require(base.strategy)
    #expect(base.status == .optimal && Set(strategy.accepted).count > 1)
    let last = cells.grid.axes[1]
    let cutoffs = strategy.accepted.indices.map { strategy.cutoff($0, in: cells.grid) ?? (last.safestIsLast ? 5 : 0) }
    let stated = try await run(
      cells, "fixed_cutoffs = { a = [1.0, 2.0, 3.0], b = \(cutoffs), run_all_scenarios = true }", optimum: 9)
    #expect(stated.set.scenarios.map(\.name) == ["pessimistic", "base", "optimistic"])
    for scenario in stated.set.scenarios {
      #expect(scenario.status == .fixed && scenario.strategy == strategy && scenario.totals == base.totals)
    }
    #expect(
      stated.said.contains { $0.contains("base: fixed_cutoffs has 100.00 % of the production") }, "\(stated.said)")
    #expect(stated.set.scenarios[0].reason?.contains("above the limit of 8 %") == true)
    #expect(stated.set.scenarios[1].reason == nil)
  }

  @Test func doubtsAreWarningsOrErrors() async throws {
    let cells = Self.table((.higherIsSafer, .higherIsRiskier))
    // Bin 3 of a is the safest, and accepts less than bin 2.
    let crooked = "a = [3, 1, 2], b = [1, 2, 3]"
    let (set, said) = try await run(cells, "fixed_cutoffs = { \(crooked) }")
    #expect(set.scenarios.map(\.name) == ["base"] && set.scenarios[0].strategy?.accepted == [2, 3, 1])
    #expect(said.contains { $0.contains("not monotone: a 3 accepts less of b than a 2") }, "\(said)")
    await #expect(throws: Faults.self) {
      try await run(cells, "fixed_cutoffs = { \(crooked), strict_validation = true }")
    }
    // Outside the bins: said, and an error where it is asked for.
    let (low, words) = try await run(cells, "fixed_cutoffs = { a = [1, 2, 3, 4], b = [0, 2, 9, 1] }")
    #expect(low.scenarios[0].strategy?.accepted == [0, 2, 4])
    #expect(words.contains { $0.contains("accepts none") } && words.contains { $0.contains("accepts all") })
    #expect(words.contains { $0.contains("the grid has no bin a 4") })
    await #expect(throws: Faults.self) {
      try await run(cells, "fixed_cutoffs = { a = [1, 2, 3], b = [0, 2, 3], strict_validation = true }")
    }
  }

  @Test(
    arguments: [
      ("{ a = [1, 2, 3], b = [1, 2] }", "3 values of a and 2 of b"),
      ("{ a = [1, 2], b = [1, 2] }", "no cutoff for a 3"),
      ("{ a = [1, 2, 2, 3], b = [1, 2, 3, 4] }", "two cutoffs for a 2"),
      ("{ a = [1, 2, 3], c = [1, 2, 3] }", "names c"), ("{ a = [1, 2, 3] }", "no list for b"),
      ("{ a = [1, 2, 3], b = [1, 2.5, 3] }", "lies between two bins"),
      ("{ strict_validation = true }", "names no variable"),
      ("{ a = [1, 2, 3], b = [1, 2, 3], strict_validation = 1 }", "strict_validation is the number 1"),
      ("{ a = [], b = [] }", "fixed_cutoffs.a is a list of 0"),
    ])
  func mistakesAreNamed(toml: String, expected: String) async throws {
    let cells = Self.table((.higherIsSafer, .higherIsRiskier))
    do {
      _ = try await run(cells, "fixed_cutoffs = \(toml)")
      Issue.record("\(toml) passed")
    } catch let error as Faults {
      #expect(error.code == .usage && "\(error)".contains(expected), "\(error)")
    }
  }

  @Test func theComfortZoneBindsWhereItIsEnforced() async throws {
    let cells = Self.table((.higherIsSafer, .higherIsSafer))
    let free = try await run(cells, "cz_config = { 2022 = 9.5, 2021 = 1.0 }")
    #expect(free.set.scenarios.map { "\($0.limit)" } == ["9", "10", "11"])
    let bound = try await run(cells, "cz_config = { 2022 = 9.5, 2021 = 1.0 }\ncz_enforce = true")
    #expect(bound.set.scenarios.map { "\($0.limit)" } == ["9", "9.5", "9.5"])
    #expect(bound.set.scenarios[1].totals == bound.set.scenarios[2].totals)
    #expect(bound.said.contains { $0.contains("base: its limit is the comfort zone of 2022, 9.5 %") }, "\(bound.said)")
    let absent = try await run(cells, "cz_config = { 2030 = 1.0 }\ncz_enforce = true")
    #expect(absent.said.contains { $0.contains("nothing to enforce") })
    let tight = try await run(cells, "cz_config = { 2022 = 0.01 }\ncz_enforce = true")
    #expect(tight.set.scenarios.allSatisfy { $0.status == .infeasible })
    #expect(tight.set.scenarios[1].reason?.hasPrefix("the comfort zone of 2022 binds: within 10 %") == true)
    #expect(throws: Faults.self) { try config("cz_config = { twenty = 1 }") }
    #expect(throws: Faults.self) { try config("cz_config = { 2022 = -1 }") }
  }

  /// Of what cannot be kept together, the constraint that stands in the way is named.
  @Test func theBindingConstraintIsNamed() async throws {
    let cells = Self.table((.higherIsSafer, .higherIsSafer))
    func reason(_ constraints: String, limit: Double) async throws -> String {
      let table = try ConfigDocument.parse(constraints, source: "test.toml")
      let search = try FrontierSearchConfig.read(table.entries, at: .default, origin: "search").config
      let input = try Search.ports.make(PortValues(["cells": cells]))
      let context = RunContext(stageID: "search", seed: 1)
      let frontier = try await FrontierSearchStage(config: search).run(input, in: context)
      let set = try await AppetiteScenarios(config: config("", optimum: limit, step: 0)).run(
        Scenarios.ports.make(PortValues(["cells": cells, "frontier": frontier])), in: context)
      #expect(set.scenarios[1].status == .infeasible)
      return set.scenarios[1].reason ?? ""
    }
    // The safest cell has a risk of 3.5 % to 4.9 %.
    let risk = try await reason("", limit: 1)
    #expect(risk.hasPrefix("no strategy that accepts anything has a risk of at most 1 %; the least is "))
    let floor = try await reason("production_floor = 11000.0", limit: 10)
    #expect(floor == "production_floor = 11000.0 binds: without it a risk of at most 10 % can be kept")
    let pin = try await reason("production_floor = 1000.0\npins = [\"1,1=accept\"]", limit: 10)
    #expect(pin.hasPrefix("pins = [\"1,1=accept\"] binds: without it"), "\(pin)")
    let neither = try await reason("production_floor = 11000.0\npins = [\"1,1=accept\"]", limit: 10)
    #expect(neither.contains("bind, each by itself"), "\(neither)")
    let hopeless = try await reason("production_floor = 1000.0", limit: 1)
    #expect(hopeless.contains("with or without production_floor"), "\(hopeless)")
  }
}
