/// p-values of several tests, adjusted so that each can be compared with the level of all.
public enum MultipleTesting {
  /// Holm's step-down: rejecting what is at most α keeps the chance of any false rejection at most α, whatever the
  /// dependence. With m values ascending, p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎).
  ///
  /// - Returns: in the order of `values`.
  /// - Complexity: O(m log m).
  ///
  /// Source: S. Holm, Scand. J. Stat. 6 (1979).
  public static func holm(_ values: [Double]) -> [Double] {
    adjusted(values, from: values.indices.sorted { (values[$0], $0) < (values[$1], $1) }) { place, p, before in
      max(before, min(1, Double(values.count - place) * p))
    }
  }

  /// Benjamini and Hochberg's step-up: rejecting what is at most q keeps the expected share of false rejections at most q,
  /// for independent or positively dependent tests. p̃₍ᵢ₎ = min over j ≥ i of min(1, m p₍ⱼ₎ / j).
  ///
  /// - Returns: in the order of `values`.
  /// - Complexity: O(m log m).
  ///
  /// Source: Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57 (1995).
  public static func benjaminiHochberg(_ values: [Double]) -> [Double] {
    let descending = values.indices.sorted { (values[$0], $0) > (values[$1], $1) }
    return adjusted(values, from: descending, start: 1) { place, p, before in
      min(before, Double(values.count) * p / Double(values.count - place))
    }
  }

  private static func adjusted(
    _ values: [Double], from order: [Int], start: Double = 0, _ step: (Int, Double, Double) -> Double
  ) -> [Double] {
    var result = values
    var last = start
    for (place, index) in order.enumerated() {
      last = step(place, values[index], last)
      result[index] = last
    }
    return result
  }
}
