/// Text by code: each row holds the number of a distinct value, or −1 where it is missing.
///
/// The distinct values lie one behind the other in one array of UTF-8 bytes, so ten million identifiers cost their
/// bytes and four or eight more each, not ten million heap objects.
public struct TextColumn: Sendable {
  /// One code a row: an index into the distinct values, −1 = missing.
  public var codes: [Int32]
  /// UTF-8 of all distinct values, concatenated in order of first appearance.
  public let bytes: [UInt8]
  /// `distinctCount + 1` offsets into `bytes`.
  public let offsets: TextOffsets

  public init(codes: [Int32], bytes: [UInt8], offsets: TextOffsets) {
    self.codes = codes
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Builds a column from values; nil and the empty string are missing, as in the files that we read.
  public init(_ values: [String?]) {
    var pool = TextPool()
    var codes: [Int32] = []
    codes.reserveCapacity(values.count)
    for value in values {
      guard var text = value, !text.isEmpty else {
        codes.append(-1)
        continue
      }
      codes.append(text.withUTF8 { pool.code(of: UnsafeRawBufferPointer($0)) })
    }
    self = pool.column(codes: codes)
  }

  /// Number of distinct values.
  public var distinctCount: Int { offsets.count - 1 }

  /// The distinct value of `code`. O(length).
  public func value(_ code: Int32) -> String {
    String(decoding: bytes[offsets[Int(code)]..<offsets[Int(code) + 1]], as: UTF8.self)
  }

  /// The text of `row`, nil where missing.
  public subscript(row: Int) -> String? {
    let code = codes[row]
    return code < 0 ? nil : value(code)
  }

  /// All distinct values, in order of code.
  public var distinctValues: [String] { (0..<Int32(distinctCount)).map(value) }

  /// A text as it is compared: trimmed, lower case, spaces as underscores.
  public static func comparable(_ text: String) -> String {
    let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    return String(trimmed).lowercased().replacing(" ", with: "_")
  }

  /// How many values are distinct when compared.
  ///
  /// - Complexity: O(bytes); texts are only made where two could meet: of letters of both cases, white space, or beyond ASCII.
  public var comparableCount: Int {
    var (hasUpper, hasLower, isPlain) = (false, false, true)
    for byte in bytes {
      switch byte {
      case 0x41...0x5A: hasUpper = true
      case 0x61...0x7A: hasLower = true
      case 0x21...0x7E: break
      default: isPlain = false
      }
    }
    if isPlain, !(hasUpper && hasLower) { return distinctCount }
    var pool = TextPool()
    for code in 0..<Int32(distinctCount) {
      var text = Self.comparable(value(code))
      text.withUTF8 { _ = pool.code(of: UnsafeRawBufferPointer($0)) }
    }
    return pool.count
  }
}
