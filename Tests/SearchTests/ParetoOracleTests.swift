import CutlineCompute
import CutlineSearch
import Foundation
import Testing

/// Frontiers by independent code, in `../shared/oracles/pareto` beside the repository.
@Suite struct ParetoOracleTests {
  static let folder: URL? = {
    var place = URL(fileURLWithPath: #filePath)
    while place.path != "/" {
      place.deleteLastPathComponent()
      let folder = place.appending(path: "../shared/oracles/pareto").standardizedFileURL
      if FileManager.default.fileExists(atPath: folder.path) { return folder }
    }
    return nil
  }()

  static let names: [String] = {
    guard let folder else { return [] }
    // An unreadable folder gives no names, and the first test below then fails.
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix("_cells.csv") }.map { String($0.dropLast("_cells.csv".count)) }.sorted()
  }()

  private static func rows(_ name: String) throws -> [[String: String]] {
    let folder = try #require(folder)
    let lines = try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map {
      Dictionary(uniqueKeysWithValues: zip(header, $0.split(separator: ",").map(String.init)))
    }
  }

  @Test(.enabled(if: folder != nil, "../shared/oracles/pareto is not there")) func thereAreGrids() {
    #expect(Self.names.count >= 6)
  }

  /// Their cell (i, j) counts from the worst on both sides and is accepted where j ≥ c_i.
  @Test(.enabled(if: folder != nil, "../shared/oracles/pareto is not there"), arguments: names)
  func everyGridEqualsTheOracle(name: String) throws {
    let cells = try Self.rows("\(name)_cells.csv").map { row in
      try ["i", "j", "amount", "todu30", "pile"].map { try #require(Int64(row[$0] ?? "")) }
    }
    let rows = Int(try #require(cells.map { $0[0] }.max())) + 1
    let columns = Int(try #require(cells.map { $0[1] }.max())) + 1
    #expect(cells.count == rows * columns)
    var sums = [[Int64]](repeating: [Int64](repeating: 0, count: rows * columns), count: 3)
    for cell in cells {
      let place = (rows - 1 - Int(cell[0])) * columns + columns - 1 - Int(cell[1])
      for value in 0..<3 { sums[value][place] = cell[value + 2] }
    }
    let grid = try GridSums(
      rows: rows, columns: columns, production: sums[0], numerator: sums[1], denominator: sums[2])
    let expected = try Self.rows("\(name)_frontier.csv")
    // The definition is slow in a debug build, so it joins in on the smaller grids.
    let forms: [ExhaustiveForm] =
      [.cpu] + (rows * columns <= 30 ? [.scalar] : []) + (UsableDevices.exist ? [.opencl] : [])
    for form in forms {
      let points = try ExhaustiveSearch(form: form, workers: 2).frontier(of: grid).points
      #expect(points.count == expected.count)
      for (point, row) in zip(points, expected) {
        #expect(point.production == Int64(row["amount"] ?? ""))
        #expect(point.numerator == Int64(row["todu30"] ?? ""))
        #expect(point.denominator == Int64(row["pile"] ?? ""))
        #expect(try grid.sums(accepted: point.accepted) == point)
        if row["n_strategies"] == "1" {
          let cutoffs = (0..<rows).map { UInt16(columns) - (UInt16(row["c\(rows - 1 - $0)"] ?? "") ?? .max) }
          #expect(point.accepted == cutoffs)
        }
      }
    }
  }
}
