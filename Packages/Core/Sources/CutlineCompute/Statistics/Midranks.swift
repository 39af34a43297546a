/// Ranks with ties at their mean.
public enum Midranks {
  /// From 1; values that are equal share the mean of their ranks.
  ///
  /// - Parameter values: no NaN.
  /// - Complexity: O(n log n).
  public static func of(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
      let rank = Double(first + last) / 2 + 1
      for place in first...last { ranks[order[place]] = rank }
      first = last + 1
    }
    return ranks
  }
}
