internal import CutlineCore

/// What the values of a column are, from the format strings of Arrow's C data interface.
enum ParquetType: Equatable, Sendable {
  /// Whole numbers of so many bytes.
  case integer(bytes: Int, isSigned: Bool)
  case float(bytes: Int)
  /// Whole numbers of so many bytes, to be divided by 10 to `scale`.
  case decimal(bytes: Int, scale: Int)
  case boolean
  /// Days since 1970, or milliseconds where it is of eight bytes.
  case date(bytes: Int)
  /// Units of 10 to −`digits` seconds since 1970; in UTC where the file names a zone.
  case moment(digits: Int, zone: String?)
  /// Units of 10 to −`digits` seconds since midnight.
  case time(bytes: Int, digits: Int)
  /// Text between offsets of so many bytes. Without `isText` the file does not say that the bytes are text.
  case text(offsetBytes: Int, isText: Bool)
  /// Text in pieces of 16 bytes that hold it or point to it.
  case views(isText: Bool)
  case fixedBytes(Int)
  case uuid
  /// Nothing but missing values.
  case nothing
  /// What no column of a table can hold, in a word: lists, maps, structs.
  case other(String)

  /// - Parameter extended: the name of the extension that the format stores, if it is one.
  init(format: String, extended: String?) {
    let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let argument = parts.count > 1 ? String(parts[1]) : ""
    switch parts[0] {
    case "n": self = .nothing
    case "b": self = .boolean
    case "c", "C": self = .integer(bytes: 1, isSigned: format == "c")
    case "s", "S": self = .integer(bytes: 2, isSigned: format == "s")
    case "i", "I": self = .integer(bytes: 4, isSigned: format == "i")
    case "l", "L": self = .integer(bytes: 8, isSigned: format == "l")
    case "e": self = .float(bytes: 2)
    case "f": self = .float(bytes: 4)
    case "g": self = .float(bytes: 8)
    case "d": self = Self.decimal(argument)
    case "tdD": self = .date(bytes: 4)
    case "tdm": self = .date(bytes: 8)
    case "tts": self = .time(bytes: 4, digits: 0)
    case "ttm": self = .time(bytes: 4, digits: 3)
    case "ttu": self = .time(bytes: 8, digits: 6)
    case "ttn": self = .time(bytes: 8, digits: 9)
    case "tss", "tsm", "tsu", "tsn":
      let digits = ["tss": 0, "tsm": 3, "tsu": 6, "tsn": 9][parts[0]] ?? 0
      self = .moment(digits: digits, zone: argument.isEmpty ? nil : argument)
    case "u", "U": self = .text(offsetBytes: format == "u" ? 4 : 8, isText: true)
    case "z", "Z": self = .text(offsetBytes: format == "z" ? 4 : 8, isText: false)
    case "vu", "vz": self = .views(isText: format == "vu")
    case "w": self = extended == "arrow.uuid" && argument == "16" ? .uuid : .fixedBytes(Int(argument) ?? 0)
    case "+s": self = .other("structs")
    case "+m": self = .other("maps")
    case "+l", "+L", "+vl", "+vL", "+w": self = .other("lists")
    case "tDs", "tDm", "tDu", "tDn", "tiM", "tiD", "tin": self = .other("spans of time")
    default: self = .other("values of a type that is not known here")
    }
  }

  private static func decimal(_ argument: String) -> ParquetType {
    let numbers = argument.split(separator: ",").map { Int($0) }
    guard numbers.count >= 2, let scale = numbers[1] else { return .other("decimals of an unknown form") }
    let bits = numbers.count > 2 ? numbers[2] : 128
    guard let bits, [32, 64, 128, 256].contains(bits) else { return .other("decimals of an unknown form") }
    return .decimal(bytes: bits / 8, scale: scale)
  }

  /// Whether its values become text, whatever they are.
  var isText: Bool {
    switch self {
    case .boolean, .text, .views, .fixedBytes, .uuid: true
    default: false
    }
  }

  /// Whether its bytes are text only perhaps.
  var mayBeBytes: Bool {
    switch self {
    case .text(_, let isText), .views(let isText): !isText
    case .fixedBytes: true
    default: false
    }
  }

  /// The unit that its values get in a table; nil for plain numbers and text.
  var unit: MomentUnit? {
    switch self {
    case .date: .date
    case .moment: .dateTime
    case .time: .time
    default: nil
    }
  }
}

/// The pairs of names and values that a type carries: their number, then each with its length before it.
enum ParquetMetadata {
  static func value(of name: String, in metadata: UnsafePointer<CChar>) -> String? {
    var place = UnsafeRawPointer(metadata)
    func number() -> Int {
      defer { place += 4 }
      return Int(place.loadUnaligned(as: Int32.self))
    }
    func text() -> String {
      let count = max(0, number())
      defer { place += count }
      return String(decoding: UnsafeRawBufferPointer(start: place, count: count), as: UTF8.self)
    }
    for _ in 0..<max(0, number()) {
      let (key, value) = (text(), text())
      if key == name { return value }
    }
    return nil
  }
}
