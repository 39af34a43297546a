/// Counts of monotone strategies.
public enum StrategyCount {
  /// The number of strategies of a grid, C(rows + columns, rows), exactly, as decimal digits.
  ///
  /// - Parameters: not negative; a side of zero has one strategy.
  /// - Complexity: O(min(rows, columns) × digits).
  public static func decimal(rows: Int, columns: Int) -> String {
    // Limbs of nine digits, the lowest first. Each step c·(n − m + i)/i is exact: it is the binomial C(n − m + i, i).
    let base: UInt64 = 1_000_000_000
    var limbs: [UInt64] = [1]
    let smaller = max(0, min(rows, columns))
    let larger = max(0, max(rows, columns))
    for i in 0..<smaller {
      var carry: UInt64 = 0
      for place in limbs.indices {
        let product = limbs[place] * UInt64(larger + i + 1) + carry
        limbs[place] = product % base
        carry = product / base
      }
      while carry > 0 {
        limbs.append(carry % base)
        carry /= base
      }
      var rest: UInt64 = 0
      for place in limbs.indices.reversed() {
        let value = rest * base + limbs[place]
        limbs[place] = value / UInt64(i + 1)
        rest = value % UInt64(i + 1)
      }
      while limbs.count > 1, limbs.last == 0 { limbs.removeLast() }
    }
    var text = ""
    for (place, limb) in limbs.enumerated().reversed() {
      let digits = String(limb)
      text += (place == limbs.count - 1 ? "" : String(repeating: "0", count: 9 - digits.count)) + digits
    }
    return text
  }

  /// The same number, or nil where it exceeds `limit` (which is at most 2⁴⁷, so that no step overflows).
  static func exact(rows: Int, columns: Int, limit: UInt64) -> UInt64? {
    var count: UInt64 = 1
    let larger = max(rows, columns)
    for i in 0..<min(rows, columns) {
      count = count * UInt64(larger + i + 1) / UInt64(i + 1)
      if count > limit { return nil }
    }
    return count
  }
}
