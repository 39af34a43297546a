/// An exact decimal: coefficient · 10^exponent, with a coefficient of 127 bits and no zeros at its end.
///
/// What does not fit is no number (nil), never a wrapped or a rounded one; a quotient that does not end has 34 digits, half to even.
/// A double stands for the shortest decimal that reads back as it, which is the number that was typed where that had at most 15 digits.
public struct RuleNumber: Sendable, Hashable {
  let coefficient: Int128
  /// 0 of zero.
  let exponent: Int

  public static let zero = RuleNumber(small: 0)
  /// Beyond it a number is none: nothing that a table of applications holds comes near it.
  static let mostExponent = 10_000
  /// Digits of a quotient.
  static let quotientDigits = 34

  private init(raw coefficient: Int128, _ exponent: Int) { (self.coefficient, self.exponent) = (coefficient, exponent) }

  init(small: Int) { self = RuleNumber(Int128(small), 0) ?? RuleNumber(raw: 0, 0) }

  /// - Returns: nil beyond the largest exponent.
  init?(_ coefficient: Int128, _ exponent: Int) {
    guard coefficient != 0 else {
      self.init(raw: 0, 0)
      return
    }
    var (own, power) = (coefficient, exponent)
    if own.magnitude < 1 << 62 {
      var small = Int64(own)
      while small % 10 == 0 {
        small /= 10
        power += 1
      }
      own = Int128(small)
    } else {
      while own % 10 == 0 {
        own /= 10
        power += 1
      }
    }
    guard abs(power) <= Self.mostExponent else { return nil }
    self.init(raw: own, power)
  }

  /// The decimal that a double stands for; nil for what is not finite.
  ///
  /// A decimal of at most 15 digits that reads as a double is the only one of that length, so that the shortest needs no search.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    if value.magnitude < 1e15 {
      for (places, power) in Self.powersAsDoubles.enumerated() {
        let scaled = (value * power).rounded(.toNearestOrEven)
        guard scaled.magnitude < 1e15 else { break }
        if scaled / power == value {
          self.init(Int128(Int64(scaled)), -places)
          return
        }
      }
    }
    self.init(spelled: value.description)
  }

  /// Reads `-12.50` and, as descriptions of doubles have it, `1.2e-07`.
  public init?(spelled text: String) {
    var (own, power, digits, isNegative, isFraction): (Int128, Int, Int, Bool, Bool) = (0, 0, 0, false, false)
    var bytes = Array(text.utf8)[...]
    if let sign = bytes.first, sign == 45 || sign == 43 {
      isNegative = sign == 45
      bytes = bytes.dropFirst()
    }
    while let byte = bytes.first {
      if (48...57).contains(byte) {
        guard digits < 38 else { return nil }
        own = own * 10 + Int128(byte - 48)
        if own != 0 { digits += 1 }
        if isFraction { power -= 1 }
      } else if byte == 46, !isFraction {
        isFraction = true
      } else if byte == 101 || byte == 69 {
        guard let scale = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(scale) < 100_000 else {
          return nil
        }
        power += scale
        break
      } else {
        return nil
      }
      bytes = bytes.dropFirst()
    }
    guard text.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
    self.init(isNegative ? -own : own, power)
  }

  // MARK: Arithmetic

  private static let powers: [Int128] = {
    var all: [Int128] = [1]
    for place in 1...38 { all.append(all[place - 1] * 10) }
    return all
  }()
  private static let powersAsDoubles: [Double] = (0...15).map { Double(Int64(powers[$0])) }

  var isZero: Bool { coefficient == 0 }
  var negated: RuleNumber { RuleNumber(raw: coefficient == Int128.min ? coefficient : -coefficient, exponent) }
  var magnitude: RuleNumber { coefficient < 0 ? negated : self }

  /// The coefficient at a lower exponent.
  private func scaled(to lower: Int) -> Int128? {
    let places = exponent - lower
    guard places <= 38 else { return coefficient == 0 ? 0 : nil }
    let (own, isOver) = coefficient.multipliedReportingOverflow(by: Self.powers[places])
    return isOver ? nil : own
  }

  package func adding(_ other: RuleNumber) -> RuleNumber? {
    if isZero { return other }
    if other.isZero { return self }
    let lower = min(exponent, other.exponent)
    guard let a = scaled(to: lower), let b = other.scaled(to: lower) else { return nil }
    let (sum, isOver) = a.addingReportingOverflow(b)
    return isOver || sum == Int128.min ? nil : RuleNumber(sum, lower)
  }

  package func subtracting(_ other: RuleNumber) -> RuleNumber? { adding(other.negated) }

  func multiplied(by other: RuleNumber) -> RuleNumber? {
    let (product, isOver) = coefficient.multipliedReportingOverflow(by: other.coefficient)
    return isOver || product == Int128.min ? nil : RuleNumber(product, exponent + other.exponent)
  }

  /// Exact where the quotient ends within 34 digits, else rounded to them, half to even.
  /// - Parameter other: not zero.
  func divided(by other: RuleNumber) -> RuleNumber? {
    guard !isZero, !other.isZero else { return .zero }
    let divisor = other.coefficient.magnitude
    var (quotient, rest) = coefficient.magnitude.quotientAndRemainder(dividingBy: divisor)
    var power = exponent - other.exponent
    let limit = UInt128(Self.powers[Self.quotientDigits])
    if quotient >= limit {
      let drop = UInt128(Self.powers[Self.digits(quotient) - Self.quotientDigits])
      let (kept, dropped) = quotient.quotientAndRemainder(dividingBy: drop)
      power += Self.digits(quotient) - Self.quotientDigits
      let isUp = dropped > drop - dropped || (dropped == drop - dropped && (rest != 0 || kept % 2 == 1))
      quotient = kept + (isUp ? 1 : 0)
    } else {
      let next = limit / 10
      while rest != 0, quotient < next {
        let (high, low) = rest.multipliedFullWidth(by: 10)
        let (digit, left) = divisor.dividingFullWidth((high, low))
        quotient = quotient * 10 + digit
        rest = left
        power -= 1
      }
      if rest > divisor - rest || (rest == divisor - rest && quotient % 2 == 1) { quotient += 1 }
    }
    let isNegative = (coefficient < 0) != (other.coefficient < 0)
    return RuleNumber(isNegative ? -Int128(quotient) : Int128(quotient), power)
  }

  private static func digits(_ value: UInt128) -> Int {
    var count = 1
    while count < powers.count, value >= UInt128(powers[count]) { count += 1 }
    return count
  }

  /// The nearest double.
  public var double: Double { Double("\(coefficient)e\(exponent)") ?? .nan }

  /// Whether it has no digits after the point.
  var isWhole: Bool { exponent >= 0 }

  /// The next whole number below, or the number itself.
  var floor: RuleNumber? {
    guard exponent < 0 else { return self }
    guard exponent >= -38 else { return coefficient < 0 ? RuleNumber(small: -1) : .zero }
    let (whole, rest) = coefficient.quotientAndRemainder(dividingBy: Self.powers[-exponent])
    return RuleNumber(rest < 0 ? whole - 1 : whole, 0)
  }

  /// Without an exponent: `449.4`, `-12`, `0.00001`.
  public var text: String {
    let digits = String(coefficient.magnitude)
    let sign = coefficient < 0 ? "-" : ""
    if exponent >= 0 { return sign + digits + String(repeating: "0", count: min(exponent, 400)) }
    let places = -exponent
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }
}

