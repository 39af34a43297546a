/// Takes one record apart, for the names, the search for the delimiter and the first look at types.
///
/// The chunk parser has its own, faster way through the bulk of the file; both keep to RFC 4180.
enum CsvRecord {
  /// The fields of the record at `place`, which is moved behind its line break.
  /// - Returns: nil where the record breaks the rules.
  static func fields(
    _ bytes: UnsafePointer<UInt8>, _ place: inout Int, end: Int, delimiter: UInt8
  ) -> [[UInt8]]? {
    var fields: [[UInt8]] = []
    var field: [UInt8] = []
    let quote = UInt8(ascii: "\"")
    record: while true {
      if place < end, bytes[place] == quote {
        place += 1
        while true {
          guard place < end else { return nil }
          let byte = bytes[place]
          place += 1
          if byte != quote {
            field.append(byte)
          } else if place < end, bytes[place] == quote {
            field.append(quote)
            place += 1
          } else {
            break
          }
        }
        while place < end, bytes[place] == 0x20, delimiter != 0x20 { place += 1 }
        guard place >= end || isEnd(bytes[place], delimiter) else { return nil }
      } else {
        while place < end, !isEnd(bytes[place], delimiter) {
          if bytes[place] == quote {
            guard field.allSatisfy({ $0 == 0x20 }) else { return nil }
            field = []
            continue record
          }
          field.append(bytes[place])
          place += 1
        }
      }
      fields.append(field)
      field = []
      guard place < end, bytes[place] == delimiter else { break }
      place += 1
    }
    skipLineBreak(bytes, &place, end: end)
    return fields
  }

  static func skipLineBreak(_ bytes: UnsafePointer<UInt8>, _ place: inout Int, end: Int) {
    if place < end, bytes[place] == UInt8(ascii: "\r") { place += 1 }
    if place < end, bytes[place] == UInt8(ascii: "\n") { place += 1 }
  }

  private static func isEnd(_ byte: UInt8, _ delimiter: UInt8) -> Bool {
    byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
