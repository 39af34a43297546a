internal import CIsal
@_spi(Run) internal import CutlineCore
internal import Glibc

/// Bytes of a file, from the start to the end.
protocol ByteStream: AnyObject {
  /// Writes up to `count` bytes to `place`.
  /// - Returns: the number of bytes; fewer than asked for only at the end, 0 after it.
  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int
}

extension ByteStream {
  func read(upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      if let place = buffer.baseAddress { filled = try read(into: place, count: count) }
    }
  }
}

/// A file as it is.
final class PlainStream: ByteStream {
  private let descriptor: Int32
  private let path: String
  // Keeps the descriptor open.
  private let owner: InputFile?

  init(descriptor: Int32, path: String, owner: InputFile?) {
    self.descriptor = descriptor
    self.path = path
    self.owner = owner
  }

  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int {
    var done = 0
    while done < count {
      let got = SystemCall.repeated { Glibc.read(descriptor, place + done, count - done) }
      if got < 0 { throw InputFile.error(path, errno) }
      if got == 0 { break }
      done += got
    }
    return done
  }
}

/// A gzipped file, of one member or several, decompressed as it is read, each member's checksum verified.
final class GzipStream: ByteStream {
  private let source: PlainStream
  private let path: String
  private static let inputBytes = 256 << 10
  private let input = UnsafeMutablePointer<UInt8>.allocate(capacity: GzipStream.inputBytes)
  private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
  private var isBetweenMembers = false
  private var isAtEnd = false

  init(descriptor: Int32, path: String, owner: InputFile?) throws {
    self.path = path
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw InputFile.error(path, errno) }
    source = PlainStream(descriptor: descriptor, path: path, owner: owner)
    state.initialize(to: inflate_state())
    isal_inflate_init(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
  }

  deinit {
    state.deallocate()
    input.deallocate()
  }

  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int {
    var done = 0
    while done < count, !isAtEnd {
      if state.pointee.avail_in == 0 {
        let got = try source.read(into: input, count: Self.inputBytes)
        // What is decompressed and did not fit before still comes out at the end of the file.
        if got == 0, isBetweenMembers {
          isAtEnd = true
          break
        }
        state.pointee.next_in = input
        state.pointee.avail_in = UInt32(got)
      }
      if isBetweenMembers {
        // What follows a member is another one, or padding of zeros.
        while state.pointee.avail_in > 0, state.pointee.next_in.pointee == 0 {
          state.pointee.next_in += 1
          state.pointee.avail_in -= 1
        }
        guard state.pointee.avail_in > 0 else { continue }
        guard state.pointee.next_in.pointee == 0x1F else {
          throw damaged("what follows a member is neither another one nor padding")
        }
        isal_inflate_reset(state)
        isBetweenMembers = false
      }
      let room = min(count - done, 1 << 30)
      let input = state.pointee.avail_in
      state.pointee.next_out = (place + done).assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = UInt32(room)
      let code = isal_inflate(state)
      let got = room - Int(state.pointee.avail_out)
      done += got
      guard code >= ISAL_DECOMP_OK else { throw damaged(Self.reason(code)) }
      isBetweenMembers = state.pointee.block_state == ISAL_BLOCK_FINISH
      if input == 0, got == 0, !isBetweenMembers { throw damaged("it ends too early") }
    }
    return done
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ISAL_INVALID_BLOCK: "a block of a kind that does not exist"
    case ISAL_INVALID_SYMBOL: "a symbol that does not exist"
    case ISAL_INVALID_LOOKBACK: "a reference to before its begin"
    case ISAL_INVALID_WRAPPER: "no header of a member"
    case ISAL_UNSUPPORTED_METHOD: "an unknown method"
    case ISAL_INCORRECT_CHECKSUM: "a checksum that is not that of its content"
    default: "fault \(code)"
    }
  }

  private func damaged(_ what: String) -> Faults {
    Faults.data(path, "the gzipped content is damaged: \(what)", "Copy or compress the file again.")
  }
}
