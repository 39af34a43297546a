import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineMonitor
import CutlineSimulate
import Foundation

/// How often the back-test of the recent period speaks of a change where there is none, and where there is one.
///
/// Portfolios of one population that does not change: no bad spell, no new version of a score, no change of policy. 2021 is the
/// main period, 2022 the recent one; of each a run's stages make cells, a frontier, and a strategy with the most production at 0.9
/// times the booked risk. Tested at 0.01: everything that was booked, a strategy fixed in advance, and the one chosen, whose
/// promise is too good by what choosing makes of noise. For comparison the same with the log-odds of going good moved from
/// January 2022 on, so that the risk is about doubled.
struct AlarmsStudy {
  static let rows = 15_000
  static let level = 0.01
  /// Less of the log-odds: about twice the bad.
  static let worse = 0.75

  private let stages: StudyStages

  init() throws { stages = try StudyStages() }

  /// - Parameter change: of the log-odds of bad in the recent period.
  static func model(change: Double) -> PortfolioModel {
    var model = PortfolioModel()
    (model.bureauVersionShift, model.policyChangePoints, model.calibrationDriftPerMonth) = (0, 0, 0)
    (model.unitErrorShare, model.duplicateShare, model.resubmissionShare) = (0, 0, 0)
    model.badSpell = nil
    if change != 0 {
      // Every segment's spell is its own: those of one name are hit.
      var spell = PortfolioBadSpell()
      (spell.firstMonth, spell.lastMonth, spell.logOdds) = (13, 24, change)
      model.badSpell = spell
      model.segments = model.segments.filter { $0.name == spell.segment }
    }
    return model
  }

  private struct Row: Decodable, Sendable {
    let scenario: String?
    let months: Int
    let verdict: String
    let ratio: Double?
  }

  func table(portfolios: Int) async throws -> String {
    var text =
      "| change | after | what | portfolios tested | deteriorated | improved | share of alarms | mean ratio |\n|---|---|---|---|---|---|---|---|\n"
    for (name, change, count) in [("none", 0.0, portfolios), ("doubled", Self.worse, max(1, portfolios / 10))] {
      let model = Self.model(change: change)
      var rows: [Row] = []
      for start in stride(from: 0, to: count, by: 2) {
        rows += try await withThrowingTaskGroup(of: [Row].self) { group in
          for number in start..<min(count, start + 2) {
            group.addTask { try await self.one(model, seed: UInt64(70_000 + number)) }
          }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        if start % 100 == 0 { FileHandle.standardError.write(Data("\(name): \(start)\n".utf8)) }
      }
      for months in [6, 3] {
        for (what, scenario) in [("all booked", nil), ("fixed strategy", "fixed"), ("chosen strategy", "chosen")] {
          let own = rows.filter { $0.months == months && $0.scenario == scenario }
          let tested = own.filter { $0.ratio != nil }
          let (worse, better) = (
            tested.count { $0.verdict == "deteriorated" }, tested.count { $0.verdict == "improved" }
          )
          let share = tested.isEmpty ? 0 : 100 * Double(worse + better) / Double(tested.count)
          let mean = tested.reduce(0.0) { $0 + ($1.ratio ?? 0) } / Double(max(1, tested.count))
          text += "| \(name) | \(months) months | \(what) | \(tested.count) of \(own.count) | \(worse) | \(better) | "
          text += "\(String(format: "%.2f", share)) % | \(String(format: "%.3f", mean)) |\n"
        }
      }
    }
    return text
  }

  private func one(_ model: PortfolioModel, seed: UInt64) async throws -> [Row] {
    let table = try model.generate(rows: Self.rows, seed: seed, workers: 1).applications
    let dates = """
      date_ini_book_obs = "2021-01-01"
      date_fin_book_obs = "2021-12-01"
      date_ini_book_obs_mr = "2022-01-01"
      date_fin_book_obs_mr = "2022-12-01"

      """
    let (sample, cube) = try await stages.prepared(table, dates: dates)
    let surface = try await stages.run(
      "train", "ridge", ["cube": cube, "sample": sample], as: RiskSurface.self)
    let exposure = try await stages.run("exposure", "ratio", ["cube": cube], as: ExposureModel.self)
    let rejects = try await stages.run(
      "infer-rejects", "none", ["cube": cube, "surface": surface], as: RejectAdjustment.self)
    let rates = try await stages.run("rates", "measured", ["cube": cube], as: SwapInRates.self)
    let cells = try await stages.run(
      "cells", "standard",
      ["cube": cube, "surface": surface, "exposure": exposure, "rejects": rejects, "rates": rates], as: CellTable.self)
    let today = cells.measure.percent(cells.booked.reduce(.zero, +)) ?? 5
    let chosen = try await stages.best(cells, limits: [0.9 * today])[0]
    let grid = cells.grid
    let fixed = Strategy(
      accepted: (0..<StudyStages.binCount).map { bin in
        (0..<StudyStages.binCount).count { StudyStages.isTaken(grid.index([bin, $0]), of: grid, from: 0.8) }
      })
    let named = [("fixed", Optional(fixed)), ("chosen", chosen)].compactMap { name, strategy in
      strategy.map { (name, $0) }
    }
    let scenarios = ScenarioSet(
      scenarios: try named.map { name, strategy in
        ScenarioSet.Scenario(
          name: name, limit: try DecimalNumber(100), status: .unproven, point: 0, strategy: strategy,
          totals: cells.totals(of: strategy))
      }, nested: false)
    let folder = NSTemporaryDirectory() + "cutline-alarms-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort in a temporary place
    _ = try await stages.registry.stage(kind: "recent", name: "standard", at: .default)
      .instance(
        try ConfigDocument.parse("false_alarms = \(Self.level)", source: "study").entries, registry: stages.registry
      ).run(
        [
          "cube": cube, "surface": surface, "exposure": exposure, "cells": cells, "scenarios": scenarios,
          "sample": sample,
        ], in: RunContext(stageID: "recent", seed: 42, files: AttachedFiles(in: folder)))
    var rows: [Row] = []
    for (place, (name, _)) in named.enumerated() {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/data/backtest_\(name).json"))
      // Each file has everything that was booked, too.
      rows += try JSONDecoder().decode([Row].self, from: data).filter { $0.scenario != nil || place == 0 }
    }
    return rows
  }
}
