/// What the library lets through and RFC 9112 does not: looked at before anything else of a request is.
///
/// Two of `Content-Length`, `Transfer-Encoding` or `Host`, both kinds of framing and codings other than chunked are how one request is
/// made to look like two to whoever stands in front. A line that is folded, or cut by a NUL, reads here otherwise than it does
/// elsewhere; it is known by the header being longer than what is seen of it.
enum RequestGuard {
  /// The most bytes, and lines, of a header.
  static let headerLimit = 16 << 10
  static let fieldLimit = 100

  /// The header's shape: what came, before it is text.
  struct Shape: Sendable {
    var method = ""
    var target = ""
    var version = ""
    /// Each line's name and value.
    var fields: [HttpField] = []
    /// As many as there were, also those that were not kept.
    var fieldCount = 0
    /// Bytes of all that is seen, and of all that came; nil where the library does not say.
    var seenBytes = 0
    var headerBytes: Int?
    /// Whether each line lies two bytes before the next.
    var hasPlainLines = true
    /// Whether all of it is UTF-8 without control characters.
    var isText = true
  }

  /// Nil where the request may go on.
  static func problem(_ shape: Shape) -> Problem? {
    if shape.target.utf8.count > headerLimit / 2 {
      return Problem(.uriTooLong, "The target is longer than \(headerLimit / 2) bytes.")
    }
    if (shape.headerBytes ?? shape.seenBytes) > headerLimit {
      return Problem(.headerTooLarge, "The header is larger than \(headerLimit) bytes.")
    }
    if shape.fieldCount > fieldLimit {
      return Problem(.headerTooLarge, "The header has more than \(fieldLimit) lines.")
    }
    guard shape.version == "HTTP/1.1" || shape.version == "HTTP/1.0" else {
      return Problem(.version, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
    }
    guard shape.isText else { return refused("a line of the header is no text") }
    if let header = shape.headerBytes, header > shape.seenBytes || !shape.hasPlainLines {
      return refused("a line of the header is folded, padded, cut by a NUL, or ended by a line feed alone")
    }
    // A blank before the colon is how a name is hidden from whoever stands in front.
    guard shape.fields.allSatisfy({ !$0.name.isEmpty && $0.name.utf8.allSatisfy(isOfName) }) else {
      return refused("the name of a line of the header is none")
    }
    for name in ["content-length", "transfer-encoding", "host"] {
      if count(name, shape) > 1 { return refused("\(name) stands twice") }
    }
    guard count("host", shape) == 1 else { return refused("host is missing") }
    let coding = value("transfer-encoding", shape)
    let length = value("content-length", shape)
    if coding != nil, length != nil { return refused("content-length and transfer-encoding stand together") }
    if coding != nil, shape.version == "HTTP/1.0" { return refused("HTTP/1.0 knows no transfer-encoding") }
    if let coding, coding.lowercased() != "chunked" { return refused("a transfer coding other than chunked") }
    if let length, length.isEmpty || length.count > 18 || !length.utf8.allSatisfy({ (48...57).contains($0) }) {
      return refused("content-length is no number")
    }
    return nil
  }

  /// RFC 9110, 5.6.2: what a token is made of.
  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func refused(_ what: String) -> Problem {
    Problem(.badRequest, "The request is no sound HTTP: \(what).")
  }

  private static func count(_ name: String, _ shape: Shape) -> Int { shape.fields.count { $0.isNamed(name) } }

  private static func value(_ name: String, _ shape: Shape) -> String? {
    shape.fields.first { $0.isNamed(name) }?.value
  }
}
