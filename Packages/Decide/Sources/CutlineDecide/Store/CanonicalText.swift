/// Rows and lists of texts as canonical JSON (RFC 8785): keys sorted, no spaces, one way to write a text.
///
/// Keys are ASCII, numbers are whole and below 2⁵³, so that sorting by bytes is sorting by UTF-16 units and no number is rounded.
/// Bytes stand as their SHA-256.
enum CanonicalText {
  static func object(_ row: StoredRow) -> String {
    String(decoding: CanonicalRow(row.columns).bytes(row.values), as: UTF8.self)
  }

  /// - Parameter members: keys with the JSON text of their values.
  static func object(_ members: [(String, String)]) -> String {
    "{"
      + members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map { "\(text($0)):\($1)" }.joined(
        separator: ",") + "}"
  }

  static func array(_ values: [StoredValue]) -> String { "[" + values.map(value).joined(separator: ",") + "]" }

  static func value(_ value: StoredValue) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func text(_ text: String) -> String { value(.text(text)) }

  static func append(_ value: StoredValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes += "null".utf8
    case .integer(let number): bytes += String(number).utf8
    case .text(let text): append(text, to: &bytes)
    case .bytes(let own): append(SHA256.hex(own), to: &bytes)
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(quote)
    var text = text
    text.withUTF8 { own in
      // Nearly all texts need no mark.
      guard own.contains(where: { $0 < 0x20 || $0 == quote || $0 == backslash }) else {
        bytes.append(contentsOf: own)
        return
      }
      for byte in own { append(byte, to: &bytes) }
    }
    bytes.append(quote)
  }

  private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case quote, backslash: bytes += [backslash, byte]
    case 0x08: bytes += "\\b".utf8
    case 0x09: bytes += "\\t".utf8
    case 0x0A: bytes += "\\n".utf8
    case 0x0C: bytes += "\\f".utf8
    case 0x0D: bytes += "\\r".utf8
    case ..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
    default: bytes.append(byte)
    }
  }

  private static let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
}

/// Rows of the same columns as canonical JSON: their keys are sorted once.
struct CanonicalRow {
  /// Places of columns in the order of their names, each with the text that stands before its value.
  private let members: [(place: Int, before: [UInt8])]

  init(_ columns: [String]) {
    let order = columns.indices.sorted { columns[$0].utf8.lexicographicallyPrecedes(columns[$1].utf8) }
    members = order.enumerated().map { rank, place in
      (place, Array("\(rank == 0 ? "" : ",")\(CanonicalText.text(columns[place])):".utf8))
    }
  }

  /// - Parameter values: per column.
  func bytes(_ values: [StoredValue]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * values.count)
    bytes.append(UInt8(ascii: "{"))
    for (place, before) in members {
      bytes += before
      CanonicalText.append(values[place], to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }
}
