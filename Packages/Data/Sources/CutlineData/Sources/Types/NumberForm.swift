internal import CSystem
internal import CutlineCore

/// How the numbers of one column are written, shown by an example (`1.234,5`), or what a percent sign means.
struct NumberForm: Sendable, Equatable {
  /// What a percent sign does.
  enum Percent: Sendable, Equatable {
    /// Nothing, where all values have it or none.
    case asWritten
    /// Nothing.
    case ignored
    /// A hundredth.
    case fraction
  }

  var decimalMark: UInt8 = UInt8(ascii: ".")
  var thousandsMark: UInt8?
  /// Whether somebody has said which mark divides decimals.
  var isStated = false
  var percent = Percent.asWritten

  init(decimalMark: UInt8, thousandsMark: UInt8?, isStated: Bool) {
    (self.decimalMark, self.thousandsMark, self.isStated) = (decimalMark, thousandsMark, isStated)
  }

  /// `percent`, `fraction`, or 1234.5 with its marks.
  init(_ text: String, at place: String) throws {
    switch text {
    case "percent": percent = .ignored
    case "fraction": percent = .fraction
    default:
      guard let marks = Self.marks(of: text) else {
        throw Faults.usage(
          place, "\"\(text)\" is no form of a number",
          "Write the number 1234.5 as the column does, such as 1.234,5 or 1234,5, or percent or fraction.")
      }
      (thousandsMark, decimalMark) = marks
      isStated = true
    }
  }

  /// The marks in 1234.5, or in a whole 1.234, whose decimals then have the other one of point and comma.
  private static func marks(of text: String) -> (thousands: UInt8?, decimal: UInt8)? {
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    var rest = Marks.ascii(Array(text.utf8))[...]
    guard rest.popFirst() == UInt8(ascii: "1"), let second = rest.first else { return nil }
    let thousands = Marks.isDigit(second) ? nil : rest.popFirst()
    guard rest.starts(with: Array("234".utf8)) else { return nil }
    rest = rest.dropFirst(3)
    guard let decimal = rest.popFirst() else { return thousands.map { ($0, $0 == point ? comma : point) } }
    guard !Marks.isDigit(decimal), decimal != thousands, !rest.isEmpty, rest.allSatisfy(Marks.isDigit) else {
      return nil
    }
    return (thousands, decimal)
  }
}

/// Characters that stand in and around numbers.
enum Marks {
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  /// Whether nothing is seen of it.
  static func hasNoWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B...0x200F, 0x2060, 0xFEFF: true
    default: false
    }
  }

  /// The same text with spaces and apostrophes of every kind as the ASCII ones, and without characters of no width.
  static func ascii(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 || $0 == 0x09 }) else { return text }
    var plain: [UInt8] = []
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x09, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: plain.append(0x20)
      case _ where hasNoWidth(scalar): continue
      case 0x2018, 0x2019, 0x02BC: plain.append(UInt8(ascii: "'"))
      case 0x2212, 0x2010, 0x2011: plain.append(UInt8(ascii: "-"))
      default: plain.append(contentsOf: String(scalar).utf8)
      }
    }
    return plain
  }

  /// The text without spaces and characters of no width at its ends; as it is where there are none.
  static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
    let plain = ascii(text)
    let front = plain.prefix { $0 == 0x20 }.count
    return plain[front...].dropLast(plain[front...].reversed().prefix { $0 == 0x20 }.count)
  }
}
