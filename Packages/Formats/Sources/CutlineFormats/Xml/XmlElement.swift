internal import CutlineCore

/// An element of a small XML document, with the line where it begins.
///
/// Only what a document of data needs: elements, attributes, character references and the five entities that XML has by itself.
/// A DOCTYPE is refused, and with it every entity that a file could define, of this file or another; so are more than 64 levels, a
/// million elements, an attribute that comes twice, and an encoding other than those of `XmlEncoding`.
public struct XmlElement: Sendable {
  /// Without a prefix.
  public let name: String
  public let line: Int
  public private(set) var attributes: [String: String] = [:]
  public private(set) var children: [XmlElement] = []
  public private(set) var text = ""

  static let mostDepth = 64
  static let mostElements = 1_000_000
  static let mostBytes = 64 << 20

  public func first(_ name: String) -> XmlElement? { children.first { $0.name == name } }
  public func all(_ name: String) -> [XmlElement] { children.filter { $0.name == name } }

  /// - Throws: `Faults` (data) with the line of what is wrong.
  /// - Complexity: O(bytes).
  public static func document(_ bytes: [UInt8], of file: String) throws -> XmlElement {
    guard bytes.count <= mostBytes else {
      throw Faults.data(file, "has more than \(mostBytes) bytes", "Documents of data are smaller.")
    }
    let bytes = try XmlEncoding.utf8(bytes, of: file)
    var reader = Reader(bytes: bytes, file: file)
    return try reader.document()
  }

  private struct Reader {
    let bytes: [UInt8]
    let file: String
    var (place, line, elements) = (0, 1, 0)

    init(bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

    func refused(_ problem: String, _ advice: String = "Give a well-formed document.") -> Faults {
      Faults.data(Place(source: file, line: line, column: 1), problem, advice)
    }

    mutating func document() throws -> XmlElement {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
      try skipAround()
      guard place < bytes.count else { throw refused("holds no element") }
      let root = try element(depth: 1)
      try skipAround()
      guard place == bytes.count else { throw refused("goes on after its last element") }
      return root
    }

    // MARK: Bytes

    func begins(with text: StaticString) -> Bool {
      text.withUTF8Buffer { bytes[place...].starts(with: $0) }
    }

    mutating func advance(_ count: Int = 1) {
      for _ in 0..<count where place < bytes.count {
        if bytes[place] == 10 { line += 1 }
        place += 1
      }
    }

    mutating func skipSpace() {
      while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { advance() }
    }

    mutating func skip(to end: StaticString) throws {
      let start = line
      while place < bytes.count {
        if begins(with: end) { return advance(end.utf8CodeUnitCount) }
        advance()
      }
      line = start
      throw refused("begins something that does not end")
    }

    /// White space, comments and instructions.
    mutating func skipAround() throws {
      while true {
        skipSpace()
        if begins(with: "<?") {
          try skip(to: "?>")
        } else if begins(with: "<!--") {
          try skip(to: "-->")
        } else if begins(with: "<!") {
          throw refused("has a document type, whose entities are not read", "Remove the DOCTYPE.")
        } else {
          return
        }
      }
    }

    mutating func name() throws -> String {
      let start = place
      while place < bytes.count, Self.isOfName(bytes[place]) { place += 1 }
      guard start < place else { throw refused("has no name where one is needed") }
      let whole = String(decoding: bytes[start..<place], as: UTF8.self)
      return whole.hasPrefix("xmlns") ? whole : String(whole.split(separator: ":").last ?? "")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
      byte >= 128 || (48...58).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [45, 46, 95].contains(byte)
    }

    // MARK: Elements

    mutating func element(depth: Int) throws -> XmlElement {
      guard depth <= mostDepth else {
        throw refused("has elements more than \(mostDepth) deep", "Give a flatter document.")
      }
      elements += 1
      guard elements <= mostElements else {
        throw refused("has more than \(mostElements) elements", "Give a flatter document.")
      }
      guard begins(with: "<") else { throw refused("has text where an element is needed") }
      advance()
      let start = line
      let whole = place
      var own = XmlElement(name: try name(), line: start)
      let tag = Array(bytes[whole..<place])
      while true {
        skipSpace()
        guard place < bytes.count else { throw refused("ends inside the element \(own.name)") }
        if begins(with: "/>") {
          advance(2)
          return own
        }
        if begins(with: ">") {
          advance()
          break
        }
        let key = try name()
        skipSpace()
        guard begins(with: "=") else { throw refused("has the attribute \(key) without a value") }
        advance()
        skipSpace()
        guard place < bytes.count, bytes[place] == 34 || bytes[place] == 39 else {
          throw refused("has the attribute \(key) without quotes")
        }
        let quote = bytes[place]
        advance()
        let value = try characters { $0 == quote }
        advance()
        guard own.attributes.updateValue(value, forKey: key) == nil else {
          throw refused("has the attribute \(key) twice", "Keep one.")
        }
      }
      while true {
        own.text += try characters { $0 == 60 }
        if begins(with: "</") {
          advance(2)
          guard bytes[place...].starts(with: tag) else { throw refused("ends another element than \(own.name)") }
          advance(tag.count)
          skipSpace()
          guard begins(with: ">") else { throw refused("ends another element than \(own.name)") }
          advance()
          return own
        }
        if begins(with: "<![CDATA[") { throw refused("has a CDATA section", "Write its text as it is.") }
        if begins(with: "<!--") || begins(with: "<?") || begins(with: "<!") {
          try skipAround()
        } else {
          own.children.append(try element(depth: depth + 1))
        }
      }
    }

    /// Text up to an end, with its references replaced.
    mutating func characters(until isEnd: (UInt8) -> Bool) throws -> String {
      var found: [UInt8] = []
      while true {
        guard place < bytes.count else { throw refused("ends in the middle") }
        let byte = bytes[place]
        if isEnd(byte) { return String(decoding: found, as: UTF8.self) }
        guard byte != 60 else { throw refused("has a < inside a value", "Write &lt;.") }
        if byte == 38 { found += try reference() } else { found.append(byte) }
        if byte != 38 { advance() }
      }
    }

    mutating func reference() throws -> [UInt8] {
      let known: [(StaticString, UInt8)] = [("&lt;", 60), ("&gt;", 62), ("&amp;", 38), ("&quot;", 34), ("&apos;", 39)]
      for (text, byte) in known where begins(with: text) {
        advance(text.utf8CodeUnitCount)
        return [byte]
      }
      let end = bytes[place...].prefix(12).firstIndex(of: 59)
      guard begins(with: "&#"), let end else {
        throw refused("refers to an entity that XML does not have by itself", "Write the character.")
      }
      let digits = String(decoding: bytes[(place + 2)..<end], as: UTF8.self)
      let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let number, let scalar = Unicode.Scalar(number), number >= 32 || [9, 10, 13].contains(number) else {
        throw refused("refers to a character that there is not", "Write the character.")
      }
      advance(end - place + 1)
      return Array(String(scalar).utf8)
    }
  }
}
