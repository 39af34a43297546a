internal import Foundation

/// The folder of real files and expected results that stands beside a developer's checkout, and not in a user's clone.
public enum SharedFiles {
  /// The path of `relative` in that folder, or nil where it is not there.
  ///
  /// - Parameter source: a path inside the checkout, such as `#filePath`.
  public static func path(_ relative: String, from source: String) -> String? {
    var folder = URL(fileURLWithPath: source).deletingLastPathComponent()
    while folder.path != "/" {
      // The repository's root is the folder of the package that holds all tests.
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent("scripts/test").path) {
        let path = folder.deletingLastPathComponent().appendingPathComponent("shared").appendingPathComponent(relative)
          .path
        return FileManager.default.fileExists(atPath: path) ? path : nil
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }
}
