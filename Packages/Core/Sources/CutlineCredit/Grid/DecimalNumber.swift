public import CutlineCore

/// A decimal number as people write it: `mantissa / 10^scale`, exact.
///
/// Thresholds are sums and differences of settings such as 1.15 and 0.05; in binary their sum is not 1.2.
public struct DecimalNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let mantissa: Int128
  /// Digits after the point, 0...18.
  public let scale: Int

  init(mantissa: Int128, scale: Int) {
    var (mantissa, scale) = (mantissa, scale)
    while scale > 0, mantissa % 10 == 0 {
      mantissa /= 10
      scale -= 1
    }
    self.mantissa = mantissa
    self.scale = scale
  }

  /// The shortest decimal that reads back as `value`: 1.1 is eleven tenths.
  /// - Throws: `Faults` (data) for infinities, NaN and numbers with more than 18 decimals or 18 digits before the point.
  public init(_ value: Double) throws {
    let refusal = Faults.data(
      "decimal number", "\(value) has no exact short decimal form", "Write it with at most 18 decimals.")
    guard value.isFinite, abs(value) < 1e18 else { throw refusal }
    var text = "\(value)"
    var exponent = 0
    if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      guard let parsed = Int(text[text.index(after: e)...]) else { throw refusal }
      exponent = parsed
      text = String(text[..<e])
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let decimals = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
    guard var mantissa = Int128(parts[0] + decimals) else { throw refusal }
    var scale = decimals.count - exponent
    while scale < 0 {
      mantissa *= 10
      scale += 1
    }
    guard scale <= 18 else { throw refusal }
    self.init(mantissa: mantissa, scale: scale)
  }

  /// The number in the units of a scale, rounded down or up to a whole one; nil beyond 64 bits.
  public func whole(in unit: AmountScale, roundedUp: Bool) -> Int64? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: Int128(FixedPoint.powers[unit.decimals]))
    guard !overflow else { return nil }
    let divisor = (0..<scale).reduce(Int128(1)) { value, _ in value * 10 }
    let floor = product / divisor - (product % divisor < 0 ? 1 : 0)
    return Int64(exactly: floor + (roundedUp && product % divisor != 0 ? 1 : 0))
  }

  public static func + (a: DecimalNumber, b: DecimalNumber) -> DecimalNumber {
    let (x, y, scale) = aligned(a, b)
    return DecimalNumber(mantissa: x + y, scale: scale)
  }

  public static func - (a: DecimalNumber, b: DecimalNumber) -> DecimalNumber {
    let (x, y, scale) = aligned(a, b)
    return DecimalNumber(mantissa: x - y, scale: scale)
  }

  public static func < (a: DecimalNumber, b: DecimalNumber) -> Bool {
    let (x, y, _) = aligned(a, b)
    return x < y
  }

  public var description: String {
    let digits = String(mantissa.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    let sign = mantissa < 0 ? "-" : ""
    return scale == 0 ? sign + padded : sign + padded.dropLast(scale) + "." + padded.suffix(scale)
  }

  private static func aligned(_ a: DecimalNumber, _ b: DecimalNumber) -> (Int128, Int128, Int) {
    let scale = max(a.scale, b.scale)
    func raised(_ number: DecimalNumber) -> Int128 {
      (number.scale..<scale).reduce(number.mantissa) { value, _ in value * 10 }
    }
    return (raised(a), raised(b), scale)
  }
}

extension DecimalNumber: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let mantissa = Int128(parts.joined()), parts.count < 2 || parts[1].count <= 18,
      // As `init(_:)` has them: then two of them can be aligned and added.
      mantissa.magnitude < (0..<(parts.count < 2 ? 18 : 18 + parts[1].count)).reduce(1, { power, _ in power * 10 })
    else {
      throw Faults.integrity("decimal number", "\"\(text)\" is not one", "Run with --fresh.")
    }
    self.init(mantissa: mantissa, scale: parts.count == 2 ? parts[1].count : 0)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Remark.Interpolation {
  public mutating func appendInterpolation(_ number: DecimalNumber) { appendInterpolation(word: number) }
}
