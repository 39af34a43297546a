internal import CutlineCore
internal import CutlineData
internal import Foundation

/// A cell table to evaluate strategies on: the exact one of a run, or a CSV file.
struct CellsFile {
  let cells: CellTable
  /// What the volumes are: of the period, or as the file has them.
  let basis: String

  /// - Parameters:
  ///   - path: a run folder, or a CSV file with one row a cell: the two bins, and per indicator `_boo` and `_rep`.
  ///   - grid, directions: names and directions of the CSV's two bins, where the path is a CSV file.
  init(_ path: String, grid: [String], directions: [String], multiplier: Double) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(path, "does not exist", "Name a run folder or a cell table.")
    }
    if isFolder.boolValue {
      guard grid.isEmpty, directions.isEmpty else {
        throw ConfigError(
          "--grid", "is only for CSV files: \(path) is a run folder", "Leave --grid and --directions out.")
      }
      cells = try RunArtifact.load(CellTable.self, stage: "cells", from: path)
      basis = "period"
    } else {
      cells = try Self.read(path, grid, directions, multiplier)
      basis = "as in \((path as NSString).lastPathComponent)"
    }
  }

  private static func read(_ path: String, _ names: [String], _ directions: [String], _ multiplier: Double) throws
    -> CellTable
  {
    guard names.count == 2, directions.count == 2 else {
      throw ConfigError(
        "--grid", "a CSV cell table needs its two bins and their directions",
        "Give --grid A,B --directions higher-is-safer,higher-is-safer.")
    }
    let table = try TableReader.read(path, options: ReadOptions()).table
    let bins = try names.map { name in try column(table, name).map { Int($0) } }
    guard table.rowCount > 0, bins.allSatisfy({ $0.allSatisfy { (1...1000).contains($0) } }) else {
      throw DataError(path, "the bins must be numbers from 1 to 1000, in at least one row", "Check --grid.")
    }
    let axes = try zip(names, zip(directions, bins)).map { name, rest in
      guard let direction = Direction(rawValue: rest.0) else {
        let known = Direction.allCases.map(\.rawValue)
        throw ConfigError(
          "--directions", "\"\(rest.0)\" is not a direction\(DidYouMean.phrase(for: rest.0, among: known))",
          "It may be \(known.joined(separator: " or ")).")
      }
      return GridAxis(
        name: name, source: name, direction: direction, edges: (0...(rest.1.max() ?? 1)).map { Double($0) + 0.5 })
    }
    let cellGrid = CellGrid(axes: axes)
    var booked = [CellSums](repeating: .zero, count: cellGrid.cellCount)
    var swapIn = booked
    var seen: Set<Int> = []
    for row in 0..<table.rowCount {
      let cell = cellGrid.index(bins.map { $0[row] - 1 })
      guard seen.insert(cell).inserted else {
        throw DataError("\(path), row \(row + 1)", "its cell stands twice", "Keep one row a cell.")
      }
      booked[cell] = try sums(table, "_boo", row)
      swapIn[cell] = try sums(table, "_rep", row)
    }
    let zeros = [Double](repeating: 0, count: cellGrid.cellCount)
    let summary = SampleSummary(
      segment: path, periodStart: "", periodEnd: "", months: 12, waterfall: [], outside: [],
      stress: .init(factor: 1, mode: "", worstRows: 0, worstBadRows: 0),
      transformation: .init(
        rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: "", lastMonth: "", monthsWithData: 0),
      bookedRows: 0, scoreRejectedRows: 0, immatureRows: 0, qualitySkipped: false)
    return CellTable(
      grid: cellGrid, measure: RiskMeasure(multiplier: multiplier), booked: booked, rejected: booked.map { _ in .zero },
      rejectedRows: booked.map { _ in 0 }, swapIn: swapIn, predictedRisk: zeros, rejectMultiplier: zeros,
      exposureRatio: 0,
      summary: summary)
  }

  private static func column(_ table: Table, _ name: String) throws -> [Double] {
    guard case .number(let values) = try table.column(name).values else {
      throw DataError("column \(name)", "does not hold numbers", "Check the cell table.")
    }
    return values
  }

  private static func sums(_ table: Table, _ suffix: String, _ row: Int) throws -> CellSums {
    let values = try CellSums.columnNames.map { name in
      let value = try column(table, name + suffix)[row]
      guard value.isFinite, abs(value) < 9e13 else {
        throw DataError("column \(name)\(suffix), row \(row + 1)", "holds no amount", "Check the cell table.")
      }
      return Int64((value * 100).rounded(.toNearestOrEven))
    }
    return CellSums(
      accounts: values[0], requested: values[1], numerator: values[2], denominator: values[3], production: values[4])
  }
}
