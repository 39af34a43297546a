internal import Foundation

/// What a shared library says about itself, read from its file: nothing of it is loaded or run.
///
/// Only 64-bit little-endian ELF. Every offset comes from the file and is checked.
struct ElfFile {
  private struct Segment {
    let type: UInt32
    let offset, address, size: Int
  }

  private let bytes: Data
  private let segments: [Segment]
  /// `e_machine`, such as 62 for x86-64.
  let machine: UInt16

  private enum SegmentType { static let load: UInt32 = 1, dynamic: UInt32 = 2, note: UInt32 = 4 }
  private enum DynamicTag { static let end = 0, needed = 1, stringTable = 5 }

  /// Nil when `bytes` is no shared library of that form.
  init?(_ bytes: Data) {
    self.bytes = bytes
    let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1]  // "\u{7F}ELF", 64 bits, little-endian
    guard bytes.prefix(magic.count).elementsEqual(magic),
      let type: UInt16 = Self.read(bytes, at: 16), type == 3,  // ET_DYN
      let machine: UInt16 = Self.read(bytes, at: 18),
      let start: UInt64 = Self.read(bytes, at: 32), let table = Int(exactly: start),
      let size: UInt16 = Self.read(bytes, at: 54), size >= 56,
      let count: UInt16 = Self.read(bytes, at: 56)
    else { return nil }
    self.machine = machine
    var segments: [Segment] = []
    for index in 0..<Int(count) {
      let (at, overflow) = table.addingReportingOverflow(index * Int(size))
      guard !overflow, let type: UInt32 = Self.read(bytes, at: at), let offset = Self.word(bytes, at: at + 8),
        let address = Self.word(bytes, at: at + 16), let length = Self.word(bytes, at: at + 32)
      else { return nil }
      segments.append(Segment(type: type, offset: offset, address: address, size: length))
    }
    self.segments = segments
  }

  /// The texts of the notes that `owner` left.
  func notes(of owner: String) -> [String] {
    var found: [String] = []
    for segment in segments where segment.type == SegmentType.note {
      guard let end = Self.sum(segment.offset, segment.size), end <= bytes.count else { continue }
      var at = segment.offset
      while at + 12 <= end, let nameSize: UInt32 = Self.read(bytes, at: at),
        let textSize: UInt32 = Self.read(bytes, at: at + 4)
      {
        let name = at + 12
        let text = name + (Int(nameSize) + 3) / 4 * 4
        let next = text + (Int(textSize) + 3) / 4 * 4
        guard next <= end else { break }
        if string(at: name, limit: Int(nameSize)) == owner, let value = string(at: text, limit: Int(textSize)) {
          found.append(value)
        }
        at = next
      }
    }
    return found
  }

  /// The libraries that it asks for by name (`DT_NEEDED`).
  var needed: [String] {
    var names: [Int] = []
    var strings: Int?
    for segment in segments where segment.type == SegmentType.dynamic {
      var at = segment.offset
      while let tag = Self.word(bytes, at: at), tag != DynamicTag.end, let value = Self.word(bytes, at: at + 8) {
        if tag == DynamicTag.needed { names.append(value) }
        if tag == DynamicTag.stringTable { strings = fileOffset(of: value) }
        at += 16
      }
    }
    guard let strings else { return [] }
    return names.compactMap { name in Self.sum(strings, name).flatMap { string(at: $0, limit: 4096) } }
  }

  private func fileOffset(of address: Int) -> Int? {
    let segment = segments.first {
      $0.type == SegmentType.load && address >= $0.address && address - $0.address < $0.size
    }
    return segment.flatMap { Self.sum($0.offset, address - $0.address) }
  }

  private func string(at start: Int, limit: Int) -> String? {
    guard start >= 0, start < bytes.count else { return nil }
    let from = bytes.startIndex + start
    return String(decoding: bytes[from...].prefix(limit).prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func sum(_ a: Int, _ b: Int) -> Int? {
    let (value, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : value
  }

  /// A 64-bit number that fits an `Int`; larger ones are no offsets of a file.
  private static func word(_ bytes: Data, at offset: Int) -> Int? {
    let value: UInt64? = read(bytes, at: offset)
    return value.flatMap { Int(exactly: $0) }
  }

  private static func read<Number: FixedWidthInteger>(_ bytes: Data, at offset: Int) -> Number? {
    let size = MemoryLayout<Number>.size
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    var value: Number = 0
    for index in (0..<size).reversed() {
      value = value << 8 | Number(truncatingIfNeeded: bytes[bytes.startIndex + offset + index])
    }
    return value
  }
}
