internal import CutlineCore

/// What the reader program says, checked. See `protocol.h` of the reader for the layout.
enum SasMessage {
  static let header = UInt32(UInt8(ascii: "H"))
  static let variable = UInt32(UInt8(ascii: "V"))
  static let keep = UInt32(UInt8(ascii: "K"))
  static let block = UInt32(UInt8(ascii: "B"))
  static let slot = UInt32(UInt8(ascii: "S"))
  static let done = UInt32(UInt8(ascii: "D"))
  static let error = UInt32(UInt8(ascii: "E"))
  /// No honest message is longer: a block holds half a megabyte or one row.
  static let lengthLimit = 256 << 20
}

/// A message's payload, held in one buffer that only grows with bytes that have arrived.
final class SasMessageBuffer {
  private var storage = UnsafeMutableRawPointer.allocate(byteCount: SasWorker.slotBytes, alignment: 16)
  private var capacity = SasWorker.slotBytes
  private(set) var kind: UInt32 = 0
  private(set) var count = 0

  deinit { storage.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

  /// - Returns: false at the end of what the program had to say.
  func receive(from worker: any SasProgram, path: String) throws -> Bool {
    guard try worker.read(into: storage, count: 8) else { return false }
    kind = storage.load(as: UInt32.self)
    let length = Int(storage.load(fromByteOffset: 4, as: UInt32.self))
    guard length <= SasMessage.lengthLimit else { throw SasMessageReader.broken(path) }
    count = 0
    while count < length {
      let piece = min(length - count, 1 << 20)
      if count + piece > capacity {
        let larger = max(capacity * 2, count + piece)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: storage, byteCount: count)
        storage.deallocate()
        storage = moved
        capacity = larger
      }
      guard try worker.read(into: storage + count, count: piece) else { throw worker.stopped() }
      count += piece
    }
    return true
  }
}

/// Takes a payload apart; nothing in it is believed before it is there, and nothing is read twice.
struct SasMessageReader {
  let bytes: UnsafeRawBufferPointer
  let path: String
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  static func broken(_ path: String) -> Faults {
    Faults.data(
      path, "the reader for SAS files answered something that makes no sense",
      "The file is damaged, or the program and its reader are of different versions.")
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= bytes.count - place else { throw Self.broken(path) }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
  }

  /// The next `count` bytes and what fills them up to a multiple of eight.
  mutating func takePadded(_ count: Int) throws -> UnsafeRawBufferPointer {
    let part = try take(count)
    _ = try take((8 - count % 8) % 8)
    return part
  }

  mutating func uint8() throws -> UInt8 { try take(1)[0] }
  mutating func uint32() throws -> UInt32 { try take(4).loadUnaligned(as: UInt32.self) }
  mutating func int32() throws -> Int32 { try take(4).loadUnaligned(as: Int32.self) }
  mutating func int64() throws -> Int { Int(try take(8).loadUnaligned(as: Int64.self)) }

  /// - Throws: `Faults` (data) when it is not UTF-8.
  mutating func string(of what: String) throws -> String {
    let count = Int(try uint32())
    let part = try take(count)
    guard let text = String(validating: part, as: UTF8.self) else {
      throw Faults.data(
        path, "\(what) is not valid UTF-8", "Name the file's character set with the option for the encoding.")
    }
    return text
  }

  func end() throws {
    guard place == bytes.count else { throw Self.broken(path) }
  }
}
