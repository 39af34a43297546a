/// Where a request goes: the parts of its path and the parameters behind it, decoded once. No part of it is ever a path of the file
/// system.
struct RequestTarget: Sendable, Equatable {
  /// `["api", "scoring", "versions", "v1"]`; empty for `/`.
  let segments: [String]
  let query: [Parameter]
  /// False where a parameter is no text: the path is known all the same.
  let hasSoundQuery: Bool
  /// Of the absolute form, `http://host/path`: which host it names.
  let authority: String?

  struct Parameter: Sendable, Hashable {
    let name, value: String
  }

  /// - Returns: nil for what names nothing: escapes that are none, bytes that are no UTF-8, control characters, slashes that are
  ///   escaped, `.` and `..`.
  init?(_ text: String) {
    var rest = text[...]
    var authority: String?
    for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
      let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      authority = String(rest[..<end])
      rest = rest[end...]
      if !rest.hasPrefix("/") { rest = "/" + rest }
      break
    }
    guard rest.hasPrefix("/"), rest.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !rest.contains("#") else { return nil }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var segments: [String] = []
    for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let segment = Self.decoded(part, plusIsSpace: false), ![".", ".."].contains(segment),
        !segment.contains("/"), !segment.contains("\\")
      else { return nil }
      segments.append(segment)
    }
    self.segments = segments == [""] ? [] : segments
    var query: [Parameter] = []
    var isSound = true
    for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(sides[0], plusIsSpace: true),
        let value = sides.count > 1 ? Self.decoded(sides[1], plusIsSpace: true) : ""
      else {
        isSound = false
        continue
      }
      query.append(Parameter(name: name, value: value))
    }
    (self.query, hasSoundQuery) = (query, isSound)
    self.authority = authority
  }

  /// - Returns: nil for what is no text.
  private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(32)
      default: bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
    return isPlain ? text : nil
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
