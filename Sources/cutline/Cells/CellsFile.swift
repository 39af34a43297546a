internal import CutlineCore
internal import Foundation

/// A cell table to evaluate strategies on: the exact one of a run, or a CSV file.
struct CellsFile {
  let cells: CellTable
  /// Per axis, the numbers of its bins.
  let labels: [[Int]]

  /// - Parameters:
  ///   - path: a run folder, or a file with one row a cell: the bins, and per indicator `_boo` and `_rep`.
  ///   - grid, directions: names and directions of the bins, where the path is a file.
  init(_ path: String, grid: [String], directions: [String], multiplier: Double) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(path, "does not exist", "Name a run folder or a cell table.")
    }
    guard isFolder.boolValue else {
      let csv = try CellCsv(path, names: grid, directions: directions)
      cells = csv.cellTable(
        booked: try Self.sums(csv, "_boo"), swapIn: try Self.sums(csv, "_rep"), multiplier: multiplier)
      labels = csv.labels
      return
    }
    guard grid.isEmpty, directions.isEmpty else {
      throw ConfigError("--grid", "is only for files: \(path) is a run folder", "Leave --grid and --directions out.")
    }
    cells = try RunArtifact.load(CellTable.self, stage: "cells", from: path)
    labels = cells.grid.axes.map { Array(1...$0.binCount) }
  }

  private static func sums(_ csv: CellCsv, _ suffix: String) throws -> [CellSums] {
    let columns = try CellSums.columnNames.map { try csv.amounts($0 + suffix) }
    return columns[0].indices.map {
      CellSums(
        accounts: columns[0][$0], requested: columns[1][$0], numerator: columns[2][$0], denominator: columns[3][$0],
        production: columns[4][$0])
    }
  }
}
