@_spi(Run) internal import CutlineCore
public import Foundation

/// A small file that stands as a whole before and after it is written anew.
public enum ReplacedFile {
  /// Writes `data` beside `path`, syncs it and puts it in the place of what stands there: a file, or a link, which is not
  /// followed.
  ///
  /// - Throws: `Faults` (io) where it cannot be written; what stood there still does then.
  public static func write(_ data: Data, to path: String) throws {
    let temporary = "\(path).new"
    // What a killed process has left.
    unlink(temporary)
    defer { unlink(temporary) }
    try data.withUnsafeBytes { try FileSystem.write($0, to: temporary) }
    guard rename(temporary, path) == 0 else { throw FileSystem.failure(path, "cannot be put in place") }
    try FileSystem.syncFolder(path.parentFolder.isEmpty ? "." : path.parentFolder)
  }
}
