/// A stream without its first lines, which may be anything: what stands there is looked at for line breaks only.
final class LineSkipper: ByteStream {
  private let source: any ByteStream
  private var left: Int
  // What was read behind the last skipped line.
  private var rest: ArraySlice<UInt8> = []

  init(_ source: any ByteStream, lines: Int) {
    self.source = source
    left = lines
  }

  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if left > 0 { try skip() }
    guard !rest.isEmpty else { return try source.read(into: place, count: count) }
    let taken = rest.prefix(count)
    taken.withUnsafeBytes { if let from = $0.baseAddress { place.copyMemory(from: from, byteCount: $0.count) } }
    rest = rest.dropFirst(taken.count)
    // Fewer bytes than were asked for would mean the end.
    return taken.count == count
      ? count : taken.count + (try source.read(into: place + taken.count, count: count - taken.count))
  }

  private func skip() throws {
    var endsInReturn = false
    while left > 0 || endsInReturn {
      if rest.isEmpty { rest = try source.read(upTo: 64 << 10)[...] }
      guard let byte = rest.popFirst() else {
        left = 0
        return
      }
      // A carriage return ends a line, and a line feed behind it belongs to it.
      if endsInReturn, byte != UInt8(ascii: "\n") {
        if left == 0 {
          rest = [byte] + rest
          return
        }
        endsInReturn = false
      } else if endsInReturn {
        endsInReturn = false
        continue
      }
      if byte == UInt8(ascii: "\n") { left -= 1 }
      if byte == UInt8(ascii: "\r") {
        left -= 1
        endsInReturn = true
      }
    }
  }
}
