internal import Foundation

/// Calls of the system that a signal may interrupt, and what their errors are called.
@_spi(Run) public enum SystemCall {
  /// Repeats `call` as long as a signal interrupts it.
  @discardableResult
  public static func repeated<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Closes a descriptor; an interrupted close has closed it.
  /// - Returns: false where what was written to it may be lost.
  @discardableResult
  public static func close(_ descriptor: Int32) -> Bool { Foundation.close(descriptor) == 0 || errno == EINTR }

  /// An error of the system in words: the only place that says one.
  public static func reason() -> String { reason(errno) }

  public static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// Writes all of `bytes`, in as many calls as it takes.
  /// - Returns: false with errno where it fails.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let piece = min(bytes.count - done, 1 << 26)
      let count = repeated { Foundation.write(descriptor, bytes.baseAddress?.advanced(by: done), piece) }
      if count < 0 { return false }
      // A device that takes nothing and says nothing takes no more.
      if count == 0 {
        errno = ENOSPC
        return false
      }
      done += count
    }
    return true
  }

  /// Fills `buffer` from `offset` of a file, fewer only at its end.
  /// - Returns: the number of bytes; −1 with errno.
  public static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    var done = 0
    while done < buffer.count {
      let place = buffer.baseAddress?.advanced(by: done)
      let count = repeated { pread(descriptor, place, buffer.count - done, off_t(offset + done)) }
      if count < 0 { return -1 }
      if count == 0 { break }
      done += count
    }
    return done
  }
}
