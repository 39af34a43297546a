@_spi(Run) internal import CutlineCore
internal import Foundation
internal import Synchronization

/// The name of a job: a UUID of version 7 (RFC 9562 §5.7), whose order is that of asking.
public struct JobID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// 36 characters, lower case.
  public let description: String

  /// - Returns: nil for what is no such name, in exactly this spelling: a name becomes a part of a path only as this type.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 36, bytes[14] == UInt8(ascii: "7") else { return nil }
    for (place, byte) in bytes.enumerated() {
      let isDash = [8, 13, 18, 23].contains(place)
      guard isDash ? byte == UInt8(ascii: "-") : (48...57).contains(byte) || (97...102).contains(byte) else {
        return nil
      }
    }
    guard [UInt8(ascii: "8"), UInt8(ascii: "9"), UInt8(ascii: "a"), UInt8(ascii: "b")].contains(bytes[19]) else {
      return nil
    }
    description = text
  }

  public static func < (a: Self, b: Self) -> Bool { a.description < b.description }

  /// When it was asked for, in milliseconds since 1970.
  public var milliseconds: Int {
    Int(
      description.utf8.prefix(13).filter { $0 != UInt8(ascii: "-") }.map { Character(Unicode.Scalar($0)) }
        .reduce(into: "") { $0.append($1) }, radix: 16) ?? 0
  }

  /// Makes names that grow, also where the clock goes back.
  final class Maker: Sendable {
    private let last: Mutex<Int>

    /// - Parameter latest: after which all of them come.
    init(after latest: JobID?) { last = Mutex(latest?.milliseconds ?? 0) }

    func next() -> JobID {
      let now = FileStamp.now() / 1_000_000
      let moment = last.withLock { last in
        last = max(now, last + 1)
        return last
      }
      var generator = SystemRandomNumberGenerator()
      func hex(_ number: UInt64, _ width: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, width - text.count)) + text
      }
      let time = hex(UInt64(moment) & 0xFFFF_FFFF_FFFF, 12)
      let first = 0x7000 | generator.next(upperBound: UInt64(0x1000))
      let second = 0x8000 | generator.next(upperBound: UInt64(0x4000))
      let rest = hex(generator.next() & 0xFFFF_FFFF_FFFF, 12)
      let text = "\(time.prefix(8))-\(time.suffix(4))-\(hex(first, 4))-\(hex(second, 4))-\(rest)"
      // Of the form by the way it is made.
      return JobID(made: text)
    }
  }

  private init(made text: String) { description = text }
}

extension JobID: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = JobID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no job"))
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
