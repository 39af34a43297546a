internal import CutlineCore

/// What a document says that its bytes are: UTF-8, which it is where it says nothing, US-ASCII, or ISO-8859-1, whose bytes are the first
/// 256 characters. Every other encoding is refused by its name: what was read as another one would be levels that nobody has.
enum XmlEncoding {
  /// The document in UTF-8.
  ///
  /// - Throws: `Faults` (data) for an encoding that is not read, and for bytes that are none of what is said.
  /// - Complexity: O(bytes).
  static func utf8(_ bytes: [UInt8], of file: String) throws -> [UInt8] {
    func refused(_ problem: String) -> Faults {
      Faults.data(Place(source: file, line: 1, column: 1), problem, "Save it as UTF-8, and say so in its first line.")
    }
    for (mark, name) in [([0xFF, 0xFE] as [UInt8], "UTF-16"), ([0xFE, 0xFF], "UTF-16"), ([0x3C, 0x00], "UTF-16")]
    where bytes.starts(with: mark) { throw refused("is \(name), which is not read") }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let stated = declared(hasMark ? bytes[3...] : bytes[...])
    switch stated?.uppercased() {
    case nil, "UTF-8", "UTF8":
      guard String(validating: bytes, as: UTF8.self) != nil else { throw refused("is no UTF-8") }
      return bytes
    case "US-ASCII", "ASCII":
      guard bytes.allSatisfy({ $0 < 128 }) else { throw refused("says US-ASCII, and has other bytes") }
      return bytes
    case "ISO-8859-1" where !hasMark, "LATIN1" where !hasMark:
      // Half of the others are of Windows-1252, which has signs where ISO-8859-1 has control characters.
      guard !bytes.contains(where: { (0x80...0x9F).contains($0) }) else {
        throw refused("says ISO-8859-1, and has bytes that are control characters there")
      }
      return Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
    default: throw refused("says the encoding \((stated ?? "").prefix(40).debugDescription), which is not read")
    }
  }

  /// The encoding of `<?xml … encoding="…" ?>`; nil where nothing is said.
  private static func declared(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.starts(with: Array("<?xml".utf8)) else { return nil }
    // The declaration is of ASCII in each of the encodings that are read.
    let head = String(decoding: bytes.prefix(400), as: UTF8.self)
    guard let end = head.range(of: "?>") else { return nil }
    let match = head[..<end.lowerBound].firstMatch(of: /encoding\s*=\s*["']([^"']*)["']/)
    return match.map { String($0.1) }
  }
}
