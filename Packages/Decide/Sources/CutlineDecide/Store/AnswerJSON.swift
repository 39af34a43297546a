internal import CutlineCore
internal import Foundation

/// What both doors, the command line with `--json` and the server, give for a value: the same bytes.
public enum AnswerJSON {
  /// - Throws: `Faults` (io) for a value that cannot be written.
  public static func bytes(of value: some Encodable) throws -> [UInt8] {
    Array(try CanonicalJSON.encode(value, pretty: true)) + [UInt8(ascii: "\n")]
  }

  /// In one line, for lists of such values in a file.
  public static func line(of value: some Encodable) throws -> [UInt8] {
    Array(try CanonicalJSON.encode(value)) + [UInt8(ascii: "\n")]
  }
}

/// A part of a list, and how one asks for the next one.
public struct Page<Item: Encodable & Sendable>: Encodable, Sendable {
  public let items: [Item]
  /// Nil at the end of the list.
  public let nextCursor: String?

  public init(_ items: [Item], nextCursor: String? = nil) { (self.items, self.nextCursor) = (items, nextCursor) }

  enum CodingKeys: String, CodingKey {
    case items
    case nextCursor = "next_cursor"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(items, forKey: .items)
    // Null is said.
    try container.encode(nextCursor, forKey: .nextCursor)
  }
}
