@_spi(Run) internal import CutlineCore
internal import CutlineFormats
internal import Glibc

/// A file that appears under its name whole and synced, or not at all, compressed where need be.
final class AtomicFile {
  private let file: PendingFile
  private static let bufferBytes = 1 << 20
  private let buffer = UnsafeMutableRawPointer.allocate(byteCount: AtomicFile.bufferBytes, alignment: 16)
  private var filled = 0
  private var gzip: GzipCompressor?

  /// - Throws: `Faults` (io) when it cannot be made.
  init(path: String, isCompressed: Bool) throws {
    file = try PendingFile(path)
    if isCompressed { gzip = try GzipCompressor() }
  }

  deinit { buffer.deallocate() }

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
    try file.publish()
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
    try file.append(UnsafeRawBufferPointer(start: buffer, count: filled))
    filled = 0
  }
}
