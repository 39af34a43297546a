internal import CutlineCompute
public import CutlineCore
public import CutlineCredit
public import CutlineRun

/// A finished run whose files are what it wrote, with what it has stored.
public struct VerifiedRun {
  public let folder: String
  public let manifest: Manifest
  public let cells: CellTable
  public private(set) var scenarios: ScenarioSet

  /// - Throws: `Faults` (integrity) for files that are not what the run wrote, `Faults` (usage) for what is no finished run of a
  ///   portfolio.
  public init(_ folder: String) throws {
    let manifest = try RunVerification.finished(folder)
    (self.folder, self.manifest) = (folder, manifest)
    cells = try Self.load(CellTable.self, kind: "cells", manifest, folder)
    scenarios = try Self.load(ScenarioSet.self, kind: "scenarios", manifest, folder)
    let count = cells.grid.cellCount
    guard
      [cells.booked.count, cells.swapIn.count, cells.rejected.count, cells.rejectedRows.count].allSatisfy({
        $0 == count
      })
    else { throw Faults.integrity(folder, "its cells do not fill its grid", "Run it again.") }
    // A folder that was written by other hands must hold what can be added up.
    guard
      CellSums.columnNames.indices.allSatisfy({ column in
        [cells.booked + cells.swapIn, cells.rejected].allSatisfy { sumsAreExact($0.map { $0.values[column] }) }
      })
    else { throw Faults.integrity(folder, "its cells hold sums too large to add up", "Run it again.") }
    for scenario in scenarios.scenarios {
      guard let strategy = scenario.strategy else { continue }
      try check(strategy, "scenario \(scenario.name)")
      guard scenario.totals.map({ $0 == cells.totals(of: strategy) }) ?? true else {
        throw Faults.integrity(
          "\(folder), scenario \(scenario.name)", "its totals are not those of the cells that it accepts",
          "Run it again.")
      }
    }
  }

  /// - Throws: `Faults` (integrity) for a strategy that is none of the grid.
  private func check(_ strategy: Strategy, _ name: String) throws {
    let last = cells.grid.axes.last?.binCount ?? 1
    guard strategy.accepted.count * last == cells.grid.cellCount,
      strategy.accepted.allSatisfy({ (0...last).contains($0) })
    else { throw Faults.integrity("\(folder), \(name)", "is no strategy of its grid", "Run it again.") }
  }

  /// The same run with strategies that somebody states beside its scenarios, held against the base limit.
  /// - Parameter source: where they are stated.
  /// - Throws: `Faults` (usage) for a name that stands twice, `Faults` (integrity) for what is no strategy of the grid.
  public func stating(_ strategies: [(name: String, strategy: Strategy)], from source: String) throws -> VerifiedRun {
    guard let limit = (scenarios.scenarios.first { $0.name == "base" } ?? scenarios.scenarios.first)?.limit else {
      throw Faults.usage(folder, "has no scenario", "Run it with a risk limit.")
    }
    var all = scenarios.scenarios
    for own in strategies {
      guard own.name != "force", !all.contains(where: { $0.name == own.name }) else {
        throw Faults.usage(
          "\(source), strategy \(own.name)",
          "its name is taken: by a scenario of the run, the strategy in force or another one",
          "Give it another name.")
      }
      try check(own.strategy, "strategy \(own.name)")
      all.append(
        ScenarioSet.Scenario(
          name: own.name, limit: limit, status: .fixed, point: nil, strategy: own.strategy,
          totals: cells.totals(of: own.strategy)))
    }
    var run = self
    run.scenarios = ScenarioSet(scenarios: all, nested: false)
    return run
  }

  /// The strategy in force.
  /// - Throws: as `load`, and `Faults` (integrity) for what does not fit the grid.
  public func force() throws -> StrategyInForce {
    let force = try load(StrategyInForce.self, kind: "in-force")
    try check(force.strategy, "strategy in force")
    return force
  }

  /// What the stage of a kind has stored.
  /// - Throws: `Faults` (usage) where the run has no such stage.
  public func load<A: StoredArtifact>(_ type: A.Type, kind: String) throws -> A {
    try Self.load(type, kind: kind, manifest, folder)
  }

  /// The same, nil where the run has no such stage.
  public func loadIfAny<A: StoredArtifact>(_ type: A.Type, kind: String) throws -> A? {
    manifest.stages.contains { $0.kind == kind } ? try load(type, kind: kind) : nil
  }

  private static func load<A: StoredArtifact>(
    _ type: A.Type, kind: String, _ manifest: Manifest, _ folder: String
  ) throws -> A {
    guard let record = manifest.stages.first(where: { $0.kind == kind }) else {
      throw Faults.usage(folder, "its run has no stage of kind \(kind)", "Name a run of the portfolio plan.")
    }
    return try RunArtifact.load(type, stage: record.id, from: folder, of: manifest)
  }

  /// A scenario with its strategy.
  /// - Throws: `Faults` (usage) for a name that it does not have, `Faults` (infeasible) for one without a strategy.
  public func strategy(of name: String) throws -> (scenario: ScenarioSet.Scenario, strategy: Strategy) {
    let names = scenarios.scenarios.map(\.name)
    guard let scenario = scenarios.scenarios.first(where: { $0.name == name }) else {
      throw Faults.usage(
        "--scenario", "\(name) is no scenario of \(folder)\(DidYouMean.phrase(for: name, among: names))",
        "It has \(names.joined(separator: ", ")).")
    }
    guard let strategy = scenario.strategy else {
      throw Faults(
        Fault(
          .infeasible, "\(folder), scenario \(name)".place,
          "is \(scenario.status.rawValue): \(scenario.reason ?? "it has no strategy")",
          "Raise its risk limit, or name another --scenario."))
    }
    return (scenario, strategy)
  }

  /// Units of a year.
  func volume(_ sum: Int64) -> Double { Double(sum) * cells.annualCoefficient / cells.scale.perUnit }
}
