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
  /// Of a list that is read while it is shown; nil for others.
  public let extent: ListExtent?

  public init(_ items: [Item], nextCursor: String? = nil, extent: ListExtent? = nil) {
    (self.items, self.nextCursor, self.extent) = (items, nextCursor, extent)
  }

  enum CodingKeys: String, CodingKey {
    case items
    case nextCursor = "next_cursor"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(items, forKey: .items)
    // Null is said.
    try container.encode(nextCursor, forKey: .nextCursor)
    try extent?.encode(to: encoder)
  }
}

/// How much of a list is known by now.
public struct ListExtent: Encodable, Sendable {
  /// Whether all that lies there has been read.
  public let isComplete: Bool
  /// Items on all pages, and those whose names are no text.
  public let total, unsayable: Int

  public init(isComplete: Bool, total: Int, unsayable: Int) {
    (self.isComplete, self.total, self.unsayable) = (isComplete, total, unsayable)
  }

  enum CodingKeys: String, CodingKey {
    case total, unsayable
    case isComplete = "is_complete"
  }
}
