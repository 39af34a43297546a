/// Counts of monotone strategies.
public enum StrategyCount {
  /// The number of strategies of a grid, C(rows + columns, rows), exactly, as decimal digits.
  ///
  /// - Parameters: not negative; a side of zero has one strategy.
  /// - Complexity: O(min(rows, columns) × digits).
  public static func decimal(rows: Int, columns: Int) -> String {
    var count = BigNatural.one
    let smaller = max(0, min(rows, columns))
    let larger = max(0, max(rows, columns))
    // Each step c·(n − m + i)/i is exact: it is the binomial C(n − m + i, i).
    for i in 0..<smaller {
      count.multiply(by: UInt64(larger + i + 1))
      count.divide(by: UInt64(i + 1))
    }
    return count.description
  }

  /// The number of strategies, closed regions, of a grid of any number of variables, exactly, as decimal digits.
  ///
  /// Variables with one bin count for nothing. One variable: bins + 1. Two: a binomial. Three: the plane partitions in a
  /// box, Π (i + j + c − 1) / (i + j − 1) over i ≤ a, j ≤ b. Four and more: chains of closed regions of all but the
  /// variable with most bins; see `RegionChains`.
  ///
  /// - Parameter shape: bins per variable; one of zero bins leaves one strategy.
  /// - Returns: nil where four or more variables have too many regions to add up.
  /// - Complexity: O(digits) for each of about O(bins) factors up to three variables; then O(regions × cells × digits)
  ///   of the smaller grid, for each bin of the largest variable, a few seconds at most.
  ///
  /// Source: MacMahon, *Combinatory Analysis*, volume 2 (1916), §429; Stanley, *Enumerative Combinatorics*, volume 1,
  /// 2nd ed., §3.12, for the count of chains.
  public static func decimal(shape: [Int]) -> String? {
    if shape.contains(where: { $0 <= 0 }) { return "1" }
    let sizes = shape.filter { $0 > 1 }.sorted()
    switch sizes.count {
    case 0: return "2"
    case 1: return String(sizes[0] + 1)
    case 2: return decimal(rows: sizes[0], columns: sizes[1])
    case 3: return planePartitions(sizes[0], sizes[1], sizes[2]).description
    default: return RegionChains(sizes: sizes)?.count.description
    }
  }

  /// MacMahon's product, as a product of primes so that no division is left.
  private static func planePartitions(_ a: Int, _ b: Int, _ c: Int) -> BigNatural {
    let largest = a + b + c - 1
    var exponents = [Int](repeating: 0, count: largest + 1)
    for sum in 2...a + b {
      // Pairs (i, j) with this sum.
      let pairs = min(sum - 1, a) - max(1, sum - b) + 1
      exponents[sum + c - 1] += pairs
      exponents[sum - 1] -= pairs
    }
    for value in stride(from: largest, to: 3, by: -1) {
      guard let divisor = (2...value).first(where: { $0 * $0 > value || value % $0 == 0 }), divisor * divisor <= value
      else { continue }
      exponents[divisor] += exponents[value]
      exponents[value / divisor] += exponents[value]
      exponents[value] = 0
    }
    var count = BigNatural.one
    var factor: UInt64 = 1
    for prime in 2..<exponents.count {
      for _ in 0..<exponents[prime] {
        if factor > BigNatural.base / UInt64(prime) {
          count.multiply(by: factor)
          factor = 1
        }
        factor *= UInt64(prime)
      }
    }
    count.multiply(by: factor)
    return count
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
