import Foundation

/// A folder that lives as long as a test.
final class TemporaryFolder: Sendable {
  let root: String

  init() {
    root = NSTemporaryDirectory() + "cutline-test-" + UUID().uuidString
    // A failure shows in every use.
    try? FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

  func path(_ name: String) -> String { root + "/" + name }

  func write(_ name: String, _ text: String) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
  }
}
