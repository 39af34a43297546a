import CutlineCore
import CutlineCredit
import CutlineModels
import Foundation
import Testing

@testable import CutlineOptimize

/// The envelope against every strategy of a small grid.
@Suite struct RejectEnvelopeTests {
  private static func registry() throws -> Registry {
    var registry = Registry()
    try ModelStages.register(in: &registry)
    try OptimizeStages.register(in: &registry)
    try CreditKinds.register(in: &registry)
    return registry
  }

  private static func run(_ settings: String) async throws -> [String: String] {
    let small = try SmallPortfolio()
    let registry = try registry()
    let entries = try ConfigDocument.parse(settings, source: "test").entries
    let output = try await registry.stage(kind: "reject-envelope", name: "standard", at: .default)
      .instance(entries, registry: registry).run(
        [
          "cube": small.cube, "surface": small.surface, "rejects": small.rejects, "cells": small.cells,
          "scenarios": small.scenarios,
        ], in: RunContext(stageID: "envelope", seed: 1))
    let files = try #require(output as? FileSet).files
    return Dictionary(uniqueKeysWithValues: files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
  }

  private struct Summary: Decodable {
    struct Limit: Decodable {
      let limitPct: String
      let settings, ownKeeps: Int
      let heldProduction, heldBound, leastProduction, mostProduction: Double
      let heldIsProven: Bool
      let ownLeastRiskPct, ownMostRiskPct: Double
    }
    let limits: [Limit]
  }

  private static func summary(_ files: [String: String]) throws -> [Summary.Limit] {
    let text = try #require(files["data/reject_envelope.json"])
    return try CanonicalJSON.decode(Summary.self, from: Data(text.utf8)).limits
  }

  /// The cells under a multiplier per cell, as the standard stage makes them from the small portfolio.
  private static func cells(_ multiplier: (Int) -> Double) throws -> CellTable {
    let small = try SmallPortfolio()
    let own = small.cells
    let swapIn = own.swapIn.indices.map { cell in
      var sums = own.swapIn[cell]
      sums.numerator = Int64(
        (own.predictedRisk[cell] * Double(sums.denominator) / 7 * multiplier(cell)).rounded(.toNearestOrEven))
      return sums
    }
    return CellTable(
      grid: own.grid, measure: own.measure, booked: own.booked, rejected: own.rejected, rejectedRows: own.rejectedRows,
      swapIn: swapIn, predictedRisk: own.predictedRisk, rejectMultiplier: own.rejectMultiplier, exposureRatio: 4,
      basis: own.basis)
  }

  private static let strategies: [Strategy] = (0...3).flatMap { low in
    (low...3).flatMap { middle in (middle...3).map { Strategy(accepted: [low, middle, $0]) } }
  }

  /// Acceptance is 5 of 8 in every cell: an uplift u is the multiplier 1 + 3 u / 8.
  @Test func whatHoldsUnderAllIsTheBestOfAllStrategies() async throws {
    let uplifts = [0.2, 0.6, 1.4]
    let files = try await Self.run(
      "settings = [{ use = \"acceptance-uplift\", grid = { reject_uplift_factor = [0.2, 0.6, 1.4] } }]\n")
    let tables = try ([0.0] + uplifts).map { uplift in try Self.cells { _ in 1 + uplift * 3 / 8 } }
    for limit in try Self.summary(files) {
      let number = try DecimalNumber(try #require(Double(limit.limitPct)))
      let kept = try Self.strategies.filter { strategy in
        try tables.allSatisfy { try $0.measure.fits($0.totals(of: strategy).optimum, limit: number) }
      }
      let best = try #require(kept.map { tables[0].totals(of: $0).optimum.production }.max())
      #expect(limit.settings == 4 && limit.heldIsProven)
      #expect(abs(limit.heldProduction - Double(best) / 100) < 1e-9, "12 months, hundredths")
      // The riskiest setting has the least optimum, and that is what holds.
      #expect(limit.heldProduction == limit.leastProduction && limit.heldBound == limit.leastProduction)
    }
    let lines = try #require(files["data/reject_envelope.csv"]).split(separator: "\n")
    #expect(lines.count == 1 + 2 * 4)
    #expect(lines[1].contains("the run's own: none") && lines[2].contains("reject_uplift_factor = 0.2"))
  }

  @Test func theRunsOwnSettingCountsOnce() async throws {
    let files = try await Self.run("settings = [\"none\", \"overrides\"]\n")
    for limit in try Self.summary(files) {
      #expect(limit.settings <= 2)
      #expect(limit.ownLeastRiskPct <= limit.ownMostRiskPct && limit.leastProduction <= limit.mostProduction)
    }
  }

  /// A search that does not find what the run's own found would be set against strategies of another question.
  @Test func anotherSearchIsRefused() async throws {
    do {
      _ = try await Self.run(
        "settings = [\"none\"]\nsearch = { use = \"frontier\", with = { pins = [\"1,1=reject\", \"3,3=reject\"] } }\n")
      Issue.record("another search is taken for the run's own")
    } catch let faults as Faults { #expect(faults.code == .usage && faults.problem.contains("another production")) }
  }

  /// A setting that cannot be had is said and left out.
  @Test func whatFailsIsLeftOut() async throws {
    let files = try await Self.run("settings = [\"within-cell\", { use = \"acceptance-uplift\" }]\n")
    // The small portfolio's surface has no model.
    #expect(try Self.summary(files).allSatisfy { $0.settings == 2 })
  }

  @Test func theRiskiestCellsAreTheGreatestOfEach() throws {
    let tables = [try Self.cells { $0 % 2 == 0 ? 2 : 1 }, try Self.cells { $0 % 2 == 0 ? 1 : 3 }]
    let riskiest = StandardEnvelope.riskiest(tables)
    for cell in 0..<9 {
      #expect(riskiest.swapIn[cell].numerator == tables.map { $0.swapIn[cell].numerator }.max())
      #expect(riskiest.swapIn[cell].production == tables[0].swapIn[cell].production)
    }
  }

  /// Where no setting is the riskiest everywhere, what is called the most is no more than any strategy that holds.
  @Test func crossingSettingsAreBounded() throws {
    let tables = [try Self.cells { $0 < 4 ? 2.2 : 0.7 }, try Self.cells { $0 < 4 ? 0.8 : 1.9 }]
    func frontier(_ cells: CellTable) throws -> Frontier {
      let points = Self.strategies.map { strategy in
        let sums = cells.totals(of: strategy).optimum
        return Frontier.Point(
          production: sums.production, numerator: sums.numerator, denominator: sums.denominator, strategy: strategy)
      }
      func risk(_ point: Frontier.Point) -> Double { cells.measure.strategyPercent(point.sums) ?? .infinity }
      var kept: [Frontier.Point] = []
      for point in points.sorted(by: { (risk($0), -$0.production) < (risk($1), -$1.production) })
      where point.production > kept.last?.production ?? -1 { kept.append(point) }
      return Frontier(points: kept, strategyCount: "20", search: "all")
    }
    let settings = try tables.map {
      EnvelopeSetting(name: "s", method: "m", cells: $0, frontier: try frontier($0))
    }
    let riskiest = StandardEnvelope.riskiest(tables)
    for percent in stride(from: 12.0, through: 40, by: 1) {
      let number = try DecimalNumber(percent)
      let own = ScenarioSet.Scenario(
        name: "l", limit: number, status: .infeasible, point: nil, strategy: nil, totals: nil)
      let limit = try EnvelopeLimit(own, settings, worst: (riskiest, frontier(riskiest)))
      let kept = try Self.strategies.filter { strategy in
        try tables.allSatisfy { try $0.measure.fits($0.totals(of: strategy).optimum, limit: number) }
      }
      let best = kept.map { tables[0].totals(of: $0).optimum.production }.max() ?? 0
      guard let held = limit.held else { continue }
      #expect(held.production <= best && best <= held.bound ?? 0, "\(percent)")
      #expect(kept.contains(held.strategy))
      if held.isProven { #expect(held.production == best) }
    }
  }

  /// The command searches as the run does, constraints included, and says its sentences.
  @Test func theCommandTakesTheRunsOwnSearch() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000, seed: 4)
    let pinned = ["--set", "stages.search.with={ pins = [\"9,9=reject\"] }"]
    let run = try place.tool.run(["run", "-o", "run"] + pinned)
    let envelope = try place.tool.run(["reject-envelope", "-o", "out"] + pinned)
    #expect(run.code == 0 && envelope.code == 0, "\(run.err)\(envelope.err)")
    #expect(envelope.out.contains("base (risk ≤ 5 %) under") && !run.out.contains("under"), "\(envelope.out)")
    let optimum = try place.read("run/data/optimal_solution_base.csv").split(separator: "\n")
    let names = optimum[0].split(separator: ",", omittingEmptySubsequences: false)
    let production = optimum[1].split(separator: ",", omittingEmptySubsequences: false)[
      try #require(names.firstIndex(of: "oa_amt_h0"))]
    let own = try #require(
      place.read("out/data/reject_envelope.csv").split(separator: "\n").first { $0.hasPrefix("base,") })
    #expect(own.contains("the run's own") && own.contains(",\(production),"), "\(own)\n\(production)")
    // In the folder of a run only the envelope is new.
    let again = try place.tool.run(["reject-envelope", "-o", "run"] + pinned)
    #expect(again.code == 0 && again.err.contains("search (unchanged)"), "\(again.err)")
    // A configuration may speak of it to every command.
    let config = try place.read("config.toml")
    try place.write(
      "other.toml", config + "\n[stages.reject-envelope]\nwith = { settings = [\"none\", \"overrides\"] }\n")
    let other = try place.tool("check", "-c", "other.toml")
    #expect(other.code == 0 && other.err.contains("only cutline reject-envelope has that stage"), "\(other.err)")
    #expect(try place.tool("reject-envelope", "-c", "other.toml", "-o", "run").out.contains("under 2 settings"))
    for wrong in [["-t"], ["--until", "cells"]] {
      #expect(try place.tool.run(["reject-envelope", "-o", "none"] + wrong).code == 2)
    }
  }
}
