@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineFormats
internal import CutlineWorkspace
internal import Foundation

/// Strategies that a committee states in a file: in raw scores, or by the numbers of bins.
enum StatedStrategies {
  /// The option of commands that take them beside the scenarios of a run.
  static let option = Option.value(
    "cutoffs", "FILE", "Strategies to name beside the run's scenarios: a file as cutline evaluate reads it.")

  /// - Parameters:
  ///   - labels: per axis, the numbers of its bins.
  ///   - isRun: whether the grid has raw scores.
  /// - Throws: `Faults` of the file.
  static func read(
    _ path: String, on grid: CellGrid, labels: [[Int]], isRun: Bool, read: ReadsTable
  ) throws -> [(name: String, strategy: Strategy)] {
    func stated(_ cutoffs: ScoreCutoffs) -> [(name: String, strategy: Strategy)] {
      for doubt in cutoffs.strategies.compactMap(\.doubt) { Console.error("  warning: \(doubt)") }
      return cutoffs.strategies.map { ($0.name, $0.strategy) }
    }
    if path.lowercased().hasSuffix(".toml") {
      guard isRun else {
        throw Faults.usage(path, "holds raw scores, and cells from a file have none", "Name the folder of a run.")
      }
      let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
      return stated(try ScoreCutoffs(toml: text, on: grid, path: path))
    }
    let table = try read(path)
    if isRun, ScoreCutoffs.isOne(table, on: grid) { return stated(try ScoreCutoffs(table, on: grid, path: path)) }
    return try CutoffsFile(path, labels: CutoffLabels(grid: grid, labels: labels)) { _ in table }.strategies
      .map { ($0.name, $0.strategy) }
  }

  /// A run with the strategies of `--cutoffs`, where it is given, beside its scenarios.
  static func added(to run: VerifiedRun, _ arguments: Arguments) throws -> VerifiedRun {
    guard let path = arguments["cutoffs"] else { return run }
    let grid = run.cells.grid
    return try run.stating(
      read(
        path, on: grid, labels: grid.axes.map { Array(1...$0.binCount) }, isRun: true,
        read: { try TableReader.read($0, options: ReadOptions()).table }), from: path)
  }
}
