/// A natural number of any size, for counts. Limbs of eighteen digits, the lowest first.
struct BigNatural: Sendable, Hashable, CustomStringConvertible {
  static let base: UInt64 = 1_000_000_000_000_000_000
  static let digitsPerLimb = 18

  /// Without leading zeros; one limb at least.
  private var limbs: [UInt64]

  /// - Parameter limbs: each below `base`; leading zeros are taken away.
  init(limbs: some Sequence<UInt64>) {
    self.limbs = Array(limbs)
    if self.limbs.isEmpty { self.limbs = [0] }
    trim()
  }

  static let one = BigNatural(limbs: [1])

  /// - Parameter factor: at most `base`.
  mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for place in limbs.indices {
      let (high, low) = limbs[place].multipliedFullWidth(by: factor)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      (carry, limbs[place]) = Self.base.dividingFullWidth((high + (overflow ? 1 : 0), sum))
    }
    if carry > 0 { limbs.append(carry) }
    trim()
  }

  /// Divides and rounds down.
  ///
  /// - Parameter divisor: positive, at most `base`.
  mutating func divide(by divisor: UInt64) {
    var rest: UInt64 = 0
    for place in limbs.indices.reversed() {
      let (high, low) = rest.multipliedFullWidth(by: Self.base)
      let (sum, overflow) = low.addingReportingOverflow(limbs[place])
      (limbs[place], rest) = divisor.dividingFullWidth((high + (overflow ? 1 : 0), sum))
    }
    trim()
  }

  static func += (sum: inout BigNatural, other: BigNatural) {
    var carry: UInt64 = 0
    for place in 0..<max(sum.limbs.count, other.limbs.count) {
      if place == sum.limbs.count { sum.limbs.append(0) }
      let value = sum.limbs[place] + (place < other.limbs.count ? other.limbs[place] : 0) + carry
      carry = value >= base ? 1 : 0
      sum.limbs[place] = carry == 1 ? value - base : value
    }
    if carry == 1 { sum.limbs.append(1) }
  }

  /// Decimal digits.
  var description: String {
    var text = ""
    for (place, limb) in limbs.enumerated().reversed() {
      let digits = String(limb)
      let zeros = place == limbs.count - 1 ? 0 : Self.digitsPerLimb - digits.count
      text += String(repeating: "0", count: zeros) + digits
    }
    return text
  }

  private mutating func trim() {
    while limbs.count > 1, limbs.last == 0 { limbs.removeLast() }
  }
}
