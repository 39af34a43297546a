internal import CutlineCore
internal import CutlineFormats
internal import Glibc

/// A file that appears under its name whole and synced, or not at all.
///
/// Written beside its place under a hidden name, then renamed. A device or pipe is written to directly.
final class AtomicFile {
  private let path: String
  private let temporary: String?
  private let descriptor: Int32
  private static let bufferBytes = 1 << 20
  private let buffer = UnsafeMutableRawPointer.allocate(byteCount: AtomicFile.bufferBytes, alignment: 16)
  private var filled = 0
  private var gzip: GzipCompressor?
  private var isFinished = false

  /// - Throws: `Faults` (io) when it cannot be made.
  init(path: String, isCompressed: Bool) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw Faults.io(path, "is a folder", "Name a file to write to.")
    }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      self.path = path
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      // Through a link to the file itself.
      let resolved = realpath(path, nil)
      let target = resolved.map { String(cString: $0) } ?? path
      free(resolved)
      self.path = target
      let name = target.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      let folder = target.dropLast(name.count)
      var attempt = 0
      var candidate = ""
      var opened: Int32 = -1
      repeat {
        candidate = "\(folder).\(name).\(getpid()).\(attempt).tmp"
        opened = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        attempt += 1
      } while opened < 0 && errno == EEXIST && attempt < 1000
      temporary = candidate
      descriptor = opened
    }
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    if isCompressed { gzip = try GzipCompressor() }
  }

  deinit {
    if !isFinished {
      close(descriptor)
      if let temporary { unlink(temporary) }
    }
    buffer.deallocate()
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let gzip {
      try gzip.write(bytes) { try store($0) }
    } else {
      try store(bytes)
    }
  }

  /// Puts the file in its place.
  func finish() throws {
    try gzip?.finish { try store($0) }
    try flush()
    if let temporary {
      guard fsync(descriptor) == 0 else { throw Self.failure(path, errno) }
      guard rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
    }
    isFinished = true
    guard close(descriptor) == 0 || temporary == nil else { throw Self.failure(path, errno) }
    guard temporary != nil else { return }
    // The name must survive a crash as the content does.
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  private func store(_ bytes: UnsafeRawBufferPointer) throws {
    guard let start = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      if filled == Self.bufferBytes { try flush() }
      let piece = min(bytes.count - done, Self.bufferBytes - filled)
      (buffer + filled).copyMemory(from: start + done, byteCount: piece)
      filled += piece
      done += piece
    }
  }

  private func flush() throws {
    var done = 0
    while done < filled {
      let written = Glibc.write(descriptor, buffer + done, filled - done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path, errno) }
      done += written
    }
    filled = 0
  }

  static func failure(_ path: String, _ code: Int32) -> Faults {
    Faults.io(
      path, "cannot be written: \(String(cString: strerror(code)))",
      "Check the folder, the permissions and the room on the disk.")
  }
}
