internal import CutlineCore
internal import Foundation

/// Walks over JSON without making anything of what is not asked for: a manifest is mostly the meaning of columns, which lists do not
/// show, and there are thousands of them. O(bytes), no recursion.
struct JsonScan {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  /// What was met is not what was asked for.
  struct Mismatch: Error {}

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private mutating func next() throws -> UInt8 {
    while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    guard place < bytes.count else { throw Mismatch() }
    return bytes[place]
  }

  private mutating func take(_ byte: UInt8) throws {
    guard try next() == byte else { throw Mismatch() }
    place += 1
  }

  /// Calls `body` at the value of each member of an object; what it does not read is passed over.
  mutating func members(_ body: (inout JsonScan, String) throws -> Void) throws {
    try items(UInt8(ascii: "{"), UInt8(ascii: "}")) { scan in
      let name = try scan.text()
      try scan.take(UInt8(ascii: ":"))
      _ = try scan.next()
      let before = scan.place
      try body(&scan, name)
      if scan.place == before { try scan.pass() }
    }
  }

  /// Calls `body` at each value of a list; what it does not read is passed over.
  mutating func elements(_ body: (inout JsonScan) throws -> Void) throws {
    try items(UInt8(ascii: "["), UInt8(ascii: "]")) { scan in
      _ = try scan.next()
      let before = scan.place
      try body(&scan)
      if scan.place == before { try scan.pass() }
    }
  }

  private mutating func items(_ first: UInt8, _ last: UInt8, _ body: (inout JsonScan) throws -> Void) throws {
    try take(first)
    if try next() == last {
      place += 1
      return
    }
    while true {
      try body(&self)
      if try next() == last {
        place += 1
        return
      }
      try take(UInt8(ascii: ","))
    }
  }

  /// The bytes of a text between its quotes, and whether anything in it is escaped.
  private mutating func quoted() throws -> (range: Range<Int>, isEscaped: Bool) {
    try take(UInt8(ascii: "\""))
    let start = place
    var isEscaped = false
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        place += 1
        return (start..<(place - 1), isEscaped)
      }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        place += 1
      }
      place += 1
    }
    throw Mismatch()
  }

  mutating func text() throws -> String {
    let (range, isEscaped) = try quoted()
    let part = UnsafeBufferPointer(rebasing: bytes[range])
    guard isEscaped else { return String(decoding: part, as: UTF8.self) }
    do {
      return try CanonicalJSON.decode([String].self, from: Data("[\"".utf8) + Data(part) + Data("\"]".utf8))[0]
    } catch {
      throw Mismatch()
    }
  }

  mutating func number() throws -> Double {
    _ = try next()
    let start = place
    while place < bytes.count, bytes[place] > 0x20,
      ![UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(bytes[place])
    { place += 1 }
    guard let value = Double(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<place]), as: UTF8.self))
    else {
      throw Mismatch()
    }
    return value
  }

  /// A whole number that is not negative, and that a double holds.
  mutating func integer() throws -> Int {
    guard let value = Int(exactly: try number()), (0...1 << 53).contains(value) else { throw Mismatch() }
    return value
  }

  /// Whether the word `true` stands here; any other word is none.
  mutating func isTrue() throws -> Bool {
    let isTrue = try next() == UInt8(ascii: "t")
    try pass()
    return isTrue
  }

  /// Passes over a value, whatever it is.
  mutating func pass() throws {
    var depth = 0
    repeat {
      switch try next() {
      case UInt8(ascii: "\""): _ = try quoted()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        place += 1
        guard depth >= 0 else { throw Mismatch() }
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard depth > 0 else { throw Mismatch() }
        place += 1
      default:
        // A number or a word.
        while place < bytes.count, bytes[place] > 0x20,
          ![UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":")].contains(bytes[place])
        { place += 1 }
      }
    } while depth > 0
  }

  /// Whether nothing but blanks follows.
  mutating func isAtEnd() -> Bool {
    while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    return place == bytes.count
  }
}
