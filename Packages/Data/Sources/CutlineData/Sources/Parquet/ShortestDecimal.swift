/// What somebody wrote into a column of single precision: 0.55 became 0.550000011920929, and is 0.55 again.
enum ShortestDecimal {
  private static let powers = (0...7).map { (0..<$0).reduce(1.0) { power, _ in 10 * power } }

  /// The double next to the decimal with the fewest decimals, up to 7, that is the same single; the double of equal value
  /// where there is none, and for what is not finite.
  @inline(__always)
  static func double(of single: Float) -> Double {
    let exact = Double(single)
    guard exact.magnitude < 1e9 else { return exact }
    for power in powers {
      let decimal = (exact * power).rounded() / power
      if Float(decimal) == single { return decimal }
    }
    return exact
  }
}
