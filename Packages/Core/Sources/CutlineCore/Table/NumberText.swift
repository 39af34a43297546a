/// Numbers as text, one way for all files.
public enum NumberText {
  /// The shortest decimal text that reads back as the same double; whole numbers without a point; nothing where there is
  /// none.
  public static func shortest(_ value: Double) -> String {
    guard !value.isNaN else { return "" }
    var text: [UInt8] = []
    append(value, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  public static func shortest(_ value: Double?) -> String { value.map(shortest) ?? "" }

  /// The same, at the end of `text`.
  public static func append(_ value: Double, to text: inout [UInt8]) {
    if value.magnitude < 1e15, value == value.rounded(.towardZero), value != 0 || value.sign == .plus {
      append(Int(value), to: &text)
    } else if value == 0 {
      text.append(contentsOf: "-0".utf8)
    } else {
      var spelled = value.description
      spelled.withUTF8 { bytes in
        let isWhole = bytes.count > 2 && bytes[bytes.count - 1] == 48 && bytes[bytes.count - 2] == UInt8(ascii: ".")
        text.append(contentsOf: bytes.prefix(isWhole ? bytes.count - 2 : bytes.count))
      }
    }
  }

  public static func append(_ value: Int, to text: inout [UInt8]) {
    if value < 0 { text.append(UInt8(ascii: "-")) }
    appendDigits(value.magnitude, width: 1, to: &text)
  }

  /// Decimal digits, zeros in front up to `width`.
  public static func appendDigits(_ value: UInt, width: Int, to text: inout [UInt8]) {
    let start = text.count
    var rest = value
    repeat {
      text.append(48 + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    while text.count - start < width { text.append(48) }
    text[start...].reverse()
  }

  /// Rounded to a fixed count of decimals, for people.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (value * scale).rounded()
    guard scaled.magnitude < 9e18 else { return value.description }
    let digits = String(Int64(scaled).magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return (scaled < 0 ? "-" : "") + padded.dropLast(decimals) + (decimals > 0 ? "." + padded.suffix(decimals) : "")
  }
}
