internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import CutlineCredit

/// What a finished run has stored of its cells. Whether the folder is what the run wrote is asked by whoever names it.
struct StoredResults {
  let cube: Cube
  let cells: CellTable
  let frontier: Frontier
  let scenarios: ScenarioSet
  /// Nil where the run does not say.
  let force: StrategyInForce?

  /// - Throws: `Faults` (io) where the run has not stored one of them, (integrity) where they cannot be read or do not fit.
  init(_ config: EvaluationConfig) throws {
    cube = try Self.load(Cube.self, config.cube, in: config.run)
    cells = try Self.load(CellTable.self, config.cells, in: config.run)
    frontier = try Self.load(Frontier.self, config.search, in: config.run)
    scenarios = try Self.load(ScenarioSet.self, config.scenarios, in: config.run)
    force = config.force.isEmpty ? nil : try Self.load(StrategyInForce.self, config.force, in: config.run)
    let count = cells.grid.cellCount
    // A folder that was written by other hands is no run: everything that is added up must be what can be added up.
    guard cube.grid == cells.grid, cells.booked.count == count, cells.swapIn.count == count,
      CellSums.columnNames.indices.allSatisfy({ column in
        sumsAreExact((cells.booked + cells.swapIn).map { $0.values[column] })
      })
    else {
      throw Faults.integrity(config.run, "its cube and its cells do not fit each other", "Run it again.")
    }
  }

  static func files(_ config: EvaluationConfig) -> [String] {
    [
      path(Cube.self, config.cube, in: config.run), path(CellTable.self, config.cells, in: config.run),
      path(Frontier.self, config.search, in: config.run), path(ScenarioSet.self, config.scenarios, in: config.run),
    ] + (config.force.isEmpty ? [] : [path(StrategyInForce.self, config.force, in: config.run)])
  }

  private static func path<A: StoredArtifact>(_ type: A.Type, _ stage: String, in run: String) -> String {
    "\(run)/\(ArtifactCodec(type).path(of: stage))"
  }

  private static func load<A: StoredArtifact>(_ type: A.Type, _ stage: String, in run: String) throws -> A {
    let path = path(type, stage, in: run)
    guard FileSystem.exists(path) else {
      throw Faults.io(run, "its run has no stored output of stage \(stage)", "Name the folder of a finished run.")
    }
    guard let artifact = try ArtifactCodec(type).decode(try FileSystem.read(path)) as? A else {
      throw Faults.integrity(path, "holds something else than \(A.phrase)", "Run again.")
    }
    return artifact
  }
}
