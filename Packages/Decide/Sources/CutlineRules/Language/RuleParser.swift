internal import CutlineCore

/// From a text to a tree, by descent; the grammar is closed: no calls but `min`, `max` and `abs`, no clock, no attribute.
///
///     rule = or ;  or = and {"or" and} ;  and = not {"and" not} ;  not = ["not"] test
///     test = sum [("<"|"<="|">"|">="|"=="|"!=") sum | ["not"] "in" "[" literal {"," literal} "]" | "is" ["not"] "missing"]
///     sum = term {("+"|"-") term} ;  term = atom {("*"|"/") atom}
///     atom = number | text | "true" | "false" | field | ("min"|"max"|"abs") "(" sum {"," sum} ")" | "(" or ")" | "-" atom
struct RuleParser {
  /// Parts of an expression.
  static let mostNodes = 256
  /// Brackets, `not` and signs within each other.
  static let mostDepth = 32
  private static let words: Set<String> = [
    "and", "or", "not", "in", "is", "missing", "true", "false", "min", "max", "abs",
  ]

  private let source: RuleSource
  private let tokens: [RuleLexer.Placed]
  private var at = 0
  private var (nodes, depth) = (0, 0)

  private init(_ source: RuleSource, _ tokens: [RuleLexer.Placed]) { (self.source, self.tokens) = (source, tokens) }

  /// - Throws: `Faults` (usage) with line and column of what does not belong there.
  /// - Complexity: O(characters).
  static func rule(_ source: RuleSource) throws -> RuleExpression {
    var parser = RuleParser(source, try RuleLexer.tokens(source))
    let found = try parser.or()
    guard parser.token == .end else { throw parser.unexpected("The expression should end here.") }
    return found
  }

  static func isWord(_ name: String) -> Bool { words.contains(name) }

  private var token: RuleLexer.Token { tokens[at].token }
  private var offset: Int { tokens[at].offset }

  private func refused(_ problem: String, _ advice: String) -> Faults { source.refused(offset, problem, advice) }

  private func unexpected(_ advice: String) -> Faults {
    switch token {
    case .end: refused("ends too early", advice)
    case .number(let number): refused("has the number \(number.text) where it does not belong", advice)
    case .text: refused("has a text where it does not belong", advice)
    case .name(let name):
      refused(
        "has the word \(name) where it does not belong\(DidYouMean.phrase(for: name, among: Self.words.sorted()))",
        advice)
    case .sign(let sign): refused("has \(sign) where it does not belong", advice)
    }
  }

  private mutating func take(_ wanted: RuleLexer.Token) -> Bool {
    guard token == wanted else { return false }
    at += 1
    return true
  }

  private mutating func need(_ sign: String) throws {
    guard take(.sign(sign)) else { throw unexpected("A \(sign) is needed.") }
  }

  private mutating func made(_ form: RuleExpression.Form, _ offset: Int) throws -> RuleExpression {
    nodes += 1
    guard nodes <= Self.mostNodes else {
      throw source.refused(offset, "has more than \(Self.mostNodes) parts", "Make two rules of it.")
    }
    return RuleExpression(form, at: offset)
  }

