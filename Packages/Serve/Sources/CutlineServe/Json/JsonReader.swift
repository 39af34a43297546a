/// Reads one value of JSON (RFC 8259) from bytes, strictly: UTF-8 only, no key twice in an object, no deeper than a limit.
///
/// - Complexity: O(bytes); the stack holds as many calls as there are levels.
struct JsonReader {
  /// What is wrong, and where: no byte of the text is in it.
  struct Failure: Error, Equatable {
    let problem: String
    let offset: Int
  }

  private let bytes: [UInt8]
  private let depthLimit: Int
  private var place = 0
  /// Where the value of each member of the outermost object stands.
  private var ranges: [String: Range<Int>] = [:]

  private init(_ bytes: [UInt8], depth: Int) { (self.bytes, depthLimit) = (bytes, depth) }

  /// The value, and the bytes of each member of the outermost object as they came.
  static func read(_ bytes: [UInt8], depth: Int) throws(Failure) -> (value: Json, members: [String: [UInt8]]) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure(problem: "is no UTF-8", offset: 0) }
    var reader = JsonReader(bytes, depth: depth)
    reader.skipSpaces()
    let value = try reader.value(level: 1)
    reader.skipSpaces()
    guard reader.place == bytes.count else { throw reader.failure("has more behind its value") }
    return (value, reader.ranges.mapValues { Array(bytes[$0]) })
  }

  private func failure(_ problem: String) -> Failure { Failure(problem: problem, offset: place) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpaces() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { place += 1 }
  }

  private mutating func value(level: Int) throws(Failure) -> Json {
    switch next {
    case UInt8(ascii: "{"): return try object(level)
    case UInt8(ascii: "["): return try array(level)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), .some(48...57): return .number(try number())
    case nil: throw failure("ends too early")
    default: throw failure("has something that is no value")
    }
  }

  private mutating func word(_ word: String, _ value: Json) throws(Failure) -> Json {
    let end = place + word.utf8.count
    guard end <= bytes.count, bytes[place..<end].elementsEqual(word.utf8) else {
      throw failure("has something that is no value")
    }
    place = end
    return value
  }

  private func check(_ level: Int) throws(Failure) {
    guard level <= depthLimit else { throw failure("nests deeper than \(depthLimit)") }
  }

  private mutating func object(_ level: Int) throws(Failure) -> Json {
    try check(level)
    place += 1
    var members: [Json.Member] = []
    var names: Set<String> = []
    skipSpaces()
    if next == UInt8(ascii: "}") {
      place += 1
      return .object([])
    }
    while true {
      skipSpaces()
      guard next == UInt8(ascii: "\"") else { throw failure("has no name where one is due") }
      let name = try text()
      guard names.insert(name).inserted else { throw failure("has a name twice in one object") }
      skipSpaces()
      guard next == UInt8(ascii: ":") else { throw failure("has no colon where one is due") }
      place += 1
      skipSpaces()
      let start = place
      members.append(Json.Member(name, try value(level: level + 1)))
      if level == 1 { ranges[name] = start..<place }
      skipSpaces()
      switch next {
      case UInt8(ascii: ","): place += 1
      case UInt8(ascii: "}"):
        place += 1
        return .object(members)
      default: throw failure("has an object without end")
      }
    }
  }

  private mutating func array(_ level: Int) throws(Failure) -> Json {
    try check(level)
    place += 1
    var items: [Json] = []
    skipSpaces()
    if next == UInt8(ascii: "]") {
      place += 1
      return .array([])
    }
    while true {
      skipSpaces()
      items.append(try value(level: level + 1))
      skipSpaces()
      switch next {
      case UInt8(ascii: ","): place += 1
      case UInt8(ascii: "]"):
        place += 1
        return .array(items)
      default: throw failure("has an array without end")
      }
    }
  }

  private mutating func number() throws(Failure) -> String {
    let start = place
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
    func skipDigits(_ reader: inout JsonReader) throws(Failure) {
      guard isDigit(reader.next) else { throw reader.failure("has a number that is none") }
      while isDigit(reader.next) { reader.place += 1 }
    }
    if next == UInt8(ascii: "-") { place += 1 }
    if next == UInt8(ascii: "0") {
      place += 1
      if isDigit(next) { throw failure("has a number that begins with 0") }
    } else {
      try skipDigits(&self)
    }
    if next == UInt8(ascii: ".") {
      place += 1
      try skipDigits(&self)
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      place += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
      try skipDigits(&self)
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func text() throws(Failure) -> String {
    place += 1
    var units: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"): units += try escaped()
      case 0..<32: throw failure("has a control character in a text")
      default: units.append(byte)
      }
    }
    throw failure("has a text without end")
  }

  private mutating func escaped() throws(Failure) -> [UInt8] {
    guard let byte = next else { throw failure("has a text without end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      let first = try unit()
      var scalar = UInt32(first)
      if (0xD800...0xDBFF).contains(first) {
        guard next == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u") else {
          throw failure("has half of a character")
        }
        place += 2
        let second = try unit()
        guard (0xDC00...0xDFFF).contains(second) else { throw failure("has half of a character") }
        scalar = 0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00)
      }
      guard let found = Unicode.Scalar(scalar) else { throw failure("has half of a character") }
      return Array(String(Character(found)).utf8)
    default: throw failure("has an escape that is none")
    }
  }

  private mutating func unit() throws(Failure) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128 else {
        throw failure("has an escape that is none")
      }
      value = value << 4 | UInt16(digit)
      place += 1
    }
    return value
  }
}
