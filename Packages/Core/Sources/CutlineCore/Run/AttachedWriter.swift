public import Foundation

/// Writes one attached file from its beginning to its end; its digest and size are found on the way.
///
/// Nothing is held in memory but a buffer of 1 MiB. Use it from one task at a time, inside the call that gave it.
public final class AttachedWriter {
  private let path: String
  private let descriptor: Int32
  private var digest: Digest? = Digest()
  private var buffer: [UInt8] = []
  /// The first line, as far as it has been written; nil where nobody asks.
  private var firstLine: [UInt8]?
  private var firstLineEnded = false
  /// Bytes so far.
  public private(set) var bytes = 0

  private static let bufferSize = 1 << 20
  private static let firstLineLimit = 1 << 20

  /// - Parameters:
  ///   - path: as it will be in the run, for errors.
  ///   - file: where it is written.
  init(_ path: String, at file: String, keepsFirstLine: Bool) throws {
    self.path = path
    firstLine = keepsFirstLine ? [] : nil
    descriptor = FileSystem.create(file)
    guard descriptor >= 0 else { throw FileSystem.failure("file \(path)", "cannot be created") }
    buffer.reserveCapacity(Self.bufferSize)
  }

  deinit { SystemCall.close(descriptor) }

  /// Adds a text.
  /// - Throws: `Faults` (io): the disk is full, or the call that gave this writer has returned.
  public func append(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Adds bytes.
  /// - Throws: `Faults` (io), as for a text.
  public func append(_ bytes: some ContiguousBytes) throws {
    try bytes.withUnsafeBytes { raw in
      if raw.count < Self.bufferSize {
        buffer.append(contentsOf: raw)
        if buffer.count >= Self.bufferSize { try flush() }
      } else {
        try flush()
        try write(raw)
      }
    }
  }

  /// Ends the file and waits until it is on the disk.
  func finish() throws -> (sha256: String, bytes: Int, firstLine: [UInt8]?) {
    try flush()
    guard let digest = digest.take() else { throw ended }
    guard SystemCall.repeated({ fsync(descriptor) }) == 0 else {
      throw FileSystem.failure("file \(path)", "cannot be synced to the disk")
    }
    return (digest.finish(), bytes, firstLine)
  }

  /// Takes no more, as the file is given up.
  func end() { _ = digest.take() }

  private func flush() throws {
    try buffer.withUnsafeBytes { try write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ raw: UnsafeRawBufferPointer) throws {
    guard digest != nil else { throw ended }
    try FileSystem.write(raw, to: descriptor, of: "file \(path)")
    digest?.update(raw)
    bytes += raw.count
    guard firstLine != nil, !firstLineEnded else { return }
    let line = raw.prefix { $0 != 10 }
    firstLine?.append(contentsOf: line.prefix(Self.firstLineLimit))
    firstLineEnded = line.count < raw.count || (firstLine?.count ?? 0) >= Self.firstLineLimit
  }

  private var ended: Faults {
    Faults.io("file \(path)", "was written to after it had ended", "Write it inside the call that attaches it.")
  }
}
