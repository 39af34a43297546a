@_spi(Run) internal import CutlineCore
public import Foundation

/// A small file that stands as a whole before and after it is written anew.
public enum ReplacedFile {
  /// Writes `data` beside `path`, syncs it and puts it in the place of what stands there: a file, or a link, which is not
  /// followed.
  ///
  /// Several may do so at a time, in one process or in several: they wait for each other, and the last one stays.
  ///
  /// - Throws: `Faults` (io) where it cannot be written; what stood there still does then.
  public static func write(_ data: Data, to path: String) throws {
    let parent = path.parentFolder.isEmpty ? "." : path.parentFolder
    // Two that write at a time would take each other's beginnings away: one waits for the other.
    let folder = SystemCall.repeated { open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    defer { if folder >= 0 { SystemCall.close(folder) } }
    // Where folders cannot be locked the last one wins, or says why it cannot.
    if folder >= 0 { SystemCall.repeated { flock(folder, LOCK_EX) } }
    let temporary = "\(path).new"
    Unfinished.add(temporary)
    // What a killed process has left.
    SystemCall.repeated { unlink(temporary) }
    defer {
      SystemCall.repeated { unlink(temporary) }
      Unfinished.remove(temporary)
    }
    try data.withUnsafeBytes { try FileSystem.write($0, to: temporary) }
    guard FileSystem.move(temporary, to: path) else { throw FileSystem.failure(path, "cannot be put in place") }
    // It is in its place; that its name may not survive a power failure does not make it fail.
    try? FileSystem.syncFolder(parent)
  }
}
