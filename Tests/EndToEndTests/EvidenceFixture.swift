import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineSimulate
import Foundation

/// A simulated portfolio and what a run makes of it, stage by stage.
struct EvidenceFixture {
  let registry: Registry
  let sample: Sample
  let cube: Cube
  let surface: RiskSurface
  let cells: CellTable
  let scenarios: ScenarioSet

  /// Train with its settings, as TOML.
  let train: String

  init(rows: Int, train: String, rejects: String = "none", limit: Double = 5, seed: UInt64 = 3) async throws {
    registry = try ConformanceTests.registry()
    self.train = train
    let table = try PortfolioModel().generate(rows: rows, seed: seed, workers: 1).applications
    let source = SourceTable(table: table, notes: [])
    let common = """
      date_ini_book_obs = "2022-01-01"
      date_fin_book_obs = "2022-12-01"
      variables = ["score_bin", "bureau_bin"]
      bins.score_bin = { source = "score_rf", direction = "higher-is-safer", missing = "drop", edges = [-inf, 470, 500, 530, inf] }
      bins.bureau_bin = { source = "risk_score_rf", direction = "higher-is-safer", missing = "drop", special = { 9999 = "drop", 0 = "drop" }, edges = [-inf, 600, 630, 660, 700, inf] }

      """
    let quality = try await Self.run(
      registry, "quality.standard", ["source": source], "skip = true\n" + common, as: QualityReport.self)
    sample = try await Self.run(
      registry, "prepare.standard", ["source": source, "quality": quality],
      common + "eligible = \"all\"\nstress = \"off\"\nduplicates = \"drop-exact\"\n", as: Sample.self)
    cube = try await Self.run(registry, "cube.standard", ["sample": sample], as: Cube.self)
    surface = try await Self.run(
      registry, "train.cross-validated", ["cube": cube, "sample": sample], train, as: RiskSurface.self)
    let exposure = try await Self.run(registry, "exposure.ratio", ["cube": cube], as: ExposureModel.self)
    let adjustment = try await Self.run(
      registry, "infer-rejects.\(rejects)", ["cube": cube, "surface": surface], as: RejectAdjustment.self)
    let rates = try await Self.run(registry, "rates.measured", ["cube": cube], as: SwapInRates.self)
    cells = try await Self.run(
      registry, "cells.standard",
      ["cube": cube, "surface": surface, "exposure": exposure, "rejects": adjustment, "rates": rates],
      as: CellTable.self)
    let frontier = try await Self.run(registry, "search.frontier", ["cells": cells], as: Frontier.self)
    scenarios = try await Self.run(
      registry, "scenarios.appetite", ["cells": cells, "frontier": frontier],
      "optimum_risk = \(limit)\nrisk_step = 0.5\n", as: ScenarioSet.self)
  }

  static func run<Output: Artifact>(
    _ registry: Registry, _ stage: String, _ inputs: [String: any Artifact], _ settings: String = "", workers: Int = 2,
    seed: UInt64 = 42, heard: @escaping EventSink = { _ in }, as: Output.Type
  ) async throws -> Output {
    let parts = stage.split(separator: ".")
    let entries = try ConfigDocument.parse(settings, source: stage).entries
    let output = try await registry.stage(kind: String(parts[0]), name: String(parts[1]), at: .default)
      .instance(entries, registry: registry)
      .run(inputs, in: RunContext(stageID: "stage", seed: seed, workers: workers, sink: heard))
    guard let typed = output as? Output else { throw Faults.data(stage, "gives something else", "Look here.") }
    return typed
  }

  func draws(
    _ settings: String, rejects: String = "none", sample other: Sample? = nil, workers: Int = 2, seed: UInt64 = 42,
    heard: @escaping EventSink = { _ in }
  ) async throws -> CellDraws {
    let own = train.split(separator: "\n").joined(separator: ", ")
    return try await Self.run(
      registry, "draws.poisson", ["surface": surface, "cells": cells, "sample": other ?? sample],
      "train = { use = \"cross-validated\", with = { \(own) } }\nrejects = \"\(rejects)\"\n" + settings,
      workers: workers, seed: seed, heard: heard, as: CellDraws.self)
  }

  func intervals(
    _ draws: CellDraws, _ settings: String = "", workers: Int = 2, heard: @escaping EventSink = { _ in }
  ) async throws -> StrategyIntervals {
    try await Self.run(
      registry, "intervals.standard", ["cells": cells, "scenarios": scenarios, "draws": draws], settings,
      workers: workers, heard: heard, as: StrategyIntervals.self)
  }
}
