/// Why a number is missing.
///
/// A missing number is a NaN whose low bits hold the reason, so a column is a plain array of doubles and no second
/// array can fall out of step with it. Arithmetic keeps a NaN a NaN; the reason is only meaningful as it was read.
public struct Missing: RawRepresentable, Sendable, Hashable {
  /// 0 = plain (`.` in SAS, an empty field in CSV), 1...26 = `.A` to `.Z`, 27 = `._`.
  public let rawValue: UInt8

  public init?(rawValue: UInt8) {
    guard rawValue <= 27 else { return nil }
    self.rawValue = rawValue
  }

  /// The reason held by `value`, or nil when `value` is a number.
  public init?(_ value: Double) {
    guard value.isNaN else { return nil }
    let code = value.bitPattern & 0xFF
    self.rawValue = code <= 27 ? UInt8(code) : 0
  }

  /// A special missing value from its SAS letter, `A` to `Z` or `_`.
  public init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): rawValue = letter - UInt8(ascii: "A") + 1
    case UInt8(ascii: "a")...UInt8(ascii: "z"): rawValue = letter - UInt8(ascii: "a") + 1
    case UInt8(ascii: "_"): rawValue = 27
    default: return nil
    }
  }

  private init(code: UInt8) { rawValue = code }

  /// Missing with no reason given.
  public static let plain = Missing(code: 0)

  /// The NaN that stands for this reason in a column.
  public var value: Double { Double(bitPattern: 0x7FF8_0000_0000_0000 | UInt64(rawValue)) }

  /// The letter `A` to `Z` or `_` of a special missing value; nil for a plain one.
  public var letter: UInt8? {
    switch rawValue {
    case 1...26: UInt8(ascii: "A") + rawValue - 1
    case 27: UInt8(ascii: "_")
    default: nil
    }
  }

  /// As SAS prints it: `.`, `.A`, `._`.
  public var description: String {
    guard let letter else { return "." }
    return "." + String(UnicodeScalar(letter))
  }
}
