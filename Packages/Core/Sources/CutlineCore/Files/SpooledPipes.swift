internal import CFileSystem
internal import Foundation
internal import Synchronization

/// What comes through descriptors that the program was started with: read once, and kept in a nameless file that ends with
/// the program, so that it can be digested and then read again.
@_spi(Run) public enum SpooledPipes {
  /// The most that is kept of one.
  public static let limit = 16 << 30

  private struct Pipe: Hashable {
    let device, inode: UInt64
  }

  private static let kept = Mutex<[Pipe: Int32]>([:])

  /// The descriptor that `path` names; nil for paths of files.
  public static func number(of path: String) -> Int32? {
    switch path {
    case "-", "/dev/stdin": return STDIN_FILENO
    default:
      let prefix = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
      return prefix.flatMap { Int32(path.dropFirst($0.count)) }.flatMap { $0 >= 0 ? $0 : nil }
    }
  }

  /// What `path` calls a user's, a pipe of the program's start or a path.
  public static func isPipe(_ path: String) -> Bool { number(of: path) != nil }

  /// A descriptor of its own for what `number` holds, from the beginning.
  /// - Throws: `Faults` (io).
  static func opened(_ number: Int32, _ path: String, _ status: inout stat) throws -> Int32 {
    guard SystemCall.repeated({ fstat(number, &status) }) == 0 else { throw OpenedFile.failure(path, errno) }
    let own: Int32
    switch status.st_mode & S_IFMT {
    case S_IFREG: own = number
    case S_IFIFO, S_IFSOCK: own = try spool(number, path, status)
    default:
      throw Faults.io(
        path, "is not a file or a pipe but \(OpenedFile.kind(status))", "Name a file, or send one through a pipe.")
    }
    var descriptor = SystemCall.repeated { cutline_open_again(own) }
    if descriptor < 0 { descriptor = SystemCall.repeated { fcntl(own, F_DUPFD_CLOEXEC, 3) } }
    guard descriptor >= 0, SystemCall.repeated({ fstat(descriptor, &status) }) == 0 else {
      throw OpenedFile.failure(path, errno)
    }
    return descriptor
  }

  private static func spool(_ number: Int32, _ path: String, _ status: stat) throws -> Int32 {
    let pipe = Pipe(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    return try kept.withLock { kept in
      if let copy = kept[pipe] { return copy }
      // Held for good, so that no other pipe can get its number.
      let own = SystemCall.repeated { fcntl(number, F_DUPFD_CLOEXEC, 3) }
      guard own >= 0 else { throw OpenedFile.failure(path, errno) }
      _ = fcntl(own, F_SETFL, fcntl(own, F_GETFL) & ~O_NONBLOCK)
      let copy = try FileSystem.temporaryFile("what comes through \(path)")
      do { try copyAll(own, path, to: copy, limit: limit) } catch {
        SystemCall.close(copy)
        throw error
      }
      kept[pipe] = copy
      return copy
    }
  }

  /// - Throws: `Faults` (io) where more than `limit` bytes come, or they cannot be read or kept.
  static func copyAll(_ pipe: Int32, _ path: String, to copy: Int32, limit: Int) throws {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    var total = 0
    while true {
      let count = SystemCall.repeated { Foundation.read(pipe, block.baseAddress, block.count) }
      guard count >= 0 else { throw OpenedFile.failure(path, errno) }
      if count == 0 { return }
      total += count
      guard total <= limit else {
        throw Faults.io(
          path, "more than \(limit >> 20) MiB come through it, which is the most that is kept of a pipe",
          "Write the table to a file and name that.")
      }
      guard SystemCall.write(UnsafeRawBufferPointer(rebasing: block[..<count]), to: copy) else {
        throw FileSystem.temporaryFailure("what comes through \(path)")
      }
    }
  }
}
