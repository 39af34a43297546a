internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// What a finished run has stored of its strategies. Whether the folder is what the run wrote is asked by whoever names it.
struct StoredRun {
  let cube: Cube
  let cells: CellTable
  let scenarios: ScenarioSet

  /// - Throws: `Faults` (io) where the run has not stored one of them, (integrity) where it cannot be read.
  init(_ config: TrackConfig) throws {
    cube = try Self.load(Cube.self, config.cube, in: config.run)
    cells = try Self.load(CellTable.self, config.cells, in: config.run)
    scenarios = try Self.load(ScenarioSet.self, config.scenarios, in: config.run)
    try Self.check(cells, scenarios, in: config.run)
    guard cube.grid == cells.grid else {
      throw Faults.integrity(config.run, "its cube and its cells are of two grids", "Run it again.")
    }
  }

  /// A folder that was written by other hands is no run: everything that is added up here must be what can be added up.
  private static func check(_ cells: CellTable, _ scenarios: ScenarioSet, in run: String) throws {
    let fault = Faults.integrity(
      run, "its cells and scenarios do not fit each other", "Run again, or restore the folder.")
    let count = cells.grid.cellCount
    guard cells.booked.count == count, cells.swapIn.count == count,
      CellSums.columnNames.indices.allSatisfy({ column in
        sumsAreExact((cells.booked + cells.swapIn).map { $0.values[column] })
      })
    else { throw fault }
    let columns = cells.grid.axes.last?.binCount ?? 1
    for scenario in scenarios.scenarios {
      guard let strategy = scenario.strategy else { continue }
      guard strategy.accepted.count == count / max(1, columns),
        strategy.accepted.allSatisfy({ (0...columns).contains($0) }),
        scenario.totals == cells.totals(of: strategy)
      else { throw fault }
    }
  }

  static func files(_ config: TrackConfig) -> [String] {
    [
      path(Cube.self, config.cube, in: config.run), path(CellTable.self, config.cells, in: config.run),
      path(ScenarioSet.self, config.scenarios, in: config.run),
    ]
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
