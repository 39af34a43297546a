internal import CSystem

/// Powers of ten in raw memory, where a loop over numbers finds them without a check.
final class PowersOfTen {
  /// 10⁰ to 10²², exact doubles all.
  let exact = UnsafeMutablePointer<Double>.allocate(capacity: 23)
  /// 10⁰ to 10¹⁹.
  let whole = UnsafeMutablePointer<UInt64>.allocate(capacity: 20)

  init() {
    var (decimal, integer) = (1.0, UInt64(1))
    for exponent in 0...22 {
      (exact + exponent).initialize(to: decimal)
      decimal *= 10
      guard exponent <= 19 else { continue }
      (whole + exponent).initialize(to: integer)
      integer &*= 10
    }
  }

  deinit {
    exact.deallocate()
    whole.deallocate()
  }
}

/// Decimal text to the nearest double, whatever the locale.
struct DecimalReader {
  let decimalMark: UInt8
  let thousandsMark: UInt8?
  let acceptsWords: Bool

  let powers = PowersOfTen()

  /// What a text is as a number.
  enum Reading {
    case number(Double)
    /// It spells a number that a double cannot keep apart from its neighbours or that is written as a code is.
    case code
    case other
  }

  /// `digits` / 10^`decimals`, correctly rounded; nil where that takes more than 64-bit arithmetic.
  ///
  /// Both operands exact in a double: one division rounds once (Clinger 1990). Otherwise the quotient is formed to 64
  /// bits with its remainder and rounded half to even by hand.
  @inline(__always)
  func quotient(_ digits: UInt64, decimals: Int) -> Double? {
    if digits <= 1 << 53, decimals <= 22 { return Double(digits) / powers.exact[decimals] }
    guard decimals <= 19 else { return nil }
    return Self.longQuotient(digits, by: powers.whole[decimals])
  }

  private static func longQuotient(_ digits: UInt64, by power: UInt64) -> Double {
    let divisor = power << UInt64(power.leadingZeroBitCount)
    let dividend = digits << UInt64(digits.leadingZeroBitCount)
    // A quotient of exactly 64 bits.
    let isLarge = dividend >= divisor
    let (quotient, remainder) = divisor.dividingFullWidth(
      isLarge ? (dividend >> 1, dividend << 63) : (dividend, 0))
    var exponent = power.leadingZeroBitCount - digits.leadingZeroBitCount - 64 + (isLarge ? 1 : 0)
    var significand = quotient >> 11
    let cut = quotient & 0x7FF
    if cut > 0x400 || (cut == 0x400 && (remainder != 0 || significand & 1 == 1)) { significand += 1 }
    exponent += 11
    return Double(significand) * Double(bitPattern: UInt64(1023 + exponent) << 52)
  }

  /// Reads `count` bytes, which spaces may surround.
  func read(_ text: UnsafePointer<UInt8>, _ count: Int) -> Reading {
    var start = 0
    var end = count
    while start < end, text[start] == 0x20 { start += 1 }
    while end > start, text[end - 1] == 0x20 { end -= 1 }
    guard start < end else { return .other }
    let sign = text[start]
    let isNegative = sign == UInt8(ascii: "-")
    var place = isNegative || sign == UInt8(ascii: "+") ? start + 1 : start
    let first = place
    var digits: UInt64 = 0
    var digitCount = 0
    var decimals = 0
    var groups = 0
    var sinceMark = 0
    var seenDecimal = false
    var plain: [UInt8] = []
    // Digits in groups of three where there is a mark for thousands; then decimals.
    while place < end {
      let byte = text[place]
      if byte &- 48 < 10 {
        digits = digits &* 10 &+ UInt64(byte &- 48)
        digitCount += 1
        sinceMark += 1
        if seenDecimal { decimals += 1 }
      } else if byte == decimalMark, !seenDecimal {
        if groups > 0, sinceMark != 3 { return .other }
        seenDecimal = true
      } else if let mark = thousandsMark, byte == mark, !seenDecimal, sinceMark > 0,
        groups == 0 ? sinceMark <= 3 : sinceMark == 3
      {
        groups += 1
        sinceMark = 0
      } else {
        break
      }
      place += 1
    }
    if groups > 0, !seenDecimal, sinceMark != 3 { return .other }
    guard digitCount > 0 else { return word(text, start, end) }
    let hasExponent = place < end
    if hasExponent {
      guard text[place] | 0x20 == UInt8(ascii: "e"), Self.isInteger(text, place + 1, end) else { return .other }
    }
    // 007 is a code, not seven; 0 and 0.7 are numbers.
    if text[first] == 48, first + 1 < place, text[first + 1] != decimalMark { return .code }
    if !hasExponent, digitCount <= 19, let value = quotient(digits, decimals: decimals) {
      if !seenDecimal, digits > 1 << 53, Self.losesDigits(digits, value) { return .code }
      return .number(isNegative ? -value : value)
    }
    if !hasExponent, !seenDecimal { return .code }
    for index in start..<end where text[index] != thousandsMark || seenDecimal && index > place {
      plain.append(text[index] == decimalMark ? UInt8(ascii: ".") : text[index])
    }
    var value = 0.0
    let whole = plain.withUnsafeBytes { bytes in
      bytes.baseAddress.map { cutline_parse_double($0, plain.count, &value) } ?? 0
    }
    return whole == 0 || value.isInfinite ? .other : .number(value)
  }

  // More than a double can tell apart: an account number, which must not change.
  private static func losesDigits(_ digits: UInt64, _ value: Double) -> Bool {
    value >= 0x1p64 || UInt64(value) != digits
  }

  private static func isInteger(_ text: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Bool {
    var place = from
    if place < end, text[place] == UInt8(ascii: "-") || text[place] == UInt8(ascii: "+") { place += 1 }
    guard place < end, end - place <= 4 else { return false }
    while place < end {
      guard text[place] &- 48 < 10 else { return false }
      place += 1
    }
    return true
  }

  private func word(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Reading {
    guard acceptsWords else { return .other }
    let spelled = String(decoding: UnsafeBufferPointer(start: text + start, count: end - start), as: UTF8.self)
    switch spelled.lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .number(.infinity)
    case "-inf", "-infinity": return .number(-.infinity)
    case "nan", "-nan", "+nan": return .number(.nan)
    default: return .other
    }
  }
}
