public import CutlineCore
public import CutlineCredit
internal import CutlineRun
internal import Foundation

/// A cell table to evaluate strategies on: the exact one of a run, or a CSV file.
public struct CellsFile {
  public let cells: CellTable
  /// Per axis, the numbers of its bins.
  public let labels: [[Int]]

  /// - Parameters:
  ///   - path: a run folder, or a file with one row a cell: the bins, and per indicator `_boo` and `_rep`.
  ///   - grid, directions: names and directions of the bins, where the path is a file.
  ///   - scale: decimals of the amounts of a file; nil = those of its values.
  ///   - read: reads a table from a file.
  ///   - say: takes what is to be said about how amounts were read.
  public init(
    _ path: String, grid: [String], directions: [String], multiplier: Double, scale: Int?, read: ReadsTable,
    say: @escaping (String) -> Void
  ) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Faults.io(path, "does not exist", "Name a run folder or a cell table.")
    }
    guard isFolder.boolValue else {
      let csv = try CellCsv(path, names: grid, directions: directions, read: read, say: say)
      let names = ["_boo", "_rep"].flatMap { suffix in CellSums.columnNames.map { $0 + suffix } }
      let scale = try csv.scale(of: names, stated: scale)
      let (booked, swapIn) = (try Self.sums(csv, "_boo", scale, names), try Self.sums(csv, "_rep", scale, names))
      cells = csv.cellTable(booked: booked, swapIn: swapIn, multiplier: multiplier, scale: scale)
      labels = csv.labels
      return
    }
    guard grid.isEmpty, directions.isEmpty else {
      throw Faults.usage("--grid", "is only for files: \(path) is a run folder", "Leave --grid and --directions out.")
    }
    cells = try RunArtifact.load(CellTable.self, stage: "cells", from: path)
    labels = cells.grid.axes.map { Array(1...$0.binCount) }
  }

  private static func sums(_ csv: CellCsv, _ suffix: String, _ scale: AmountScale, _ names: [String]) throws
    -> [CellSums]
  {
    let columns = try CellSums.columnNames.map { try csv.amounts($0 + suffix, in: scale, beside: names) }
    return columns[0].indices.map {
      CellSums(
        accounts: columns[0][$0], requested: columns[1][$0], numerator: columns[2][$0], denominator: columns[3][$0],
        production: columns[4][$0])
    }
  }
}
