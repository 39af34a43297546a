import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineOptimize

/// The strategy in force, and what the chosen ones hang on.
@Suite struct HandOverStageTests {
  private static func stage(
    _ kind: String, _ name: String, _ inputs: [String: any Artifact], _ settings: String = ""
  ) async throws -> (output: any Artifact, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    let entries = try ConfigDocument.parse(settings, source: "test").entries
    let registry = try SearchCases.registry
    let output = try await registry.stage(kind: kind, name: name, at: .default)
      .instance(entries, registry: registry)
      .run(
        inputs,
        in: RunContext(stageID: kind, seed: 1, workers: 2, files: AttachedFiles(in: folder.path)))
    return (output, folder)
  }

  private static func rows(_ csv: String) -> [[String: String]] {
    let lines = csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private static func rows(_ files: FileSet, _ name: String) throws -> [[String: String]] {
    let file = try #require(files.files.first { $0.path == "data/\(name).csv" })
    return rows(
      String(decoding: file.bytes, as: UTF8.self).replacing(/"[^"]*"/) { $0.output.replacing(",", with: ";") })
  }

  /// Limits in the middle of a frontier.
  private static func appetite(_ table: CellTable, _ frontier: Frontier) -> String {
    let risks = frontier.points.compactMap { table.measure.percent($0.sums) }
    let step = ((risks.last ?? 0) - (risks.first ?? 0)) / 8
    return "optimum_risk = \(((risks.first ?? 0) + 4 * step).rounded())\nrisk_step = \(max(1, step.rounded()))\n"
  }

  /// A sample in which a strategy decided, but for some overrides in every cell.
  private static func sample(_ grid: CellGrid, _ policy: Strategy, rows: Int, overrides: Int) throws -> Sample {
    var (cell, status) = ([Int32](), [SampleStatus]())
    for place in 0..<grid.cellCount {
      for row in 0..<rows {
        cell.append(Int32(place))
        status.append(policy.accepts(place, in: grid) != (row < overrides) ? .booked : .scoreRejected)
      }
    }
    let count = cell.count
    let booked = status.count { $0 == .booked }
    let own = Cells.summary()
    return Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7), cell: cell, month: cell.map { _ in Month(index: 24000) },
      period: cell.map { _ in .main }, status: status, outcome: status.map { $0 == .booked ? .mature : .none },
      scores: grid.axes.indices.map { axis in cell.map { Double(grid.bins(Int($0))[axis]) + 0.5 } },
      amounts: Dictionary(uniqueKeysWithValues: Amount.standard.map { ($0, [Int64](repeating: 100, count: count)) }),
      key: (0..<count).map { UInt64($0) },
      summary: SampleSummary(
        basis: own.basis,
        account: RowAccount(
          waterfall: [.init(.input, "rows", count), .init(.used, "in the grid", count)], bookedRows: booked,
          scoreRejectedRows: count - booked, immatureRows: 0), stress: own.stress, transformation: own.transformation,
        qualitySkipped: false))
  }

  @Test(arguments: [[6], [5, 7], [3, 4, 3]]) func aPlantedPolicyIsRecovered(bins: [Int]) async throws {
    let grid = SearchCases.grid(bins)
    var stream = RandomStream(seed: UInt64(bins.count), stream: 2)
    for _ in 0..<5 {
      // Monotone: of a random weight on each score.
      let weights = bins.map { _ in 0.2 + stream.uniform() }
      let limit = stream.uniform() * weights.reduce(0, +)
      let outer = CellGrid(axes: Array(grid.axes.dropLast()))
      let accepted = (0..<outer.cellCount).map { combination -> Int in
        let far = zip(zip(outer.axes, outer.bins(combination)), weights).reduce(0.0) { sum, one in
          let (axis, bin) = one.0
          return sum + one.1 * Double(axis.safestIsLast ? axis.binCount - 1 - bin : bin) / Double(axis.binCount)
        }
        let last = bins[bins.count - 1]
        return (0..<last).count { far + weights[bins.count - 1] * Double($0) / Double(last) < limit }
      }
      let policy = Strategy(accepted: accepted)
      #expect(policy.firstViolation(in: grid) == nil)
      let cube = try Cube(of: Self.sample(grid, policy, rows: 9, overrides: 1))
      let (output, folder) = try await Self.stage("in-force", "estimated", ["cube": cube])
      let force = try #require(output as? StrategyInForce)
      #expect(force.strategy == policy)
      #expect(abs(try #require(force.agreement(in: grid)) - 8.0 / 9) < 1e-12)
      let text = try String(contentsOfFile: folder.path + "/data/strategy_in_force.csv", encoding: .utf8)
      #expect(text.split(separator: "\n").count == grid.cellCount + 1)
      // What is stated is taken, with the agreement that it has.
      let names = grid.axes.map(\.name)
      let lists = (0..<outer.cellCount).map { outer.bins($0).map { $0 + 1 } }
      var table = outer.axes.indices.map { axis in
        "\(names[axis]) = [\(lists.map { "\($0[axis])" }.joined(separator: ", "))]"
      }
      let last = try #require(grid.axes.last)
      let none = last.safestIsLast ? last.binCount + 1 : 0
      let cutoffs = (0..<outer.cellCount).map { "\(policy.cutoff($0, in: grid) ?? none)" }
      table.append("\(last.name) = [\(cutoffs.joined(separator: ", "))]")
      let (stated, _) = try await Self.stage(
        "in-force", "stated", ["cube": cube], "strategy_in_force = { \(table.joined(separator: ", ")) }")
      #expect((stated as? StrategyInForce)?.strategy == policy)
    }
  }

