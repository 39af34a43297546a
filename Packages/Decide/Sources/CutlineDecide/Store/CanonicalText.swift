/// Rows and lists of texts as canonical JSON (RFC 8785): keys sorted, no spaces, one way to write a text.
///
/// Keys are ASCII, numbers are whole and below 2⁵³, so that sorting by bytes is sorting by UTF-16 units and no number is rounded.
/// Bytes stand as their SHA-256.
enum CanonicalText {
  static func object(_ row: StoredRow) -> String {
    object(zip(row.columns, row.values).map { ($0, value($1)) })
  }

  /// - Parameter members: keys with the JSON text of their values.
  static func object(_ members: [(String, String)]) -> String {
    "{"
      + members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map { "\(text($0)):\($1)" }.joined(
        separator: ",") + "}"
  }

  static func array(_ values: [StoredValue]) -> String { "[" + values.map(value).joined(separator: ",") + "]" }

  static func value(_ value: StoredValue) -> String {
    switch value {
    case .null: "null"
    case .integer(let number): String(number)
    case .text(let text): self.text(text)
    case .bytes(let bytes): text(SHA256.hex(bytes))
    }
  }

  static func text(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{08}": result += "\\b"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\u{0C}": result += "\\f"
      case "\r": result += "\\r"
      case "\u{00}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
