/// A number made of fields, after types: evaluated in exact decimals.
indirect enum RuleTerm: Sendable, Hashable {
  case number(RuleNumber)
  /// The value of a field, by its index.
  case field(Int)
  case derived(Int)
  case sum(RuleExpression.Operation, RuleTerm, RuleTerm)
  case negated(RuleTerm)
  case call(RuleExpression.Function, [RuleTerm])
  /// −1, 0 or 1: whether the first is below, equal or above the second.
  case order(RuleTerm, RuleTerm)

  /// What becomes of it: missing where a part is, or something is divided by 0; failed where a number does not fit.
  enum Value: Sendable {
    case number(RuleNumber)
    case missing
    case failed
  }

  /// - Complexity: O(parts); no memory but of the values.
  func value(_ field: (Int) -> Value, _ derived: (Int) -> Value) -> Value {
    switch self {
    case .number(let number): return .number(number)
    case .field(let index): return field(index)
    case .derived(let index): return derived(index)
    case .negated(let part):
      guard case .number(let number) = part.value(field, derived) else { return part.value(field, derived) }
      return .number(number.negated)
    case .sum(let sign, let a, let b):
      return Self.both(a.value(field, derived), b.value(field, derived)) { x, y in
        switch sign {
        case .plus: return x.adding(y)
        case .minus: return x.adding(y.negated)
        case .times: return x.multiplied(by: y)
        case .over: return x.divided(by: y)
        }
      } isMissing: {
        sign == .over && $0.isZero
      }
    case .order(let a, let b):
      return Self.both(a.value(field, derived), b.value(field, derived)) { RuleNumber(small: $0.order(to: $1)) }
    case .call(let function, let parts):
      var found: RuleNumber?
      var isMissing = false
      for part in parts {
        switch part.value(field, derived) {
        case .failed: return .failed
        case .missing: isMissing = true
        case .number(let number):
          switch function {
          case .abs: found = number.magnitude
          case .min: found = found.map { min($0, number) } ?? number
          case .max: found = found.map { max($0, number) } ?? number
          }
        }
      }
      return isMissing ? .missing : found.map(Value.number) ?? .missing
    }
  }

  @inline(__always)
  private static func both(
    _ a: Value, _ b: Value, _ body: (RuleNumber, RuleNumber) -> RuleNumber?,
    isMissing: (RuleNumber) -> Bool = { _ in false }
  ) -> Value {
    switch (a, b) {
    case (.number(let x), .number(let y)):
      if isMissing(y) { return .missing }
      return body(x, y).map(Value.number) ?? .failed
    case (.failed, _), (_, .failed): return .failed
    default: return .missing
    }
  }

  /// The fields and derived fields that it reads.
  func visit(_ field: (Int) -> Void, _ derived: (Int) -> Void) {
    switch self {
    case .number: break
    case .field(let index): field(index)
    case .derived(let index): derived(index)
    case .negated(let part): part.visit(field, derived)
    case .sum(_, let a, let b), .order(let a, let b):
      a.visit(field, derived)
      b.visit(field, derived)
    case .call(_, let parts): for part in parts { part.visit(field, derived) }
    }
  }
}