  /// Every line of the price of change is what one search with `changes_limit` finds.
  @Test func thePriceOfChangeIsThatOfSingleSearches() async throws {
    var stream = RandomStream(seed: 12, stream: 3)
    for _ in 0..<4 {
      let table = SearchCases.table([4, 5], size: 1000, &stream)
      let grid = table.grid
      let frontier = try await SearchCases.run("frontier", table)
      let force = frontier.points[stream.index(below: frontier.points.count)].strategy
      let scenarios = try #require(
        try await Self.stage(
          "scenarios", "appetite", ["cells": table, "frontier": frontier], Self.appetite(table, frontier)
        ).output as? ScenarioSet)
      let inForce = StrategyInForce(
        strategy: force, isStated: true, booked: [Int64](repeating: 1, count: 20),
        rejected: [Int64](repeating: 1, count: 20))
      let files = try #require(
        try await Self.stage(
          "sensitivity", "standard",
          ["cells": table, "frontier": frontier, "scenarios": scenarios, "force": inForce]
        ).output as? FileSet)
      let current = (0..<4).map { force.cutoff($0, in: grid) ?? 0 }
      for scenario in scenarios.scenarios where scenario.strategy != nil {
        let prices = try Self.rows(files, "price_of_change_\(scenario.name)")
        #expect(prices.count == scenario.strategy.map { $0.changes(from: force, in: grid).cells + 1 })
        for line in prices {
          let most = try #require(line["changes_at_most"])
          let single = try await SearchCases.run(
            "exhaustive", table,
            "changes_limit = \(most)\ncurrent_cutoffs = [\(current.map(String.init).joined(separator: ", "))]\n")
          let answer = try single.answer(to: scenario.limit, measure: table.measure)
          let production = answer.point.map { single.points[$0].production }
          #expect((production ?? 0 == 0) == (line["status"] == "infeasible") || line["production"] == "0")
          guard let production, line["status"] == "optimal" else { continue }
          #expect(Double(line["production"] ?? "") == Double(production) / 100, "\(most) changes")
        }
      }
      // Turning a cell alone and with all that monotony asks, added up by hand.
      let base = try #require(scenarios.scenarios.first { $0.strategy != nil })
      let strategy = try #require(base.strategy)
      let own = table.totals(of: strategy).optimum
      for line in try Self.rows(files, "cell_marginal_impact_\(base.name)") {
        let bins = grid.axes.map { Int(line[$0.name] ?? "") ?? 0 }
        let cell = grid.index(bins.map { $0 - 1 })
        let isAccepted = strategy.accepts(cell, in: grid)
        #expect(line["decision"] == (isAccepted ? "accept" : "reject"))
        let change = (isAccepted ? -1 : 1) * table.total(cell).production
        #expect(Double(line["delta_production"] ?? "") == Double(change) / 100)
        let turned = isAccepted ? own - table.total(cell) : own + table.total(cell)
        #expect(Double(line["risk_pct"] ?? "") == table.measure.strategyPercent(turned))
        #expect((line["is_monotone"] == "yes") == (line["with_cells"] == "1"))
        if line["is_monotone"] == "yes" { #expect(line["with_delta_production"] == line["delta_production"]) }
      }
    }
  }

  /// Value by its formula, exact as production is: with a margin of all and no costs it is production.
  @Test func valueIsSearchedAsProductionIs() async throws {
    var stream = RandomStream(seed: 7, stream: 3)
    let table = SearchCases.table([4, 5], size: 1000, &stream)
    let frontier = try await SearchCases.run("frontier", table)
    let scenarios = try #require(
      try await Self.stage(
        "scenarios", "appetite", ["cells": table, "frontier": frontier], Self.appetite(table, frontier)
      ).output as? ScenarioSet)
    func files(_ settings: String) async throws -> FileSet {
      try #require(
        try await Self.stage(
          "value", "standard", ["cells": table, "frontier": frontier, "scenarios": scenarios], settings
        ).output as? FileSet
      )
    }
    #expect(try await files("").files.isEmpty)
    let same = try Self.rows(await files("value = { margin_pct = 100 }"), "value_frontier")
    #expect(same.map { $0["value"] } == same.map { $0["production"] })
    #expect(same.map { $0["production"] } == frontier.points.map { NumberText.annualised($0.production, table) })
    for (line, point) in zip(same, frontier.points) {
      for combination in 0..<4 {
        #expect(
          line["cutoff_\(combination + 1)"] == point.strategy.cutoff(combination, in: table.grid).map(String.init) ?? ""
        )
      }
    }
    // A loss that grows with risk: the strategy worth most within a limit, by enumeration of values.
    let settings = "value = { margin_pct = [10, 9, 8, 7], funding_pct = 2, loss_given_default_pct = 30 }"
    let valued = try ValueRates(
      ConfigDocument.parse(settings, source: "test").entries[0].value
    ).table(of: table)
    for cell in 0..<20 {
      let sums = table.booked[cell]
      let margin = [0.10, 0.09, 0.08, 0.07][table.grid.bins(cell)[0]]
      let value = (margin - 0.02) * Double(sums.production) - 0.3 * Double(sums.numerator)
      #expect(abs(Double(valued.booked[cell].production) - value) <= 0.5000001)
    }
    let all = try await SearchCases.run("exhaustive", valued)
    let made = try await files(settings)
    #expect(try Self.rows(made, "value_frontier").count == all.points.count)
    let summary = try Self.rows(made, "value_summary")
    for scenario in scenarios.scenarios {
      let answer = try all.answer(to: scenario.limit, measure: table.measure)
      let line = try #require(summary.first { $0["scenario"] == scenario.name && $0["chosen_by"] == "value" })
      #expect(
        line["value"] == answer.point.map { NumberText.annualised(all.points[$0].production, table) } ?? "")
    }
    for wrong in ["value = { margin_pct = [1, 2] }", "value = { funding_pct = 3 }", "value = { marge_pct = 3 }"] {
      await #expect(throws: Faults.self) { try await files(wrong) }
    }
  }

  /// At no level below it another strategy than the run's is best where nothing but a lower risk changes; and a level changes
  /// numerators of swap-ins alone.
  @Test func levelsOfRejectRisk() async throws {
    var stream = RandomStream(seed: 4, stream: 3)
    let table = SearchCases.table([4, 5], size: 1000, &stream)
    let frontier = try await SearchCases.run("frontier", table)
    let scenarios = try #require(
      try await Self.stage(
        "scenarios", "appetite", ["cells": table, "frontier": frontier], Self.appetite(table, frontier)
      ).output as? ScenarioSet)
    let files = try #require(
      try await Self.stage(
        "sensitivity", "standard", ["cells": table, "frontier": frontier, "scenarios": scenarios],
        "reject_risk_levels = [-50, -10, 25, 100]\n"
      ).output as? FileSet)
    #expect(!files.files.contains { $0.path.contains("price_of_change") })
    let base = try #require(scenarios.scenarios.first { $0.name == "base" })
    let strategy = try #require(base.strategy)
    let lines = try Self.rows(files, "sensitivity_analysis_base")
    #expect(lines.map { $0["reject_risk_change"] } == ["-50", "-10", "0", "25", "100"])
    for line in lines {
      let percent = try #require(Double(line["reject_risk_change"] ?? ""))
      let cells = StandardSensitivity.scaled(table, by: 1 + percent / 100)
      let own = cells.totals(of: strategy).optimum
      #expect(Double(line["own_risk_pct"] ?? "") == cells.measure.strategyPercent(own))
      #expect((line["own_keeps_limit"] == "yes") == (try cells.measure.fits(own, limit: base.limit)))
      let best = try await SearchCases.run("exhaustive", cells)
      let answer = try best.answer(to: base.limit, measure: cells.measure)
      #expect(
        Double(line["new_production"] ?? "") == answer.point.map { Double(best.points[$0].production) / 100 })
    }
    // A decision is named at the nearest level at which it is another.
    for line in try Self.rows(files, "sensitivity_analysis_cell_detail_base") where line["flip_threshold_pct"] != "" {
      #expect(["accept to reject", "reject to accept"].contains(line["flip_direction"] ?? ""))
      #expect(line["unchanged_up_to_pct"] != "")
    }
  }
}
