@_spi(Run) internal import CutlineCore
internal import Foundation

/// What a path leads to, links followed.
enum PathKind {
  static func isFolder(_ path: String) -> Bool {
    FileSystem.isFolder(path)
  }

  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// Where a path leads, links followed: equal files have equal ones.
  static func real(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  /// Whether a path is a place, or lies in it; the place is real.
  static func isOrLiesIn(_ path: String, _ place: String) -> Bool {
    let own = real(path)
    return own == place || own.hasPrefix(place + "/")
  }

  /// Whether the name is taken, by a dangling link, too.
  static func isTaken(_ path: String) -> Bool {
    FileSystem.exists(path)
  }
}
