/// A text of the language as it was written, before types: a closed tree of tests, comparisons and sums.
struct RuleExpression: Sendable, Hashable {
  indirect enum Form: Sendable, Hashable {
    case any([RuleExpression])
    case all([RuleExpression])
    case not(RuleExpression)
    case compare(Comparison, RuleExpression, RuleExpression)
    case isIn(RuleExpression, [RuleLiteral])
    case isMissing(RuleExpression)
    case literal(RuleLiteral)
    case field(String)
    case sum(Operation, RuleExpression, RuleExpression)
    case negated(RuleExpression)
    case call(Function, [RuleExpression])
  }
  enum Comparison: String, Sendable, CaseIterable {
    case less = "<", atMost = "<=", more = ">", atLeast = ">=", same = "==", other = "!="

    /// The same seen from the other side.
    var turned: Comparison {
      switch self {
      case .less: .more
      case .atMost: .atLeast
      case .more: .less
      case .atLeast: .atMost
      case .same, .other: self
      }
    }

    var isOfOrder: Bool { self != .same && self != .other }
  }
  enum Operation: String, Sendable { case plus = "+", minus = "-", times = "*", over = "/" }
  enum Function: String, Sendable, CaseIterable { case min, max, abs }

  let form: Form
  /// The byte that it begins at.
  let offset: Int

  init(_ form: Form, at offset: Int = 0) { (self.form, self.offset) = (form, offset) }

  static func == (a: Self, b: Self) -> Bool { a.form == b.form }
  func hash(into hasher: inout Hasher) { hasher.combine(form) }

  /// One spelling for all that mean the same tree; read again it is the same.
  var text: String { text(0) }

  // 0 or, 1 and, 2 not, 3 test, 4 sum, 5 term, 6 atom.
  private func text(_ level: Int) -> String {
    func wrapped(_ text: String, _ own: Int) -> String { own < level ? "(\(text))" : text }
    switch form {
    case .any(let parts): return wrapped(parts.map { $0.text(1) }.joined(separator: " or "), 0)
    case .all(let parts): return wrapped(parts.map { $0.text(2) }.joined(separator: " and "), 1)
    case .not(let part): return wrapped("not \(part.text(3))", 2)
    case .compare(let sign, let a, let b): return wrapped("\(a.text(4)) \(sign.rawValue) \(b.text(4))", 3)
    case .isIn(let part, let literals):
      return wrapped("\(part.text(4)) in [\(literals.map(\.text).joined(separator: ", "))]", 3)
    case .isMissing(let part): return wrapped("\(part.text(4)) is missing", 3)
    case .literal(let literal): return literal.text
    case .field(let name): return name
    case .sum(let sign, let a, let b):
      let own = sign == .plus || sign == .minus ? 4 : 5
      return wrapped("\(a.text(own)) \(sign.rawValue) \(b.text(own + 1))", own)
    case .negated(let part): return "-\(part.text(6))"
    case .call(let function, let parts):
      return "\(function.rawValue)(\(parts.map { $0.text(4) }.joined(separator: ", ")))"
    }
  }
}

/// What a text of the language may name.
public enum RuleLiteral: Sendable, Hashable {
  case number(RuleNumber)
  case text(String)
  case bool(Bool)

  /// As the language writes it.
  package var spelled: String { text }

  var text: String {
    switch self {
    case .number(let number): number.text
    case .text(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    case .bool(let value): value ? "true" : "false"
    }
  }
}
