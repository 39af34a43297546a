/// A fraction of whole numbers, as it comes out of counts.
struct ExactShare: Sendable {
  let above, below: Int128

  /// - Parameter below: above 0.
  init(_ above: Int128, over below: Int128) { (self.above, self.below) = (above, below) }

  /// Rounded once, where both stay below 2⁵³.
  var value: Double { Double(above) / Double(below) }

  /// The difference, rounded once at the end; of numbers that do not fit in 128 bits, of the two values.
  func minus(_ other: ExactShare) -> Double {
    let (a, first) = above.multipliedReportingOverflow(by: other.below)
    let (b, second) = other.above.multipliedReportingOverflow(by: below)
    let (over, third) = below.multipliedReportingOverflow(by: other.below)
    guard !first, !second, !third else { return value - other.value }
    return Double(a - b) / Double(over)
  }
}
