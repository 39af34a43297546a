internal import CutlineDecide
internal import Foundation

/// Where a list goes on: opaque and signed, so that nobody can ask for a place that no answer has named. It is of one route with one
/// set of filters, and of this process.
struct Cursors: Sendable {
  private let key: [UInt8]

  init() throws { key = try Secret.random(32) }

  private func signature(_ position: String, _ list: String) -> [UInt8] {
    Array(Secret.sum(Array("\(list)\n\(position)".utf8), key: key).prefix(16))
  }

  /// - Parameter list: the route and its filters.
  func text(_ position: String, of list: String) -> String {
    Self.base64(signature(position, list) + Array(position.utf8))
  }

  /// - Throws: `Problem` (invalid input) for what this process has not given for this list.
  func position(_ text: String, of list: String) throws -> String {
    guard let bytes = Self.bytes(text), bytes.count > 16,
      let position = String(validating: bytes.dropFirst(16), as: UTF8.self),
      Secret.areEqual(Secret.text(Array(bytes.prefix(16))), Secret.text(signature(position, list)))
    else {
      throw Problem(
        .invalidInput, "The cursor is none of this list, or the server has started anew. Begin without one.",
        entries: [.init(parameter: "cursor", detail: "must be next_cursor of this list")])
    }
    return position
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)).map(Array.init)
  }
}

extension Route.Parameter {
  static let limit = query("limit", .integer(1...200), "The most items (default 50).")
  static let cursor = query(
    "cursor", .pattern("^[A-Za-z0-9_-]{22,2000}$", example: "AAAAAAAAAAAAAAAAAAAAAAAA"), "Where the list goes on.")
}

extension Call {
  var limit: Int { integer("limit") ?? 50 }

  /// The route, its path and its filters: what a cursor is of.
  private var list: String {
    route.name
      + route.parameters.filter { $0.name != "cursor" && $0.name != "limit" }.map {
        "\n\($0.name)=\(text($0.name) ?? "")"
      }.joined()
  }

  /// After which item the answer begins; nil for the first.
  func position() throws -> String? { try text("cursor").map { try site.cursors.position($0, of: list) } }

  /// An answer of items that were fetched one more than are given.
  ///
  /// - Parameter key: what tells an item's place in the list.
  func page<Item: Encodable & Sendable>(_ fetched: [Item], key: (Item) -> String) throws -> Response {
    let items = Array(fetched.prefix(limit))
    return try page(items, next: fetched.count > limit ? items.last.map(key) : nil)
  }

  /// An answer of a part of a list.
  ///
  /// - Parameter next: the place from which it goes on; nil at its end.
  func page<Item: Encodable & Sendable>(_ items: [Item], next: String?, extent: ListExtent? = nil) throws -> Response {
    let cursor = next.map(cursor)
    var response = try Response(Page(items, nextCursor: cursor, extent: extent))
    if let cursor { response.set("Link", link(cursor)) }
    return response
  }

  private func cursor(_ position: String) -> String { site.cursors.text(position, of: list) }

  /// Where the next part of the list is.
  private func link(_ cursor: String) -> String {
    let query = request.target.query.filter { $0.name != "cursor" } + [.init(name: "cursor", value: cursor)]
    let words = query.map { "\(PathPattern.escaped($0.name))=\(PathPattern.escaped($0.value))" }
    let path = route.path.path { text($0) ?? "" }
    return "<\(path)?\(words.joined(separator: "&"))>; rel=\"next\""
  }

  /// A part of a list that is whole, in the order of its keys.
  func page<Item: Encodable & Sendable>(of all: [Item], key: (Item) -> String) throws -> Response {
    let position = try position()
    let rest = all.drop { item in
      position.map { !$0.utf8.lexicographicallyPrecedes(key(item).utf8) } ?? false
    }
    return try page(Array(rest.prefix(limit + 1)), key: key)
  }
}
