/// Where a route lies: `/api/scoring/versions/{version}/approve`.
struct PathPattern: Sendable, Hashable, CustomStringConvertible {
  private enum Part: Sendable, Hashable {
    case word(String)
    case value(String)
  }
  private let parts: [Part]
  let description: String

  init(_ text: String) {
    description = text
    parts = text.split(separator: "/").map { part in
      part.hasPrefix("{") ? .value(String(part.dropFirst().dropLast())) : .word(String(part))
    }
  }

  /// The names in braces, in their order.
  var names: [String] { parts.compactMap { if case .value(let name) = $0 { name } else { nil } } }

  /// How many parts are words: of two patterns that fit, the one with more is meant.
  var wordCount: Int { parts.count { if case .word = $0 { true } else { false } } }

  /// What stands where names do; nil where the path is another one.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == parts.count else { return nil }
    var values: [String: String] = [:]
    for (part, segment) in zip(parts, segments) {
      switch part {
      case .word(let word): if word != segment { return nil }
      case .value(let name):
        if segment.isEmpty { return nil }
        values[name] = segment
      }
    }
    return values
  }

  /// With values in the place of the names, escaped.
  func path(_ value: (String) -> String) -> String {
    parts.isEmpty
      ? "/"
      : parts.map { part in
        switch part {
        case .word(let word): "/" + word
        case .value(let name): "/" + Self.escaped(value(name))
        }
      }.joined()
  }

  static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
