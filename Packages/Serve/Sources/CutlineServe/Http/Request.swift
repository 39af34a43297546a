/// A request that the guard has let through, as plain values.
struct Request: Sendable {
  /// As it came; nil in `known` for one that no route has.
  let method: String
  let target: RequestTarget
  /// The client's address, as text.
  let peer: String
  private(set) var fields: [HttpField]
  var body: [UInt8] = []

  init(method: String, target: RequestTarget, peer: String, fields: [HttpField], body: [UInt8] = []) {
    (self.method, self.target, self.peer, self.fields, self.body) = (method, target, peer, fields, body)
  }

  var known: HttpMethod? { HttpMethod(rawValue: method) }

  /// The value of a header field, whose name is compared without capitals; nil where it is not there or there twice.
  func field(_ name: String) -> String? {
    let found = fields.filter { $0.isNamed(name) }
    return found.count == 1 ? found[0].value : nil
  }

  func has(_ name: String) -> Bool { fields.contains { $0.isNamed(name) } }

  /// Whether a body follows the header.
  var announcesBody: Bool {
    has("transfer-encoding") || (field("content-length").map { $0 != "0" } ?? false)
  }

  /// What `Content-Length` says.
  var announcedLength: Int? { field("content-length").flatMap { Int($0) } }

  /// The value of a cookie.
  func cookie(_ name: String) -> String? {
    guard let line = field("cookie") else { return nil }
    let pairs = line.split(separator: ";").map { $0.drop { $0 == " " } }
    // Two of one name: one of them is somebody else's.
    let found = pairs.filter { $0.hasPrefix(name + "=") }
    return found.count == 1 ? String(found[0].dropFirst(name.count + 1)) : nil
  }

  /// Whether the body is JSON in UTF-8, which is what JSON is where no `charset` says otherwise (RFC 8259, section 8.1).
  var isJson: Bool {
    let parts = (field("content-type") ?? "").split(separator: ";", omittingEmptySubsequences: false)
      .map { String($0).trimmedSpaces.lowercased() }
    return parts.first == Response.json
      && parts.dropFirst().allSatisfy { part in
        !part.hasPrefix("charset=") || ["utf-8", "\"utf-8\""].contains(part.dropFirst(8))
      }
  }
}

/// A line of a header.
struct HttpField: Sendable, Hashable {
  let name, value: String

  init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }

  func isNamed(_ other: String) -> Bool { name.lowercased() == other }
}

extension String {
  /// Without spaces and tabs at its ends.
  var trimmedSpaces: String {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
    return String(rest)
  }
}
