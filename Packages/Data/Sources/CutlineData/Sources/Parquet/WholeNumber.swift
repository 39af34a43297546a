internal import CSystem

/// A whole number of up to 256 bits, as decimals are stored.
struct WholeNumber {
  private let isNegative: Bool
  /// 64 bits each, the lowest first.
  private let words: [UInt64]

  /// - Parameter place: `bytes` bytes of a number in two's complement, the lowest first; a multiple of four.
  init(_ place: UnsafeRawPointer, bytes: Int) {
    guard bytes >= 8 else {
      let value = place.loadUnaligned(as: Int32.self)
      (isNegative, words) = (value < 0, [UInt64(value.magnitude)])
      return
    }
    var words = (0..<bytes / 8).map { place.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
    isNegative = words.last.map { $0 >> 63 == 1 } ?? false
    if isNegative {
      var carry = true
      for index in words.indices {
        let (sum, isFull) = (~words[index]).addingReportingOverflow(carry ? 1 : 0)
        (words[index], carry) = (sum, isFull)
      }
    }
    while words.count > 1, words.last == 0 { words.removeLast() }
    self.words = words
  }

  /// Whether a double holds the number and tells it from its neighbours, written with at most 19 digits: what the reader of
  /// CSV takes for a number and not for a code.
  var isExact: Bool { words.count == 1 && Self.isExact(words[0]) }

  static func isExact(_ size: UInt64) -> Bool {
    if size <= 1 << 53 { return true }
    return size < group && UInt64(exactly: Double(size)) == size
  }

  /// The number / 10^`scale`, correctly rounded.
  func divided(scale: Int, _ decimals: DecimalReader) -> Double {
    if words.count == 1, scale >= 0, let value = decimals.quotient(words[0], decimals: scale) {
      return isNegative ? -value : value
    }
    var spelled = "\(text)e\(-scale)"
    var value = 0.0
    let isRead = spelled.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        characters.baseAddress.map { cutline_parse_double($0, characters.count, &value) } ?? 0
      }
    }
    return isRead != 0 ? value : .nan
  }

  /// Its digits, and a minus.
  var text: String { (isNegative ? "-" : "") + digits }

  private var digits: String {
    var rest = words
    var groups: [String] = []
    repeat {
      // Nineteen digits at a time, from the lowest.
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        (rest[index], remainder) = Self.group.dividingFullWidth((remainder, rest[index]))
      }
      while rest.count > 1, rest.last == 0 { rest.removeLast() }
      groups.append(String(remainder))
    } while rest != [0]
    let lower = groups.dropLast().reversed().map { String(repeating: "0", count: 19 - $0.count) + $0 }
    return (groups.last ?? "0") + lower.joined()
  }

  /// 10 to 19.
  private static let group: UInt64 = 10_000_000_000_000_000_000

  /// The digits of a double that holds an exact whole number of less than 20 digits.
  static func text(of value: Double) -> String {
    (value < 0 ? "-" : "") + (UInt64(exactly: value.magnitude).map { String($0) } ?? "")
  }
}