  private mutating func deeper<T>(_ body: (inout RuleParser) throws -> T) throws -> T {
    depth += 1
    guard depth <= Self.mostDepth else {
      throw refused("is more than \(Self.mostDepth) deep", "Make two rules of it, or a derived field.")
    }
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Tests

  private mutating func or() throws -> RuleExpression {
    let start = offset
    var parts = [try and()]
    while take(.name("or")) { parts.append(try and()) }
    return parts.count == 1 ? parts[0] : try made(.any(parts), start)
  }

  private mutating func and() throws -> RuleExpression {
    let start = offset
    var parts = [try not()]
    while take(.name("and")) { parts.append(try not()) }
    return parts.count == 1 ? parts[0] : try made(.all(parts), start)
  }

  private mutating func not() throws -> RuleExpression {
    let start = offset
    guard take(.name("not")) else { return try test() }
    return try deeper { parser in try parser.made(.not(try parser.not()), start) }
  }

  private mutating func comparison() -> RuleExpression.Comparison? {
    guard case .sign(let sign) = token, let own = RuleExpression.Comparison(rawValue: sign) else { return nil }
    at += 1
    return own
  }

  private mutating func test() throws -> RuleExpression {
    let start = offset
    let left = try sum()
    if let sign = comparison() {
      let right = try sum()
      if case .sign(let next) = token, RuleExpression.Comparison(rawValue: next) != nil {
        throw refused("is a chain of comparisons", "Write a < b and b < c.")
      }
      return try made(.compare(sign, left, right), start)
    }
    var isNegated = false
    var found: RuleExpression?
    if token == .name("not"), at + 1 < tokens.count, tokens[at + 1].token == .name("in") {
      at += 1
      isNegated = true
    }
    if take(.name("in")) {
      try need("[")
      var literals = [try literal()]
      while take(.sign(",")) { literals.append(try literal()) }
      try need("]")
      found = try made(.isIn(left, literals), start)
    } else if take(.name("is")) {
      isNegated = take(.name("not"))
      guard take(.name("missing")) else { throw unexpected("Write is missing, or is not missing.") }
      found = try made(.isMissing(left), start)
    }
    guard let found else { return left }
    return isNegated ? try made(.not(found), start) : found
  }

  private mutating func literal() throws -> RuleLiteral {
    let isNegative = take(.sign("-"))
    switch token {
    case .number(let number):
      at += 1
      try counted()
      return .number(isNegative ? number.negated : number)
    case .text(let text) where !isNegative:
      at += 1
      try counted()
      return .text(text)
    case .name("true") where !isNegative, .name("false") where !isNegative:
      let own = RuleLiteral.bool(token == .name("true"))
      at += 1
      return own
    default: throw unexpected("A list holds numbers and texts.")
    }
  }

  private mutating func counted() throws { _ = try made(.all([]), offset) }

  // MARK: Sums

  private mutating func sum() throws -> RuleExpression {
    let start = offset
    var left = try term()
    while case .sign(let sign) = token, sign == "+" || sign == "-", let own = RuleExpression.Operation(rawValue: sign) {
      at += 1
      left = try made(.sum(own, left, try term()), start)
    }
    return left
  }

  private mutating func term() throws -> RuleExpression {
    let start = offset
    var left = try atom()
    while case .sign(let sign) = token, sign == "*" || sign == "/", let own = RuleExpression.Operation(rawValue: sign) {
      at += 1
      left = try made(.sum(own, left, try atom()), start)
    }
    return left
  }

  private mutating func atom() throws -> RuleExpression {
    let start = offset
    switch token {
    case .number(let number):
      at += 1
      return try made(.literal(.number(number)), start)
    case .text(let text):
      at += 1
      return try made(.literal(.text(text)), start)
    case .sign("-"):
      at += 1
      return try deeper { parser in
        let own = try parser.atom()
        // One spelling for a number below zero.
        if case .literal(.number(let number)) = own.form {
          return RuleExpression(.literal(.number(number.negated)), at: start)
        }
        return try parser.made(.negated(own), start)
      }
    case .sign("("):
      at += 1
      return try deeper { parser in
        let own = try parser.or()
        try parser.need(")")
        return own
      }
    case .name("true"), .name("false"):
      let value = token == .name("true")
      at += 1
      return try made(.literal(.bool(value)), start)
    case .name(let name):
      if let function = RuleExpression.Function(rawValue: name) {
        at += 1
        try need("(")
        return try deeper { parser in
          var parts = [try parser.sum()]
          while parser.take(.sign(",")) { parts.append(try parser.sum()) }
          try parser.need(")")
          guard function != .abs || parts.count == 1 else {
            throw parser.source.refused(start, "abs is of one number, found \(parts.count)", "Give one.")
          }
          return try parser.made(.call(function, parts), start)
        }
      }
      guard !Self.isWord(name) else { throw unexpected("A number, a text or a field is needed.") }
      at += 1
      if case .sign("(") = token {
        throw source.refused(
          start,
          "calls \(name)\(DidYouMean.phrase(for: name, among: RuleExpression.Function.allCases.map(\.rawValue)))",
          "There are min, max and abs, and no other function.")
      }
      return try made(.field(name), start)
    default: throw unexpected("A number, a text or a field is needed.")
    }
  }
}
