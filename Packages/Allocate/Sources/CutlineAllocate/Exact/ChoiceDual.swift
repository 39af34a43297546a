/// Prices of the risk budget and of change that bound every choice from above.
///
/// For prices a, c ≥ 0 in units of 2^−b of value, every choice x with Σ slack ≥ 0 and at most K changes has
///
///     2^b · Σ value ≤ Σ (2^b · value + a · slack − c · change) + c · K ≤ L = Σ max (2^b · value + a · slack − c · change) + c · K.
///
/// Any prices give a bound; they are looked for in floating point, and L is computed in 128-bit integers.
///
/// Source: H. Kellerer, U. Pferschy, D. Pisinger, *Knapsack Problems* (2004), ch. 11 (multiple-choice knapsack).
struct ChoiceDual: Sendable, Hashable {
  let shift: Int
  let price, charge: Int128

  func weight(_ option: ChoiceOption) -> Int128 {
    (Int128(option.value) << Int128(shift)) + price * option.slack - charge * Int128(option.change)
  }

  /// The prices as integers that no sum of weights takes out of 128 bits.
  /// - Parameters:
  ///   - values, slacks: Σ of the greatest magnitudes per segment.
  init(price: Double, charge: Double, values: Double, slacks: Double, segments: Int) {
    let room = 0x1p122 / Double(max(segments, 1))
    var shift = 60
    func fits(_ shift: Int) -> Bool {
      let unit = Double(sign: .plus, exponent: shift, significand: 1)
      return unit * (values + charge * Double(segments)) < room && unit * price * slacks < room
    }
    while shift > 0, !fits(shift) { shift -= 1 }
    self.shift = shift
    let unit = Double(sign: .plus, exponent: shift, significand: 1)
    let most = slacks > 0 ? room / slacks : room
    self.price = Int128(max(0, min(price * unit, most).rounded()))
    self.charge = Int128(max(0, min(charge * unit, room).rounded()))
  }

  /// The best prices for lists of options.
  ///
  /// For a charge the best price is that of the step of the concave hulls at which the budget is used up; L is convex in the
  /// charge. O(n log n), sixty times where changes are counted.
  static func best(of classes: [[ChoiceOption]], most: Int?) -> ChoiceDual {
    let values = classes.reduce(0.0) { $0 + ($1.map { abs(Double($0.value)) }.max() ?? 0) }
    let slacks = classes.reduce(0.0) { $0 + ($1.map { abs(Double($0.slack)) }.max() ?? 0) }
    func dual(_ price: Double, _ charge: Double) -> ChoiceDual {
      ChoiceDual(price: price, charge: charge, values: values, slacks: slacks, segments: classes.count)
    }
    guard let most, most < classes.count else { return dual(price(classes, charge: 0), 0) }
    func bound(_ charge: Double) -> (price: Double, bound: Double) {
      let price = price(classes, charge: charge)
      let sum = classes.reduce(0.0) { sum, options in
        sum
          + (options.map { Double($0.value) + price * Double($0.slack) - charge * Double($0.change) }.max() ?? 0)
      }
      return (price, sum + charge * Double(most))
    }
    var (low, high) = (0.0, 2 * values + 1)
    for _ in 0..<60 {
      let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
      if bound(a).bound <= bound(b).bound { high = b } else { low = a }
    }
    let charge = (low + high) / 2
    return dual(bound(charge).price, charge)
  }

  /// The price at which the budget is used up when each segment takes its best weight.
  private static func price(_ classes: [[ChoiceOption]], charge: Double) -> Double {
    var slack = 0.0
    var steps: [(rate: Double, slack: Double)] = []
    for options in classes {
      var hull: [(slack: Double, value: Double)] = []
      for option in options {
        let point = (slack: Double(option.slack), value: Double(option.value) - charge * Double(option.change))
        if let last = hull.last, point.value <= last.value { continue }
        if hull.last?.slack == point.slack { hull.removeLast() }
        while hull.count > 1, rate(hull[hull.count - 2], hull[hull.count - 1]) <= rate(hull[hull.count - 1], point) {
          hull.removeLast()
        }
        hull.append(point)
      }
      guard let first = hull.first else { continue }
      slack += first.slack
      for (a, b) in zip(hull, hull.dropFirst()) { steps.append((rate(a, b), a.slack - b.slack)) }
    }
    for step in steps.sorted(by: { $0.rate > $1.rate }) {
      slack -= step.slack
      if slack < 0 { return step.rate }
    }
    return 0
  }

  private static func rate(
    _ a: (slack: Double, value: Double), _ b: (slack: Double, value: Double)
  ) -> Double { (b.value - a.value) / (a.slack - b.slack) }
}
