import CutlineCore
import Foundation
import Testing

@testable import CutlineData

/// Parquet files of every sort with what a table of each must hold, written by `Tests/Oracles/parquet_files.py`.
enum ParquetFiles {
  struct ExpectedColumn: Decodable {
    let name, type: String
    /// Numbers as Python spells them; nil = missing.
    let values: [String?]
  }

  static let noLibrary: Comment = "needs the reader of Parquet files, which scripts/setup builds"
  static let isInstalled: Bool = {
    // That it is absent is the reason to skip; that it is there but unusable is for the tests to say.
    guard case .failure(let error) = ParquetLibrary.installed else { return true }
    return !error.problem.contains("not installed")
  }()

  static let missing: Comment = "needs python3 with pyarrow first on the PATH, and the reader of Parquet files"
  static let arePresent = isInstalled && folder != nil

  /// Where the files are. They are kept for the next run of the tests, by the content of the script.
  static let folder: String? = {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Oracles/parquet_files.py").path
    // Without the script, Python or pyarrow the tests are skipped with that reason.
    guard let text = try? Data(contentsOf: URL(fileURLWithPath: script)) else { return nil }
    let digest = text.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    let place = NSTemporaryDirectory() + "cutline-parquet-" + String(digest, radix: 16)
    if FileManager.default.fileExists(atPath: place + "/expected.json") { return place }
    let fresh = place + "-" + UUID().uuidString
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B", script, fresh]
    process.standardError = FileHandle.nullDevice
    do {
      try FileManager.default.createDirectory(atPath: fresh, withIntermediateDirectories: true)
      try process.run()
      process.waitUntilExit()
      if process.terminationStatus == 0 { try FileManager.default.moveItem(atPath: fresh, toPath: place) }
    } catch {
      // Another run of the tests may have been faster, or there is no Python: the file says which.
    }
    try? FileManager.default.removeItem(atPath: fresh)  // best effort in a temporary place
    return FileManager.default.fileExists(atPath: place + "/expected.json") ? place : nil
  }()

  static func path(_ name: String) -> String { (folder ?? "/nonexistent") + "/" + name }

  static let expected: [String: [ExpectedColumn]] = {
    // Without the file everything that needs it is skipped.
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path("expected.json"))) else { return [:] }
    return (try? JSONDecoder().decode([String: [ExpectedColumn]].self, from: data)) ?? [:]
  }()

  static let names = expected.keys.sorted()

  /// Where a table differs from what is expected, numbers to the last bit.
  static func differences(_ table: Table, _ expected: [ExpectedColumn]) -> [String] {
    guard table.names == expected.map(\.name) else { return ["names \(table.names)"] }
    var found: [String] = []
    for (column, wanted) in zip(table.columns, expected) {
      guard column.count == wanted.values.count else {
        found.append("\(column.name): \(column.count) rows")
        continue
      }
      let type: String
      var isEqual: (Int) -> Bool
      func same(_ values: [Double]) -> (Int) -> Bool {
        { row in
          guard let text = wanted.values[row] else { return Missing(values[row]) == .plain }
          return Double(text)?.bitPattern == values[row].bitPattern
        }
      }
      switch column.values {
      case .number(let values): (type, isEqual) = ("number", same(values))
      case .moment(let values, let unit): (type, isEqual) = (unit.rawValue, same(values))
      case .text(let text): (type, isEqual) = ("text", { text[$0] == wanted.values[$0] })
      }
      if type != wanted.type {
        found.append("\(column.name) is \(type)")
      } else if let row = (0..<column.count).first(where: { !isEqual($0) }) {
        found.append("\(column.name)[\(row)]: \(column.values.cell(row)) for \(wanted.values[row] ?? "missing")")
      }
    }
    return found
  }
}
