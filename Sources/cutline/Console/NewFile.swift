internal import CutlineCore
internal import Foundation

/// A small file that is there as a whole or not at all, and never in place of another.
enum NewFile {
  /// - Throws: `Faults` (io) where it cannot be written, or its name is taken; nothing is left then.
  static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  static func write(_ data: Data, to path: String) throws {
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    defer { unlink(temporary) }
    let isWritten = data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return fsync(descriptor) == 0
    }
    let code = errno
    guard close(descriptor) == 0, isWritten else {
      errno = code
      throw failure(path)
    }
    // A link refuses a name that is taken, by a dangling link, too.
    guard link(temporary, path) == 0 || [EPERM, ENOTSUP, ENOSYS].contains(errno) && placed(temporary, path) else {
      throw failure(path)
    }
  }

  /// Where the file system has no links.
  private static func placed(_ temporary: String, _ path: String) -> Bool {
    access(path, F_OK) != 0 && rename(temporary, path) == 0
  }

  private static func failure(_ path: String) -> Faults {
    let advice =
      errno == EEXIST
      ? "Name another file, or say --force where the command has it." : "Check the path, permissions and room."
    return Faults.io(path, "cannot be written: \(String(cString: strerror(errno)))", advice)
  }
}