extension RuleNumber: Comparable {
  public static func < (a: RuleNumber, b: RuleNumber) -> Bool { a.order(to: b) < 0 }

  /// −1, 0 or 1.
  func order(to other: RuleNumber) -> Int {
    if exponent == other.exponent {
      return coefficient == other.coefficient ? 0 : coefficient < other.coefficient ? -1 : 1
    }
    let (a, b) = (coefficient.signum(), other.coefficient.signum())
    if a != b { return a < b ? -1 : 1 }
    if a == 0 { return 0 }
    let (own, theirs) = (coefficient.magnitude, other.coefficient.magnitude)
    let (x, y) = (Self.digits(own) + exponent, Self.digits(theirs) + other.exponent)
    if x != y { return (x < y ? -1 : 1) * Int(a) }
    // As many digits before the point, so that the coefficients are at most 38 places apart.
    func wide(_ value: UInt128, _ places: Int) -> UInt128? {
      guard places > 0 else { return value }
      guard places < Self.powers.count else { return nil }
      let (own, isOver) = value.multipliedReportingOverflow(by: UInt128(Self.powers[places]))
      return isOver ? nil : own
    }
    let lower = min(exponent, other.exponent)
    guard let left = wide(own, exponent - lower) else { return Int(a) }
    guard let right = wide(theirs, other.exponent - lower) else { return -Int(a) }
    return left == right ? 0 : (left < right ? -1 : 1) * Int(a)
  }
}

extension RuleNumber: Codable {
  /// As text, since readers of JSON make doubles of numbers.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let own = RuleNumber(spelled: text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no decimal"))
    }
    self = own
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
