import Foundation

/// A folder that lives as long as a test, and programs that are run in it.
final class Scratch {
  let root = NSTemporaryDirectory() + "cutline-formats-" + UUID().uuidString
  static let oracles = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Oracles").path

  init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

  func path(_ name: String) -> String { root + "/" + name }

  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path(name))) }

  /// Columns one after the other, as the doubles of this machine.
  func write(_ columns: [[Double]], to name: String) throws {
    var data = Data()
    for column in columns { column.withUnsafeBytes { data.append(contentsOf: $0) } }
    try data.write(to: URL(fileURLWithPath: path(name)))
  }

  func doubles(_ name: String) throws -> [Double] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path(name)))
    return data.withUnsafeBytes { bytes in
      (0..<data.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }

  static func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  static func python(_ arguments: [String]) throws -> (code: Int32, text: String) {
    try run("/usr/bin/env", ["python3", "-B"] + arguments)
  }

  /// Whether Python has these modules; where it has not, tests are skipped.
  static func pythonHas(_ check: String) -> Bool {
    // Without Python there is none of them.
    (try? python(["-c", check]))?.code == 0
  }
}

/// Exported texts and their records for a program that runs them: `cases.json` lists them.
struct ExportedFiles {
  let place: Scratch
  let cases: [ExportedModels.Case]
  private struct Line: Encodable {
    let text, rows, result: String
    let features: [String]
  }

  init(_ cases: [ExportedModels.Case], text: (ExportedModels.Case) throws -> String)
    throws
  {
    place = try Scratch()
    self.cases = cases
    var lines: [Line] = []
    for (k, exported) in cases.enumerated() {
      try place.write(text(exported), to: "\(k).text")
      try place.write(exported.columns, to: "\(k).rows")
      lines.append(
        Line(
          text: place.path("\(k).text"), rows: place.path("\(k).rows"), result: place.path("\(k).result"),
          features: exported.model.features.map(\.name)))
    }
    try JSONEncoder().encode(lines).write(to: URL(fileURLWithPath: place.path("cases.json")))
  }
}
