internal import CZlib
internal import CutlineCore

/// Compresses to gzip members without name or time, so that the same content gives the same bytes.
///
/// Members one behind the other are one gzip file (RFC 1952, 2.2): pieces of a file may be compressed on several workers.
public final class GzipCompressor {
  private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private static let outputBytes = 128 << 10
  private let output = UnsafeMutablePointer<UInt8>.allocate(capacity: GzipCompressor.outputBytes)

  /// zlib's own choice between speed and size.
  public static let standardLevel = 6

  /// - Parameter level: 1 is fast, 9 is small.
  /// - Throws: `Faults` (io) where zlib finds no memory.
  public init(level: Int = standardLevel) throws {
    state.initialize(to: z_stream())
    let code = deflateInit2_(
      state, Int32(max(1, min(9, level))), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
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

  /// Compresses `bytes`; what is ready goes to `sink`.
  public func write(_ bytes: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    var start = 0
    while start < bytes.count, let base = bytes.baseAddress {
      let piece = min(bytes.count - start, 1 << 30)
      state.pointee.next_in = UnsafeMutablePointer(mutating: (base + start).assumingMemoryBound(to: UInt8.self))
      state.pointee.avail_in = UInt32(piece)
      while state.pointee.avail_in > 0 { try run(Z_NO_FLUSH, sink) }
      start += piece
    }
  }

  /// Ends the member.
  public func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    while try run(Z_FINISH, sink) != Z_STREAM_END {}
  }

  /// One whole member. O(bytes).
  public static func member(_ bytes: [UInt8], level: Int = standardLevel) throws -> [UInt8] {
    let stream = try GzipCompressor(level: level)
    var member: [UInt8] = []
    member.reserveCapacity(bytes.count / 4 + 64)
    try bytes.withUnsafeBytes { raw in try stream.write(raw) { member.append(contentsOf: $0) } }
    try stream.finish { member.append(contentsOf: $0) }
    return member
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
