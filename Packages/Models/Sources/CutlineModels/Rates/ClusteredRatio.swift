internal import CutlineCredit
internal import Foundation

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

/// Student's distribution for whole degrees of freedom, by its finite series in θ = atan(t / √ν)
/// (Abramowitz and Stegun 26.7.3 and 26.7.4).
enum StudentT {
  /// P(T ≤ t).
  static func probability(_ t: Double, degrees: Int) -> Double {
    let theta = atan(t / Double(degrees).squareRoot())
    let square = cos(theta) * cos(theta)
    var term = degrees % 2 == 0 ? sin(theta) : sin(theta) * cos(theta)
    var sum = degrees == 1 ? 0 : term
    for step in stride(from: degrees % 2 == 0 ? 1 : 2, to: degrees - 2, by: 2) {
      term *= square * Double(step) / Double(step + 1)
      sum += term
    }
    return degrees % 2 == 0 ? (1 + sum) / 2 : 0.5 + (theta + sum) / Double.pi
  }

  /// The t with `probability(t) = p`, by bisection to the last bit or so.
  static func quantile(_ p: Double, degrees: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    let upper = max(p, 1 - p)
    while probability(high, degrees: degrees) < upper, high < 1e9 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if probability(middle, degrees: degrees) < upper { low = middle } else { high = middle }
    }
    return p < 0.5 ? -high : high
  }
}
