internal import CSystem
internal import CutlineCore
internal import Glibc

/// A text file's bytes as UTF-8, without a byte order mark.
final class TranscodedStream: ByteStream {
  private let source: any ByteStream
  private let path: String
  private let encoding: String
  private let converter: UnsafeMutableRawPointer
  private static let inputBytes = 256 << 10
  private let input = UnsafeMutablePointer<CChar>.allocate(capacity: TranscodedStream.inputBytes)
  private var inputStart = 0
  private var inputCount = 0
  private var sourceIsAtEnd = false
  private var position = 0

  /// - Throws: `Faults` (usage) for a character set that the system does not know.
  init(_ source: any ByteStream, encoding: String, path: String) throws {
    // The empty name would be that of the user's own environment, and the same run another one elsewhere.
    guard !encoding.isEmpty, let converter = cutline_converter_open(encoding) else {
      throw Faults.usage(
        "encoding", "the character set \"\(encoding)\" is not known to this system",
        "`iconv --list` prints the names that are.")
    }
    self.source = source
    self.path = path
    self.encoding = encoding
    self.converter = converter
  }

  deinit {
    cutline_converter_close(converter)
    input.deallocate()
  }

  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int {
    var done = 0
    while done < count {
      if inputCount == 0 || needsMore {
        try fill()
        if inputCount == 0 { break }
      }
      var from: UnsafePointer<CChar>? = UnsafePointer(input + inputStart)
      var fromCount = inputCount
      var to: UnsafeMutablePointer<CChar>? = (place + done).assumingMemoryBound(to: CChar.self)
      var toCount = count - done
      let code = cutline_convert(converter, &from, &fromCount, &to, &toCount)
      let used = inputCount - fromCount
      inputStart += used
      inputCount = fromCount
      position += used
      done = count - toCount
      switch code {
      case 0: continue
      case E2BIG: return done
      case EINVAL where !sourceIsAtEnd: needsMore = true
      default:
        throw Faults.data(
          "\(path): byte \(position + 1)", "is not text in the character set \(encoding)",
          "Name the right character set with the option for the encoding.")
      }
    }
    return done
  }

  // The input ends inside a character.
  private var needsMore = false

  private func fill() throws {
    needsMore = false
    input.update(from: input + inputStart, count: inputCount)
    inputStart = 0
    let got = try source.read(into: input + inputCount, count: Self.inputBytes - inputCount)
    if got == 0 { sourceIsAtEnd = true }
    inputCount += got
  }
}
