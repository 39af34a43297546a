import Foundation

/// A folder that goes when the test does.
public final class TemporaryFolder {
  public let path: String

  public init() throws {
    path = NSTemporaryDirectory() + "cutline-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // Nothing depends on it.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names of the files below it, without their folders, sorted.
  public func names() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).compactMap { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
      return isFolder.boolValue ? nil : (name as NSString).lastPathComponent
    }.sorted()
  }
}
