import Foundation
import Testing

@testable import CutlineData

/// The files for development beside the repository; tests that need them are skipped in a clone without them.
enum Shared {
  static let root: URL? = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    for _ in 0..<6 {
      let candidate = folder.deletingLastPathComponent().appendingPathComponent("shared")
      if FileManager.default.fileExists(atPath: candidate.appendingPathComponent("data/README.md").path) {
        return candidate
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  static let isPresent = root != nil
  static let missing: Comment = "needs ../shared, which this clone does not have"

  static func path(_ relative: String) -> String {
    root?.appendingPathComponent(relative).path ?? "/nonexistent/\(relative)"
  }

  /// The names in a folder, sorted; none without the shared files.
  static func names(in folder: String) -> [String] {
    let names = root.flatMap { root in
      // Without the folder there is nothing to test, and the test says so itself.
      try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
    }
    return (names ?? []).sorted()
  }

  /// The whole content, decompressed.
  static func content(_ relative: String) throws -> [UInt8] {
    let stream = try InputFile(path: path(relative)).bytes()
    var all: [UInt8] = []
    while case let part = try stream.read(upTo: 1 << 20), !part.isEmpty { all += part }
    return all
  }

  static func json(_ relative: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(content(relative)))
  }
}

/// A CSV reader of a dozen lines, to check the real one against: comma, doubled quotes, LF or CR LF.
enum PlainCsv {
  static func records(_ bytes: [UInt8]) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var quoted = false
    var index = 0
    func end() { record.append(String(decoding: field, as: UTF8.self)); field = [] }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if quoted {
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if index < bytes.count, bytes[index] == byte {
          field.append(byte)
          index += 1
        } else {
          quoted = false
        }
      } else if byte == UInt8(ascii: "\"") {
        quoted = true
      } else if byte == UInt8(ascii: ",") {
        end()
      } else if byte == UInt8(ascii: "\n") {
        end()
        records.append(record)
        record = []
      } else if byte != UInt8(ascii: "\r") {
        field.append(byte)
      }
    }
    if !field.isEmpty || !record.isEmpty {
      end()
      records.append(record)
    }
    return records
  }
}
