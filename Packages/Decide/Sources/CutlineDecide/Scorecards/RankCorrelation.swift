internal import CutlineCompute

/// How alike two scores order the same applications.
public struct RankCorrelation: Sendable, Hashable {
  /// Of the values; nil where one of the two is constant, as the others.
  public let pearson: Double?
  /// Of the ranks, ties at their mean.
  public let spearman: Double?
  /// (concordant − discordant) / √((pairs − ties in a)(pairs − ties in b)).
  public let kendall: Double?

  /// - Parameters: of the same applications, no NaN.
  /// - Complexity: O(n log n).
  ///
  /// Source: M. Kendall, *The treatment of ties in ranking problems*, Biometrika 33 (1945); W. Knight, J. Am. Stat. Assoc. 61 (1966).
  public init(_ a: [Double], _ b: [Double]) {
    pearson = Self.correlation(a, b)
    spearman = Self.correlation(Midranks.of(a), Midranks.of(b))
    kendall = Self.tau(a, b)
  }

  private static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
    guard a.count == b.count, !a.isEmpty else { return nil }
    let n = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
      ab += (x - meanA) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? ab / (aa.squareRoot() * bb.squareRoot()) : nil
  }

  private static func tau(_ a: [Double], _ b: [Double]) -> Double? {
    guard a.count == b.count, a.count > 1 else { return nil }
    let order = a.indices.sorted { (a[$0], b[$0]) < (a[$1], b[$1]) }
    func pairs(_ count: Int) -> Int { count * (count - 1) / 2 }
    /// Pairs that are tied in `isSame` along the order.
    func ties(_ order: [Int], _ isSame: (Int, Int) -> Bool) -> Int {
      var (sum, first) = (0, 0)
      for place in 1...order.count where place == order.count || !isSame(order[first], order[place]) {
        sum += pairs(place - first)
        first = place
      }
      return sum
    }
    let tiedA = ties(order) { a[$0] == a[$1] }
    let tiedBoth = ties(order) { a[$0] == a[$1] && b[$0] == b[$1] }
    var values = order.map { b[$0] }
    let swaps = inversions(&values)
    // Sorted by now.
    let tiedB = ties(Array(values.indices)) { values[$0] == values[$1] }
    let all = pairs(a.count)
    let difference = all - tiedA - tiedB + tiedBoth - 2 * swaps
    guard all > tiedA, all > tiedB else { return nil }
    return Double(difference) / (Double(all - tiedA).squareRoot() * Double(all - tiedB).squareRoot())
  }

  /// Pairs out of order, by a merge sort from the bottom up.
  private static func inversions(_ values: inout [Double]) -> Int {
    var (count, width) = (0, 1)
    var merged = values
    while width < values.count {
      for start in stride(from: 0, to: values.count, by: 2 * width) {
        let (middle, end) = (min(start + width, values.count), min(start + 2 * width, values.count))
        var (left, right) = (start, middle)
        for place in start..<end {
          if right == end || (left < middle && values[left] <= values[right]) {
            merged[place] = values[left]
            left += 1
          } else {
            merged[place] = values[right]
            right += 1
            count += middle - left
          }
        }
      }
      swap(&values, &merged)
      width *= 2
    }
    return count
  }
}
