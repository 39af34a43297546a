/// What a number made of fields may be where these lie in intervals: never too little, as each operation is rounded outwards.
struct TermBounds: Sendable {
  /// Between which it lies; without a value low is above high.
  var low, high: Double
  var mayMiss: Bool

  var hasValue: Bool { low <= high }

  static let anything = TermBounds(low: -.infinity, high: .infinity, mayMiss: true)
  static let missing = TermBounds(low: .infinity, high: -.infinity, mayMiss: true)

  /// - Parameters:
  ///   - field: of a field, by index.
  ///   - derived: of a derived field.
  static func of(_ term: RuleTerm, _ field: (Int) -> TermBounds, _ derived: (Int) -> TermBounds) -> TermBounds {
    switch term {
    case .number(let number): return TermBounds(low: number.double, high: number.double, mayMiss: false)
    case .field(let index): return field(index)
    case .derived(let index): return derived(index)
    case .negated(let part):
      let own = of(part, field, derived)
      return own.hasValue ? TermBounds(low: -own.high, high: -own.low, mayMiss: own.mayMiss) : own
    case .call(let function, let parts):
      let all = parts.map { of($0, field, derived) }
      let mayMiss = all.contains(where: \.mayMiss)
      guard all.allSatisfy(\.hasValue), let first = all.first else { return missing }
      switch function {
      case .abs:
        let low = first.low <= 0 && first.high >= 0 ? 0 : Swift.min(abs(first.low), abs(first.high))
        return TermBounds(low: low, high: Swift.max(abs(first.low), abs(first.high)), mayMiss: mayMiss)
      case .min:
        return TermBounds(
          low: all.map(\.low).min() ?? 0, high: all.map(\.high).min() ?? 0, mayMiss: mayMiss)
      case .max:
        return TermBounds(
          low: all.map(\.low).max() ?? 0, high: all.map(\.high).max() ?? 0, mayMiss: mayMiss)
      }
    case .order(let x, let y):
      let (a, b) = (of(x, field, derived), of(y, field, derived))
      guard a.hasValue, b.hasValue else { return missing }
      return TermBounds(
        low: a.low < b.high ? -1 : a.low == b.high ? 0 : 1, high: a.high > b.low ? 1 : a.high == b.low ? 0 : -1,
        mayMiss: a.mayMiss || b.mayMiss)
    case .sum(let sign, let x, let y):
      let (a, b) = (of(x, field, derived), of(y, field, derived))
      guard a.hasValue, b.hasValue else { return missing }
      return sum(sign, a, b)
    }
  }

  private static func sum(_ sign: RuleExpression.Operation, _ a: TermBounds, _ b: TermBounds) -> TermBounds {
    var mayMiss = a.mayMiss || b.mayMiss
    let ends: [Double]
    switch sign {
    case .plus: ends = [a.low + b.low, a.high + b.high]
    case .minus: ends = [a.low - b.high, a.high - b.low]
    case .times:
      // An end that is not there times 0 is 0.
      func product(_ x: Double, _ y: Double) -> Double { x == 0 || y == 0 ? 0 : x * y }
      ends = [product(a.low, b.low), product(a.low, b.high), product(a.high, b.low), product(a.high, b.high)]
    case .over:
      if b.low <= 0, b.high >= 0 {
        mayMiss = true
        guard b.low != 0 || b.high != 0 else { return missing }
        return TermBounds(low: -.infinity, high: .infinity, mayMiss: true)
      }
      ends = [a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]
    }
    guard !ends.contains(where: \.isNaN), let low = ends.min(), let high = ends.max() else {
      return TermBounds(low: -.infinity, high: .infinity, mayMiss: mayMiss)
    }
    return TermBounds(low: low.nextDown, high: high.nextUp, mayMiss: mayMiss)
  }
}
