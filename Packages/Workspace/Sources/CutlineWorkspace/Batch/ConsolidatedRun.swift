internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun

/// What of a segment's run is added up: exact sums of its scenarios, and of each scenario in every draw.
struct ConsolidatedRun: Sendable {
  /// The sums of one scenario.
  struct Scenario: Sendable {
    let name: String
    /// Percent.
    let limit: DecimalNumber
    let status: ScenarioSet.Status
    /// Nil where it has no strategy.
    let totals: StrategyTotals?
    /// Of the strategy as it is in every draw: resamples, then jackknife groups.
    let draws: [StrategyTotals]
  }

  /// A period.
  struct Part: Sendable {
    let months: Int
    let scale: AmountScale
    /// What was booked, whatever a scenario says.
    let actual: CellSums
    let scenarios: [Scenario]
    /// How far the outcomes of the period are known; empty where that is not asked.
    let outcomes: String
  }

  /// What the draws are of.
  struct Draws: Sendable {
    let head: CellDraws.Head
    let confidence: Double
    let method: String
  }

  let name: String
  let supersegment: String?
  let measure: RiskMeasure
  let program: String
  let seed: UInt64
  /// Digests of the files that its sources read.
  let inputs: Set<String>
  let main: Part
  let recent: Part?
  /// Nil where the run has none.
  let draws: Draws?
  /// The gates that have not passed; nil where the run made none.
  let gates: String?

  /// - Throws: `Faults` for a run without cells or scenarios, or whose parts do not fit together.
  init(_ unit: BatchUnit, _ manifest: Manifest, _ neighbours: BatchNeighbours) throws {
    let folder = unit.folder
    func load<A: StoredArtifact>(_ type: A.Type, _ kind: String) throws -> A? {
      guard let record = manifest.stages.first(where: { $0.kind == kind }) else { return nil }
      return try RunArtifact.load(type, stage: record.id, from: folder)
    }
    guard let cells = try load(CellTable.self, "cells"), let set = try load(ScenarioSet.self, "scenarios") else {
      throw Faults.usage(folder, "its run has no cells or no scenarios", "Use a plan that has both.")
    }
    name = unit.name
    supersegment = unit.models?.supersegment
    measure = cells.measure
    program = manifest.program
    seed = manifest.seed
    let sources = Set(manifest.stages.filter { $0.kind == "source" }.map(\.id))
    inputs = Set(manifest.inputs.filter { sources.contains($0.stage) }.map(\.sha256))
    let draws = try load(CellDraws.self, "draws")
    let intervals = try load(StrategyIntervals.self, "intervals")
    let own = draws.flatMap { $0.resampleCount > 0 && $0.head.grid == cells.grid ? $0 : nil }
    main = try Self.part(cells, set, own, folder, outcomes: "")
    recent = try neighbours.recent(manifest, folder).map {
      try Self.part($0.cells, set, nil, folder, outcomes: $0.outcomes)
    }
    gates = try neighbours.gates(manifest, folder)
    self.draws = own.map { draws in
      Draws(head: draws.head, confidence: intervals?.confidence ?? 0.95, method: intervals?.method ?? "bca")
    }
  }

  private static func part(
    _ cells: CellTable, _ set: ScenarioSet, _ draws: CellDraws?, _ folder: String, outcomes: String
  ) throws -> Part {
    let last = cells.grid.axes.last?.binCount ?? 1
    let scenarios = try set.scenarios.map { scenario -> Scenario in
      guard let strategy = scenario.strategy else {
        return Scenario(
          name: scenario.name, limit: scenario.limit, status: scenario.status, totals: nil, draws: [])
      }
      guard strategy.accepted.count * last == cells.grid.cellCount else {
        throw Faults.integrity(
          "\(folder), scenario \(scenario.name)", "its strategy is none of the grid of the cells", "Run it again.")
      }
      let accepts = (0..<cells.grid.cellCount).map { strategy.accepts($0, in: cells.grid) }
      let count = draws.map { $0.resampleCount + $0.groupCount } ?? 0
      return Scenario(
        name: scenario.name, limit: scenario.limit, status: scenario.status, totals: cells.totals(of: strategy),
        draws: (0..<count).map { draws?.totals(of: accepts, inDraw: $0) }.compactMap { $0 })
    }
    return Part(
      months: cells.basis?.months ?? 12, scale: cells.scale, actual: cells.booked.reduce(.zero, +),
      scenarios: scenarios, outcomes: outcomes)
  }

  func part(_ period: ConsolidatedRow.Period) -> Part? { period == .main ? main : recent }
}
