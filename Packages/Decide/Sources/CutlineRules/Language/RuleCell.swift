internal import CutlineCore

/// A cell of a table: a test of one field, as DMN writes unary tests.
///
///     cell = "-" | list ;  list = part {"," part}
///     part = "null" | "not" "(" list ")" | value | ("<"|"<="|">"|">=") value | ("["|"("|"]") value ".." value ("]"|")"|"[")
///     value = literal | "date" "(" text ")"
///
/// A list is true where one of its parts is; `null` is of missing values.
struct RuleCell {
  private let source: RuleSource
  private let tokens: [RuleLexer.Placed]
  private let field: RuleExpression
  private var at = 0
  private var depth = 0

  private init(_ source: RuleSource, _ tokens: [RuleLexer.Placed], _ field: RuleExpression) {
    (self.source, self.tokens, self.field) = (source, tokens, field)
  }

  /// - Returns: nil for `-`, which tests nothing.
  /// - Throws: `Faults` (usage) with line and column.
  static func test(_ source: RuleSource, of field: String) throws -> RuleExpression? {
    var cell = RuleCell(source, try RuleLexer.tokens(source), RuleExpression(.field(field)))
    if cell.tokens.count == 2, cell.token == .sign("-") { return nil }
    let found = try cell.list()
    guard cell.token == .end else { throw cell.unexpected }
    return found
  }

  private var token: RuleLexer.Token { tokens[at].token }

  private var unexpected: Faults {
    source.refused(
      tokens[at].offset, "is no test of a cell",
      "Write for instance -, < 18, [18..21], (0..100], \"A\", \"B\", not(\"A\"), null; dates as \"2026-01-31\".")
  }

  private mutating func take(_ wanted: RuleLexer.Token) -> Bool {
    guard token == wanted else { return false }
    at += 1
    return true
  }

  private mutating func list() throws -> RuleExpression {
    var (parts, literals): ([RuleExpression], [RuleLiteral]) = ([], [])
    repeat {
      if take(.name("null")) {
        parts.append(RuleExpression(.isMissing(field)))
      } else if token == .name("not"), tokens[at + 1].token == .sign("("), depth < RuleParser.mostDepth {
        at += 2
        depth += 1
        parts.append(RuleExpression(.not(try list())))
        depth -= 1
        guard take(.sign(")")) else { throw unexpected }
      } else if case .sign(let sign) = token, let own = RuleExpression.Comparison(rawValue: sign), own.isOfOrder {
        at += 1
        parts.append(RuleExpression(.compare(own, field, RuleExpression(.literal(try literal())))))
      } else if case .sign(let open) = token, ["[", "(", "]"].contains(open) {
        at += 1
        let low = try literal()
        guard take(.sign("..")) else { throw unexpected }
        let high = try literal()
        guard case .sign(let close) = token, ["]", ")", "["].contains(close) else { throw unexpected }
        at += 1
        parts.append(
          RuleExpression(
            .all([
              RuleExpression(.compare(open == "[" ? .atLeast : .more, field, RuleExpression(.literal(low)))),
              RuleExpression(.compare(close == "]" ? .atMost : .less, field, RuleExpression(.literal(high)))),
            ])))
      } else {
        literals.append(try literal())
      }
    } while take(.sign(","))
    if literals.count == 1 {
      parts.append(RuleExpression(.compare(.same, field, RuleExpression(.literal(literals[0])))))
    } else if !literals.isEmpty {
      parts.append(RuleExpression(.isIn(field, literals)))
    }
    return parts.count == 1 ? parts[0] : RuleExpression(.any(parts))
  }

  private mutating func literal() throws -> RuleLiteral {
    let isNegative = take(.sign("-"))
    if token == .name("date"), !isNegative, at + 3 < tokens.count, tokens[at + 1].token == .sign("("),
      case .text(let day) = tokens[at + 2].token, tokens[at + 3].token == .sign(")")
    {
      at += 4
      return .text(day)
    }
    defer { at += 1 }
    switch token {
    case .number(let number): return .number(isNegative ? number.negated : number)
    case .text(let text) where !isNegative: return .text(text)
    case .name("true") where !isNegative: return .bool(true)
    case .name("false") where !isNegative: return .bool(false)
    default: throw unexpected
    }
  }
}
