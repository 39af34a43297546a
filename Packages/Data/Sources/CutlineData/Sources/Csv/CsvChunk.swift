internal import CutlineCore
internal import Glibc

/// Whole records of a text file, in memory that is used again and again.
final class CsvChunk {
  /// Bytes behind the records that may be read (not as part of them), so that loops need not look out for the end.
  static let margin = 64
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  /// Bytes of whole records, the last one ended by a line break.
  fileprivate(set) var count = 0
  /// Where the records begin: behind the names in the first chunk of a file.
  var start = 0

  init(capacity: Int) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.margin)
    (bytes + capacity).initialize(repeating: 0, count: Self.margin)
  }

  deinit { bytes.deallocate() }

  fileprivate func grow() {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + Self.margin)
    larger.update(from: bytes, count: capacity)
    bytes.deallocate()
    bytes = larger
    capacity *= 2
    (bytes + capacity).initialize(repeating: 0, count: Self.margin)
  }
}

/// Cuts a stream of UTF-8 into chunks of whole records.
///
/// A quoted field may hold line breaks, so a record ends at a line break with an even number of quotes before it. That
/// holds in every file that keeps the rules; one that does not is refused by the parser in any case.
final class CsvChunker {
  private static let longestRecord = 32 << 20
  private let stream: any ByteStream
  private let path: String
  private var rest: [UInt8] = []
  private var isAtEnd = false
  private var isFirst = true
  private var line = 1

  private let skippedLines: Int

  /// - Parameter skippedLines: lines of the file that the stream begins behind.
  init(_ stream: any ByteStream, path: String, skippedLines: Int = 0) {
    self.stream = stream
    self.path = path
    self.skippedLines = skippedLines
  }

  /// The line of the file that `line` of what is read stands in.
  func originalLine(_ line: Int) -> Int {
    line + skippedLines + ((stream as? PlainRecords)?.comments.prefix { $0 < line }.count ?? 0)
  }

  /// Lines that were passed over as remarks so far.
  var comments: Int { (stream as? PlainRecords)?.comments.count ?? 0 }

  /// Quoted fields and escaped characters so far, where the signs are not RFC 4180's.
  var signsFound: (quotedFields: Int, escapes: Int) {
    (stream as? PlainRecords).map { ($0.quotedFields, $0.escapes) } ?? (0, 0)
  }

  /// Fills `chunk`.
  /// - Returns: false where nothing is left.
  func fill(_ chunk: CsvChunk) throws -> Bool {
    var filled = rest.count
    while chunk.capacity < filled + 1024 { chunk.grow() }
    rest.withUnsafeBufferPointer { if let from = $0.baseAddress { chunk.bytes.update(from: from, count: filled) } }
    rest.removeAll(keepingCapacity: true)
    chunk.start = 0
    while true {
      while !isAtEnd, chunk.capacity - filled >= 64 {
        let got = try stream.read(into: chunk.bytes + filled, count: chunk.capacity - filled)
        if got == 0 { isAtEnd = true }
        filled += got
      }
      if isFirst {
        isFirst = false
        if filled >= 3, chunk.bytes[0] == 0xEF, chunk.bytes[1] == 0xBB, chunk.bytes[2] == 0xBF {
          chunk.bytes.update(from: chunk.bytes + 3, count: filled - 3)
          filled -= 3
          continue
        }
      }
      if isAtEnd {
        // What DOS and mainframes end a text with.
        while filled > 0, chunk.bytes[filled - 1] == 0x1A { filled -= 1 }
        if filled == 0 { return false }
        let last = chunk.bytes[filled - 1]
        if last != UInt8(ascii: "\n"), last != UInt8(ascii: "\r") {
          chunk.bytes[filled] = UInt8(ascii: "\n")
          filled += 1
        }
        chunk.count = filled
        close(chunk)
        return true
      }
      if let end = Self.lastRecordEnd(chunk.bytes, filled) {
        rest.append(contentsOf: UnsafeBufferPointer(start: chunk.bytes + end, count: filled - end))
        chunk.count = end
        close(chunk)
        return true
      }
      guard chunk.capacity < Self.longestRecord else {
        throw Faults.data(
          "\(path): line \(originalLine(line))", "a record is longer than \(Self.longestRecord >> 20) MiB",
          "Look for a quote that is opened there and never closed.")
      }
      chunk.grow()
    }
  }

  // What follows the records must not look like more of them to a loop that runs over the end.
  private func close(_ chunk: CsvChunk) {
    (chunk.bytes + chunk.count).update(
      repeating: UInt8(ascii: "\n"), count: min(8, chunk.capacity + CsvChunk.margin - chunk.count))
    line += Self.count(UInt8(ascii: "\n"), chunk.bytes, chunk.count)
  }

  /// The number of bytes up to and with the last line break outside quotes; nil where there is none.
  private static func lastRecordEnd(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    let quote = UInt8(ascii: "\"")
    var isInside = Self.count(quote, bytes, count) % 2 == 1
    var place = count - 1
    while place >= 0 {
      let byte = bytes[place]
      if byte == quote {
        isInside.toggle()
      } else if !isInside {
        if byte == UInt8(ascii: "\n") { return place + 1 }
        // A carriage return alone ends a record as well; whether it is alone shows the byte behind it.
        if byte == UInt8(ascii: "\r"), place + 1 < count, bytes[place + 1] != UInt8(ascii: "\n") { return place + 1 }
      }
      place -= 1
    }
    return nil
  }

  static func count(_ byte: UInt8, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var total = 0
    var place = 0
    while place < count {
      // Bytes summed in blocks of less than 256 stay in vector registers.
      let end = min(count, place + 192)
      var some: UInt8 = 0
      while place < end {
        some &+= bytes[place] == byte ? 1 : 0
        place &+= 1
      }
      total &+= Int(some)
    }
    return total
  }
}
