internal import Foundation

/// What tells a file from others, and from itself after a change, without reading it.
///
/// Times are nanoseconds since 1970. `changed` (ctime) cannot be set by a program, so a file whose old modification time
/// was put back still differs.
public struct FileStamp: Codable, Sendable, Hashable {
  public let device, inode: UInt64
  public let size, modified, changed: Int

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  /// The stamp of the file that `path` leads to; nil where there is no regular file. A pipe has that of what it held.
  public init?(of path: String) {
    if SpooledPipes.isPipe(path) {
      // Whoever reads it says why it cannot be.
      guard let stamp = (try? OpenedFile(path))?.stamp else { return nil }
      self = stamp
      return
    }
    var status = stat()
    guard SystemCall.repeated({ stat(path, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }

  /// Whether a digest that was begun at `moment` holds for every later content under this stamp.
  ///
  /// A change in the same tick of the file system's clock as the reading leaves the stamp as it is: ticks are 1 to 10 ms
  /// on Linux's own file systems, up to 2 s on FAT and on some servers. So a file that was younger than that when it
  /// was read is read again ("racy timestamps", as in the index of git).
  public func settles(_ moment: Int) -> Bool { max(modified, changed) + 2_000_000_000 < moment }

  /// Whether at most the ctime differs: a link more or less, or other permissions.
  public func differsOnlyInStatus(from other: FileStamp) -> Bool {
    (device, inode, size, modified) == (other.device, other.inode, other.size, other.modified)
  }

  public static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec) }
}
