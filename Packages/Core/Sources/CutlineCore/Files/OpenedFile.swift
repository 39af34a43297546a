internal import CFileSystem
public import Foundation

/// One input, opened once: what is judged, digested and parsed is what this one descriptor holds.
///
/// Links are followed. What is no regular file is refused without having been opened for reading, but `-`, `/dev/stdin`,
/// `/dev/fd/N` and `/proc/self/fd/N`, which are descriptors that the program was started with: what comes through a pipe
/// is first put into a nameless file (`SpooledPipes`).
///
/// Within a stage of a run the file must be the one whose digest is in the stage's key (`WatchedInputs`); whoever reads it
/// asks `check()` at the end, as it may have been written to meanwhile.
@_spi(Run) public final class OpenedFile {
  public let path: String
  public let descriptor: Int32
  /// As it was when it was opened.
  public let stamp: FileStamp
  /// What the run has said of it; nil outside of runs.
  private let watched: WatchedInputs.Entry?

  /// - Throws: `Faults` (io) where it is missing, cannot be read, is no regular file, or is another one than the run's.
  public init(_ path: String) throws {
    self.path = path
    watched = WatchedInputs.current[path]
    var status = stat()
    if let number = SpooledPipes.number(of: path) {
      descriptor = try SpooledPipes.opened(number, path, &status)
    } else {
      let opened = path.withCString { cutline_open_regular_file($0, &status) }
      guard opened != -2 else {
        throw Faults.io(
          path, "is not a file but \(Self.kind(status))", "Name a regular file; what comes through a pipe is called -.")
      }
      guard opened != -3 else {
        throw Faults.io(
          path, "is not a file but what the kernel shows of itself", "Name a regular file; copy what it shows into one."
        )
      }
      guard opened >= 0 else { throw Self.failure(path, errno) }
      descriptor = opened
    }
    stamp = FileStamp(status)
    if let watched, !watched.stamp.differsOnlyInStatus(from: stamp) {
      SystemCall.close(descriptor)
      throw Self.changed(path)
    }
  }

  deinit { SystemCall.close(descriptor) }

  /// To be asked when all that is wanted has been read.
  ///
  /// In a run the digest is taken once more, through this descriptor, where the stamp does not vouch for it: the file was
  /// written to within the tick of a clock, or its status alone has changed.
  ///
  /// - Throws: `Faults` (io) where the file is not what it was when it was opened.
  public func check() throws {
    var status = stat()
    guard SystemCall.repeated({ fstat(descriptor, &status) }) == 0 else { throw Self.failure(path, errno) }
    let now = FileStamp(status)
    guard now.differsOnlyInStatus(from: stamp) else { throw Self.changed(path) }
    guard let watched, !watched.isSettled || now != watched.stamp else { return }
    guard try digest().sha256 == watched.sha256 else { throw Self.changed(path) }
  }

  /// The digest of all its bytes, read in pieces of 1 MiB.
  /// - Throws: `Faults` (io); also where it has another length than its stamp says.
  func digest() throws -> (sha256: String, bytes: Int) {
    let digest = Digest()
    let total = try pieces { digest.update($0) }
    return (digest.finish(), total)
  }

  /// All its bytes, checked.
  /// - Throws: `Faults` (io) where they are more than `limit`, cannot be read, or changed meanwhile.
  public func data(limit: Int = .max) throws -> Data {
    guard stamp.size <= limit else {
      throw Faults.io(path, "is larger than \(limit) bytes", "Check whether it is the file that is meant.")
    }
    var data = Data(capacity: stamp.size)
    try pieces { data.append(contentsOf: $0) }
    try check()
    return data
  }

  /// The bytes of a file, which is opened once and checked.
  /// - Throws: `Faults` (io), as above.
  public static func read(_ path: String, limit: Int = .max) throws -> Data { try OpenedFile(path).data(limit: limit) }

  @discardableResult
  private func pieces(_ take: (UnsafeRawBufferPointer) -> Void) throws -> Int {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(stamp.size + 1, 1 << 20)), alignment: 16)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = SystemCall.read(descriptor, into: buffer, at: total)
      guard count >= 0 else { throw Self.failure(path, errno) }
      if count == 0 { break }
      take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      total += count
      guard total <= stamp.size else { break }
    }
    guard total == stamp.size else { throw Self.changed(path) }
    return total
  }

  public static func failure(_ path: String, _ code: Int32) -> Faults {
    Faults.io(path, "cannot be read: \(SystemCall.reason(code))", "Check the path and the permissions.")
  }

  static func changed(_ path: String) -> Faults {
    Faults.io(path, "changed while it was read", "Nothing was published. Run again when nobody writes to it.")
  }

  static func kind(_ status: stat) -> String {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}
