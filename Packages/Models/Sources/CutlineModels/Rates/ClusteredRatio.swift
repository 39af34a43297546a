internal import CutlineCompute
internal import CutlineCredit

/// A ratio of sums over clusters, here months, with its linearised standard error.
struct ClusteredRatio {
  let numerator, denominator: [Int64]
  let value: Double
  /// Nil for fewer than two clusters.
  let standardError: Double?

  /// The value is 1 where the denominator is 0.
  init(_ numerator: [Int64], _ denominator: [Int64]) {
    (self.numerator, self.denominator) = (numerator, denominator)
    let total = denominator.reduce(0.0) { $0 + Double($1) }
    let ratio = total > 0 ? Double(Self.sum(numerator)) / Double(Self.sum(denominator)) : 1
    value = ratio
    // Clusters without anything say nothing.
    let used = denominator.indices.filter { denominator[$0] != 0 || numerator[$0] != 0 }
    let count = Double(used.count)
    let squares = used.reduce(0.0) { sum, index in
      let residual = Double(numerator[index]) - ratio * Double(denominator[index])
      return sum + residual * residual
    }
    standardError = used.count >= 2 && total > 0 ? (count / (count - 1) * squares).squareRoot() / total : nil
  }

  /// With its 95 % interval, cut to 0...`most`.
  func rate(most: Double, rows: Int64, basis: String) -> SwapInRates.Rate {
    let used = denominator.indices.count { denominator[$0] != 0 || numerator[$0] != 0 }
    let half = standardError.map { $0 * StudentT.quantile(0.975, degrees: used - 1) }
    return SwapInRates.Rate(
      value: value, low: half.map { max(0, value - $0) }, high: half.map { min(max(most, value), value + $0) },
      numerator: Int64(clamping: Self.sum(numerator)), denominator: Int64(clamping: Self.sum(denominator)), rows: rows,
      basis: basis)
  }

  private static func sum(_ values: [Int64]) -> Int128 { values.reduce(0) { $0 + Int128($1) } }
}
