internal import CutlineCore

/// From trees to typed conditions: every field known, every comparison of one kind and unit.
struct RuleCompiler {
  /// What tests are of.
  enum Variable: Sendable, Hashable {
    case field(Int)
    case term(RuleTerm)
  }
  struct Derived: Sendable {
    let name: String
    let unit: RuleUnit?
    var cases: [(when: RuleCondition, value: RuleTerm)]
    var otherwise: RuleTerm
  }
  private enum Typed {
    /// Nil: a literal, which takes any unit.
    case number(RuleTerm, RuleUnit?)
    case date(RuleTerm)
    case text(field: Int)
    case bool(field: Int)
    case literal(RuleLiteral)
  }

  let fields: [RuleField]
  private(set) var derived: [Derived] = []
  private(set) var variables: [Variable] = []
  private var places: [Variable: Int] = [:]
  /// Known names, for suggestions.
  private var names: [String] { fields.map(\.name) + derived.map(\.name) }
  private let fieldIndex: [String: Int]
  private var derivedIndex: [String: Int] = [:]
  /// Derived fields that are not made yet: naming one is a cycle, or comes too early.
  private var waiting: Set<String>

  init(fields: [RuleField], derived names: [String]) {
    self.fields = fields
    fieldIndex = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { a, _ in a })
    waiting = Set(names)
  }

  mutating func add(_ own: Derived) {
    derivedIndex[own.name] = derived.count
    waiting.remove(own.name)
    derived.append(own)
  }

  mutating func variable(_ own: Variable) -> Int {
    if let place = places[own] { return place }
    places[own] = variables.count
    variables.append(own)
    return variables.count - 1
  }

  // MARK: Conditions

  /// - Throws: `Faults` (usage) with line and column of what does not fit.
  mutating func condition(_ text: RuleSheet.Text) throws -> RuleCondition {
    let source = RuleSource(text: text.text, place: text.place)
    return try condition(RuleParser.rule(source), source)
  }

  mutating func condition(_ own: RuleExpression, _ source: RuleSource) throws -> RuleCondition {
    switch own.form {
    case .any(let parts): return .any(try parts.map { try condition($0, source) })
    case .all(let parts): return .all(try parts.map { try condition($0, source) })
    case .not(let part): return .not(try condition(part, source))
    case .literal(.bool(let value)): return value ? .always : .any([])
    case .compare(let sign, let a, let b): return try comparison(own, sign, a, b, source)
    case .isIn(let part, let literals): return try membership(own, part, literals, source)
    case .isMissing(let part):
      return .test(.init(variable: try place(part, source), accepted: .missing, text: own.text))
    case .field:
      guard case .bool(let field) = try typed(own, source) else {
        throw source.refused(own.offset, "\(own.text) is no test", "Compare it: only a bool stands alone.")
      }
      return test(.field(field), .numbers([Self.point(RuleNumber(small: 1))]), own)
    default: throw source.refused(own.offset, "\(own.text) is a number, not a test", "Compare it with something.")
    }
  }

  private static func point(_ number: RuleNumber) -> ValueClasses.Interval {
    .init(low: number, high: number, hasLow: true, hasHigh: true)
  }

  private mutating func test(_ variable: Variable, _ accepted: RuleCondition.Accepted, _ own: RuleExpression)
    -> RuleCondition
  {
    .test(.init(variable: self.variable(variable), accepted: accepted, text: own.text))
  }

  private mutating func place(_ part: RuleExpression, _ source: RuleSource) throws -> Int {
    switch try typed(part, source) {
    case .text(let field), .bool(let field), .number(.field(let field), _), .date(.field(let field)):
      return variable(.field(field))
    case .number(let term, _), .date(let term): return variable(.term(term))
    case .literal: throw source.refused(part.offset, "\(part.text) is never missing", "Name a field.")
    }
  }

  private static func accepted(_ sign: RuleExpression.Comparison, _ value: RuleNumber) -> RuleCondition.Accepted {
    let below = ValueClasses.Interval(low: nil, high: value, hasLow: false, hasHigh: false)
    let above = ValueClasses.Interval(low: value, high: nil, hasLow: false, hasHigh: false)
    func with(_ own: ValueClasses.Interval) -> ValueClasses.Interval {
      .init(low: own.low, high: own.high, hasLow: own.low != nil, hasHigh: own.high != nil)
    }
    switch sign {
    case .less: return .numbers([below])
    case .atMost: return .numbers([with(below)])
    case .more: return .numbers([above])
    case .atLeast: return .numbers([with(above)])
    case .same: return .numbers([point(value)])
    case .other: return .numbers([below, above])
    }
  }

  private mutating func comparison(
    _ own: RuleExpression, _ sign: RuleExpression.Comparison, _ a: RuleExpression, _ b: RuleExpression,
    _ source: RuleSource
  ) throws -> RuleCondition {
    let (left, right) = (try typed(a, source), try typed(b, source))
    if case .literal = left {
      guard case .literal = right else { return try comparison(own, sign.turned, b, a, source) }
    }
    func mismatch(_ what: String) -> Faults {
      source.refused(own.offset, "\(own.text) compares \(what)", "Compare like with like.")
    }
    switch (left, right) {
    case (.text(let field), .literal(.text(let text))):
      guard !sign.isOfOrder else {
        throw mismatch("texts by \(sign.rawValue), which have no order: there are == and !=")
      }
      try level(text, of: field, source, b.offset)
      let found = test(.field(field), .levels([text]), own)
      return sign == .same ? found : .not(found)
    case (.bool(let field), .literal(.bool(let value))):
      guard !sign.isOfOrder else { throw mismatch("bools by \(sign.rawValue): there are == and !=") }
      return test(.field(field), .numbers([Self.point(RuleNumber(small: value == (sign == .same) ? 1 : 0))]), own)
    case (.date(let term), .literal(.text(let text))):
      let day = try self.day(text, source, b.offset)
      return test(Self.variable(term), Self.accepted(sign, day), own)
    case (.date(let x), .date(let y)): return order(x, y, sign, own)
    case (.number(let term, _), .literal(.number(let value))):
      return test(Self.variable(term), Self.accepted(sign, value), own)
    case (.number(let x, let unit), .number(let y, let other)):
      if let unit, let other, unit != other {
        throw source.refused(
          own.offset, "\(own.text) compares \(unit.text) with \(other.text)", "Bring both to one unit.")
      }
      return order(x, y, sign, own)
    case (.literal(.number(let x)), .literal(.number(let y))): return order(.number(x), .number(y), sign, own)
    case (.text, .text): throw mismatch("two texts of applications, which it cannot: a text is compared with levels")
    default: throw mismatch("\(Self.words(left)) with \(Self.words(right))")
    }
  }

  private static func words(_ own: Typed) -> String {
    switch own {
    case .number, .literal(.number): "a number"
    case .date: "a date"
    case .text, .literal(.text): "a text"
    case .bool, .literal(.bool): "a bool"
    }
  }

  private static func variable(_ term: RuleTerm) -> Variable {
    if case .field(let field) = term { return .field(field) }
    return .term(term)
  }

  /// Both ways round are one variable.
  private mutating func order(_ x: RuleTerm, _ y: RuleTerm, _ sign: RuleExpression.Comparison, _ own: RuleExpression)
    -> RuleCondition
  {
    let isTurned = places[.term(.order(y, x))] != nil
    return test(
      .term(isTurned ? .order(y, x) : .order(x, y)), Self.accepted(isTurned ? sign.turned : sign, .zero), own)
  }

  private mutating func membership(
    _ own: RuleExpression, _ part: RuleExpression, _ literals: [RuleLiteral], _ source: RuleSource
  ) throws -> RuleCondition {
    let left = try typed(part, source)
    func mismatch(_ literal: RuleLiteral) -> Faults {
      source.refused(
        own.offset, "\(own.text) looks for \(literal.text) in \(Self.words(left))", "Compare like with like.")
    }
    switch left {
    case .text(let field):
      let texts = try literals.map { literal -> String in
        guard case .text(let text) = literal else { throw mismatch(literal) }
        try level(text, of: field, source, own.offset)
        return text
      }
      return test(.field(field), .levels(texts), own)
    case .date(let term):
      let days = try literals.map { literal -> RuleNumber in
        guard case .text(let text) = literal else { throw mismatch(literal) }
        return try day(text, source, own.offset)
      }
      return test(Self.variable(term), .numbers(days.map(Self.point)), own)
    case .number(let term, _):
      let numbers = try literals.map { literal -> RuleNumber in
        guard case .number(let number) = literal else { throw mismatch(literal) }
        return number
      }
      return test(Self.variable(term), .numbers(numbers.map(Self.point)), own)
    case .bool(let field):
      let flags = try literals.map { literal -> RuleNumber in
        guard case .bool(let flag) = literal else { throw mismatch(literal) }
        return RuleNumber(small: flag ? 1 : 0)
      }
      return test(.field(field), .numbers(flags.map(Self.point)), own)
    case .literal: throw source.refused(part.offset, "\(part.text) is no field", "Look for a field's value.")
    }
  }

  private func level(_ text: String, of field: Int, _ source: RuleSource, _ offset: Int) throws {
    guard let levels = fields[field].levels, !levels.contains(text) else { return }
    throw source.refused(
      offset, "\"\(text)\" is no level of \(fields[field].name)\(DidYouMean.phrase(for: text, among: levels))",
      "Its levels are \(levels.prefix(20).joined(separator: ", ")).")
  }

  private func day(_ text: String, _ source: RuleSource, _ offset: Int) throws -> RuleNumber {
    guard let day = CalendarDate(iso: text) else {
      throw source.refused(offset, "\"\(text)\" is no day", "Write it as \"2026-01-31\".")
    }
    return RuleNumber(small: day.daysSince1960)
  }

  // MARK: Numbers

  /// A number with its unit, as derived fields are made of.
  mutating func number(_ text: RuleSheet.Text) throws -> (term: RuleTerm, unit: RuleUnit?) {
    let source = RuleSource(text: text.text, place: text.place)
    return try number(RuleParser.rule(source), source)
  }

  private func number(_ own: RuleExpression, _ source: RuleSource) throws -> (term: RuleTerm, unit: RuleUnit?) {
    switch try typed(own, source) {
    case .number(let term, let unit): return (term, unit)
    case .literal(.number(let number)): return (.number(number), nil)
    case let other:
      throw source.refused(
        own.offset, "\(own.text) is \(Self.words(other)), not a number", "Numbers are made of numbers.")
    }
  }

  private func typed(_ own: RuleExpression, _ source: RuleSource) throws -> Typed {
    switch own.form {
    case .literal(let literal): return .literal(literal)
    case .field(let name): return try field(name, own, source)
    case .negated(let part):
      let (term, unit) = try number(part, source)
      return .number(.negated(term), unit)
    case .sum(let sign, let a, let b):
      if sign == .minus, case .date(let x) = try typed(a, source), case .date(let y) = try typed(b, source) {
        return .number(.sum(.minus, x, y), .days)
      }
      let ((x, unit), (y, other)) = (try number(a, source), try number(b, source))
      let term = RuleTerm.sum(sign, x, y)
      switch sign {
      case .times: return .number(term, unit == nil && other == nil ? nil : (unit ?? .plain) * (other ?? .plain))
      case .over: return .number(term, unit == nil && other == nil ? nil : (unit ?? .plain) / (other ?? .plain))
      case .plus, .minus:
        if let unit, let other, unit != other {
          throw source.refused(
            own.offset, "\(own.text) adds \(unit.text) and \(other.text)", "Add what is of one unit.")
        }
        return .number(term, unit ?? other)
      }
    case .call(let function, let parts):
      let all = try parts.map { try number($0, source) }
      let units = Set(all.compactMap(\.unit))
      guard units.count < 2 else {
        throw source.refused(
          own.offset, "\(own.text) compares \(units.map(\.text).sorted().joined(separator: " with "))",
          "Compare what is of one unit.")
      }
      return .number(.call(function, all.map(\.term)), units.first)
    default: throw source.refused(own.offset, "\(own.text) is a test, not a number", "A test stands by itself.")
    }
  }

  private func field(_ name: String, _ own: RuleExpression, _ source: RuleSource) throws -> Typed {
    if let index = fieldIndex[name] {
      switch fields[index].kind {
      case .text: return .text(field: index)
      case .bool: return .bool(field: index)
      case .date: return .date(.field(index))
      case .number, .integer: return .number(.field(index), fields[index].unit)
      }
    }
    if let index = derivedIndex[name] { return .number(.derived(index), derived[index].unit) }
    guard !waiting.contains(name) else {
      throw source.refused(
        own.offset, "the derived field \(name) is made of itself, or stands below", "Define it above, of other fields.")
    }
    throw source.refused(
      own.offset, "there is no field \(name)\(DidYouMean.phrase(for: name, among: names))",
      "Fields are \(names.prefix(20).joined(separator: ", ")).")
  }
}
