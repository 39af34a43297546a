/// The modified z-score of Iglewicz and Hoaglin: `0.6745 · (x − median) / MAD`, by the mean absolute deviation
/// (`(x − median) / (1.2533 · mean)`) where the MAD is 0.
enum ModifiedZ {
  /// The share of values with `|z| > limit`; nil when all values are equal or there are none.
  static func share(_ values: [Double], beyond limit: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let middle = median(values)
    let deviations = values.map { abs($0 - middle) }
    let mad = median(deviations)
    let scale = mad > 0 ? mad / 0.6745 : 1.253314 * deviations.reduce(0, +) / Double(deviations.count)
    guard scale > 0 else { return nil }
    return Double(deviations.count { $0 / scale > limit }) / Double(values.count)
  }

  private static func median(_ values: [Double]) -> Double {
    var copy = values
    let middle = copy.count / 2
    select(&copy, middle)
    if copy.count % 2 == 1 { return copy[middle] }
    let below = copy[..<middle].max() ?? copy[middle]
    return (below + copy[middle]) / 2
  }

  // Hoare's quickselect: puts the k-th smallest value in its place. O(n) on average.
  private static func select(_ a: inout [Double], _ k: Int) {
    var low = 0
    var high = a.count - 1
    while low < high {
      let pivot = a[(low + high) / 2]
      var i = low
      var j = high
      while i <= j {
        while a[i] < pivot { i += 1 }
        while a[j] > pivot { j -= 1 }
        if i <= j {
          a.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if k <= j { high = j } else if k >= i { low = i } else { return }
    }
  }
}
