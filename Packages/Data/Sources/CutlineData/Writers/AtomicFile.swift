internal import CZlib
internal import CutlineCore
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
  private var gzip: GzipSink?
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
    if isCompressed { gzip = try GzipSink() }
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

/// Compresses to one gzip member without name or time, so that the same content gives the same bytes.
private final class GzipSink {
  private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private static let outputBytes = 128 << 10
  private let output = UnsafeMutablePointer<UInt8>.allocate(capacity: GzipSink.outputBytes)

  init() throws {
    state.initialize(to: z_stream())
    let code = deflateInit2_(
      state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw Faults.io("zlib", "compression cannot start: error \(code)", "Free some memory and try again.")
    }
  }

  deinit {
    deflateEnd(state)
    state.deallocate()
    output.deallocate()
  }

  func write(_ bytes: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    var start = 0
    while start < bytes.count, let base = bytes.baseAddress {
      let piece = min(bytes.count - start, 1 << 30)
      state.pointee.next_in = UnsafeMutablePointer(mutating: (base + start).assumingMemoryBound(to: UInt8.self))
      state.pointee.avail_in = UInt32(piece)
      while state.pointee.avail_in > 0 { try run(Z_NO_FLUSH, sink) }
      start += piece
    }
  }

  func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    while try run(Z_FINISH, sink) != Z_STREAM_END {}
  }

  @discardableResult
  private func run(_ mode: Int32, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Int32 {
    state.pointee.next_out = output
    state.pointee.avail_out = UInt32(Self.outputBytes)
    let code = deflate(state, mode)
    let count = Self.outputBytes - Int(state.pointee.avail_out)
    if count > 0 { try sink(UnsafeRawBufferPointer(start: output, count: count)) }
    return code
  }
}
