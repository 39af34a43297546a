import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import Synchronization
import TestSupport
import Testing

/// Intervals: against sums made by hand, and through the whole tool.
@Suite struct IntervalsTests {
  private static let ridge = "estimators = [{ use = \"ridge\", with = { alpha = 0.5 } }]\nfeature_sets = [\"simple\"]"

  @Test func fixedStrategiesHaveTheQuantilesOfTheirDraws() async throws {
    let fixture = try await EvidenceFixture(rows: 6000, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 200")
    let intervals = try await fixture.intervals(draws, "confidence = 0.9\nmethod = \"percentile\"")
    #expect(intervals.made == 200 && intervals.scenarios.map(\.name) == ["pessimistic", "base", "optimistic"])
    let strategy = try #require(fixture.scenarios.scenarios[1].strategy)
    let (grid, measure) = (fixture.cells.grid, fixture.cells.measure)
    var risks: [StrategyIntervals.Basis: [Double]] = [:]
    var productions: [Double] = []
    for draw in 0..<200 {
      var (whole, booked) = (CellSums.zero, CellSums.zero)
      for cell in 0..<grid.cellCount where strategy.accepts(cell, in: grid) {
        let own = draws.cell(cell, ofDraw: draw)
        whole += own.booked + own.swapIn
        booked +=
          own.booked
          + CellSums(
            numerator: fixture.cells.swapIn[cell].numerator, denominator: fixture.cells.swapIn[cell].denominator)
      }
      risks[.wholeEstimator, default: []].append(try #require(measure.percent(whole)))
      risks[.bookedOnly, default: []].append(try #require(measure.percent(booked)))
      productions.append(Double(whole.production))
    }
    func quantile(_ values: [Double], _ p: Double) -> Double {
      let sorted = values.sorted()
      let place = Double(sorted.count - 1) * p
      let below = Int(place)
      return sorted[below] + (place - Double(below)) * (sorted[min(below + 1, sorted.count - 1)] - sorted[below])
    }
    let base = intervals.scenarios[1]
    for basis in [StrategyIntervals.Basis.bookedOnly, .wholeEstimator] {
      let own = try #require(
        base.intervals.first { $0.basis == basis && $0.line == .optimum && $0.quantity == .risk })
      let (low, high) = (quantile(risks[basis] ?? [], 0.05), quantile(risks[basis] ?? [], 0.95))
      #expect(abs((own.low ?? .nan) - low) < 1e-9 && abs((own.high ?? .nan) - high) < 1e-9)
      #expect(own.draws == 200 && own.method == "percentile")
    }
    let production = try #require(
      base.intervals.first { $0.basis == .wholeEstimator && $0.line == .optimum && $0.quantity == .production })
    #expect(abs((production.low ?? .nan) - quantile(productions, 0.05)) < 1e-3)
    // Swap-ins vary in the whole estimator alone.
    let swapIn = base.intervals.filter { $0.line == .swapIn && $0.quantity == .risk }
    #expect(swapIn.map(\.basis) == [.wholeEstimator] && swapIn[0].standardError ?? 0 > 0)
  }

  @Test func choosingAgainSaysWhatChoosingCosts() async throws {
    let fixture = try await EvidenceFixture(rows: 6000, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 60\ngroups = 0")
    let intervals = try await fixture.intervals(draws)
    let frontier = try await fixture.intervals(draws, "search = \"frontier\"", workers: 1)
    #expect(try CanonicalJSON.encode(intervals) == CanonicalJSON.encode(frontier), "every exact search chooses alike")
    let (grid, measure) = (fixture.cells.grid, fixture.cells.measure)
    for (scenario, found) in zip(fixture.scenarios.scenarios, intervals.scenarios) {
      let selection = try #require(found.selection)
      #expect(selection.chosen + selection.infeasible + selection.unproven == 60)
      var errors: [Double] = []
      var accepted = [Int](repeating: 0, count: grid.cellCount)
      for draw in 0..<60 {
        let table = draws.table(ofDraw: draw, like: fixture.cells)
        let own = try await EvidenceFixture.run(
          fixture.registry, "search.exhaustive", ["cells": table], as: Frontier.self)
        let answer = try own.answer(to: scenario.limit, measure: measure)
        guard let point = answer.point else { continue }
        let strategy = own.points[point].strategy
        for cell in 0..<grid.cellCount where strategy.accepts(cell, in: grid) { accepted[cell] += 1 }
        let (there, here) = (table.totals(of: strategy).optimum, fixture.cells.totals(of: strategy).optimum)
        let (a, b) = (try #require(measure.percent(there)), try #require(measure.percent(here)))
        errors.append(a - b)
      }
      #expect(selection.chosen == errors.count)
      let optimism = -errors.reduce(0, +) / Double(errors.count)
      #expect(abs((selection.riskOptimism ?? .nan) - optimism) < 1e-9)
      #expect(selection.stability.map { ($0 * Double(errors.count)).rounded() } == accepted.map(Double.init))
      let risk = try #require(scenario.totals.flatMap { measure.percent($0.optimum) })
      let limit = try #require(Double(scenario.limit.description))
      let within = Double(errors.count { risk - $0 <= limit }) / Double(errors.count)
      #expect(selection.withinLimit == within)
      let interval = try #require(found.best(.optimum, .risk))
      #expect(interval.basis == .selectionAware && interval.method == "error")
    }
  }

  @Test func theRunsConstraintsHoldInEveryResample() async throws {
    let place = try Workplace()
    try place.simulate(rows: 5000)
    try place.write(
      "pinned.toml",
      "extends = \"config.toml\"\n[stages.search]\nwith = { pins = [\"1,20=accept\"] }\n[stages.draws]\nwith = { resamples = 40 }\n"
    )
    let run = try place.tool("run", "-c", "pinned.toml", "-o", "out")
    #expect(run.code == 0, "\(run.err)")
    let stability = try place.read("out/data/cutoff_stability_base.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let first = try #require(stability.first { $0[0] == "1" && $0[1] == "20" })
    #expect(first[2] == "1" && first[3] == "1", "the pinned cell is accepted in every resample: \(first)")
  }

  @Test func bcaMovesTheEndsAndFewDrawsHaveNone() async throws {
    let fixture = try await EvidenceFixture(rows: 4000, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 100")
    let plain = try await fixture.intervals(draws, "selection = false\nmethod = \"percentile\"")
    let bca = try await fixture.intervals(draws, "selection = false\nmethod = \"bca\"")
    let pairs = zip(plain.scenarios[1].intervals, bca.scenarios[1].intervals)
    #expect(pairs.contains { $0.low != $1.low } && pairs.allSatisfy { $0.estimate == $1.estimate })
    #expect(plain.scenarios.allSatisfy { $0.selection == nil })
    let few = try await fixture.draws("resamples = 19")
    let said = Mutex<[String]>([])
    let none = try await fixture.intervals(few) { event in said.withLock { $0.append(event.remark.shown) } }
    #expect(none.scenarios[1].intervals.allSatisfy { $0.low == nil && $0.high == nil && $0.draws <= 19 })
    #expect(said.withLock { $0 }.contains { $0.contains("too few for an interval") })
  }

  private struct Outcome: Decodable {
    struct Interval: Decodable {
      let low, high, confidence: Double
      let basis: String
      let draws: Int
    }
    struct Scenario: Decodable {
      let name: String
      let riskPct, production, probabilityWithinLimit: Double?
      let riskIntervalPct, productionInterval: Interval?
    }
    let scenarios: [Scenario]
    let withoutIntervals: String?
  }

  private func outcome(_ place: Workplace, _ arguments: String...) throws -> Outcome {
    let run = try place.tool.run(["run", "--json"] + arguments)
    #expect(run.code == 0, "\(run.err)")
    return try JSONDecoder().decode(Outcome.self, from: Data(run.out.utf8))
  }

  @Test func theOutcomeAsJsonHasThem() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    let found = try outcome(place, "-c", "config.toml", "-o", "out", "--set", "resamples=40")
    let rows = try place.read("out/data/risk_production_summary_base.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let base = try #require(found.scenarios.first { $0.name == "base" })
    let (risk, production) = (try #require(base.riskIntervalPct), try #require(base.productionInterval))
    #expect(risk.basis == "selection-aware" && risk.confidence == 0.95 && risk.draws <= 40)
    let row = try #require(rows.first { $0[0].hasPrefix("Optimum") })
    for (column, value) in [
      ("risk_ci_lower", risk.low), ("risk_ci_upper", risk.high), ("production_ci_lower", production.low),
      ("production_ci_upper", production.high),
    ] {
      let at = try #require(rows[0].firstIndex(of: column))
      #expect(Double(row[at]) == value, "\(column)")
    }
    #expect((0...1).contains(try #require(base.probabilityWithinLimit)))
    #expect(found.withoutIntervals == nil)
    // Where they do not fit, the run goes on, and says it.
    let none = try outcome(
      place, "-c", "config.toml", "-o", "none", "--set", "resamples=40", "--set", "stages.draws.with.memory_limit=16",
      "--set", "resamples=100000")
    #expect(none.withoutIntervals?.contains("memory_limit of stage draws is 16") ?? false)
    #expect(none.scenarios.allSatisfy { $0.riskIntervalPct == nil && $0.probabilityWithinLimit == nil })
  }

  /// Programs for training and for the rejected, which read the rows: their outputs are held, and it is said.
  @Test func aProgramThatReadsRowsEndsNoRun() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    try place.write(
      "rejects.py",
      """
      import json, os, sys
      request = json.load(sys.stdin)
      assert os.path.isdir(request["input"]["sample"]["path"])
      with open("calls", "a") as file:
          file.write("x")
      with open(request["output"]["path"] + "/reject-adjustment.json", "w") as file:
          json.dump({"method": "x", "multiplier": [1.5] * 200, "cappedCells": 0}, file)
      """)
    try place.write(
      "programs.toml",
      """
      extends = "config.toml"
      [stages.infer-rejects]
      use = "process"
      with = { command = ["python3", "rejects.py"], reads = ["sample"] }
      """)
    let run = try place.tool("run", "-c", "programs.toml", "-o", "out", "--set", "resamples=30")
    #expect(run.code == 0, "\(run.err)")
    #expect(try place.read("calls") == "x", "called once, by the run")
    #expect(run.err.contains("what is inferred of rejects (process python3 rejects.py reads sample"), "\(run.err)")
    let report = try place.read("out/data/intervals.json")
    #expect(report.contains("what is inferred of rejects (process") && report.contains("\"made\" : 30"))
    // Cells of another program than the run's own stages: no draws, and no failure.
    try place.write(
      "cells.py",
      """
      import json, sys
      request = json.load(sys.stdin)
      with open(sys.argv[1]) as file, open(request["output"]["path"] + "/cell-table.json", "w") as target:
          json.dump(json.load(file)["value"], target)
      """)
    let plain = try place.tool("run", "-c", "config.toml", "-o", "plain", "--set", "resamples=0")
    #expect(plain.code == 0)
    try place.write(
      "cells.toml",
      "extends = \"config.toml\"\n[stages.cells]\nuse = \"process\"\n"
        + "with = { command = [\"python3\", \"cells.py\", \"plain/stages/cells.json\"] }\n")
    let cells = try place.tool("run", "-c", "cells.toml", "-o", "cells", "--set", "resamples=30")
    #expect(cells.code == 0, "\(cells.err)")
    #expect(cells.err.contains("no resamples, and no intervals: the cells are made by a program"), "\(cells.err)")
    #expect(cells.out.contains("No intervals: the cells are made by a program"))
  }

  /// Stages of the plan that do not make the run's cells again: the run goes on without draws, and names the stage; the same
  /// among the settings of draws is a mistake of these.
  @Test func stagesThatMakeOtherCellsEndNoRun() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    try place.write(
      "other.toml",
      "extends = \"config.toml\"\n[[stage]]\nid = \"other-rates\"\nkind = \"rates\"\nuse = \"stated\"\n"
        + "from = { cube = \"cube\" }\nwith = { pass = 0.5 }\n"
        + "[stages.draws]\nwith = { rates = { stage = \"other-rates\" } }\n")
    let run = try place.tool("run", "-c", "other.toml", "-o", "out", "--set", "resamples=30")
    #expect(run.code == 0, "\(run.err)")
    #expect(
      run.err.contains("its stages make another production of swap-ins than the run has; look at stage other-rates"),
      "\(run.err)")
    #expect(try place.read("out/data/intervals.json").contains("look at stage other-rates"))
    let own = try place.tool(
      "run", "-c", "config.toml", "-o", "own", "--set", "resamples=30", "--set",
      "stages.draws.with.rates={ use = \"stated\", with = { pass = 0.5 } }")
    #expect(own.code == 2 && own.err.contains("another production of swap-ins"), "\(own.err)")
  }

  @Test func theToolFillsTheColumns() throws {
    let place = try Workplace()
    try place.simulate(rows: 5000)
    let run = try place.tool("run", "-c", "config.toml", "-o", "out", "--set", "resamples=50")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.out.contains("95 % intervals over 50 resamples") && run.out.contains("P(true risk ≤"), "\(run.out)")
    let summary = try place.read("out/data/risk_production_summary_base.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let heads = summary[0].map(String.init)
    for row in summary.dropFirst() where !row[0].hasPrefix("Outside") {
      for column in ["production_ci_lower", "production_ci_upper", "risk_ci_lower", "risk_ci_upper"] {
        let place = try #require(heads.firstIndex(of: column))
        #expect(!row[place].isEmpty, "\(row[0]) \(column)")
      }
    }
    let list = try place.read("out/data/intervals.csv").split(separator: "\n")
    // Three scenarios; four and five lines of two quantities, and the chosen strategy's two.
    #expect(list.count == 1 + 3 * (9 * 2 + 2))
    #expect(place.exists("out/data/intervals.json") && place.exists("out/data/cutoff_stability_optimistic.csv"))
    #expect(try place.tool("verify", "out").code == 0)
    let none = try place.tool("run", "-c", "config.toml", "-o", "none", "--set", "resamples=0")
    #expect(none.code == 0 && !none.out.contains("intervals over"), "\(none.err)")
    #expect(!place.exists("none/data/cutoff_stability_base.csv"))
    let empty = try place.read("none/data/risk_production_summary_base.csv").split(separator: "\n")
    #expect(empty.dropFirst().allSatisfy { $0.hasSuffix(",,,,") })
    // One worker or two: the same results.
    let one = try place.tool("run", "-c", "config.toml", "-o", "one", "--set", "resamples=50", "--workers", "1")
    #expect(one.code == 0, "\(one.err)")
    #expect(try place.digest("one") == place.digest("out"))
  }
}
